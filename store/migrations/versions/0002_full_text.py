"""SQLite's full-text index over item_texts, kept in step by triggers. PostgreSQL's is made in
store/migrate.py, since whether it can be made depends on the server."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

FULL_TEXT = (
    "CREATE VIRTUAL TABLE item_fts USING fts5(text, content='item_texts', content_rowid='n', "
    "tokenize='unicode61', prefix='2 3', detail='none')",
    "CREATE TRIGGER item_texts_added AFTER INSERT ON item_texts BEGIN "
    "INSERT INTO item_fts(rowid, text) VALUES (new.n, new.text); END",
    "CREATE TRIGGER item_texts_removed AFTER DELETE ON item_texts BEGIN "
    "INSERT INTO item_fts(item_fts, rowid, text) VALUES ('delete', old.n, old.text); END",
    "CREATE TRIGGER item_texts_changed AFTER UPDATE ON item_texts BEGIN "
    "INSERT INTO item_fts(item_fts, rowid, text) VALUES ('delete', old.n, old.text); "
    "INSERT INTO item_fts(rowid, text) VALUES (new.n, new.text); END",
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for statement in FULL_TEXT:
            op.execute(statement)
