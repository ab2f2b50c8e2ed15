"""Write the reference pages that follow from the code: commands, rules, tables.

Run `python docs/generate.py` after a change of commands, rules or tables; `--check` only says which pages are stale.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from cli import rota  # noqa: E402 - found through the line above, also where Rota is not installed
from console.exits import Exit  # noqa: E402
from console.help import in_language  # noqa: E402
from console.language import VARIABLES  # noqa: E402
from constraints.golden import golden, sentence  # noqa: E402
from constraints.registry import OURS  # noqa: E402
from constraints.rule import Rule  # noqa: E402
from rota.text import Message, text  # noqa: E402
from workbook.explanations import field_meaning, table_meaning  # noqa: E402
from workbook.layout import SETTINGS, Layout, Table  # noqa: E402
from workbook.output.browser import VARIABLE as CHROMIUM  # noqa: E402

REFERENCE = ROOT / "docs" / "reference"
MADE = "<!-- Made by `python docs/generate.py`. Do not edit. -->"

EXITS: dict[Exit, Message] = {
    Exit.OK: text("done", "完成"),
    Exit.ERROR: text(
        "an error that is not about the input: a plan that does not hold, a file held open",
        "一般错误：校验未通过、文件被占用等",
    ),
    Exit.USAGE: text("wrong command or option", "命令或选项有误"),
    Exit.INFEASIBLE: text("it is proved that there is no plan; the conflict is printed", "已证明无解，并列出冲突"),
    Exit.NO_PLAN_IN_TIME: text("time ran out before a first plan was found", "限时内没有找到任何安排"),
    Exit.BAD_INPUT: text(
        "the case, an answer or a plan file has errors; each is printed with its place",
        "资料、答复或安排文件有错误，逐条列出位置",
    ),
    Exit.NOT_PROVED: text(
        "`--require-optimal` was given and not all is proved; the plan is kept", "要求最优而未能全部证明；安排已保存"
    ),
    Exit.CHANGES: text("`rota diff --exit-code` found differences", "`rota diff --exit-code` 发现差异"),
    Exit.INTERRUPTED: text("interrupted; the best plan so far is kept", "被中断；已保存当前最好的安排"),
}
VARIABLES_MEAN: dict[str, Message] = {
    VARIABLES[0]: text(
        "the language to speak, `zh` or `en`; `--lang` comes before it", "使用的语言：`zh` 或 `en`；`--lang` 优先"
    ),
    ", ".join(VARIABLES[1:]): text(
        "the locale, asked in this order where nothing above is said", "系统区域设置；以上未指定时依次参考"
    ),
    "ROTA_ACTOR": text(
        "under which name changes are written down; `--actor` comes before it, the system's user after it",
        "登记变更时的操作人；`--actor` 优先，都未写则为系统用户",
    ),
    "ROTA_JOURNAL": text(
        "the journal: a file, or the URL of a PostgreSQL database; else as the settings say, or beside the case",
        "变更记录的位置：文件，或 PostgreSQL 数据库的 URL；未设则按“参数”，再则在资料旁",
    ),
    "NO_COLOR": text("set to anything: no colour on the terminal", "设为任意值：终端不使用颜色"),
    CHROMIUM: text(
        "the Chromium that prints PDF and PNG; else the first of the usual names on the path",
        "用于生成 PDF、PNG 的 Chromium；未设则在路径中查找",
    ),
}


def pages() -> dict[str, str]:
    """Return every generated page by its file name."""
    made = {"cli.md": cli_page(), "rules.md": rules_page(), "case-tables.md": tables_page()}
    return {name: "\n".join([MADE, "", *lines]).rstrip() + "\n" for name, lines in made.items()}


def cell(content: str) -> str:
    """Return text as it may stand in a cell of a table."""
    return content.strip().replace("|", "\\|").replace("\n", "<br>")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table."""
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    yield from ("| " + " | ".join(cell(content) for content in row) + " |" for row in rows)
    yield ""


def both(message: Message) -> tuple[str, str]:
    """Return a sentence in English and in Chinese."""
    return message.say("en"), message.say("zh")


# Commands.


def cli_page() -> Iterator[str]:
    """Yield the page of all commands, exit codes and environment variables."""
    yield "# Commands 命令"
    yield ""
    yield from _halves(rota.help or "")
    yield "Results go to standard output, warnings and errors to standard error. `rota COMMAND --help` says the same."
    yield ""
    yield "结果写到标准输出，提醒和错误写到标准错误。`rota 命令 --help` 可查看同样的说明。"
    yield ""
    for name, command in rota.commands.items():
        yield from _command(name, command)
    yield "## Exit codes 退出码"
    yield ""
    yield from table(("code", "name", "meaning", "含义"), ((f"{int(e)}", e.name, *both(EXITS[e])) for e in Exit))
    yield "## Environment variables 环境变量"
    yield ""
    yield from table(("variable", "meaning", "含义"), ((f"`{n}`", *both(m)) for n, m in VARIABLES_MEAN.items()))


def _command(name: str, command: click.Command) -> Iterator[str]:
    """Yield the section of a command, and of the commands that it has itself."""
    yield from _section(name, command)
    for below, each in (command.commands if isinstance(command, click.Group) else {}).items():
        yield from _section(f"{name} {below}", each)


def _section(name: str, command: click.Command) -> Iterator[str]:
    context = click.Context(command, info_name=f"rota {name}")
    yield f"## rota {name}"
    yield ""
    yield from _halves(command.help or "")
    yield "```text"
    yield " ".join([f"rota {name}", *command.collect_usage_pieces(context)])
    yield "```"
    yield ""
    options = [param for param in command.params if isinstance(param, click.Option)]
    yield from table(("option", "meaning", "含义"), (_option(option, context) for option in options))


def _option(option: click.Option, context: click.Context) -> tuple[str, str, str]:
    spelled, said = option.get_help_record(context) or ("", "")
    remark = said.removeprefix(option.help or "").strip()
    help_text = option.help or ""
    english, chinese = in_language(help_text, "en"), in_language(help_text, "zh")
    return f"`{spelled}`", f"{english} {remark}", chinese if chinese != english else ""


def _halves(help_text: str) -> Iterator[str]:
    paragraphs = [" ".join(paragraph.split()) for paragraph in inspect.cleandoc(help_text).split("\n\n")]
    for language in ("en", "zh"):
        for paragraph in paragraphs:
            yield in_language(paragraph, "en" if language == "en" else "zh")
            yield ""


# Rules.


def rules_page() -> Iterator[str]:
    """Yield the catalogue of rules: what each demands, what its cost counts, and its parameters."""
    yield "# Rules 规则"
    yield ""
    yield (
        "A row of the table 规则 (demands.csv) states a rule: its kind, required (必须) or preferred at a priority "
        "(1 is the strongest) with a weight, and its parameters. The cost of a preference is its weight times the "
        "amounts of its breaches. Standing rules hold without being stated; stating one replaces it."
    )
    yield ""
    yield (
        "“规则”表（demands.csv）每行一条：规则名称，“必须”或优先级（1 最优先）与权重，以及参数。"
        "希望满足的规则，代价为权重乘以违反的数量。常设规则不写也生效，写出则以所写为准。"
    )
    yield ""
    yield (
        "The examples under each rule are said of one small station (`constraints/golden.py`) and of a plan made "
        "for it without a thought, which breaks them all."
    )
    yield ""
    yield "各条规则下的例句，取自一个示范小站（`constraints/golden.py`）和一份随手排出、条条违反的安排。"
    yield ""
    yield from table(
        ("rule", "规则", "what it demands", "要求", "standing 常设"),
        ((f"[`{r.kind}`](#{r.kind})", r.label.zh, *both(r.summary), "✓" if r.standing else "") for r in OURS),
    )
    for rule in OURS:
        yield from _rule(rule)


def _rule(rule: type[Rule]) -> Iterator[str]:
    entry = rule.catalogue_entry()
    yield f"## {rule.kind}"
    yield ""
    yield f"**{rule.label.zh}** · {rule.label.en}: {rule.summary.en}. {rule.summary.zh}。"
    yield ""
    yield inspect.cleandoc(rule.__doc__ or "")
    yield ""
    yield f"Cost counted in: {rule.unit.en}. 代价单位：{rule.unit.zh}。"
    yield ""
    if rule.kind in golden():
        yield from table(("", "for example", "例如"), _examples(rule.kind))
    if entry.params:
        yield from table(
            ("parameter", "参数", "needed", "if empty", "accepts", "meaning", "含义"),
            (
                (
                    f"`{param.name}`",
                    param.title,
                    "✓" if param.needed else "",
                    param.default,
                    ", ".join(param.choices),
                    *both(param.summary),
                )
                for param in entry.params
            ),
        )


def _examples(kind: str) -> Iterator[tuple[str, str, str]]:
    """Yield how the rule is said, and how one breach of it."""
    stated, breach = golden()[kind]
    yield "rule 规则", sentence(stated, "en"), sentence(stated, "zh")
    yield "breach 违反", sentence(breach, "en"), sentence(breach, "zh")


# Tables.


def tables_page() -> Iterator[str]:
    """Yield every table of a case with its columns."""
    layout = Layout(tuple(rule.catalogue_entry() for rule in OURS))
    yield "# Tables of a case 资料中的表"
    yield ""
    yield (
        "A case is a folder (`rotation.toml` and one CSV file per table) or a workbook (one sheet per table); both "
        "hold the same. Headers may be Chinese, English or both, in any order."
    )
    yield ""
    yield (
        "一份资料可以是文件夹（`rotation.toml` 加每表一个 CSV），也可以是工作簿（每表一张），内容相同。"
        "表头写中文、英文或两者均可，列序不限。"
    )
    yield ""
    yield from table(
        ("file", "sheet", "for", "用途"),
        ((f"[{_file(each)}](#{each.name})", each.title, *both(table_meaning(each.name))) for each in layout.tables),
    )
    for each in layout.tables:
        yield f"## {each.name}"
        yield ""
        yield f"**{each.title}** · `{_file(each)}`. {table_meaning(each.name).en} {table_meaning(each.name).zh}"
        yield ""
        yield from table(
            ("column", "列", "needed", "form", "meaning", "含义"),
            (
                (
                    f"`{column.name}`",
                    column.title,
                    "✓" if column.needed else "",
                    column.kind,
                    *both(field_meaning(each.name, column)),
                )
                for column in each.columns
            ),
        )


def _file(each: Table) -> str:
    return "rotation.toml" if each.name == SETTINGS else f"{each.name}.csv"


def stale() -> list[Path]:
    """Return the pages that differ from what the code says now."""
    found = []
    for name, content in pages().items():
        page = REFERENCE / name
        if not page.is_file() or page.read_text(encoding="utf-8") != content:
            found.append(page)
    return found


def main() -> None:
    """Write the pages, or with --check only say which are stale."""
    old = stale()
    for page in old:
        print(page.relative_to(ROOT).as_posix())
    if "--check" in sys.argv[1:]:
        sys.exit(1 if old else 0)
    made = pages()
    for page in old:
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(made[page.name], encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
