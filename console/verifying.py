"""`rota verify`: the verdict on a plan in sentences, without any solver."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from console.screen import Screen
from constraints.rule import Rule
from constraints.verify import Verdict, false_claims, verify
from rota.case import Case
from rota.demand import REQUIRED
from rota.plan import Plan, PlanError, PriorityScore
from rota.text import Message, clauses, text


def judge(
    case: Case,
    rules: tuple[Rule, ...],
    plan: Plan,
    screen: Screen,
    past: Collection[str] = frozenset(),
    *,
    also: Mapping[str, object] | None = None,
) -> bool:
    """Print every breach and every cost that the plan claims wrongly; return whether the plan holds.

    Programs are told what `also` holds as well.

    What the sessions of the `past` broke among themselves is said, and is no fault of the plan.
    """
    verdict = verify(case, rules, plan, past)
    wrong = false_claims(case, plan, verdict)
    if plan.case.hash != case.hash:
        wrong = ()
        screen.note(
            text(
                "note: the case has changed since this plan was made; it is checked against the case as it is now",
                "提示：此安排生成后资料已有改动；按现有资料校验",
            )
        )
    screen.each(breach.message for breach in verdict.breaches)
    for breach in verdict.standing:
        screen.note(text("past: {what}", "已过去：{what}", what=breach.message))
    screen.each(wrong)
    holds = verdict.holds and not wrong
    screen.emit({"holds": holds, "breaches": _breaches(verdict, screen), "costs": verdict.costs, **(also or {})})
    screen.say(_conclusion(verdict, wrong=len(wrong)))
    return holds


def refuse_unless_it_holds(case: Case, rules: tuple[Rule, ...], plan: Plan) -> None:
    """Let nothing be published that the verifier does not pass.

    Raises:
        PlanError: the plan breaks something that must hold.
    """
    verdict = verify(case, rules, plan)
    if not verdict.holds:
        raise PlanError(
            text(
                "The plan does not hold and is not exported (breaches: {n}; `rota verify` lists them): {first}",
                "安排未通过校验，不予导出（{n} 处违反，可用 `rota verify` 查看）：{first}",
                n=len(verdict.breaches),
                first=clauses(breach.message for breach in verdict.breaches[:3]),
            )
        )


def warn_of_breaches(verdict: Verdict, screen: Screen) -> None:
    """Say beside a plan that it does not hold for the case as it is now, whatever it says of itself."""
    if not verdict.holds:
        screen.note(
            text(
                "warning: this plan does not hold (breaches: {n}; `rota verify` lists them)",
                "提醒：此安排未通过校验：{n} 处违反；可用 `rota verify` 查看",
                n=len(verdict.breaches),
            )
        )


def claimed(case: Case, plan: Plan, verdict: Verdict) -> Plan:
    """Return the plan without its proofs, unless it holds, for this very case, and has the score that it claims."""
    if verdict.holds and plan.case.hash == case.hash and not false_claims(case, plan, verdict):
        return plan
    values = (PriorityScore(priority=priority, value=cost) for priority, cost in verdict.costs.items())
    return plan.model_copy(update={"score": tuple(values)})


def _breaches(verdict: Verdict, screen: Screen) -> list[dict[str, object]]:
    return [
        {
            "rule": breach.rule,
            "amount": breach.amount,
            "sessions": list(breach.sessions),
            "who": list(breach.who),
            "message": breach.message.say(screen.language),
        }
        for breach in verdict.breaches
    ]


def _conclusion(verdict: Verdict, *, wrong: int) -> Message:
    if verdict.breaches or wrong:
        return text(
            "The plan does not hold (breaches: {n}, wrong claims: {w})",
            "校验未通过：{n} 处违反，{w} 处数字不符",
            n=len(verdict.breaches),
            w=wrong,
        )
    costs = costs_line(verdict.costs)
    return text("The plan holds. Costs: {costs}", "校验通过。代价：{costs}", costs=costs or text("none", "无"))


def costs_line(costs: Mapping[int, int]) -> tuple[Message, ...]:
    """Say the cost at each priority; at the priority of what must hold it is the number of open seats."""
    return tuple(
        text("open seats: {c}", "空缺：{c}", c=cost)
        if priority == REQUIRED
        else text("priority {p}: {c}", "优先级 {p}：{c}", p=priority, c=cost)
        for priority, cost in costs.items()
    )
