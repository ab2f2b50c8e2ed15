"""The sheet 安排表: the year as a wall grid, dates down and sites across."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from rota.case import Case
from rota.dates import month_name, period
from rota.plan import Plan
from rota.text import Language, weekday_name
from rota.width import display_width
from workbook.output import sheet as draw
from workbook.output import words
from workbook.output.entries import Entry, EntryPart, entries, roles_of, rotation
from workbook.output.names import Names
from workbook.output.state import state_line
from workbook.output.terminal import fixed_offers, open_seats

WHEN_COLUMNS = (words.MONTH, words.ROUND, words.DATE, words.WEEKDAY, words.HOLIDAY)
WHEN_WIDTHS = (12, 7, 12, 8, 11)
FULL_SITES = 3
"""More sites than this get one column each, in which each session is a few lines of text."""
COMPACT_WIDTH = 26
NARROWEST, WIDEST = 12, 38
TITLE_ROW, STATE_ROW, SITE_ROW, HEAD_ROW = 1, 2, 3, 4


@dataclass(frozen=True)
class Group:
    """The columns of one site: from `first` on, with their titles and widths."""

    site: str
    first: int
    titles: tuple[str, ...]
    widths: tuple[float, ...]

    @property
    def last(self) -> int:
        """The group's last column."""
        return self.first + len(self.titles) - 1


class Wall:
    """Draws the wall grid of one plan into a sheet."""

    def __init__(self, case: Case, plan: Plan, language: Language, sheet: Worksheet) -> None:
        self.case, self.plan, self.language, self.sheet = case, plan, language, sheet
        self.names = Names(case, language)
        self.shown, self.fixed = rotation(entries(case, plan))
        self.roles = roles_of(case, self.shown)
        self.groups = self._groups()
        self.widths = [wide for group in self.groups for wide in group.widths]
        self.tint = {line.id: draw.LINE_TINTS[i % len(draw.LINE_TINTS)] for i, line in enumerate(case.lines)}

    def draw(self) -> None:
        """Draw title, headers, all sessions, the fixed services and the print setup."""
        self._heads()
        row = HEAD_ROW + 1
        for _, month in groupby(self.shown, key=lambda entry: (entry.day.year, entry.day.month)):
            row = self._month(row, list(month))
        self._fixed_services(row + 1)
        self.sheet.freeze_panes = self.sheet.cell(HEAD_ROW + 1, len(WHEN_COLUMNS) + 1).coordinate
        draw.column_widths(self.sheet, [*WHEN_WIDTHS, *self.widths])
        draw.printed(self.sheet, repeat=f"{SITE_ROW}:{HEAD_ROW}", footer=self.case.settings.label.say(self.language))

    def _groups(self) -> list[Group]:
        used = {entry.session.site for entry in self.shown}
        sites = [site for site in self.case.site if site in used] + sorted(used - set(self.case.site))
        titles = [words.TIME, words.ACTIVITY]
        said = [title.say(self.language) for title in titles] + [self.names.role(role) for role in self.roles]
        said += [words.ROOM.say(self.language), words.LINE.say(self.language)]
        widths = [14, *self._content_widths()]
        if len(sites) > FULL_SITES:
            said, widths = [words.ACTIVITY.say(self.language)], [COMPACT_WIDTH]
        first = len(WHEN_COLUMNS) + 1
        return [Group(s, first + i * len(said), tuple(said), tuple(widths)) for i, s in enumerate(sites)]

    def _content_widths(self) -> list[int]:
        """Make activity, roles, room and line as wide as their longest content, within bounds."""
        parts = [part for entry in self.shown for part in entry.parts]
        columns = [
            [self.names.activity(entry.session.activity) for entry in self.shown],
            *([self._seated(part, role) for part in parts] for role in self.roles),
            [self._place(part) for part in parts],
            [self.names.line(part.part.line) for part in parts],
        ]
        longest = (max(map(display_width, column), default=0) + 3 for column in columns)
        return [min(WIDEST, max(NARROWEST, wide)) for wide in longest]

    def _place(self, part: EntryPart) -> str:
        return " · ".join(filter(None, (self.names.room(part.part.room), part.theme.say(self.language))))

    @property
    def _last_column(self) -> int:
        return self.groups[-1].last if self.groups else len(WHEN_COLUMNS)

    def _heads(self) -> None:
        settings = self.case.settings
        alliance = settings.alliance_en or settings.alliance if self.language == "en" else settings.alliance
        title = " · ".join(part for part in (alliance, settings.label.say(self.language)) if part)
        draw.put(self.sheet, TITLE_ROW, 1, title).font = Font(name="Calibri", size=20, bold=True, color=draw.INK)
        self.sheet.row_dimensions[TITLE_ROW].height = 34
        span = period(settings.first, settings.last, self.language)
        draw.put(self.sheet, STATE_ROW, 1, f"{span} · {state_line(self.plan, self.language)}")
        for row in (TITLE_ROW, STATE_ROW):
            self._merge(row, 1, row, self._last_column)
        draw.header(self.sheet, SITE_ROW, [""] * len(WHEN_COLUMNS))
        draw.header(self.sheet, HEAD_ROW, [word.say(self.language) for word in WHEN_COLUMNS])
        for group in self.groups:
            draw.header(
                self.sheet, SITE_ROW, [self.names.site(group.site)] + [""] * (len(group.titles) - 1), first=group.first
            )
            draw.header(self.sheet, HEAD_ROW, group.titles, first=group.first)
            self._merge(SITE_ROW, group.first, SITE_ROW, group.last)

    def _month(self, row: int, month: Sequence[Entry]) -> int:
        first = row
        for _, day in groupby(month, key=lambda entry: entry.day):
            row = self._day(row, list(day))
        label = month_name(month[0].day, self.language, with_year=True)
        draw.put(self.sheet, first, 1, label, bold=True, align="center")
        for each in range(first, row):
            self.sheet.cell(each, 1).border = draw.GRID
        self._merge(first, 1, row - 1, 1)
        return row

    def _day(self, row: int, day: Sequence[Entry]) -> int:
        columns = {g.site: [e for e in day if e.session.site == g.site] for g in self.groups}
        height = max(sum(self._height(entry) for entry in found) for found in columns.values())
        special = day[0].special.label.say(self.language) if day[0].special else ""
        rounds = "、".join(dict.fromkeys(str(entry.round) for entry in day if entry.round is not None))
        said = (
            int(rounds) if rounds.isdigit() else rounds,
            day[0].day,
            weekday_name(day[0].day.weekday(), self.language),
        )
        for column, value in enumerate((*said, special), start=2):
            draw.put(self.sheet, row, column, value, bold=column == 2, align="center")  # noqa: PLR2004 - the round
        for each in range(row, row + height):
            for column in range(2, self._last_column + 1):
                self.sheet.cell(each, column).border = draw.GRID
        for each in range(row, row + height):
            draw.fit_height(self.sheet, each, self.widths, first=len(WHEN_COLUMNS) + 1)
        for column in range(2, len(WHEN_COLUMNS) + 1):
            self._merge(row, column, row + height - 1, column)
        for group in self.groups:
            below = row
            for entry in columns[group.site]:
                self._session(below, group, entry)
                below += self._height(entry)
        return row + height

    def _height(self, entry: Entry) -> int:
        return 1 if len(self.groups) > FULL_SITES else len(entry.parts)

    def _session(self, row: int, group: Group, entry: Entry) -> None:
        if len(self.groups) > FULL_SITES:
            self._fill(row, group.first, self._compact(entry), entry.lines[0] if len(entry.lines) == 1 else None)
            return
        last = row + len(entry.parts) - 1
        self._fill(row, group.first, entry.hours)
        self._fill(row, group.first + 1, self.names.activity(entry.session.activity))
        for below, part in enumerate(entry.parts, start=row):
            said = [self._seated(part, role) for role in self.roles]
            for column, value in enumerate((*said, self._place(part)), start=group.first + 2):
                self._fill(below, column, value)
            self._fill(below, group.last, self.names.line(part.part.line), part.part.line)
        for column in (group.first, group.first + 1):
            self._merge(row, column, last, column)

    def _compact(self, entry: Entry) -> str:
        people = [
            f"{self.names.role(r)}：{self.names.all_of(entry.session.serving(r))}"
            for r in self.roles
            if entry.session.serving(r)
        ]
        rooms = self.names.listed(self.names.room(room) for room in entry.rooms)
        lines = self.names.listed(self.names.line(line) for line in entry.lines)
        return "\n".join(
            each
            for each in (f"{entry.hours} {self.names.activity(entry.session.activity)}", *people, rooms, lines)
            if each
        )

    def _seated(self, part: EntryPart, role: str) -> str:
        missing = part.missing.get(role, 0)
        return self.names.all_of(part.part.roles.get(role, ())) + (
            open_seats(missing).say(self.language) if missing else ""
        )

    def _fill(self, row: int, column: int, value: str, line: str | None = None) -> None:
        cell = draw.put(self.sheet, row, column, value)
        cell.border = draw.GRID
        if line in self.tint:
            cell.fill = PatternFill("solid", start_color=self.tint[line])

    def _fixed_services(self, row: int) -> None:
        if not self.fixed:
            return
        draw.put(self.sheet, row, 1, words.FIXED_SERVICES.say(self.language), bold=True)
        self._merge(row, 1, row, self._last_column)
        for below, offer in enumerate(fixed_offers(self.case, self.fixed, self.language), start=row + 1):
            said = (offer.activity, offer.when, offer.where, offer.providers, offer.line)
            cell = draw.put(self.sheet, below, 1, " · ".join(each for each in said if each))
            cell.fill = draw.BAND_FILL
            self._merge(below, 1, below, self._last_column)

    def _merge(self, top: int, left: int, bottom: int, right: int) -> None:
        if (top, left) != (bottom, right):
            self.sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
