"""How Alembic runs here: on the connection it is given, for the tables of `storage/models.py`."""

from alembic import context
from sqlmodel import SQLModel

import storage.models as _tables  # noqa: F401 - declares the tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
