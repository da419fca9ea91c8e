"""``world`` is the whole story, built once on each database: read it, and change nothing. ``fresh`` is one of
the test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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


@asynccontextmanager
async def _world(url: str) -> AsyncIterator[World]:
    opened = await open_store(url)
    try:
        yield await build(opened)
    finally:
        await opened.aclose()


@pytest.fixture(scope="session")
async def sqlite_world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with _world(f"sqlite:///{tmp_path_factory.mktemp('world') / 'store.db'}") as made:
        yield made


@pytest.fixture(scope="session")
async def postgresql_world(postgres_server: str) -> AsyncIterator[World]:
    name = f"tspmo_world_{uuid4().hex[:12]}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        url = make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
        async with _world(url) as made:
            yield made
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest) -> World:
    made: World = request.getfixturevalue(f"{request.param}_world")
    return made


@pytest.fixture
async def fresh(store: Store) -> World:
    return await build(store)
