"""The reference pages say what the code says."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.exits import Exit
from docs import stations
from docs.generate import EXITS, ROOT, pages
from rota.plan import CaseRef, Declined, OpenSeat, Plan, PlanPart, PriorityScore, RuleScore, Session, Solver
from rota.row import Value

EXAMPLES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "examples").glob("*/README*.md"))


@pytest.mark.parametrize("page", sorted(pages()))
def test_generated_page_is_up_to_date(root: Path, page: str) -> None:
    written = (root / "docs" / "reference" / page).read_text(encoding="utf-8")
    assert written == pages()[page], f"docs/reference/{page} is stale; run: python docs/generate.py"


@pytest.fixture(scope="module")
def examples() -> dict[Path, str]:
    return stations.pages()


@pytest.mark.parametrize("page", EXAMPLES)
def test_the_page_of_an_example_names_the_rule_of_every_demand(
    root: Path, examples: dict[Path, str], page: str
) -> None:
    made = examples[root / page]
    assert (root / page).read_text(encoding="utf-8") == made, f"{page} is stale; run: python docs/stations.py"


def test_every_exit_code_is_explained() -> None:
    assert set(EXITS) == set(Exit)


@pytest.mark.parametrize(
    "model", [Plan, CaseRef, Session, PlanPart, Declined, OpenSeat, PriorityScore, RuleScore, Solver]
)
def test_every_field_of_a_plan_is_described(root: Path, model: type[Value]) -> None:
    page = (root / "docs" / "reference" / "plan-file.md").read_text(encoding="utf-8")
    missing = [field for field in model.model_fields if f"| `{field}` |" not in page]
    assert not missing
