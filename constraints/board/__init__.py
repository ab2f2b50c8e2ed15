"""The board: the decisions that rules speak about, as CP-SAT literals where they are open and constants where fixed.

`literals` make a model and what follows from its decisions, `given` is what is fixed, `decisions` lay out the sessions
of a case, `turns` say what these come to for one resource, and `demands` are what rules may say: `Board`.
"""

from constraints.board.decisions import Mode
from constraints.board.demands import Board
from constraints.board.given import Given, Place, RoomUse
from constraints.board.literals import Bound, Count, Lit, Term, Unknown
from constraints.board.turns import Stay, Turn, Visit

__all__ = [
    "Board",
    "Bound",
    "Count",
    "Given",
    "Lit",
    "Mode",
    "Place",
    "RoomUse",
    "Stay",
    "Term",
    "Turn",
    "Unknown",
    "Visit",
]
