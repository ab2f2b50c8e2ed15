"""The same feeds and pages as files for any static server: read only, with names that stay."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from calendars.addressing import Addresses, addressed
from calendars.feed import Feed, feeds_of
from calendars.identity import digest, file_stem
from calendars.subject import Subject, feed_key
from calendars.text import uri
from rota.dates import period
from rota.edition import Edition
from rota.text import LANGUAGES, Language, Message
from web.participants.looks import turns_read
from web.participants.published import Published, Who
from web.participants.rendering import rendered, style, switches
from web.participants.subscribing import addresses
from web.participants.words import WORDS, Spoken

STYLE = "style.css"


@dataclass(frozen=True)
class Site:
    """What is written: the published editions, the address of the folder once it is served, and the moment it is made.

    Pages are made for one moment: what is next is next as of then.
    """

    editions: Sequence[Edition]
    base: str
    now: dt.datetime

    def feeds(self, language: Language) -> Iterator[Feed]:
        """Yield the feeds beside the pages, each with its path.

        Where it is known at which address they will be served, each says so, and every event leads to the page of its
        activity: no secret is in these addresses.
        """
        stems = stems_of(list(Published(0, self.editions).subjects.values()))
        for spoken in LANGUAGES:
            ends = suffix(spoken, language)
            activities = {row.id for edition in self.editions for row in edition.case.activities}
            pages = {id_: self._at(f"{stems[feed_key(Subject.ACTIVITY, id_)]}{ends}.html") for id_ in activities}
            for feed in feeds_of(self.editions, spoken, pages if self.base else {}):
                stem = stems[feed.key] + ends
                yield replace(feed, path=f"{stem}.ics", content=self._addressed(feed.content, stem))

    def _addressed(self, content: bytes, stem: str) -> bytes:
        if not self.base:
            return content
        return addressed(content, Addresses(self._at(f"{stem}.ics"), self._at(f"{stem}.html")))

    def _at(self, path: str) -> str:
        return uri(f"{self.base}/{path}")

    def files(self, language: Language) -> Iterator[tuple[str, bytes]]:
        """Yield the path and the octets of every page in the main language and in the other, and the stylesheet."""
        published = Published(0, self.editions)
        everybody = list(published.subjects.values())
        stems = stems_of(everybody)
        yield STYLE, style()
        for spoken in LANGUAGES:
            yield f"index{suffix(spoken, language)}.html", self._index(everybody, stems, spoken, language)
            for who in everybody:
                path = f"{stems[who.key]}{suffix(spoken, language)}.html"
                yield path, self._page(published, who, stems[who.key], spoken, language)

    def _index(self, everybody: Sequence[Who], stems: Mapping[str, str], spoken: Language, main: Language) -> bytes:
        ends = suffix(spoken, main)
        groups = [
            (kind.label.say(spoken), [(each.label.say(spoken), stems[each.key] + ends) for each in found])
            for kind, found in groupby(everybody, key=lambda each: each.subject)
        ]
        title = self.editions[-1].case.settings.label.say(spoken)
        page = rendered("index.html", spoken, **self._frame("", "index", spoken, main), title=title, groups=groups)
        return page.encode()

    def _page(self, published: Published, who: Who, stem: str, spoken: Language, main: Language) -> bytes:
        feed = f"{stem}{suffix(spoken, main)}.ics"
        name = stem.rpartition("/")[2]
        label = WORDS["qr"].say(spoken)
        page = rendered(
            "participant.html",
            spoken,
            **self._frame("../" * stem.count("/"), name, spoken, main),
            **turns_read(published, who, self.now, spoken),
            subscribed=addresses(f"{self.base}/{feed}", label) if self.base else None,
            download=feed.rpartition("/")[2],
        )
        return page.encode()

    def _frame(self, root: str, name: str, spoken: Language, main: Language) -> dict[str, object]:
        settings, words = self.editions[-1].case.settings, Spoken(spoken)
        alliance = Message(settings.alliance_en or settings.alliance, settings.alliance).say(spoken)
        day = self.now.astimezone(self.editions[-1].case.zone).date()
        return {
            "root": root,
            "home": f"{root}index{suffix(spoken, main)}.html",
            "eyebrow": alliance or settings.label.say(spoken),
            "revision": period(settings.first, settings.last, spoken),
            "made": words.filled("read_only", day=day),
            "switches": switches(spoken, lambda other: f"{name}{suffix(other, main)}.html"),
        }


def suffix(language: Language, main: Language) -> str:
    """Return what the names of files in a language end with: nothing in the main one."""
    return "" if language == main else f".{language}"


def stems_of(everybody: Sequence[Who]) -> Mapping[str, str]:
    """Return the path of everybody's page and feed without its ending: the kind and the id, never the name."""
    taken: set[str] = set()
    stems: dict[str, str] = {}
    for who in everybody:
        stem = f"{who.subject}/{file_stem(who.of, who.of)}" if who.of else str(who.subject)
        if stem.casefold() in taken:
            stem = f"{stem}-{digest(who.of)[:8]}"
        taken.add(stem.casefold())
        stems[who.key] = stem
    return stems
