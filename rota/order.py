"""What is asked for: orders of a service, to be accepted or declined."""

from __future__ import annotations

from pydantic import Field

from rota.row import Clocks, Count, Days, Id, Ids, PersonalText, Row
from rota.text import Message, text

EXTRA = "加开"
"""In place of a requester: nobody ordered it, the coordinator holds one session more."""


class Order(Row):
    """A wish (点单) for one session of the activity `service`: accepted with a time, a room and people, or declined.

    It may start on any of `days`, the most wanted first, at any of `times` (empty: the service's); days outside the
    horizon are another case's. The weekdays, the window and the holiday policy of the service do not narrow what is
    wished for by name. `sites` left empty and an `attendance` of 0 mean the service's; parts and roles are always the
    service's, and a part that states its own attendance keeps it.
    """

    id: Id = Field(title="编号")
    service: Id = Field(title="点单项目")
    requester: PersonalText = Field(title="点单人", min_length=1)
    days: Days = Field(title="期望日期", min_length=1)
    times: Clocks = Field((), title="期望时刻")
    attendance: Count = Field(0, title="预计人数")
    value: Count = Field(1, title="价值")
    sites: Ids = Field((), title="站点")
    note: PersonalText = Field("", title="备注")


def asked_for(activity: Message, requester: Message) -> Message:
    """Say an activity that somebody ordered, or that is held once more."""
    if requester.zh == EXTRA:
        return text("{activity} (extra session)", "加开的{activity}", activity=activity)
    return text("{activity} for {requester}", "{requester}点单的{activity}", activity=activity, requester=requester)
