"""The year of Suzhou: its case, and its best plan, which all processes that run tests find once."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path

from constraints.reading import read_rules, rule_problems
from constraints.registry import catalogue
from rota.case import Case
from rota.plan import Plan, dump_plan, load_plan
from scheduler.solving.control import Control
from scheduler.solving.solve import solve
from workbook.reading import read_case

SUZHOU = Path(__file__).resolve().parent.parent / "examples" / "suzhou"
PATIENCE = 600.0
"""Seconds to wait for another process that plans it."""


@cache
def suzhou() -> Case:
    return read_case(SUZHOU, catalogue(), (rule_problems,)).required()


def best_plan(kept: Path) -> Plan:
    """Return the best plan, as the database `kept` holds it; whoever comes first plans, and the others wait."""
    with closing(sqlite3.connect(kept, timeout=PATIENCE, isolation_level=None)) as database:
        database.execute("BEGIN EXCLUSIVE")
        database.execute("CREATE TABLE IF NOT EXISTS plan (body TEXT NOT NULL)")
        found = database.execute("SELECT body FROM plan").fetchone()
        if found is None:
            found = (dump_plan(solve(suzhou(), read_rules(suzhou()), Control(seconds=PATIENCE / 2)).plan),)
            database.execute("INSERT INTO plan VALUES (?)", found)
        database.execute("COMMIT")
    return load_plan(found[0])
