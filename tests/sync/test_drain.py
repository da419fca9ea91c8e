"""What webhooks hint at is asked for and put, or found to be absent; no hint goes before that is done."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from connectors.base import Hint, JsonObject, Page, ScopeRecord
from connectors.errors import NotFound, TrackerError, Unauthorized, Unavailable, Unexpected
from store.executors import forget
from store.hints import Arrival, note
from store.inbox import Inbox
from store.leases import held
from store.open import Store
from store.party import new_party
from sync.absences import AT_ONCE
from sync.drain import PATIENCE, Drain
from sync.hinted import AT_ONCE as MOST
from sync.job import Read
from sync.share import Portion
from tests.sync.boards import UNDEFINED, Boards, Town, boards
from tests.sync.post import BOARDS, Post, new_share, opened
from tests.sync.scripted import T0


@dataclass
class Parted(Boards):
    """Each reading has two pages, and the first one is cut between them. ``begun`` tells where each began."""

    begun: list[JsonObject | None] = field(default_factory=list)

    async def read(
        self, scope: ScopeRecord, since: JsonObject | None = None, resume: JsonObject | None = None
    ) -> AsyncIterator[Page]:
        self.begun.append(resume)
        yield Page(records=(), resume={"page": 2})
        if len(self.begun) == 1:
            raise Unexpected("nothing but an error")
        yield Page(records=(), next_since={"read": True})


@pytest.fixture
async def post(store: Store, inbox: Inbox) -> Post:
    return await opened(store, inbox)


async def test_what_changed_and_what_is_new_is_put_and_nothing_else_is_asked_for(post: Post) -> None:
    post.boards.put("A", "a1", "shut")
    post.boards.put("A", "a9")
    await post.hint("A", "a1", "a9", "a1")
    drained = await post.drain()
    assert (drained.items, drained.written, drained.more, drained.retry_after) == (2, 2, False, None)
    assert sorted(post.boards.fetched) == ["a1", "a9"]
    assert (await post.town.statuses())["a1"] == "done"
    assert (await post.town.presence())["a9"] == "present"
    assert await post.waiting() == []
    (run,) = await post.town.runs("drain")
    assert (run.state, run.items, run.written) == ("done", 2, 2)


async def test_an_old_delivery_that_comes_again_changes_nothing(post: Post) -> None:
    await post.hint("A", "a1")
    assert (await post.drain()).written == 0
    assert await post.waiting() == []


async def test_an_item_of_an_unknown_scope_is_looked_for_where_it_is_at_home(post: Post) -> None:
    post.boards.put("B", "b1", "shut")
    await post.hint(None, "b1")
    await post.drain()
    assert post.boards.fetched == ["b1"]
    assert (await post.town.statuses())["b1"] == "done"


async def test_a_scope_that_is_hinted_at_is_read_and_no_other(post: Post) -> None:
    await post.hint("B")
    await post.drain()
    assert [run.scope for run in await post.town.runs("incremental")] == [post.town.scope_id("B")]
    assert await post.waiting() == []


async def test_a_scope_of_which_an_older_reading_was_cut_is_read_to_its_end_and_once_more(
    store: Store, inbox: Inbox
) -> None:
    """That reading reaches what was when it began, before the hint."""
    parted = Parted(**vars(boards(**BOARDS)))
    post = Post(Town(store, parted), inbox)
    await post.town.run(Portion(Read(), new_share(), frozenset({post.town.scope_id("A")})))
    await post.hint("A")
    drained = await post.drain()
    assert (parted.begun, drained.more) == ([None, {"page": 2}, None], False)
    assert await post.waiting() == []


async def test_a_scope_out_of_sight_is_looked_for_when_it_is_hinted_at_and_no_other_is_read(
    post: Post,
) -> None:
    post.boards.hidden.add("B")
    await post.town.sync()
    before = len(await post.town.runs("incremental"))
    await post.hint("B", "b1", None)
    await post.drain()
    assert len(await post.town.runs("incremental")) == before
    assert (await post.town.presence())["b1"] == "present"
    assert await post.waiting() == []
    post.boards.hidden.clear()
    await post.hint("B", "b1")
    await post.drain()
    latest, *others = await post.town.runs("incremental")
    assert (latest.scope, len(others)) == (post.town.scope_id("B"), before)
    assert await post.waiting() == []


@pytest.mark.parametrize("hinted", [(None,), ("C",), (None, "nobody")], ids=["none", "unknown", "item"])
async def test_what_nobody_knows_the_place_of_lets_all_be_read(post: Post, hinted: tuple[str | None]) -> None:
    """So a new scope is found, too."""
    post.boards.cards["C"] = {"c1": {"word": "open", "updated": T0.isoformat()}}
    await post.hint(*hinted)
    await post.drain()
    assert (await post.town.presence())["c1"] == "present"
    assert await post.waiting() == []


async def test_an_item_in_a_scope_that_is_not_ours_to_read_is_left_alone(post: Post) -> None:
    await post.hint("elsewhere", "x1")
    await post.drain()
    assert post.boards.fetched == []
    assert await post.waiting() == []


async def test_an_item_of_a_scope_that_was_never_read_comes_with_its_scope(
    store: Store, inbox: Inbox
) -> None:
    post = Post(Town(store, boards(**BOARDS)), inbox)
    await post.town.run(Portion(Read(), new_share(), frozenset()))
    await post.hint("A", "a1")
    assert (await post.drain()).items == 3
    assert post.boards.fetched == []


async def test_before_the_first_check_everything_is_read(store: Store, inbox: Inbox) -> None:
    post = Post(Town(store, boards(**BOARDS)), inbox)
    await post.town.declare()
    await post.hint("A", "a1")
    await post.drain()
    assert len(await post.town.presence()) == 5
    assert await post.waiting() == []


async def test_a_hint_that_comes_during_its_own_work_is_worked_on_again(post: Post) -> None:
    """What was read before the change is not the last word."""

    def change(_board: str, ids: Sequence[str]) -> None:
        asked.append(list(ids))
        if len(asked) == 1:
            changing.append(asyncio.ensure_future(post.hint("A", "a1")))

    asked: list[list[str]] = []
    changing: list[asyncio.Future[None]] = []
    post.boards.before_fetch = change
    await post.hint("A", "a1", "a2")
    await post.drain()
    await asyncio.gather(*changing)
    await post.drain()
    assert asked[0] == ["a1", "a2"]
    assert asked[1] == ["a1"]
    assert await post.waiting() == []


@pytest.mark.parametrize(
    ("error", "wait"),
    [
        (Unavailable("slow down", T0 + timedelta(hours=2)), timedelta(hours=2)),
        (Unavailable("down"), None),
        (Unauthorized("no more"), None),
    ],
    ids=["limited", "down", "refused"],
)
async def test_a_trackers_trouble_keeps_the_hints(
    post: Post, error: TrackerError, wait: timedelta | None
) -> None:
    def trouble(board: str, _ids: Sequence[str]) -> None:
        if board == "A":
            raise error

    post.boards.before_fetch = trouble
    post.boards.put("B", "b1", "shut")
    await post.hint("A", "a1")
    await post.hint("B", "b1")
    drained = await post.drain()
    assert drained.error == str(error)
    assert drained.retry_after is not None
    assert wait is None or drained.retry_after == T0 + wait
    assert await post.waiting() == [Hint(scope_id="id-A", item_id="a1")]
    assert (await post.town.statuses())["b1"] == "done"
    post.boards.before_fetch = lambda _board, _ids: None
    assert (await post.drain()).retry_after is None
    assert await post.waiting() == []


async def test_a_scope_that_waits_for_its_trackers_budget_keeps_no_item_waiting(post: Post) -> None:
    """Lists of scopes may have a small budget of their own."""
    post.boards.on_check = Unavailable("slow down", T0 + timedelta(hours=2))
    post.boards.put("B", "b1", "shut")
    await post.hint("A")
    await post.hint("B", "b1")
    drained = await post.drain()
    assert (drained.retry_after, drained.more) == (T0 + timedelta(hours=2), False)
    assert (await post.town.statuses())["b1"] == "done"
    assert await post.waiting() == [Hint(scope_id="id-A", item_id=None)]
    post.boards.on_check = None
    await post.drain()
    assert await post.waiting() == []


@pytest.mark.parametrize("error", [Unexpected("not JSON"), NotFound("no such board")])
async def test_a_scope_that_does_not_answer_well_is_read_and_holds_up_no_other(
    post: Post, error: TrackerError
) -> None:
    def trouble(_board: str, ids: Sequence[str]) -> None:
        if "a1" in ids:
            raise error

    post.boards.before_fetch = trouble
    post.boards.put("B", "b1", "shut")
    await post.hint("A", "a1")
    await post.hint("B", "b1")
    post.town.clock.now += PATIENCE
    assert (await post.drain()).retry_after is None
    assert [run.scope for run in await post.town.runs("incremental")] == [post.town.scope_id("A")]
    assert (await post.town.statuses())["b1"] == "done"
    assert await post.waiting() == []


async def test_what_is_not_there_is_asked_for_again_after_an_answer_that_was_no_good(post: Post) -> None:
    def trouble(_board: str, ids: Sequence[str]) -> None:
        raise Unexpected("not JSON")

    post.boards.before_fetch = trouble
    del post.boards.cards["A"]["a1"]
    await post.hint("A", "a1")
    drained = await post.drain()
    assert (drained.error, drained.retry_after is None) == ("not JSON", False)
    assert await post.waiting() == [Hint(scope_id="id-A", item_id="a1")]
    post.boards.before_fetch = lambda _board, _ids: None
    await post.drain()
    assert (await post.town.presence())["a1"] == "gone"
    assert await post.waiting() == []


async def test_whoever_reads_the_connection_is_waited_for(post: Post) -> None:
    await post.hint("A", "a1")
    other = replace(post.town.store, party=new_party())
    async with held(other, "connection team"):
        drained = await post.drain()
    assert drained.retry_after is not None
    assert await post.waiting() == [Hint(scope_id="id-A", item_id="a1")]
    await forget(other, [other.party])


async def test_what_there_is_no_time_for_stays(post: Post) -> None:
    await post.hint("A", "a1")
    await post.hint(None)
    drained = await post.drain(stop=True)
    assert drained.more
    assert await post.waiting() == [Hint(scope_id="id-A", item_id=None), Hint(scope_id="id-B", item_id=None)]
    assert not (await post.drain()).more
    assert await post.waiting() == []


async def test_what_has_to_stay_holds_up_no_item(post: Post) -> None:
    """Hints at scopes that nobody knows, more than are taken at once, wait for a job of their own."""
    unknown = [Hint(scope_id=f"id-{n}", item_id=None) for n in range(MOST + 20)]
    await note(post.inbox, [Arrival(watch_id="w", connection="team", hints=unknown)], T0)
    post.boards.put("A", "a1", "shut")
    later = [Hint(scope_id="id-A", item_id="a1")]
    await note(post.inbox, [Arrival(watch_id="w", connection="team", hints=later)], T0 + AT_ONCE)
    town = post.town
    drained = await Drain(town.store, post.inbox, town.source(), town.clock, new_share()).run()
    assert (drained.items, drained.scopes) == (1, True)
    assert (await town.statuses())["a1"] == "done"
    assert len(await post.waiting()) == len(unknown)


async def test_a_field_that_no_definition_tells_of_lets_the_scope_be_read(post: Post) -> None:
    post.boards.put("A", "a1", **{UNDEFINED: "points"})
    post.boards.put("B", "b1", "shut")
    await post.hint("A", "a1")
    await post.hint("B", "b1")
    await post.drain()
    assert [run.scope for run in await post.town.runs("incremental")] == [post.town.scope_id("A")]
    assert await post.waiting() == []
