"""Write into the pages of the examples which rules each case states, in words.

Each README in examples/ holds a table between `<!-- rules -->` and `<!-- /rules -->`: every demand with its kind, how
strongly it is meant, and its sentence. Run `python docs/stations.py` after a change of demands or sentences; `--check`
only says which pages are stale.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from constraints.reading import read_rules, rule_problems  # noqa: E402 - found through the line above
from constraints.registry import catalogue  # noqa: E402
from constraints.rule import Rule  # noqa: E402
from rota.case import Case  # noqa: E402
from rota.text import Language, text  # noqa: E402
from workbook.reading import read_case  # noqa: E402

BEGIN, END = "<!-- rules -->", "<!-- /rules -->"
HEAD = text("| demand | rule | meant | in words |", "| 编号 | 规则 | 强度 | 内容 |")
REQUIRED = text("required", "必须")
PRIORITY = text("priority", "优先级")


def pages() -> dict[Path, str]:
    """Return every page of an example that names its rules, as it should read."""
    found: dict[Path, str] = {}
    for page in sorted((ROOT / "examples").glob("*/README*.md")):
        content = page.read_text(encoding="utf-8")
        if BEGIN in content:
            case = read_case(page.parent, catalogue(), (rule_problems,)).required()
            before, _, rest = content.partition(BEGIN)
            after = rest.partition(END)[2]
            rows = "\n".join(_table(case, "zh" if page.name.endswith(".zh.md") else "en"))
            found[page] = f"{before}{BEGIN}\n{rows}\n{END}{after}"
    return found


def _table(case: Case, language: Language) -> Iterator[str]:
    yield HEAD.say(language)
    yield "|---|---|---|---|"
    stated = {demand.id for demand in case.demands}
    for rule in read_rules(case):
        if rule.id in stated:
            said = rule.describe(case).say(language)
            yield f"| `{rule.id}` | {_kind(rule, language)} | {_meant(rule, language)} | {said} |"


def _kind(rule: Rule, language: Language) -> str:
    return f"{rule.label.say(language)} `{rule.kind}`"


def _meant(rule: Rule, language: Language) -> str:
    return REQUIRED.say(language) if rule.required else f"{PRIORITY.say(language)} {rule.priority}"


def main() -> None:
    """Write the pages, or with --check only say which are stale."""
    old = {page: made for page, made in pages().items() if page.read_text(encoding="utf-8") != made}
    for page, made in old.items():
        print(page.relative_to(ROOT).as_posix())
        if "--check" not in sys.argv[1:]:
            page.write_text(made, encoding="utf-8", newline="\n")
    if old and "--check" in sys.argv[1:]:
        sys.exit(1)


if __name__ == "__main__":
    main()
