"""Opening: migrated on both databases, or one sentence that says what is wrong and who can mend it."""

from __future__ import annotations

import sqlite3
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, make_url, text

import store as store_package
from store.migrate import TRIGRAMS, described
from store.open import Store, StoreError, open_store
from store.principal import LOCAL
from store.schema import metadata
from store.schema_watching import watching
from tests.store.kit import START, World, item

SENTENCE = r"^[A-Z].*\.$"


def differences(connection: Connection) -> list[Any]:
    for _, name, _ in iter_modules(store_package.__path__, "store."):
        if name.startswith("store.schema_"):  # a table is described once its module is imported
            import_module(name)
    options = {"include_name": lambda name, kind, _parents: described(name, kind), "compare_type": True}
    described_in = [metadata, watching] if connection.dialect.name == "postgresql" else [metadata]
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), described_in))


async def test_the_migrated_schema_is_what_the_code_describes(store: Store) -> None:
    async with store.database.reading() as session:
        assert await session.connection.run_sync(differences) == []


async def test_a_schema_that_differs_is_noticed(store: Store) -> None:
    async with store.database.writing() as session:
        await session.run(text("DROP TABLE account_links"))
        await session.run(text("ALTER TABLE items ADD COLUMN surplus TEXT"))
    async with store.database.reading() as session:
        assert len(await session.connection.run_sync(differences)) >= 2


async def test_an_empty_store_answers(store: Store) -> None:
    reader = store.reader(LOCAL, lambda: START)
    assert await reader.portfolio() == []
    assert (await reader.coverage()).scopes == 0
    assert await reader.revision() == "0.0.0"


async def test_a_store_is_opened_again_with_what_was_in_it(store: Store, store_url: str) -> None:
    world = World(store)
    await world.declare()
    await world.list("site", "OPS")
    await world.put("OPS", item("1"))
    for migrate in (True, False):
        again = await open_store(store_url, migrate=migrate)
        assert len(await again.reader(LOCAL, lambda: START).portfolio()) == 1
        await again.aclose()


async def test_a_database_of_a_newer_version_is_left_alone(store: Store, store_url: str) -> None:
    async with store.database.writing() as session:
        await session.run(text("UPDATE alembic_version SET version_num = '9999'"))
    for migrate in (True, False):
        with pytest.raises(StoreError, match=r"newer version .* \(schema 9999\).*upgrade the program"):
            await open_store(store_url, migrate=migrate)


async def test_a_database_of_an_older_version_is_not_read_unmigrated(store: Store, store_url: str) -> None:
    async with store.database.writing() as session:
        await session.run(text("DELETE FROM alembic_version"))
    with pytest.raises(StoreError, match="older version"):
        await open_store(store_url, migrate=False)


async def test_pg_trgm_is_used_where_the_server_has_it(postgresql_url: str) -> None:
    store = await open_store(postgresql_url)
    async with store.database.reading() as session:
        has = await session.all(text("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'"))
        index = await session.all(text(f"SELECT 1 WHERE to_regclass('{TRIGRAMS}') IS NOT NULL"))
    await store.aclose()
    assert bool(index) is bool(has)


@pytest.mark.parametrize(
    "url", ["nonsense", "mysql://x/y", "sqlite://", "sqlite:///:memory:", "", "postgresql"]
)
async def test_a_url_that_is_no_database_of_ours(url: str) -> None:
    with pytest.raises(StoreError, match=SENTENCE) as raised:
        await open_store(url)
    assert "sqlite:///path/to/file or postgresql://" in str(raised.value)


async def refused(url: str, **options: bool) -> str:
    with pytest.raises(StoreError, match=SENTENCE) as raised:
        await open_store(url, **options)
    return str(raised.value)


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database " * 100)
    assert "notes.txt" in await refused(f"sqlite:///{path}")
    assert path.read_text().startswith("not a database")


async def test_a_path_that_is_a_directory(tmp_path: Path) -> None:
    assert "permissions" in await refused(f"sqlite:///{tmp_path}")


async def test_a_path_under_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert "cannot be made" in await refused(f"sqlite:///{tmp_path / 'file' / 'store.db'}")


async def test_a_database_that_cannot_be_written(sqlite_url: str) -> None:
    """Also root may not write to a database that is opened read-only."""
    path = make_url(sqlite_url).database
    message = await refused(f"sqlite:///file:{path}?mode=ro&uri=true")
    assert "readonly" in message and str(path) in message


async def test_a_folder_that_is_missing_is_made(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "store.db"
    await (await open_store(f"sqlite:///{path}")).aclose()
    assert sqlite3.connect(path).execute("PRAGMA journal_mode").fetchone() == ("wal",)


async def test_without_migrating_nothing_is_made(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    assert "tspmo sync" in await refused(f"sqlite:///{path}", migrate=False)
    assert not path.exists()


async def test_a_server_that_is_not_there_and_the_password_stays_secret() -> None:
    message = await refused("postgresql://me:hunter2@127.0.0.1:1/db")
    assert "127.0.0.1" in message and "hunter2" not in message


async def test_a_database_that_is_not_on_the_server(postgresql_url: str) -> None:
    url = make_url(postgresql_url).set(database="nobody")
    assert "nobody" in await refused(url.render_as_string(hide_password=False))


async def test_a_store_does_not_show_its_password(postgresql_url: str) -> None:
    url = make_url(postgresql_url).set(password="hunter2")
    store = await open_store(url.render_as_string(hide_password=False))
    assert "hunter2" not in repr(store)
    assert ":***@" in store.url
    await store.aclose()


async def test_a_database_that_is_lost_while_open_is_a_store_error(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    store = await open_store(f"sqlite:///{path}")
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE scopes")
    connection.close()
    with pytest.raises(StoreError, match="no such table"):
        await store.reader(LOCAL, lambda: START).portfolio()
    await store.aclose()
