"""Editions: a published plan with everything that its feeds are made of."""

from __future__ import annotations

from dataclasses import dataclass

from rota.case import Case
from rota.plan import Plan
from rota.stamp import Stamps


@dataclass(frozen=True)
class Edition:
    """The newest revision of one case: the case as it was answered, the plan, and the stamps of its sessions."""

    case: Case
    plan: Plan
    stamps: Stamps
