"""`rota holidays`: the public holidays of a year in lines, from the notice where there is one, else drafted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rota.holiday_draft import ADVICE, draft, known, possible_makeup_days
from rota.holidays import years_without_notice
from rota.notices import notice_years
from rota.text import Language, Message, said, text

if TYPE_CHECKING:
    from rota.case import Case
    from rota.demand import Holiday


def holidays_of(year: int) -> tuple[Holiday, ...]:
    """Return the days of the notice where the calendar knows one, else the statutory days, provisional.

    Raises:
        HolidayError: nothing is known about that year.
    """
    first, last = notice_years()
    return known(year) if first <= year <= last else draft(year)


def holiday_lines(year: int, language: Language) -> Iterator[Message]:
    """Yield what is known of a year's public holidays, one line per day, and the advice while there is no notice."""
    days = holidays_of(year)
    drafted = any(day.provisional for day in days)
    yield (
        text(
            "Public holidays of {y}, drafted: there is no notice yet", "{y} 年节假日（草案，尚无正式通知）", y=str(year)
        )
        if drafted
        else text("Public holidays of {y}, as the notice has them", "{y} 年节假日（按正式通知）", y=str(year))
    )
    for day in days:
        label = day.name if language == "zh" else day.name_en or day.name
        yield text(
            "  {day}  {kind}  {label}", "  {day}  {kind}  {label}", day=day.day, kind=day.kind.label, label=label
        )
    if drafted:
        yield ADVICE
        weekend = possible_makeup_days(days)
        yield Message(
            "  " + ", ".join(said(d, "en") for d in weekend), "  " + "、".join(said(d, "zh") for d in weekend)
        )


def with_drafted_holidays(case: Case) -> Case:
    """Return a new case with the statutory days of the years that have no notice yet, each marked as provisional."""
    years = years_without_notice(case)
    if not years:
        return case
    return case.model_copy(update={"holidays": tuple(day for year in years for day in draft(year))})
