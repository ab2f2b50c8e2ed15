"""The sheet 均衡统计: everybody's turns beside their fair target, with a chart per role."""

from __future__ import annotations

from itertools import groupby

from openpyxl.chart import BarChart, Reference
from openpyxl.chart.series import SeriesLabel
from openpyxl.worksheet.worksheet import Worksheet

from rota.case import Case
from rota.plan import Plan
from rota.text import Language, text
from workbook.output import sheet as draw
from workbook.output import words
from workbook.output.fairness import Account, Quarter, Weigh, accounts, quarters
from workbook.output.names import Names
from workbook.output.session_table import Cell

LEADING = (words.ROLE, words.WHO, words.TURNS, words.TARGET, words.DEVIATION)
TRAILING = (words.MINUTES, words.WEIGHT, words.DAYS, words.PAST_TURNS, words.PAST_BALANCE)
ROW_CENTIMETRES = 0.5
"""The height of the lowest row, by which charts are set apart."""
MOST_CHARTS = 6


def draw_fairness(sheet: Worksheet, case: Case, plan: Plan, language: Language, weigh: Weigh) -> None:
    """Fill the sheet: one row per role and resource, quarters in columns of their own, charts to the right."""
    found = accounts(case, plan, weigh)
    names, terms = Names(case, language), quarters(case)
    titles = [*map(words.bilingual, LEADING), *map(_quarter, terms), *map(words.bilingual, TRAILING)]
    rows = [_row(account, names, terms) for account in found]
    draw.table(sheet, titles, rows, [14, 26, 13, 18, 16, *(10 for _ in terms), 14, 14, 18, 18, 18])
    first, charts, top = 2, 0, 2
    for role, group in groupby(found, key=lambda account: account.role):
        size = len(list(group))
        if size > 1 and charts < MOST_CHARTS:
            chart = _chart(sheet, names.role(role), first, size, language)
            sheet.add_chart(chart, sheet.cell(top, len(titles) + 2).coordinate)
            charts, top = charts + 1, top + int(chart.height / ROW_CENTIMETRES) + 2
        first += size


def _row(account: Account, names: Names, terms: tuple[Quarter, ...]) -> list[Cell]:
    """Write one account; figures are rounded to what a reader compares, not to what was computed."""
    leading: list[Cell] = [names.role(account.role), names.who(account.who), account.turns]
    fair: list[Cell] = [round(account.target, 2), round(account.deviation, 2)]
    terms_held: list[Cell] = [account.by_quarter.get(term, 0) for term in terms]
    past: list[Cell] = [account.past_turns, round(account.past_balance, 2)]
    return [*leading, *fair, *terms_held, account.minutes, account.weight, account.days, *past]


def _quarter(quarter: Quarter) -> str:
    return f"{quarter[0]} Q{quarter[1]}"


def _chart(sheet: Worksheet, role: str, first: int, size: int, language: Language) -> BarChart:
    chart = BarChart()
    chart.type = "bar"
    chart.title = text("{role}: turns and fair target", "{role}：次数与应得次数", role=role).say(language)
    chart.add_data(Reference(sheet, min_col=3, max_col=4, min_row=first, max_row=first + size - 1))
    chart.set_categories(Reference(sheet, min_col=2, min_row=first, max_row=first + size - 1))
    for series, word, colour in zip(chart.series, (words.TURNS, words.TARGET), ("0072B2", "E69F00"), strict=True):
        series.tx = SeriesLabel(v=word.say(language))
        series.graphicalProperties.solidFill = colour
    chart.y_axis.delete = chart.x_axis.delete = False
    chart.x_axis.scaling.orientation = "maxMin"
    chart.y_axis.scaling.min = 0
    chart.legend.position = "b"
    chart.width, chart.height = 18, min(40, 4 + 0.75 * size)
    return chart
