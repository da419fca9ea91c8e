"""The tables. Mirror tables hold what trackers say; what is derived from them says so."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    text,
)

from store.types import Instant, Json, Words

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Serial = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite numbers rows by itself only in a column of type INTEGER."""


def _id(name: str = "id") -> Column[str]:
    return Column(name, Words, primary_key=True)


def _words(name: str) -> Column[str]:
    return Column(name, Words, nullable=False)


def _scope() -> Column[str]:
    return Column("scope_id", Words, ForeignKey("scopes.id"), nullable=False, index=True)


meta = Table("meta", metadata, _id("name"), Column("value", BigInteger, nullable=False))
"""``state`` counts the writes that change what is visible beside the feed."""

connections = Table(
    "connections",
    metadata,
    _id(),
    _words("tracker"),
    _words("system"),
    Column("position", Integer, nullable=False),
    Column("declared", Boolean, nullable=False),
    Column("site", Words),
    Column("account", Words),
    Column("state", Words, nullable=False, server_default="never_checked"),
    Column("error", Words),
    Column("checked_at", Instant),
    Column("listed_at", Instant),
    Column("declared_at", Instant),
)
"""``declared_at`` is when the configuration first named it."""

scopes = Table(
    "scopes",
    metadata,
    _id(),
    Column("connection_id", Words, ForeignKey("connections.id"), nullable=False, index=True),
    _words("remote_id"),
    Column("key", Words),
    _words("name"),
    _words("kind"),
    _words("url"),
    Column("closed", Boolean, nullable=False),
    _words("sharing"),
    Column("team", Words),
    Column("shown", Boolean, nullable=False),
    Column("listed", Boolean, nullable=False),
    Column("complete_at", Instant),
    Column("error", Words),
    Column("absent", Json, nullable=False),
    Column("rules", LargeBinary),
    Column("first_listed_at", Instant),
    Column("freshness_seconds", Integer),
    Column("receipt_id", Words),
    Column("compared_at", Instant),
)
"""``connection_id``, ``sharing``, ``team``, ``shown``, ``listed`` and ``freshness_seconds`` (None: as the
installation) are settled from the configuration and the listings (store/settle.py). ``receipt_id`` is the end
of the scope's chain of receipts, and ``compared_at`` when the comparison of that one began."""

reach = Table(
    "reach",
    metadata,
    Column("connection_id", Words, ForeignKey("connections.id"), primary_key=True),
    Column("scope_id", Words, ForeignKey("scopes.id"), primary_key=True, index=True),
    Column("listed", Boolean, nullable=False),
)
"""Which connection ever listed which scope, and whether it still does."""

scope_specs = Table(
    "scope_specs",
    metadata,
    _id("connection_id"),
    _id("remote"),
    _words("sharing"),
    Column("team", Words),
    Column("freshness_seconds", Integer),
)

bindings = Table(
    "bindings",
    metadata,
    _id("connection_id"),
    _id("remote"),
    Column("scope_id", Words, ForeignKey("scopes.id"), primary_key=True),
)
"""What a name in the configuration means. It goes on meaning it when the tracker renames the scope, so that
a new name neither opens a closed board to everybody nor empties a project."""

projects = Table(
    "projects",
    metadata,
    _id(),
    Column("position", Integer, nullable=False),
    _words("kind"),
    _words("name"),
    Column("parent", Words),
    Column("owner", Words),
    _words("method"),
    Column("target_end", Date),
)

project_sources = Table(
    "project_sources",
    metadata,
    _id("project_id"),
    Column("position", Integer, primary_key=True, autoincrement=False),
    _words("connection_id"),
    _words("remote"),
    Column("selector", Json, nullable=False),
)

claims = Table(
    "claims",
    metadata,
    Column("scope_id", Words, ForeignKey("scopes.id"), primary_key=True),
    _id("project_id"),
    Column("selectors", Json, nullable=False),
)
"""Derived: the sources of a project in one scope, resolved. An item that any selector takes belongs."""

records = Table(
    "records",
    metadata,
    Column("scope_id", Words, ForeignKey("scopes.id"), primary_key=True),
    _id("kind"),
    _id("remote_id"),
    Column("hash", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("read_at", Instant, nullable=False),
    Column("outcome", LargeBinary),
    Column("fingerprint", LargeBinary),
    Index(None, "scope_id", "kind", "remote_id", "fingerprint"),
)
"""``outcome`` is the digest of what the record became when it was last mapped (store/outcome.py);
``fingerprint`` what a census says of the record, where one has asked since it was written. Both indexes by
scope, here and of the items, hold all that is compared with a census, so that no body is read for that."""

RESTRICTED = text("restricted")

items = Table(
    "items",
    metadata,
    _id(),
    Column("scope_id", Words, ForeignKey("scopes.id"), nullable=False),
    _words("system"),
    _words("remote_id"),
    Column("remote_key", Words),
    Column("former_keys", Json),
    Column("parent_id", Words, index=True),
    _words("type"),
    _words("status_category"),
    Column("restricted", Boolean, nullable=False),
    _words("presence"),
    Column("presence_since", Instant),
    _words("title_sort"),
    Column("key_sort", Words),
    Column("due_sort", Words),
    Column("due_day", Date),
    Column("section_id", Words),
    Column("remote_updated_at", Instant),
    Column("actual_start", Instant),
    Column("completed_at", Instant),
    _words("record_scope"),
    _words("record_kind"),
    _words("record_id"),
    Column("read_at", Instant, nullable=False),
    Column("written_at", Instant, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("body", Words, nullable=False),
    Index(None, "scope_id", "presence", "remote_id"),
    Index(None, "remote_updated_at", "id"),
    Index(None, "due_sort", "id"),
    Index(None, "title_sort", "id"),
    Index(None, "key_sort", "id"),
    Index("ix_items_restricted", "scope_id", sqlite_where=RESTRICTED, postgresql_where=RESTRICTED),
)
"""``scope_id`` is the home: the scope of the primary placement, whose sharing decides who sees the item."""

item_texts = Table(
    "item_texts",
    metadata,
    Column("n", Serial, primary_key=True),
    Column("item_id", Words, ForeignKey("items.id"), nullable=False, unique=True),
    _words("text"),
)
"""Derived: the folded words of title, key and description. SQLite indexes it in ``item_fts``."""

placements = Table(
    "placements",
    metadata,
    Column("item_id", Words, ForeignKey("items.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    _words("scope_id"),
    Column("section_id", Words),
    Index(None, "scope_id", "item_id"),
)

assignments = Table(
    "assignments",
    metadata,
    Column("item_id", Words, ForeignKey("items.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    _words("account_id"),
    _words("role"),
    Index(None, "account_id", "item_id"),
)

changes = Table(
    "changes",
    metadata,
    _id(),
    _words("item_id"),
    _words("field"),
    Column("before", Words),
    Column("after", Words),
    Column("original_before", Words),
    Column("original_after", Words),
    Column("at", Instant, nullable=False),
    Column("author_id", Words),
    _words("source"),
    Column("recorded_at", Instant, nullable=False),
    Index(None, "item_id", "at"),
)

feed = Table(
    "feed",
    metadata,
    Column("seq", Serial, primary_key=True),
    Column("item_id", Words, ForeignKey("items.id"), nullable=False),
    _scope(),
    Column("former_scope_id", Words),
    _words("kind"),
    Column("fields", Json, nullable=False),
    _words("presence"),
    Column("recorded_at", Instant, nullable=False),
    sqlite_autoincrement=True,
)
"""``former_scope_id`` is set where the event is a move from one home to another."""


def _entity(name: str, *columns: Column[str]) -> Table:
    return Table(
        name, metadata, _id(), *columns, Column("read_at", Instant, nullable=False), Column("body", Json)
    )


sections = _entity("sections", _scope(), _words("remote_id"), _words("name"))
iterations = _entity("iterations", _scope(), _words("remote_id"), _words("name"))
releases = _entity("releases", _scope(), _words("remote_id"), _words("name"))

accounts = _entity(
    "accounts",
    _words("system"),
    _words("remote_id"),
    _words("name"),
    Column("email", Words, index=True),
    Column("person_id", Words, index=True),
    Column("joined", Words),
)
"""``email`` is the address that is shown, folded. ``person_id`` and ``joined`` are derived: the last of the
account's links that is not undone (store/schema_people.py)."""

account_scopes = Table(
    "account_scopes",
    metadata,
    Column("scope_id", Words, ForeignKey("scopes.id"), primary_key=True),
    Column("account_id", Words, primary_key=True, index=True),
)
"""Where an account was met: whoever sees one of these scopes may see the account."""

item_projects = Table(
    "item_projects",
    metadata,
    Column("project_id", Words, primary_key=True),
    Column("item_id", Words, ForeignKey("items.id"), primary_key=True, index=True),
)
"""Derived: which declared projects an item belongs to."""

figures = Table(
    "figures",
    metadata,
    _id("project_id"),
    Column("scope_id", Words, ForeignKey("scopes.id"), primary_key=True, index=True),
    _id("name"),
    Column("bucket", Words, primary_key=True, index=True),
    Column("n", BigInteger, nullable=False),
    Column("amount", BigInteger, nullable=False),
)
"""Derived: counts and sums (in millionths) per project and home scope; a scope's own stand under its id."""

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("scope_id", Words, ForeignKey("scopes.id"), primary_key=True),
    _words("run_id"),
    Column("started_at", Instant, nullable=False),
    Column("since", Json),
    Column("resume", Json),
    Column("next_since", Json),
)

runs = Table(
    "runs",
    metadata,
    _id(),
    _words("kind"),
    _words("connection_id"),
    Column("scope_id", Words),
    _words("state"),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("pages", Integer, nullable=False, server_default="0"),
    Column("records", Integer, nullable=False, server_default="0"),
    Column("items", Integer, nullable=False, server_default="0"),
    Column("written", Integer, nullable=False, server_default="0"),
    Column("rejected", Integer, nullable=False, server_default="0"),
    Column("expected", Integer),
    Column("waiting_until", Instant),
    Column("error", Words),
    Column("note", Words),
    Column("cancel_asked_at", Instant),
    Index(None, "started_at", "id"),
    Index(None, "scope_id", "state"),
)

findings = Table(
    "findings",
    metadata,
    _id(),
    _scope(),
    _words("kind"),
    _words("subject"),
    _words("detail"),
    Column("first_seen", Instant, nullable=False),
    Column("last_seen", Instant, nullable=False),
    Column("decision", Words),
    Column("decided_by", Words),
    Column("why", Words),
    Column("decided_at", Instant),
)

finding_records = Table(
    "finding_records",
    metadata,
    Column("finding_id", Words, ForeignKey("findings.id"), primary_key=True),
    _id("record_kind"),
    _id("record_id"),
    _scope(),
    Index(None, "scope_id", "record_kind", "record_id"),
)
"""Which records raise a finding now. A finding that none raises any more is closed."""

keys = Table(
    "keys",
    metadata,
    _id(),
    Column("hash", LargeBinary, nullable=False),
    _words("name"),
    _words("role"),
    Column("person", Words),
    Column("team", Words),
    Column("created_at", Instant, nullable=False),
    Column("last_used_at", Instant),
    Column("revoked_at", Instant),
)
