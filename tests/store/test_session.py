"""Many rows at once: on both databases the values of every row arrive as one row's alone would."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from sqlalchemy import select

from store.open import Store
from store.schema import changes, connections, meta
from store.session import CHUNK, Session

NOON = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)


def change_row(key: str, **values: object) -> dict[str, object]:
    made = {"item_id": "i", "field": "title", "before": None, "after": "x", "at": NOON, "recorded_at": NOON}
    return {"id": key, **made, "source": "tracker_history", **values}


async def told(session: Session, key: str) -> tuple[str | None, datetime]:
    row = (await session.fetch([changes.c.after, changes.c.at], changes.c.id, [key]))[0]
    return row.after, row.at


async def test_a_text_that_a_database_refuses_is_mended_in_its_row_alone(store: Store) -> None:
    texts = {"plain": "x", "none": None, "umlaut": "Grüße", "nul": "a\x00b", "half": "cut \ud83d"}
    async with store.database.writing() as session:
        await session.add(changes, [change_row(key, after=text) for key, text in texts.items()])
        found = {key: (await told(session, key))[0] for key in texts}
    mended = {"nul": "a\N{REPLACEMENT CHARACTER}b", "half": "cut \N{REPLACEMENT CHARACTER}"}
    assert found == {**texts, **mended}


async def test_instants_of_any_zone_are_the_same_instants(store: Store) -> None:
    there = NOON.astimezone(timezone(timedelta(hours=14)))
    early = datetime(1, 1, 1, tzinfo=UTC)
    async with store.database.writing() as session:
        await session.add(changes, [change_row("a", at=there), change_row("b"), change_row("c", at=early)])
        assert [(await told(session, key))[1] for key in "abc"] == [NOON, NOON, early]
        assert (await session.fetch([changes.c.id], changes.c.item_id, ["i"], changes.c.at == there))[1:]


async def test_more_ids_and_rows_than_go_into_one_statement(store: Store) -> None:
    keys = [f"{n}" for n in range(CHUNK + 1)]
    async with store.database.writing() as session:
        await session.add(changes, [change_row(key) for key in keys])
        found = await session.fetch([changes.c.id], changes.c.id, [*keys, "another"])
        assert sorted(row.id for row in found) == sorted(keys)
        await session.remove(changes.c.id, keys[1:])
        assert [row.id for row in await session.all(select(changes.c.id))] == ["0"]


async def test_ids_are_found_whatever_they_are_made_of(store: Store) -> None:
    odd = ['"', "'", "\\", "ü", "{", ",", "NULL", "%", " ", "😀"]
    async with store.database.writing() as session:
        await session.add(changes, [change_row(key) for key in odd])
        assert {row.id for row in await session.fetch([changes.c.id], changes.c.id, odd)} == set(odd)
        assert await session.fetch([changes.c.id], changes.c.id, ["\x00", "\ud83d", ""]) == []


async def test_rows_that_name_other_columns_get_a_statement_of_their_own(store: Store) -> None:
    row = {"id": "c", "tracker": "trello", "system": "trello", "position": 1, "declared": True}
    async with store.database.writing() as session:
        await session.upsert(connections, [row])
        await session.upsert(connections, [{**row, "site": "here", "position": 2}], keep=["position"])
        await session.change(connections, [{"id": "c", "account": "me", "checked_at": NOON}])
        await session.change(connections, [{"id": "c", "declared": False}])
        kept = (await session.all(select(connections)))[0]
    assert (kept.site, kept.account, kept.position) == ("here", "me", 1)
    assert (kept.checked_at, kept.declared) == (NOON, False)


async def test_only_the_rows_that_hold_all_of_it_are_dropped(store: Store) -> None:
    async with store.database.writing() as session:
        await session.add(changes, [change_row("a"), change_row("b", item_id="j"), change_row("c")])
        await session.drop(changes, [{"id": "a", "item_id": "i"}, {"id": "b", "item_id": "i"}])
        assert {row.id for row in await session.all(select(changes.c.id))} == {"b", "c"}


async def test_counts_are_added_to_what_is_there(store: Store) -> None:
    async with store.database.writing() as session:
        await session.add_missing(meta, [{"name": "a", "value": 1}])
        await session.add_missing(meta, [{"name": "a", "value": 5}])
        await session.increase(meta, [{"name": "a", "value": 10}, {"name": "b", "value": 2}], ["value"])
        assert {row.name: row.value for row in await session.all(select(meta))} == {"a": 11, "b": 2}
