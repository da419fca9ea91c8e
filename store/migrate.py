"""Bringing a database to this version's schema, with Alembic and from code."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from store.database import StoreError

TRIGRAMS = "ix_item_texts_trigrams"
SEARCH_INDEXES = ("item_fts", TRIGRAMS)
"""What a migration makes and no table describes: the full-text index of either database."""


def upgrade(connection: Connection) -> None:
    """Raises StoreError for a database that a newer version has written."""
    config = _config(connection)
    _revision(connection, config)
    command.upgrade(config, "head")
    if connection.dialect.name == "postgresql":
        _index_trigrams(connection)


def _index_trigrams(connection: Connection) -> None:
    """Search needs no index to be right. With pg_trgm, which a server may lack or keep to its
    administrators, it is fast as well; whenever it turns up, the next start uses it."""
    if connection.execute(text("SELECT to_regclass(:name)"), {"name": TRIGRAMS}).scalar():
        return
    if not connection.execute(text("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")).scalar():
        return
    try:
        with connection.begin_nested():
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
            connection.execute(text(f"CREATE INDEX {TRIGRAMS} ON item_texts USING gin (text gin_trgm_ops)"))
    except ProgrammingError as error:
        if not isinstance(error.orig, InsufficientPrivilege):
            raise


def check_current(connection: Connection) -> None:
    """Raises StoreError unless the schema is exactly this version's."""
    config = _config(connection)
    head = ScriptDirectory.from_config(config).get_current_head()
    if _revision(connection, config) != head:
        raise StoreError("The database is of an older version of this program; `tspmo sync` brings it along.")


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", "store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _revision(connection: Connection, config: Config) -> str | None:
    """The schema's revision; None for an empty database."""
    revision = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise StoreError(
            f"The database was written by a newer version of this program (schema {revision}); "
            "whoever runs this installation can upgrade the program, or point it at another database."
        )
    return revision


def described(name: str | None, kind: str) -> bool:
    """Whether a table or index is one that the metadata describe (Alembic's ``include_name``)."""
    return kind not in ("table", "index") or not (name or "").startswith(SEARCH_INDEXES)
