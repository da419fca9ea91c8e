"""Hints coalesce, and none goes that somebody hinted at again; webhooks keep their address and secret."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

from connectors.base import Hint, WatchState
from store.beside import inbox_url
from store.hints import Arrival, Waiting, backlogs, done, narrow, note, take
from store.inbox import Inbox, opened_inbox
from store.watches import expect, save_state, set_making, watch_at, watches_of
from tests.store.kit import START, at

ITEM = Hint(scope_id="OPS", item_id="1")
SCOPE = Hint(scope_id="OPS", item_id=None)
ANYWHERE = Hint(scope_id=None, item_id=None)
BASE = "https://pmo.example/webhooks/site/"


def arrival(*hints: Hint, watch_id: str = "w", **more: Any) -> Arrival:
    return Arrival(watch_id=watch_id, connection="site", hints=hints, **more)


async def test_the_same_hint_is_one_row_however_often_it_comes(inbox: Inbox) -> None:
    await note(inbox, [arrival(ITEM, ITEM, SCOPE), arrival(ITEM)], START)
    await note(inbox, [arrival(ITEM, ANYWHERE)], at(1))
    assert {one.hint: (one.n, one.first_at) for one in await take(inbox, "site", 10)} == {
        ITEM: (4, START),
        SCOPE: (1, START),
        ANYWHERE: (1, at(1)),
    }
    assert [(one.connection, one.hints, one.since) for one in await backlogs(inbox)] == [("site", 3, START)]


async def test_what_is_hinted_at_again_while_it_is_worked_on_stays(inbox: Inbox) -> None:
    await note(inbox, [arrival(ITEM, SCOPE)], START)
    taken = await take(inbox, "site", 10)
    await note(inbox, [arrival(ITEM)], at(1))
    await done(inbox, "site", taken, at(2))
    assert await take(inbox, "site", 10) == [Waiting(ITEM, 1, at(2))]


async def test_what_is_narrowed_to_its_scope_stays_where_it_is_hinted_at_again_meanwhile(
    inbox: Inbox,
) -> None:
    await note(inbox, [arrival(ITEM, ANYWHERE)], START)
    taken = await take(inbox, "site", 10)
    await note(inbox, [arrival(ITEM)], at(1))
    await narrow(inbox, "site", taken, ["OPS"], at(2))
    assert {one.hint: (one.n, one.first_at) for one in await take(inbox, "site", 10)} == {
        Hint(scope_id="OPS", item_id=None): (1, START),
        ITEM: (1, at(2)),
    }


async def test_who_is_done_late_takes_away_nothing_that_came_meanwhile(inbox: Inbox) -> None:
    """Two worked on the same hint; it went with the first, and came again."""
    await note(inbox, [arrival(ITEM)], START)
    taken = await take(inbox, "site", 10)
    await done(inbox, "site", taken, START)
    await note(inbox, [arrival(ITEM)], at(1))
    await done(inbox, "site", taken, at(2))
    assert await take(inbox, "site", 10) == [Waiting(ITEM, 1, at(1))]


async def test_hints_are_taken_oldest_first_and_not_more_than_asked_for(inbox: Inbox) -> None:
    for minute, id in enumerate("cab"):
        await note(inbox, [arrival(Hint(scope_id="OPS", item_id=id))], at(minute))
    assert [one.hint.item_id for one in await take(inbox, "site", 2)] == ["c", "a"]
    assert await take(inbox, "other", 2) == []


async def test_hints_are_passed_through_page_by_page(inbox: Inbox) -> None:
    for minute in range(2):
        hints = [Hint(scope_id=scope, item_id=item) for scope in ("OPS", None) for item in ("a", None, "b")]
        named = [Hint(scope_id=one.scope_id, item_id=f"{one.item_id}{minute}") for one in hints]
        await note(inbox, [arrival(*named)], at(minute))
    found, after = [], None
    while page := await take(inbox, "site", 5, after):
        found += page
        after = page[-1]
    assert found == await take(inbox, "site", 100)
    assert len(found) == 12


async def test_many_who_hint_at_the_same_at_once_do_not_wait_for_each_other_for_ever(inbox: Inbox) -> None:
    hints = [Hint(scope_id="OPS", item_id=str(n)) for n in range(20)]
    orders = [hints, hints[::-1]] * 5
    await asyncio.gather(*(note(inbox, [arrival(*order)], START) for order in orders))
    assert {one.n for one in await take(inbox, "site", 100)} == {10}


async def test_a_webhook_keeps_its_address_and_is_found_by_it_alone(inbox: Inbox) -> None:
    await expect(inbox, "site", [None, "OPS"], BASE)
    first = await watches_of(inbox, ["site"])
    await expect(inbox, "site", [None, "OPS", "WEB"], BASE)
    assert [one.scope for one in await watches_of(inbox, ["site"])] == [None, "OPS", "WEB"]
    assert {one.id for one in first} < {one.id for one in await watches_of(inbox, ["site"])}
    token = first[0].callback_url.removeprefix(BASE)
    assert len(token) >= 43
    found = await watch_at(inbox, "site", token)
    assert found is not None
    assert found.watch == first[0].watch
    assert token not in repr(found)
    assert str(found.secret) not in repr(found)
    assert await watch_at(inbox, "other", token) is None
    assert await watch_at(inbox, "site", token[:-1]) is None
    assert await watch_at(inbox, "site", "\ud800") is None


async def test_a_secret_is_learnt_only_while_the_webhook_is_being_made(inbox: Inbox) -> None:
    await expect(inbox, "site", [None], BASE)
    (kept,) = await watches_of(inbox, ["site"])
    await note(inbox, [arrival(watch_id=kept.id, new_secret="forged")], START)
    assert [one.secret for one in await watches_of(inbox, ["site"])] == [kept.secret]
    await set_making(inbox, kept.id, making=True)
    await note(inbox, [arrival(watch_id=kept.id, new_secret="told")], START)
    await set_making(inbox, kept.id, making=False)
    await save_state(inbox, kept.id, WatchState(id="7", scope_id=None, callback_url="", active=True), at(1))
    (made,) = await watches_of(inbox, ["site"])
    assert (made.secret, made.remote_id, made.active, made.checked_at) == ("told", "7", True, at(1))


async def test_deliveries_are_counted_by_what_came_of_them(inbox: Inbox) -> None:
    await expect(inbox, "site", [None], BASE)
    (kept,) = await watches_of(inbox, ["site"])
    heard = arrival(ITEM, SCOPE, watch_id=kept.id, ignored=1, unknown=["new_thing", "new_thing"])
    await note(inbox, [heard, arrival(watch_id=kept.id, refused=True)], START)
    await note(inbox, [arrival(watch_id=kept.id, refused=True)], at(1))
    (counted,) = await watches_of(inbox, ["site"])
    assert (counted.deliveries, counted.hints, counted.ignored, counted.refused) == (3, 2, 1, 2)
    assert (counted.unknown, counted.last_at) == ({"new_thing": 2}, START)


async def test_an_inbox_of_another_form_is_made_anew(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    async with opened_inbox(url) as inbox:
        await note(inbox, [arrival(ITEM)], START)
    with sqlite3.connect(inbox_url(url).removeprefix("sqlite:///")) as file:
        file.execute("ALTER TABLE hints RENAME COLUMN n TO times")
        file.execute("PRAGMA user_version = 0")
    async with opened_inbox(url) as inbox:
        await note(inbox, [arrival(ITEM)], START + timedelta(days=1))
        assert len(await take(inbox, "site", 10)) == 1
