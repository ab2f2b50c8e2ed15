"""The list of all rules: ours, and those that other distributions add."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from constraints.plugins import GROUP, added_rules
from constraints.rules.audience_fit import AudienceFit
from constraints.rules.availability import Statements
from constraints.rules.choose import Choose
from constraints.rules.compactness import Compactness
from constraints.rules.consecutive_days import ConsecutiveDays
from constraints.rules.continuity import Continuity
from constraints.rules.cover import Cover
from constraints.rules.date_preference import DatePreference
from constraints.rules.days_off import DaysOff
from constraints.rules.double_rotation import DoubleRotation
from constraints.rules.duty_rest import DutyRest
from constraints.rules.eligibility import Eligibility
from constraints.rules.fair_share import FairShare
from constraints.rules.forbidden_succession import ForbiddenSuccession
from constraints.rules.fresh_partners import FreshPartners
from constraints.rules.full_circle import FullCircle
from constraints.rules.line_balance import LineBalance
from constraints.rules.line_coverage import LineCoverage
from constraints.rules.load import Load
from constraints.rules.membership import Membership
from constraints.rules.minimum_days import MinimumDays
from constraints.rules.no_overlap import NoOverlap
from constraints.rules.opening_hours import OpeningHours
from constraints.rules.order_share import OrderShare
from constraints.rules.pairing import Pairing
from constraints.rules.pins import Pins
from constraints.rules.precedence import Precedence
from constraints.rules.rest_gap import RestGap
from constraints.rules.rising_load import RisingLoad
from constraints.rules.room_fit import RoomFit
from constraints.rules.room_stability import RoomStability
from constraints.rules.site_rotation import SiteRotation
from constraints.rules.spacing import Spacing
from constraints.rules.spread import Spread
from constraints.rules.staffing_sites import StaffingSites
from constraints.rules.standby import Standby
from constraints.rules.substitute import Substitute
from constraints.rules.theme_focus import ThemeFocus
from constraints.rules.travel_cost import TravelCost
from constraints.rules.travel_time import TravelTime
from constraints.rules.turn_order import TurnOrder
from constraints.rules.wanted import Wanted
from rota.catalogue import enter

if TYPE_CHECKING:
    from constraints.rule import Rule
    from rota.catalogue import RuleKind

OURS: tuple[type[Rule], ...] = (
    Statements,
    Membership,
    NoOverlap,
    TravelTime,
    Eligibility,
    StaffingSites,
    RoomFit,
    OpeningHours,
    Pins,
    Load,
    Cover,
    RestGap,
    DutyRest,
    ConsecutiveDays,
    ForbiddenSuccession,
    DaysOff,
    MinimumDays,
    Precedence,
    Spacing,
    FairShare,
    LineCoverage,
    LineBalance,
    Pairing,
    FreshPartners,
    DatePreference,
    TravelCost,
    RoomStability,
    Compactness,
    Wanted,
    Choose,
    FullCircle,
    AudienceFit,
    Standby,
    ThemeFocus,
    Substitute,
    OrderShare,
    TurnOrder,
    Spread,
    Continuity,
    DoubleRotation,
    SiteRotation,
    RisingLoad,
)

ADDED: tuple[type[Rule], ...] = added_rules(OURS, entry_points(group=GROUP))
"""The rules of other distributions, in order of their kinds."""

RULES: tuple[type[Rule], ...] = (*OURS, *ADDED)


@cache
def catalogue() -> tuple[RuleKind, ...]:
    """Return how every rule is presented to those who write cases."""
    return tuple(rule.catalogue_entry() for rule in RULES)


enter(catalogue)
