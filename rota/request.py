"""Requests: what participants ask of each other or of the coordinator, until it is settled."""

from __future__ import annotations

from pydantic import Field

from rota.row import Id, PersonalText, Row
from rota.text import Word


class Stage(Word):
    """How far a request has come."""

    ASKED = "asked", "已提出", "asked"
    AGREED = "agreed", "对方同意", "agreed"
    REFUSED = "refused", "对方拒绝", "refused"
    CONFIRMED = "confirmed", "已确认", "confirmed"
    WITHDRAWN = "withdrawn", "已撤回", "withdrawn"


class SeatRef(Row):
    """A seat that somebody holds: `who` in `role` of `part` of `session`."""

    session: str = Field(title="场次", min_length=1)
    part: Id = Field(title="分场")
    role: Id = Field(title="岗位")
    who: Id = Field(title="对象")


class Request(Row):
    """A swap (换班): the holder of the seat `mine` asks the holder of `other` to exchange."""

    id: Id = Field(title="编号")
    mine: SeatRef = Field(title="己方岗位")
    other: SeatRef = Field(title="对方岗位")
    stage: Stage = Field(Stage.ASKED, title="进度")
    note: PersonalText = Field("", title="备注")
