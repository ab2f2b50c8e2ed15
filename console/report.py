"""`rota report`: what was planned and held in a period, on the terminal, as a page and as a workbook."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from rota.report_entries import SEVERAL, Fate
from workbook.output import report_rows as rows
from workbook.output.report_page import export_report, file_stem
from workbook.output.report_table import report_table, write_report_workbook

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from console.screen import Screen
    from rota.case import Case
    from rota.report import Hosting, Month, Report, Share, Tally
    from rota.report_entries import Entry


def show_report(
    case: Case, report: Report, screen: Screen, *, folder: Path | None = None, forms: Sequence[str] = ()
) -> None:
    """Print the report, or write it into `folder` in the forms asked for."""
    if folder is None:
        screen.say(report_table(case, report, screen.language, screen.width))
    else:
        _write(case, report, screen, folder, forms)
    screen.emit(_body(case, report, screen))


def _write(case: Case, report: Report, screen: Screen, folder: Path, forms: Sequence[str]) -> None:
    if "xlsx" in forms:
        path = folder / f"{file_stem(report)}.xlsx"
        write_report_workbook(case, report, path, screen.language)
        screen.say(str(path))
    if {"html", "pdf", "png"} & set(forms):
        written = export_report(case, report, folder, screen.language, pdf="pdf" in forms, png="png" in forms)
        for remark in written.notes:
            screen.note(remark)
        screen.each(str(path) for path in written.paths)


def _body(case: Case, report: Report, screen: Screen) -> dict[str, object]:
    """Return the report for programs."""
    return {
        "period": report.period.name,
        "first": report.first.isoformat(),
        "last": report.last.isoformat(),
        "until": report.today.isoformat(),
        "now": _tally(report.now),
        "so_far": _tally(report.so_far),
        "lines": [_share(each) for each in report.lines],
        "activities": [_share(each) for each in report.activities],
        "sites": [_share(each) for each in report.sites],
        "hosts": [_hosting(each) for each in report.hosts],
        "without_host": _hosting(report.hostless),
        "counted_for_several": _hosting(report.repeated),
        "months": [_month(each) for each in report.months],
        "sessions": [_entry(each) for each in report.entries],
        "unrecorded_before": [each.session for each in report.earlier if each.fate is Fate.UNRECORDED],
        "cancellations_known": report.journal,
        "remarks": [said.say(screen.language) for said in (*rows.issues(case, report), *rows.basis(report))],
    }


def _tally(tally: Tally) -> dict[str, object]:
    return {**asdict(tally), "share_held": None if tally.kept is None else round(float(tally.kept), 4)}


def _share(share: Share) -> dict[str, object]:
    return {**_of(share.of), "now": _tally(share.now), "so_far": _tally(share.so_far)}


def _of(key: str) -> dict[str, object]:
    """Return what a row is of: null where nobody knows it, and where it is of several."""
    return {"of": None if key == SEVERAL else key or None, "several": key == SEVERAL}


def _hosting(row: Hosting) -> dict[str, object]:
    who = {"role": row.role, "who": row.who} if row.role else {}
    return {**who, "now": asdict(row.now), "so_far": asdict(row.so_far)}


def _month(month: Month) -> dict[str, object]:
    return {**asdict(month), "first": month.first.isoformat()}


def _entry(entry: Entry) -> dict[str, object]:
    return {
        "session": entry.session,
        "activity": entry.activity,
        "day": entry.day.isoformat(),
        "state": entry.fate.value,
        "planned": entry.planned,
        "site": entry.site or None,
        "line": None if entry.line == SEVERAL else entry.line or None,
        "several_lines": entry.line == SEVERAL,
        "role": entry.role or None,
        "hosts": list(entry.hosts),
        "hosts_planned": list(entry.foreseen),
        "served": entry.served,
        "note": entry.note,
    }
