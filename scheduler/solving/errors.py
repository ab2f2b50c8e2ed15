"""How solving ends without a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constraints.breach import Breach
from rota.problem import RotaError
from rota.text import Message, clauses, text

if TYPE_CHECKING:
    from scheduler.solving.control import Control


class ExecutorError(RotaError):
    """Small searches cannot run where they are to."""


class InfeasibleError(RotaError):
    """It is proved that no plan keeps all that is required."""

    def __init__(self) -> None:
        super().__init__(
            text(
                "No plan keeps everything that is required; this is proved.", "已证明：没有任何安排能满足全部必须条件。"
            )
        )


class NoPlanFoundError(RotaError):
    """The search ended before a first plan was found: time ran out, unless something else is said."""

    def __init__(self, message: Message | None = None) -> None:
        super().__init__(
            message
            or text(
                "No plan was found in the time given. Allow more time (--time-limit), or open seats (--open-seats).",
                "在给定时间内没有找到安排。请延长时间（--time-limit），或允许空缺（--open-seats）。",
            )
        )


class InterruptedSearchError(NoPlanFoundError):
    """The search was interrupted before a first plan was found."""

    def __init__(self) -> None:
        super().__init__(
            text(
                "Interrupted before a plan was found; nothing is written.",
                "求解在得到安排之前被中断，未写入任何文件。",
            )
        )


def none_found(control: Control, *, open_seats: bool = False) -> NoPlanFoundError:
    """Return the error with which a search ends that has found no plan, perhaps not even one with open seats."""
    if control.stop.is_set():
        return InterruptedSearchError()
    if open_seats:
        return _not_even_open(control)
    if control.over:
        return NoPlanFoundError()
    return NoPlanFoundError(
        text(
            "No plan was found, and the search ended before its time. Open seats (--open-seats), or ask `rota why`.",
            "没有找到安排，求解提前结束。可允许空缺（--open-seats），或用 `rota why` 查看原因。",
        )
    )


def _not_even_open(control: Control) -> NoPlanFoundError:
    if control.over:
        return NoPlanFoundError(
            text(
                "No plan was found in the time given, even with open seats. Allow more time (--time-limit).",
                "在给定时间内，即使允许空缺也没有找到安排。请延长时间（--time-limit）。",
            )
        )
    return NoPlanFoundError(
        text(
            "No plan was found, even with open seats, and the search ended before its time. Ask `rota why`.",
            "即使允许空缺也没有找到安排，求解提前结束。可用 `rota why` 查看原因。",
        )
    )


class VerifierError(RotaError):
    """A plan that the solver made does not pass the verifier: a fault in Rota, and nothing is written."""

    def __init__(self, breaches: tuple[Breach, ...]) -> None:
        super().__init__(
            text(
                "The verifier refused the plan that was found; nothing is written. This is a fault in Rota: {breaches}",
                "校验未通过所得安排，未写入任何文件。这是 Rota 的缺陷：{breaches}",
                breaches=clauses(breach.message for breach in breaches[:5]),
            )
        )
        self.breaches = breaches


def disagreement(priority: int, proved: int | None, value: int | None) -> Breach:
    """Say that the search proved another value than the rules' own checks come to."""
    message = text(
        "priority {p} is proved at {proved}, but its rules come to {value}",
        "优先级 {p} 证明值为 {proved}，而规则计算为 {value}",
        p=priority,
        proved=proved,
        value=value,
    )
    return Breach(f"priority {priority}", 1, message)
