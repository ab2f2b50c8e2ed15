"""What is known of each thing to be sent: until when it is of use, and what became of the tries."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

OF_USE = dt.timedelta(days=7)
"""So long after it was due a notice is of use."""


def upgrade() -> None:
    """Add the columns, and the index by which a case finds what waits."""
    with op.batch_alter_table("outbox") as table:
        table.add_column(sa.Column("until", sa.Text))
        table.add_column(sa.Column("parts", sa.Integer, nullable=False, server_default="0"))
        table.add_column(sa.Column("channel", sa.Text, nullable=False, server_default=""))
        table.add_column(sa.Column("reason", sa.Text, nullable=False, server_default=""))
    op.create_index("ix_outbox_stream_state", "outbox", ["stream", "state"])
    outbox = sa.table("outbox", sa.column("key"), sa.column("due"), sa.column("until"))
    connection = op.get_bind()
    for key, due in connection.execute(sa.select(outbox.c.key, outbox.c.due)).all():
        until = (dt.datetime.fromisoformat(due) + OF_USE).isoformat(timespec="microseconds")
        connection.execute(sa.update(outbox).where(outbox.c.key == key).values(until=until))
