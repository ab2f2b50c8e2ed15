"""Requests and answers: what participants ask of each other until it is settled, and what they say to their turns."""

from __future__ import annotations

from pydantic import Field

from rota.demand import Start
from rota.row import Id, PersonalText, Row
from rota.text import Word


class Stage(Word):
    """How far a request has come."""

    ASKED = "asked", "已提出", "asked"
    AGREED = "agreed", "对方同意", "agreed"
    REFUSED = "refused", "对方拒绝", "refused"
    CONFIRMED = "confirmed", "已确认", "confirmed"
    WITHDRAWN = "withdrawn", "已撤回", "withdrawn"


class Reply(Word):
    """What somebody says to a turn; whoever declines it is banned from the seat as well."""

    ACCEPTED = "accepted", "已确认", "confirmed"
    TENTATIVE = "tentative", "待定", "tentative"
    DECLINED = "declined", "已谢绝", "declined"


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


class Answer(SeatRef):
    """What the holder of a seat said to it, as long as the session begins at the start that the answer was given to."""

    start: Start = Field("", title="开始")
    reply: Reply = Field(title="答复")
