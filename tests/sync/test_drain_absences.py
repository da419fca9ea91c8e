"""What hints come to that is not there any more is noted by reason, and what hung on it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import pytest

from connectors.errors import Unavailable
from store.inbox import Inbox
from store.open import Store
from sync.absences import AT_ONCE
from tests.sync.boards import Town, boards, many
from tests.sync.post import Killed, Post, opened


@pytest.fixture
async def post(store: Store, inbox: Inbox) -> Post:
    return await opened(store, inbox)


async def test_what_went_is_noted_by_reason_and_what_moved_is_where_it_is(post: Post) -> None:
    post.boards.take("a1", "deleted")
    post.boards.take("a2")
    post.boards.move("a3", "B")
    await post.hint("A", "a1", "a2", "a3")
    await post.hint("B", "a3")
    await post.drain()
    assert await post.town.shown() == {
        "a1": ("deleted", "A"), "a2": ("gone", "A"), "a3": ("present", "B"),
        "b1": ("present", "B"), "b2": ("present", "B"),
    }  # fmt: skip
    assert await post.waiting() == []


@pytest.mark.parametrize("cut", [Unavailable("the tracker is down"), Killed()], ids=["an error", "a kill"])
async def test_what_hung_on_what_went_is_asked_for_although_the_first_time_was_cut(
    post: Post, cut: BaseException
) -> None:
    post.boards.put("A", "a2", parent="a1")
    post.boards.put("B", "b2", parent="a1")
    await post.hint(None, "a2", "b2")
    await post.drain()
    post.boards.take("a1", "deleted")
    for board, id in (("A", "a2"), ("B", "b2")):  # no tracker counts this as a change of theirs
        del post.boards.cards[board][id]["parent"]
    asked = list[str]()

    def cut_once(_board: str, ids: Sequence[str]) -> None:
        asked.extend(ids)
        if asked.count("a2") == 1 and "a2" in ids:
            raise cut

    post.boards.before_fetch = cut_once
    await post.hint("A", "a1")
    with suppress(Killed):
        await post.drain()
    await post.drain()
    assert (await post.town.presence())["a1"] == "deleted"
    assert await post.town.parents() == {}
    assert await post.waiting() == []


async def test_what_hangs_on_a_mass_that_is_held_back_is_not_asked_for_over_and_over(
    store: Store, inbox: Inbox
) -> None:
    post = Post(Town(store, boards(A=many(60))), inbox)
    for id in many(30)[1:]:
        post.boards.put("A", id, parent="c0000")
    await post.town.sync()
    for id in many(30):
        post.boards.take(id)
    await post.hint("A", *many(30))
    await post.drain()
    assert await post.waiting() == []


async def test_much_that_vanishes_at_once_is_held_back_and_one_that_was_forbidden_says_nothing(
    store: Store, inbox: Inbox
) -> None:
    post = Post(Town(store, boards(A=many(60))), inbox)
    await post.town.sync()
    for id in many(30):
        post.boards.take(id)
    post.boards.lost["c0050"] = "forbidden"
    await post.hint("A", *many(30), "c0050")
    await post.drain()
    assert set((await post.town.presence()).values()) == {"present"}
    assert [one.kind for one in await post.town.findings()] == ["mass_absence"]
    assert await post.waiting() == []


async def test_a_mass_that_is_told_in_parts_is_held_back_as_one(store: Store, inbox: Inbox) -> None:
    post = Post(Town(store, boards(A=many(60))), inbox)
    await post.town.sync()
    for id in many(30):
        post.boards.take(id)
    for part in (many(15), many(30)[15:], many(30)[28:]):
        await post.hint("A", *part)
        await post.drain()
    presence = await post.town.presence()
    assert [presence[id] for id in many(30)] == ["gone"] * 15 + ["present"] * 15
    assert [(one.kind, one.count) for one in await post.town.findings()] == [("mass_absence", 15)]
    post.town.clock.now += AT_ONCE
    await post.hint("A", "c0029")
    await post.drain()
    assert (await post.town.presence())["c0029"] == "present"


async def test_a_few_that_vanish_long_after_others_are_believed(store: Store, inbox: Inbox) -> None:
    post = Post(Town(store, boards(A=many(60))), inbox)
    await post.town.sync()
    for part in (many(15), many(30)[15:]):
        for id in part:
            post.boards.take(id)
        await post.hint("A", *part)
        await post.drain()
        post.town.clock.now += AT_ONCE
    presence = await post.town.presence()
    assert {presence[id] for id in many(30)} == {"gone"}
