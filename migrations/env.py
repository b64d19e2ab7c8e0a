"""Alembic's way in: the app's own engine and tables, on SQLite and PostgreSQL alike."""

from alembic import context
from flask import current_app

from storage.db import CanonicalJSON, UTCDateTime, db


def run() -> None:
    with current_app.extensions["sqlalchemy"].engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            render_item=_plain,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()


def _plain(kind, item, _autogen):
    """Migrations name plain SQL types, so that they still run when our own are gone."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, CanonicalJSON):
        return "sa.Text()"
    return False


run()
