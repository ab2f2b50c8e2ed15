"""Who owes how much of what was done on which day."""

import datetime as dt
from fractions import Fraction

from rota.facts import Resource, Unit
from rota.sharing import Portion, fair_shares

DAY = dt.date(2027, 3, 6)
UNITS = {
    unit.id: unit
    for unit in (
        Unit(id="bank", name="银行", members=30),
        Unit(id="court", name="法院", members=10),
        Unit(id="shop", name="商店", joined=dt.date(2027, 6, 1)),
        Unit(id="mill", name="工厂", left=dt.date(2027, 1, 31)),
    )
}
ALL = frozenset(UNITS)


def alike(_unit: Resource) -> int:
    return 1


def test_what_is_done_is_shared_among_the_members_of_its_day() -> None:
    # the shop joins in June, the mill left in January: March is for bank and court, June for the shop as well
    found = fair_shares([Portion(DAY, 2, ALL), Portion(dt.date(2027, 6, 5), 1, ALL)], UNITS, alike)
    assert found == {"bank": 1 + Fraction(1, 3), "court": 1 + Fraction(1, 3), "shop": Fraction(1, 3)}
    assert found["mill"] == 0


def test_weights_decide_how_much() -> None:
    found = fair_shares([Portion(DAY, 4, frozenset({"bank", "court"}))], UNITS, lambda unit: unit.weight)
    assert found == {"bank": 3, "court": 1}


def test_what_nobody_could_do_falls_to_nobody() -> None:
    assert fair_shares([Portion(DAY, 3, frozenset({"shop", "mill"})), Portion(DAY, 1, frozenset())], UNITS, alike) == {}
