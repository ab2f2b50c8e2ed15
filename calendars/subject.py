"""Subjects: whose feeds there are, and which parts of a session concern each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from calendars.identity import digest, file_stem
from calendars.stamp import Stamped
from rota.case import Case
from rota.plan import PlanPart
from rota.row import Named
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
SERVING = (Subject.UNIT, Subject.PERSON, Subject.EQUIPMENT)

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
    """A session and those of its parts that a feed shows."""

    stamped: Stamped
    parts: tuple[PlanPart, ...]


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


def shown_by_key(case: Case, sessions: Iterable[Stamped]) -> Mapping[Key, list[Shown]]:
    """Sort sessions into the feeds that show them, each with the parts that concern the one meant, in order."""
    subject_of = {row.id: subject for subject in SERVING for row in _rows(case, subject)}
    found: dict[Key, list[Shown]] = {}
    for each in sessions:
        for key, parts in _concerned(each, subject_of).items():
            found.setdefault(key, []).append(Shown(each, tuple(parts)))
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
