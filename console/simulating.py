"""`rota simulate`: a year with its changes, in a journal of its own, and what it shows of the plan and its keeping."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from console.exits import Exit
from console.interrupt import stopped_by_interrupt
from console.loading import plan_if_any, usable
from console.planning import search
from console.progress import text_line
from console.verifying import costs_line
from constraints.reading import read_rules
from constraints.verify import verify
from rota.plan import CaseRef, Plan
from rota.problem import RotaError
from rota.text import Message, several, text
from scheduler.keeping.journal import Journal
from scheduler.keeping.simulation.steps import Balance, Step, Year, quantile
from scheduler.keeping.simulation.year import Hand, Simulation, horizon, verified_again
from scheduler.solving.control import Control
from workbook.output.simulation_page import Happening, Simulated, simulation_html
from workbook.saving import write_file

if TYPE_CHECKING:
    from console.screen import Screen
    from rota.case import Case
    from scheduler.keeping.auditing import Finding

JOURNAL, PAGE = "journal.db", "simulation.html"
ACTOR = "simulation"


class SimulationError(RotaError):
    """A year cannot be simulated."""


@dataclass(frozen=True)
class Proof:
    """What was looked at again afterwards: how many revisions, those that do not hold, and what the audit found."""

    revisions: int
    unsound: tuple[int, ...]
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        """Whether all is as it should be."""
        return not self.unsound and not self.findings


def simulate(
    place: Path, output: Path | None, lang: str | None, *, as_json: bool, changes: int, seed: int, seconds: float | None
) -> Exit:
    """Simulate a year of the case at `place`, print what came of it, and return how that ended.

    Raises:
        RotaError: there is no plan to begin with, or the folder holds a journal already.
    """
    loaded, screen = usable(place, lang, as_json=as_json)
    case = loaded.model_copy(update={"outcomes": ()})  # the year has not begun
    stop = Event()
    with stopped_by_interrupt(stop), ExitStack() as stack:
        plan = _first_plan(place, case, screen, Control(seconds, stop=stop))
        stop.clear()
        folder = output or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rota-")))
        clock = Hand(horizon(case)[0])
        journal = stack.enter_context(_new_journal(folder, clock))
        journal.begin(case, actor=ACTOR)
        journal.publish(case.settings.id, plan, base=None, actor=ACTOR)
        simulation = Simulation(journal, case.settings.id, clock, changes=changes, seed=seed, stop=stop)
        with text_line(screen.language) as show:
            year = simulation.run(lambda step: show(_progress(step, len(simulation.year.steps), changes)))
        stream = case.settings.id
        proof = Proof(len(journal.revisions(stream)), tuple(verified_again(journal, stream)), journal.audit())
        after = journal.state(stream).case
    _report(after, year, proof, screen, output)
    if year.interrupted:
        return Exit.INTERRUPTED
    return Exit.OK if proof.sound and not year.needless else Exit.ERROR


def _first_plan(place: Path, case: Case, screen: Screen, control: Control) -> Plan:
    """Return the plan beside the case where it holds, else a new one."""
    rules = read_rules(case)
    known = plan_if_any(None, place, case)
    if known is not None and verify(case, rules, known).holds and not known.open:
        return known.model_copy(update={"case": CaseRef(title=case.settings.title, hash=case.hash), "base": None})
    return search(case, rules, screen, control, open_seats=False).plan


def _new_journal(folder: Path, clock: Hand) -> Journal:
    where = folder / JOURNAL
    if where.exists():
        raise SimulationError(
            text(
                "{path} is there already. Name another folder (-o), or remove it.",
                "{path} 已存在。请另选文件夹（-o），或先将其删除。",
                path=where,
            )
        )
    return Journal.open(where, clock=clock, create=True)


def _progress(step: Step, number: int, of: int) -> Message:
    return text(
        "{number}/{of}  {day}  {kind}: {what}",
        "{number}/{of}  {day}  {kind}：{what}",
        number=number,
        of=of,
        day=step.at.date(),
        kind=step.change.label,
        what=_outcome(step),
    )


def _outcome(step: Step) -> Message:
    if step.refused:
        return text("refused, {why}", "未接受，{why}", why=step.refused.sort)
    proved = text("proved", "已证明") if step.proved else text("not proved", "未证明")
    return text(
        "{n} changed, the least {least} ({proved})",
        "改动 {n} 场，最少 {least} 场（{proved}）",
        n=step.changed,
        least=step.least,
        proved=proved,
    )


def _report(case: Case, year: Year, proof: Proof, screen: Screen, output: Path | None) -> None:
    if year.interrupted:
        screen.note(text("Interrupted; this is what happened so far.", "已中断，以下为截至目前的结果。"))
    found = [*_figures(case, year), *_proofs(proof)]
    screen.each(text("{name}: {value}", "{name}：{value}", name=name, value=value) for name, value in found)
    if any(cost > year.before.costs.get(priority, 0) for priority, cost in year.after.costs.items()):
        screen.note(BALANCED_ANEW)
    screen.emit(_body(year, proof, screen))
    if output is not None:
        first, last = horizon(case)
        page = Simulated(first, last, [_happening(step) for step in year.steps], found)
        write_file(output / PAGE, simulation_html(case, page, screen.language).encode())
        screen.note(str(output / PAGE))


BALANCED_ANEW = text(
    "Each repair moved as little as it could. Now and then, `rota replan --budget 3` trades a few more changes for a "
    "better balance, and `rota plan --fresh` plans the rest of a year anew.",
    "每次修复都以少改为先。可不时用 `rota replan --budget 3` 以多改几场换取更均衡，或用 `rota plan --fresh` 重新排班。",
)


def _happening(step: Step) -> Happening:
    said = text(
        "{day} {kind}: {what}", "{day} {kind}：{what}", day=step.at.date(), kind=step.change.label, what=_outcome(step)
    )
    return Happening(step.at, bool(step.refused), step.changed, step.least, step.proved, step.seconds, said)


Figure = tuple[Message, Message]


def _figures(case: Case, year: Year) -> Iterator[Figure]:
    """Yield what the year comes to, each figure with its name."""
    yield text("Changes", "变更"), _tally({kind.label: n for kind, n in year.kinds.most_common()}, len(year.steps))
    yield text("Refused", "未接受"), _tally(dict(year.refusals.most_common()), year.refusals.total())
    revisions = sum(step.revision is not None for step in year.repairs)
    yield (
        text("Repairs", "修复"),
        text(
            "{n}, of which {r} led to a new revision", "{n} 次，其中 {r} 次产生新版本", n=len(year.repairs), r=revisions
        ),
    )
    yield text("Sessions changed", "改动场次"), _moved(year)
    yield text("Notice", "提前通知"), _notice(year)
    yield text("Costs", "代价"), _from_to(lambda balance: costs_line(balance.costs) or text("none", "无"), year)
    yield text("Furthest from a fair share", "距应得次数最远"), _from_to(lambda balance: _gap(case, balance), year)
    yield text("Time of a repair", "单次修复用时"), _times(year)


def _proofs(proof: Proof) -> Iterator[Figure]:
    """Yield what looking at everything again came to."""
    yield (
        text("Verified again", "再次校验"),
        text("every one of {n} holds", "{n}全部通过", n=several(proof.revisions, "revision", "个版本"))
        if not proof.unsound
        else text("these revisions do not hold: {bad}", "以下版本未通过：{bad}", bad=proof.unsound),
    )
    yield (
        text("Journal", "变更记录"),
        text("audited, as it was written", "审计通过，与写入时一致")
        if not proof.findings
        else text("the audit finds: {what}", "审计发现：{what}", what=tuple(f.message for f in proof.findings)),
    )


def _tally(counts: dict[Message, int], total: int) -> Message:
    each = tuple(text("{what} {n}", "{what} {n}", what=what, n=n) for what, n in counts.items())
    if not each:
        return text("0", "0")
    return text("{total} ({each})", "{total}（{each}）", total=total, each=each)


def _moved(year: Year) -> Message:
    unproved = len(year.unproved)
    return text(
        "{n}, beyond the proved least: {needless}{unproved}",
        "{n}，超出已证明最少数：{needless}{unproved}",
        n=year.moved,
        needless=year.needless,
        unproved=text(" (not proved: {n})", "（未证明 {n}）", n=several(unproved, "repair", "次"))
        if unproved
        else text("", ""),
    )


def _notice(year: Year) -> Message:
    days = year.notice
    if not days:
        return text("nobody had to be told", "无需通知")
    return text(
        "median {median} days, least {least}; within 2 days: {soon}",
        "中位数 {median} 天，最短 {least} 天；不足 2 天的有 {soon}",
        median=f"{quantile(days, 0.5):.1f}",
        least=f"{days[0]:.1f}",
        soon=several(year.short_notice, "session", "场"),
    )


def _from_to(say: Callable[[Balance], object], year: Year) -> Message:
    return text("{before} → {after}", "{before} → {after}", before=say(year.before), after=say(year.after))


def _gap(case: Case, balance: Balance) -> Message:
    if balance.gap is None or not balance.gap.balance:
        return text("nobody", "无")
    return text(
        "{balance} turns ({who}, {role})",
        "{balance} 次（{who}，{role}）",
        balance=f"{float(balance.gap.balance):+.1f}",
        who=case.label.get(balance.gap.who, balance.gap.who),
        role=case.role_label.get(balance.gap.role, balance.gap.role),
    )


def _times(year: Year) -> Message:
    seconds = year.seconds
    return text(
        "median {p50} s, 99 of 100 within {p99} s, longest {most} s, together {total} s",
        "中位数 {p50} 秒，99% 在 {p99} 秒内，最长 {most} 秒，合计 {total} 秒",
        p50=f"{quantile(seconds, 0.5):.2f}",
        p99=f"{quantile(seconds, 0.99):.2f}",
        most=f"{max(seconds, default=0):.2f}",
        total=f"{sum(seconds):.0f}",
    )


def _body(year: Year, proof: Proof, screen: Screen) -> dict[str, object]:
    """Return a simulated year for programs."""
    days, seconds = year.notice, year.seconds
    return {
        "changes": {kind.kind: n for kind, n in year.kinds.items()},
        "refused": {sort.say(screen.language): n for sort, n in year.refusals.items()},
        "repairs": len(year.repairs),
        "moved": year.moved,
        "needless": year.needless,
        "unproved": len(year.unproved),
        "notice": {"least": days[0] if days else None, "median": quantile(days, 0.5), "short": year.short_notice},
        "costs": {"before": year.before.costs, "after": year.after.costs},
        "fairness": {"before": _gap_body(year.before), "after": _gap_body(year.after)},
        "seconds": {"p50": quantile(seconds, 0.5), "p99": quantile(seconds, 0.99), "max": max(seconds, default=0.0)},
        "interrupted": year.interrupted,
        "revisions": proof.revisions,
        "unsound": list(proof.unsound),
        "audit": [finding.message.say(screen.language) for finding in proof.findings],
        "steps": [_step_body(step, screen) for step in year.steps],
    }


def _gap_body(balance: Balance) -> dict[str, object] | None:
    gap = balance.gap
    return None if gap is None else {"role": gap.role, "who": gap.who, "balance": float(gap.balance)}


def _step_body(step: Step, screen: Screen) -> dict[str, object]:
    return {
        "at": step.at.isoformat(),
        "kind": step.change.kind,
        "refused": step.refused.said.say(screen.language) if step.refused else None,
        "changed": step.changed,
        "least": step.least,
        "proved": step.proved,
        "revision": step.revision,
        "seconds": round(step.seconds, 3),
    }
