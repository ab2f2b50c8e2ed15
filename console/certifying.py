"""Certificates of bounds: written beside a plan, and computed anew from case and rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from console.screen import Screen
from constraints.certified import proved
from rota.certificate import Certificate, CertificateError, PriorityCertificate, dump_certificate, load_certificate
from rota.demand import REQUIRED
from rota.text import Message, text
from workbook.saving import write_file

if TYPE_CHECKING:
    from constraints.rule import Rule
    from rota.case import Case
    from rota.plan import Plan
    from scheduler.solving.control import Control
    from scheduler.solving.search import Solved

SECONDS = 60.0
"""For finding prices where the plan was proved before anybody looked for some; no more than the search was given."""


def keep_certificate(
    case: Case, rules: tuple[Rule, ...], solved: Solved, target: Path, screen: Screen, control: Control
) -> None:
    """Write the bounds that prices prove; where none were found beside the search, they are sought now."""
    from scheduler.solving.bounding.certifier import Certifier  # noqa: PLC0415 - `verify` needs no solver

    certificate = solved.certificate
    if certificate is None or not certificate.priorities:
        certifier = Certifier(case, rules, control, patience=0)
        if not control.over:
            screen.note(_looking(control.left()))
            certifier.run()
        certificate = certifier.certificate()
    write_file(target, dump_certificate(certificate).encode())
    screen.say(str(target))
    for note in _without_prices(solved.plan, certificate):
        screen.note(note)
    if solved.plan.open:
        screen.note(
            text(
                "note: the certificate is about plans without open seats",
                "提示：证书只针对没有空缺的安排",
            )
        )


def _looking(seconds: float | None) -> Message:
    return text(
        "looking for prices that prove the bounds, {seconds} s at the most (Ctrl-C: what is found by then)",
        "正在寻找能证明下界的价格，最多 {seconds} 秒（Ctrl-C：保留已找到的部分）",
        seconds=f"{seconds or 0:.0f}",
    )


def _without_prices(plan: Plan, certificate: Certificate) -> Iterator[Message]:
    """Say of which bounds the certificate proves only a part, or nothing: they were found in another way."""
    priced = {each.priority: each.bound for each in certificate.priorities}
    for score in plan.score:
        found, bound = priced.get(score.priority, 0), score.bound or 0
        if score.priority != REQUIRED and found < bound:
            yield text(
                "note: priority {p}: the bound {bound} was found without prices; the certificate proves {found}",
                "提示：优先级 {p}：下界 {bound} 并非由价格得出；证书只能证明 {found}",
                p=score.priority,
                bound=bound,
                found=found,
            )


def computed(case: Case, rules: tuple[Rule, ...], source: Path) -> dict[PriorityCertificate, int]:
    """Return what is claimed at each priority, with the bound that its prices prove.

    Raises:
        CertificateError: the file is no certificate, or answers another case.
    """
    certificate = load_certificate(source.read_text(encoding="utf-8"))
    if certificate.case.hash != case.hash:
        raise CertificateError(
            text(
                "The certificate {file} is about another case, or the case has changed since. "
                "Plan anew with --certificate.",
                "证书 {file} 对应的不是现有资料（或资料已有改动）。请用 --certificate 重新排定。",
                file=source.name,
            )
        )
    return {each: proved(case, rules, each, certificate.scale) for each in certificate.priorities}


def conclusions(bounds: Mapping[PriorityCertificate, int], plan: Plan) -> list[Message]:
    """Say for each priority what is proved, and how far the plan is from it."""
    values = {score.priority: score.value for score in plan.score}
    return [_conclusion(claimed, found, values.get(claimed.priority)) for claimed, found in bounds.items()]


def _conclusion(claimed: PriorityCertificate, found: int, value: int | None) -> Message:
    said = {"p": claimed.priority, "bound": claimed.bound, "found": found}
    if found < claimed.bound:
        return text(
            "priority {p}: the certificate claims at least {bound}, its prices prove only {found}",
            "优先级 {p}：证书称不低于 {bound}，其价格只能证明 {found}",
            **said,
        )
    above = text("", "")
    if value:
        gap = f"{max(0, value - found) * 100 / value:.2f}"
        above = text("; this one costs {v}, {gap} % of it above", "；本安排为 {v}，高出部分占 {gap}%", v=value, gap=gap)
    return text(
        "priority {p}: no plan costs less than {found}, computed anew{above}",
        "优先级 {p}：经复算，任何安排的代价不低于 {found}{above}",
        **said,
        above=above,
    )
