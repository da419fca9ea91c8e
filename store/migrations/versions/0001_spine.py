"""The spine: catalogue, mirror, history, figures, progress and keys. Frozen: later steps alter these."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    text,
)

revision = "0001"
down_revision = None

WORDS = Text().with_variant(Text(collation="C"), "postgresql")
INSTANT = DateTime(timezone=True)
JSON = Text()

TABLES = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Serial = BigInteger().with_variant(Integer(), "sqlite")


def _id(name: str = "id") -> Column[str]:
    return Column(name, WORDS, primary_key=True)


def _words(name: str) -> Column[str]:
    return Column(name, WORDS, nullable=False)


def _scope() -> Column[str]:
    return Column("scope_id", WORDS, ForeignKey("scopes.id"), nullable=False, index=True)


meta = Table("meta", TABLES, _id("name"), Column("value", BigInteger, nullable=False))

connections = Table(
    "connections",
    TABLES,
    _id(),
    _words("tracker"),
    _words("system"),
    Column("position", Integer, nullable=False),
    Column("declared", Boolean, nullable=False),
    Column("site", WORDS),
    Column("account", WORDS),
    Column("state", WORDS, nullable=False, server_default="never_checked"),
    Column("error", WORDS),
    Column("checked_at", INSTANT),
    Column("listed_at", INSTANT),
)

scopes = Table(
    "scopes",
    TABLES,
    _id(),
    Column("connection_id", WORDS, ForeignKey("connections.id"), nullable=False, index=True),
    _words("remote_id"),
    Column("key", WORDS),
    _words("name"),
    _words("kind"),
    _words("url"),
    Column("closed", Boolean, nullable=False),
    _words("sharing"),
    Column("team", WORDS),
    Column("shown", Boolean, nullable=False),
    Column("listed", Boolean, nullable=False),
    Column("complete_at", INSTANT),
    Column("error", WORDS),
    Column("absent", JSON, nullable=False),
)

reach = Table(
    "reach",
    TABLES,
    Column("connection_id", WORDS, ForeignKey("connections.id"), primary_key=True),
    Column("scope_id", WORDS, ForeignKey("scopes.id"), primary_key=True, index=True),
    Column("listed", Boolean, nullable=False),
)

scope_specs = Table(
    "scope_specs",
    TABLES,
    _id("connection_id"),
    _id("remote"),
    _words("sharing"),
    Column("team", WORDS),
)

bindings = Table(
    "bindings",
    TABLES,
    _id("connection_id"),
    _id("remote"),
    Column("scope_id", WORDS, ForeignKey("scopes.id"), primary_key=True),
)

projects = Table(
    "projects",
    TABLES,
    _id(),
    Column("position", Integer, nullable=False),
    _words("kind"),
    _words("name"),
    Column("parent", WORDS),
    Column("owner", WORDS),
    _words("method"),
    Column("target_end", Date),
)

project_sources = Table(
    "project_sources",
    TABLES,
    _id("project_id"),
    Column("position", Integer, primary_key=True, autoincrement=False),
    _words("connection_id"),
    _words("remote"),
    Column("selector", JSON, nullable=False),
)

claims = Table(
    "claims",
    TABLES,
    Column("scope_id", WORDS, ForeignKey("scopes.id"), primary_key=True),
    _id("project_id"),
    Column("selectors", JSON, nullable=False),
)

records = Table(
    "records",
    TABLES,
    Column("scope_id", WORDS, ForeignKey("scopes.id"), primary_key=True),
    _id("kind"),
    _id("remote_id"),
    Column("hash", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("read_at", INSTANT, nullable=False),
)

RESTRICTED = text("restricted")

items = Table(
    "items",
    TABLES,
    _id(),
    _scope(),
    _words("system"),
    _words("remote_id"),
    Column("remote_key", WORDS),
    Column("former_keys", JSON),
    Column("parent_id", WORDS, index=True),
    _words("type"),
    _words("status_category"),
    Column("restricted", Boolean, nullable=False),
    _words("presence"),
    Column("presence_since", INSTANT),
    _words("title_sort"),
    Column("key_sort", WORDS),
    Column("due_sort", WORDS),
    Column("due_day", Date),
    Column("section_id", WORDS),
    Column("remote_updated_at", INSTANT),
    Column("actual_start", INSTANT),
    Column("completed_at", INSTANT),
    _words("record_scope"),
    _words("record_kind"),
    _words("record_id"),
    Column("read_at", INSTANT, nullable=False),
    Column("written_at", INSTANT, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("body", WORDS, nullable=False),
    Index(None, "remote_updated_at", "id"),
    Index(None, "due_sort", "id"),
    Index(None, "title_sort", "id"),
    Index(None, "key_sort", "id"),
    Index("ix_items_restricted", "scope_id", sqlite_where=RESTRICTED, postgresql_where=RESTRICTED),
)

item_texts = Table(
    "item_texts",
    TABLES,
    Column("n", Serial, primary_key=True),
    Column("item_id", WORDS, ForeignKey("items.id"), nullable=False, unique=True),
    _words("text"),
)

placements = Table(
    "placements",
    TABLES,
    Column("item_id", WORDS, ForeignKey("items.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    _words("scope_id"),
    Column("section_id", WORDS),
    Index(None, "scope_id", "item_id"),
)

assignments = Table(
    "assignments",
    TABLES,
    Column("item_id", WORDS, ForeignKey("items.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    _words("account_id"),
    _words("role"),
    Index(None, "account_id", "item_id"),
)

changes = Table(
    "changes",
    TABLES,
    _id(),
    _words("item_id"),
    _words("field"),
    Column("before", WORDS),
    Column("after", WORDS),
    Column("original_before", WORDS),
    Column("original_after", WORDS),
    Column("at", INSTANT, nullable=False),
    Column("author_id", WORDS),
    _words("source"),
    Column("recorded_at", INSTANT, nullable=False),
    Index(None, "item_id", "at"),
)

feed = Table(
    "feed",
    TABLES,
    Column("seq", Serial, primary_key=True),
    Column("item_id", WORDS, ForeignKey("items.id"), nullable=False),
    _scope(),
    Column("former_scope_id", WORDS),
    _words("kind"),
    Column("fields", JSON, nullable=False),
    _words("presence"),
    Column("recorded_at", INSTANT, nullable=False),
    sqlite_autoincrement=True,
)


def _entity(name: str, *columns: Column[str]) -> Table:
    return Table(
        name, TABLES, _id(), *columns, Column("read_at", INSTANT, nullable=False), Column("body", JSON)
    )


sections = _entity("sections", _scope(), _words("remote_id"), _words("name"))
iterations = _entity("iterations", _scope(), _words("remote_id"), _words("name"))
releases = _entity("releases", _scope(), _words("remote_id"), _words("name"))

accounts = _entity(
    "accounts",
    _words("system"),
    _words("remote_id"),
    _words("name"),
    Column("person_id", WORDS, index=True),
)

account_scopes = Table(
    "account_scopes",
    TABLES,
    Column("scope_id", WORDS, ForeignKey("scopes.id"), primary_key=True),
    Column("account_id", WORDS, primary_key=True, index=True),
)

people = Table(
    "people",
    TABLES,
    _id(),
    _words("name_sort"),
    Index(None, "name_sort", "id"),
)

account_links = Table(
    "account_links",
    TABLES,
    Column("n", Serial, primary_key=True),
    Column("account_id", WORDS, ForeignKey("accounts.id"), nullable=False, index=True),
    Column("person_id", WORDS, ForeignKey("people.id"), nullable=False, index=True),
    _words("evidence"),
    Column("decided_at", INSTANT, nullable=False),
    sqlite_autoincrement=True,
)

item_projects = Table(
    "item_projects",
    TABLES,
    Column("project_id", WORDS, primary_key=True),
    Column("item_id", WORDS, ForeignKey("items.id"), primary_key=True, index=True),
)

figures = Table(
    "figures",
    TABLES,
    _id("project_id"),
    Column("scope_id", WORDS, ForeignKey("scopes.id"), primary_key=True, index=True),
    _id("name"),
    Column("bucket", WORDS, primary_key=True, index=True),
    Column("n", BigInteger, nullable=False),
    Column("amount", BigInteger, nullable=False),
)

checkpoints = Table(
    "checkpoints",
    TABLES,
    Column("scope_id", WORDS, ForeignKey("scopes.id"), primary_key=True),
    _words("run_id"),
    Column("started_at", INSTANT, nullable=False),
    Column("since", JSON),
    Column("resume", JSON),
    Column("next_since", JSON),
)

runs = Table(
    "runs",
    TABLES,
    _id(),
    _words("kind"),
    _words("connection_id"),
    Column("scope_id", WORDS),
    _words("state"),
    Column("started_at", INSTANT, nullable=False),
    Column("finished_at", INSTANT),
    Column("pages", Integer, nullable=False, server_default="0"),
    Column("records", Integer, nullable=False, server_default="0"),
    Column("items", Integer, nullable=False, server_default="0"),
    Column("written", Integer, nullable=False, server_default="0"),
    Column("rejected", Integer, nullable=False, server_default="0"),
    Column("expected", Integer),
    Column("waiting_until", INSTANT),
    Column("error", WORDS),
    Index(None, "started_at", "id"),
    Index(None, "scope_id", "state"),
)

findings = Table(
    "findings",
    TABLES,
    _id(),
    _scope(),
    _words("kind"),
    _words("subject"),
    _words("detail"),
    Column("first_seen", INSTANT, nullable=False),
    Column("last_seen", INSTANT, nullable=False),
)

finding_records = Table(
    "finding_records",
    TABLES,
    Column("finding_id", WORDS, ForeignKey("findings.id"), primary_key=True),
    _id("record_kind"),
    _id("record_id"),
    _scope(),
    Index(None, "scope_id", "record_kind", "record_id"),
)

keys = Table(
    "keys",
    TABLES,
    _id(),
    Column("hash", LargeBinary, nullable=False),
    _words("name"),
    _words("role"),
    Column("person", WORDS),
    Column("team", WORDS),
    Column("created_at", INSTANT, nullable=False),
    Column("last_used_at", INSTANT),
    Column("revoked_at", INSTANT),
)


def upgrade() -> None:
    TABLES.create_all(op.get_bind())
