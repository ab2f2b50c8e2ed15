"""What Alembic runs: all steps in the one transaction that the caller began."""

from __future__ import annotations

from alembic import context

from scheduler.keeping.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
