"""Tiny cases on which the rule is tried: all their plans, legal and illegal, are enumerated."""

from __future__ import annotations

from rota.case import Case


def case_of(**params: str) -> Case:
    """A visit in each of the weeks from Monday 11 and 18 January 2027, from Monday to Wednesday, and a talk."""
    week = {"cycle": "weeks", "minutes": 60, "needs_room": False}
    return Case.model_validate(
        {
            "settings": {
                "id": "tiny",
                "title": "tiny",
                "first": "2027-01-01",
                "last": "2027-01-31",
                "calendar": "none",
            },
            "sites": [{"id": "hall", "name": "hall"}],
            "cycles": [{"id": "weeks", "name": "weeks", "first": "2027-01-11", "rrule": "FREQ=WEEKLY;COUNT=2"}],
            "activities": [
                {"id": "visit", "name": "visit", "times": "09:00; 14:00", "days_after": 2, **week},
                {"id": "talk", "name": "talk", "times": "09:00", "days_after": 2, "presence": "may", **week},
            ],
            "demands": [{"id": "rule", "kind": "not_on_day", "params": params}],
        }
    )


TINY = (case_of(), case_of(activities="visit", day_of_month="19"))
