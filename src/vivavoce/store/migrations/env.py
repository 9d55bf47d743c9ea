"""What Alembic runs, both for `vivavoce.store.upgrade` and to compare tables with migrations.

Whoever calls Alembic hands it a connection with a transaction, which stays theirs to end.
"""

from __future__ import annotations

from alembic import context

from vivavoce.store.database import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
