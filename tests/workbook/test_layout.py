"""Every table and every column can be told by its header, in either language or both."""

from __future__ import annotations

from itertools import chain

import pytest

from rota.case import Case
from rota.catalogue import RuleKind, RuleParam
from rota.text import text
from workbook.explanations import field_meaning, table_meaning
from workbook.guide import guide_text
from workbook.layout import Catalogue, Layout


def test_headers_are_recognised_in_every_form(catalogue: Catalogue) -> None:
    for table in Layout(catalogue).tables:
        titles = [column.title for column in table.columns]
        for column in table.columns:
            forms = [column.name, column.header, column.header.upper(), f"{column.name}\n{column.title}"]
            forms += [column.title] if titles.count(column.title) == 1 else []
            assert {table.find(form) for form in forms} == {column}, column.header


def test_a_title_that_two_columns_share_means_neither_by_itself() -> None:
    params = (RuleParam("role", "岗位", text("one", "一")), RuleParam("roles", "岗位", text("several", "多")))
    demands = Layout((RuleKind("k", text("k", "k"), text("k", "k"), text("k", "k"), params),)).table["demands"]

    assert demands.find("岗位") is None
    assert demands.find("岗位 roles") is demands.column["roles"]


@pytest.mark.parametrize("table", list(Case.model_fields))
def test_every_table_says_what_it_is_for_in_both_languages(table: str) -> None:
    meaning = table_meaning(table)

    assert meaning.say("zh") != meaning.say("en")


def test_the_guide_names_every_column_and_rule(catalogue: Catalogue) -> None:
    layout = Layout(catalogue)

    guide = guide_text(layout)

    columns = chain.from_iterable(table.columns for table in layout.tables)
    assert all(column.header in guide for column in columns)
    assert all(rule.summary.zh in guide and rule.summary.en in guide for rule in catalogue)
    assert "{" not in guide


def test_every_column_says_something_in_both_languages(catalogue: Catalogue) -> None:
    for table in Layout(catalogue).tables:
        for column in table.columns:
            assert field_meaning(table.name, column).say("zh"), column.header
            assert field_meaning(table.name, column).say("en"), column.header
