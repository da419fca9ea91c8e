"""What hung on an item that went is asked for again, although the reading that noted it was cut."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

import pytest

from connectors.errors import Unavailable
from store.inbox import Inbox
from store.open import Store
from tests.sync.post import Killed, Post, opened


async def _sync(post: Post) -> None:
    await post.town.sync()


async def _drain(post: Post) -> None:
    await post.hint("A", "a3")
    await post.drain()


@pytest.mark.parametrize("cut", [Unavailable("the tracker is down"), Killed()], ids=["an error", "a kill"])
@pytest.mark.parametrize("following", [_sync, _drain], ids=["a sync", "a drain"])
async def test_what_hung_on_what_went_is_asked_for_by_whoever_reads_next(
    store: Store, inbox: Inbox, cut: BaseException, following: Callable[[Post], Awaitable[None]]
) -> None:
    post = await opened(store, inbox)
    post.boards.put("B", "b2", parent="a1")
    await post.hint(None, "b2")
    await post.drain()
    post.boards.take("a1", "deleted")
    del post.boards.cards["B"]["b2"]["parent"]  # no tracker counts this as a change of its own

    def fail(_board: str, ids: Sequence[str]) -> None:
        if "b2" in ids:
            raise cut

    post.boards.before_fetch = fail
    with suppress(Killed):
        await post.town.reconcile()
    assert (await post.town.presence())["a1"] == "deleted"
    post.boards.before_fetch = lambda _board, _ids: None
    await following(post)
    assert await post.town.parents() == {}
