"""Copies of frozen values."""

from __future__ import annotations

from rota.agenda import agenda_of
from tests.calendars.station import case_of


def test_a_changed_copy_forgets_what_was_worked_out_from_the_old_fields() -> None:
    case = case_of()
    assert case.site["S2"].zone == ""
    before = case.hash, agenda_of(case)

    moved = case.model_copy(
        update={"sites": (case.sites[0], case.sites[1].model_copy(update={"zone": "Europe/Berlin"}))}
    )

    assert moved.site["S2"].zone == "Europe/Berlin"
    assert moved.hash != before[0]
    assert agenda_of(moved) is not before[1]
    assert agenda_of(case) is before[1]
