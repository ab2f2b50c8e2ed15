"""Subjects: whose feeds there are, and which parts of a session concern each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from calendars.identity import digest, file_stem
from calendars.stamp import Stamped, stamped
from rota.case import Case
from rota.edition import Edition
from rota.plan import PlanPart
from rota.row import Named
from rota.stamp import Stamp
from rota.text import Language, Message, Word


class Subject(Word):
    """What a feed is about."""

    ALL = "all", "全部场次", "all sessions"
    UNIT = "unit", "单位", "unit"
    PERSON = "person", "人员", "person"
    EQUIPMENT = "equipment", "设备", "equipment"
    ROOM = "room", "场地", "room"
    SITE = "site", "站点", "site"
    ACTIVITY = "activity", "活动项目", "activity"


FOLDERS: Mapping[Subject, str] = {
    Subject.UNIT: "units",
    Subject.PERSON: "people",
    Subject.EQUIPMENT: "equipment",
    Subject.ROOM: "rooms",
    Subject.SITE: "sites",
    Subject.ACTIVITY: "activities",
}


class Left(Word):
    """In what way a session is not somebody's any more, though it takes place."""

    SEAT = "seat", "不再参加", "no longer yours"
    PLACE = "place", "已改地点", "elsewhere"


SERVING = (Subject.UNIT, Subject.PERSON, Subject.EQUIPMENT)
LEFT = {**dict.fromkeys(SERVING, Left.SEAT), **dict.fromkeys((Subject.ROOM, Subject.SITE), Left.PLACE)}

Key = tuple[Subject, str]
"""A subject and the id of the one meant; for the whole year the id is empty."""


def feed_key(subject: Subject, of: str) -> str:
    """Return what names a feed in links: `unit/U01`, or `all` for the whole year."""
    return f"{subject}/{of}" if of else str(subject)


@dataclass(frozen=True)
class View:
    """One feed to be: its subject, the id and name of the one meant, and its path in the folder of feeds."""

    subject: Subject
    of: str
    label: Message
    path: str

    @property
    def key(self) -> Key:
        """The subject and the id."""
        return self.subject, self.of


@dataclass(frozen=True)
class Shown:
    """A session and those of its parts that a feed shows; `left` where it was theirs, and is not any more."""

    stamped: Stamped
    parts: tuple[PlanPart, ...]
    left: Left | None = None


def views(case: Case, language: Language) -> Iterator[View]:
    """Yield every feed of a case: the whole year, then each unit, person, piece of equipment, room, site, activity.

    Those without a session have a feed too, since a subscription may come before the first session.
    """
    yield View(Subject.ALL, "", case.settings.label, "all.ics")
    for subject, folder in FOLDERS.items():
        taken: set[str] = set()
        for row in _rows(case, subject):
            stem = file_stem(row.id, row.label.say(language))
            if stem.casefold() in taken:
                stem = f"{stem}-{digest(row.id)[:8]}"
            taken.add(stem.casefold())
            yield View(subject, row.id, row.label, f"{folder}/{stem}.ics")


def _rows(case: Case, subject: Subject) -> tuple[Named, ...]:
    tables: dict[Subject, tuple[Named, ...]] = {
        Subject.UNIT: case.units,
        Subject.PERSON: case.people,
        Subject.EQUIPMENT: case.equipment,
        Subject.ROOM: case.rooms,
        Subject.SITE: case.sites,
        Subject.ACTIVITY: case.activities,
    }
    return tables[subject]


def shown_by_key(case: Case, sessions: Iterable[Stamped]) -> dict[Key, list[Shown]]:
    """Sort sessions into the feeds that show them, each with the parts that concern the one meant, in order."""
    subject_of = {row.id: subject for subject in SERVING for row in _rows(case, subject)}
    found: dict[Key, list[Shown]] = {}
    for each in sessions:
        for key, parts in _concerned(each, subject_of).items():
            found.setdefault(key, []).append(Shown(each, tuple(parts)))
    return found


def shown_in(edition: Edition) -> Mapping[Key, list[Shown]]:
    """Sort what feeds show of an edition: its sessions, those cancelled of late, and those that have left somebody.

    What has left somebody is cancelled for them alone. It keeps the stamp of the session, which rose as it left.
    """
    found = shown_by_key(edition.case, stamped(edition.case, edition.plan, edition.stamps))
    for each in edition.former:
        stamp = edition.stamps[each.session.id]
        gone = Stamped(each.session, Stamp(stamp.sequence, stamp.modified, cancelled=True))
        for key, shown in shown_by_key(edition.case, [gone]).items():
            left = LEFT.get(key[0])
            if left and key[1] == each.of:
                found.setdefault(key, []).extend(replace(each, left=left) for each in shown)
                found[key].sort(key=lambda each: (each.stamped.session.start, each.stamped.session.id))
    return found


def _concerned(each: Stamped, subject_of: Mapping[str, Subject]) -> dict[Key, list[PlanPart]]:
    session = each.session
    everything = list(session.parts)
    concerned: dict[Key, list[PlanPart]] = {
        (Subject.ALL, ""): everything,
        (Subject.SITE, session.site): everything,
        (Subject.ACTIVITY, session.activity): everything,
    }
    for part in session.parts:
        serving = dict.fromkeys(who for seated in part.roles.values() for who in seated)
        for who in serving:
            concerned.setdefault((subject_of.get(who, Subject.UNIT), who), []).append(part)
        if part.room is not None:
            concerned.setdefault((Subject.ROOM, part.room), []).append(part)
    return concerned
