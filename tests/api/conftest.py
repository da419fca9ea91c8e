"""``world`` is the whole story, built once on each database: read it, and change nothing. ``fresh`` is one of
the test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from store.open import Store, open_store
from tests.api.world import World, build
from tests.databases import (
    postgres_server,
    postgres_template,
    postgresql_url,
    pytest_report_header,
    sqlite_template,
    sqlite_url,
    store,
    store_url,
)

__all__ = [
    "postgres_server", "postgres_template", "postgresql_url", "pytest_report_header", "sqlite_template",
    "sqlite_url", "store", "store_url",
]  # fmt: skip


@pytest.fixture(scope="session")
def sqlite_world_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('world') / 'store.db'}"


@pytest.fixture(scope="session")
def postgresql_world_url(postgres_server: str) -> Iterator[str]:
    name = f"tspmo_world_{uuid4().hex[:12]}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def world_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"{request.param}_world_url")
    return url


@pytest.fixture(scope="session")
async def world(world_url: str) -> AsyncIterator[World]:
    opened = await open_store(world_url)
    try:
        yield await build(opened)
    finally:
        await opened.aclose()


@pytest.fixture
async def fresh(store: Store) -> World:
    return await build(store)
