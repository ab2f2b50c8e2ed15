"""Reading a case from a folder or a workbook: all its problems in one pass, each with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rota.case import Case
from rota.problem import CaseError, Problem, RotaError, Severity
from rota.text import Message, several, text
from workbook.grid import Form, Grid, Located
from workbook.judging import Check, Readings, judge, judge_part, place
from workbook.layout import GUIDE_TITLE, LISTS, SETTINGS, Catalogue, Layout, Table, folded, layout_of
from workbook.lying import Lying, lying, table_files
from workbook.rows import TableReading, read_table
from workbook.settings import read_settings
from workbook.sources import TOML_FILE, csv_grid, sheet_grids, toml_grid

SESSIONS_SHEET = "场次"
BASIS_SHEET = "rota"
"""The hidden sheet that says which state of the journal a workbook came from."""
OUTPUT_SHEETS = (
    GUIDE_TITLE,
    LISTS,
    BASIS_SHEET,
    SESSIONS_SHEET,
    "安排表",
    "变更对照",
    "均衡统计",
    "服务清单",
    "错误",
    "errors",
)
SURVEYS = ("survey", "问卷")
"""The names of surveys begin with these: their answers may lie beside the tables, and are no table of the case."""
"""Sheets and files that Rota writes for people and does not read as tables."""
WORKBOOK_SUFFIXES = frozenset({".xlsx", ".xlsm"})


class NoCaseError(RotaError):
    """There is no case at the path."""


@dataclass(frozen=True)
class CaseFile:
    """What was found at a path: the case, None where there is an error, and every problem with its place.

    `lay` tells how the files lay there just before they were read.
    """

    path: Path
    case: Case | None
    problems: tuple[Located, ...]
    readings: Readings
    lay: tuple[Lying, ...] = ()

    @property
    def is_current(self) -> bool:
        """Whether nobody has written the files since they were read."""
        return bool(self.lay) and self.lay == lying(_whole(self.path))

    @property
    def errors(self) -> tuple[Located, ...]:
        """The problems that stop the case from being used."""
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def warnings(self) -> tuple[Located, ...]:
        """The problems that do not."""
        return tuple(problem for problem in self.problems if problem.severity == "warning")

    def locate(self, problem: Problem) -> Located:
        """Return a problem found in the case with the place where it was typed."""
        return place([problem], self.readings)[0]

    def required(self) -> Case:
        """Return the case.

        Raises:
            CaseError: it has errors.
        """
        if self.case is None:
            raise CaseError(
                text(
                    "{path} cannot be used: {n}.",
                    "{path} 无法使用：共 {n}。",
                    path=self.path.name,
                    n=several(len(self.errors), "error", "处错误"),
                ),
                (located.problem for located in self.errors),
            )
        return self.case


def read_case(path: Path, catalogue: Catalogue = (), checks: Sequence[Check] = ()) -> CaseFile:
    """Read the case at `path`, a folder or a workbook.

    Args:
        path: a folder with `rotation.toml`, that file itself, or an .xlsx workbook.
        catalogue: the kinds of rules, whose parameters are columns of the table 规则.
        checks: further checks of the case; their problems are placed like all others.

    Raises:
        NoCaseError: there is neither at the path.
        WorkbookError: the file is no workbook, or not safe to open.
    """
    layout = layout_of(catalogue)
    if not path.exists():
        raise NoCaseError(text("There is no {path}.", "找不到 {path}。", path=str(path)))
    whole = _whole(path)
    lay = lying(whole)
    form: Form = "csv" if whole.is_dir() else "sheet"
    grids, unreadable = _folder_grids(whole) if whole.is_dir() else (list(sheet_grids(whole)), {})
    readings, problems = _readings(layout, grids, form, unreadable)
    problems += [located for reading in readings.values() for located in reading.problems]
    case = None
    if any(located.severity == "error" for located in problems):
        problems += place(judge_part(readings, checks), readings)
    else:
        case = _case(readings)
        problems += place(judge(case, checks), readings)
        if any(located.severity == "error" for located in problems):
            case = None
    return CaseFile(path, case, tuple(sorted(problems, key=_rank)), readings, lay)


def _whole(path: Path) -> Path:
    """Return the folder that a case lies in whose settings are named, else what is named."""
    return path.parent if path.name == TOML_FILE and not path.is_dir() else path


def _rank(located: Located) -> bool:
    return located.severity == "warning"


def _case(readings: Readings) -> Case:
    rows = {table: reading.rows for table, reading in readings.items() if table != SETTINGS}
    return Case(settings=readings[SETTINGS].rows[0], **rows)  # type: ignore[arg-type]  # each table's rows are of its model


def _folder_grids(folder: Path) -> tuple[list[Grid], dict[str, RotaError]]:
    """Return every file of a folder that can be taken apart into cells, and the error of every other."""
    grids: list[Grid] = []
    unreadable: dict[str, RotaError] = {}
    for path in table_files(folder):
        try:
            grids.append(toml_grid(path) if path.name == TOML_FILE else csv_grid(path))
        except RotaError as error:
            unreadable[path.name] = error
    return grids, unreadable


def _of_file(grid: Grid, message: Message, severity: Severity = "error") -> Located:
    return Located(Problem(SETTINGS, None, None, message, severity), grid.at())


def _readings(
    layout: Layout, grids: Iterable[Grid], form: Form, unreadable: Mapping[str, RotaError]
) -> tuple[dict[str, TableReading], list[Located]]:
    """Read every grid as the table whose name it bears; tables without a grid are empty."""
    found: dict[str, TableReading] = {}
    problems = [_of_file(Grid(source, form, ()), error.message) for source, error in unreadable.items()]
    lost = {table.name for source in unreadable if (table := layout.find(_title(source)))}
    for grid in grids:
        table = layout.find(_title(grid.source))
        if table is None:
            problems += _unknown_table(layout, grid)
            lost |= {near.name} if (near := layout.nearest(_title(grid.source))) else set()
        elif table.name in found:
            problems.append(_of_file(grid, _second(table, found[table.name].grid)))
        else:
            found[table.name] = read_settings(table, grid) if table.name == SETTINGS else read_table(table, grid)
    if not (SETTINGS in found or SETTINGS in lost):
        empty = Grid(layout.table[SETTINGS].title if form == "sheet" else TOML_FILE, form, ())
        problems.append(_of_file(empty, text("the settings are missing", "缺少参数")))
    return {table.name: found.get(table.name) or _absent(table, form, lost) for table in layout.tables}, problems


def _absent(table: Table, form: Form, lost: set[str]) -> TableReading:
    source = table.title if form == "sheet" else f"{table.name}.csv"
    return TableReading(table, Grid(source, form, ()), lost=table.name in lost)


def _title(source: str) -> str:
    """Return the name of the table that a sheet or file says it is."""
    return SETTINGS if source == TOML_FILE else source.removesuffix(".csv").removesuffix(".CSV")


def _second(table: Table, first: Grid | None) -> Message:
    return text(
        "this is the table {table} a second time, beside {first}; keep one",
        "表“{table}”重复，另有 {first}；请只保留一个",
        table=table.label,
        first=first.source if first else "",
    )


def _unknown_table(layout: Layout, grid: Grid) -> Iterator[Located]:
    """Yield what is said of a sheet that is no table: an error where its name is nearly that of one."""
    title = _title(grid.source)
    if folded(title) in map(folded, OUTPUT_SHEETS) or folded(title).startswith(SURVEYS) or not grid.rows:
        return
    near = layout.nearest(title)
    if near:
        message = text("is no table; did you mean {near}?", "不是 Rota 的表；是否应为“{near}”？", near=near.label)
        yield _of_file(grid, message)
    else:
        message = text("is no table of Rota and is not read", "不是 Rota 的表，未读取")
        yield _of_file(grid, message, "warning")
