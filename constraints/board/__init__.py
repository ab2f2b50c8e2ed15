"""The board: the decisions that rules speak about, as CP-SAT literals where they are open and constants where fixed.

`literals` make a model and what follows from its decisions, `decisions` lay out the sessions of a case, `turns` say
what these come to for one resource, and `demands` are what rules may say: `Board`.
"""

from constraints.board.decisions import Mode, Place
from constraints.board.demands import Board
from constraints.board.literals import Bound, Count, Lit, Term, Unknown
from constraints.board.turns import Stay, Turn, Visit

__all__ = ["Board", "Bound", "Count", "Lit", "Mode", "Place", "Stay", "Term", "Turn", "Unknown", "Visit"]
