"""A store of before keeps who is who, and learns how they were joined."""

from __future__ import annotations

import json
from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy import Connection, make_url, select, text

from store.dialect import dialect_of
from store.open import open_store
from store.schema import accounts
from store.schema_people import account_links

ACCOUNTS = {
    "1": ("own", {"email": None, "email_visibility": "hidden"}),
    "2": ("email", {"email": " Ann@Example.com ", "email_visibility": "shown"}),
    "3": ("email", {"email": "ann@example.com", "email_visibility": "hidden"}),
    "4": (None, {"email": "bot@example.com", "email_visibility": "shown"}),
}
"""By id: how it was joined, and its address."""


@pytest.fixture
def empty_postgresql(postgres_server: str) -> Iterator[str]:
    name = f"tspmo_{uuid4().hex[:12]}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{request.getfixturevalue('tmp_path') / 'former.db'}"
    url: str = request.getfixturevalue("empty_postgresql")
    return url


def former(connection: Connection) -> None:
    """The schema of before, with accounts in it."""
    config = Config()
    config.set_main_option("script_location", "store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "0005")
    connection.execute(text("INSERT INTO people (id, name_sort) VALUES ('p', ' ann')"))
    for remote, (evidence, body) in ACCOUNTS.items():
        values = {"id": remote, "body": json.dumps(body), "evidence": evidence}
        connection.execute(
            text(
                "INSERT INTO accounts (id, system, remote_id, name, person_id, read_at, body)"
                " VALUES (:id, 'jira', :id, 'Ann', 'p', '2026-03-01', :body)"
            ),
            values,
        )
        if evidence:
            connection.execute(
                text(
                    "INSERT INTO account_links (account_id, person_id, evidence, decided_at)"
                    " VALUES (:id, 'p', :evidence, '2026-03-01')"
                ),
                values,
            )


async def test_a_store_of_before_is_brought_along(empty_url: str) -> None:
    url = make_url(empty_url)
    dialect = dialect_of(url)
    assert dialect is not None
    engine = dialect.engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(former)
    await engine.dispose()
    store = await open_store(empty_url)
    columns = [accounts.c.id, accounts.c.email, accounts.c.joined]
    async with store.database.reading() as session:
        found = await session.all(select(*columns).order_by(accounts.c.id))
        links = await session.all(select(account_links).order_by(account_links.c.account_id))
    await store.aclose()
    assert [tuple(row) for row in found] == [
        ("1", None, "own"),
        ("2", "ann@example.com", "joined_by_email"),
        ("3", None, "joined_by_email"),
        ("4", "bot@example.com", None),
    ]
    told = [(row.account_id, row.state, row.evidence) for row in links]
    assert told == [("1", "own", []), ("2", "joined_by_email", []), ("3", "joined_by_email", [])]
