// Read a feed with ical.js and print its events as JSON. Usage: node read.mjs ADDRESS
import { readFile } from "node:fs/promises";
import ICAL from "ical.js";

const utc = (time) => time.convertToZone(ICAL.Timezone.utcTimezone).toICALString();

async function octets(address) {
  if (address.startsWith("file:")) return readFile(new URL(address));
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address} is answered by ${answer.status}`);
  return answer.arrayBuffer();
}

const feed = new ICAL.Component(ICAL.parse(new TextDecoder("utf-8", { fatal: true }).decode(await octets(process.argv[2]))));
const events = feed.getAllSubcomponents("vevent").map((component) => {
  const event = new ICAL.Event(component);
  return {
    uid: event.uid,
    start: utc(event.startDate),
    end: utc(event.endDate),
    summary: event.summary,
    location: event.location,
    description: event.description,
    cancelled: component.getFirstPropertyValue("status") === "CANCELLED",
    sequence: event.sequence,
  };
});
console.log(JSON.stringify(events));
