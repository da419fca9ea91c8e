"""Webhooks are made once, looked after now and then, mended, and removed where nobody needs them; what they
missed is looked at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from connectors.base import Hint, Watch, WatchState
from connectors.errors import Unauthorized, Unavailable
from store.hearings import hearings_of
from store.hints import Arrival, done, note, take
from store.inbox import Inbox
from store.leases import held
from store.open import Store
from store.party import new_party
from store.watches import Kept, watches_of
from sync.watching import DUE, Watched, Watcher, polling, reckon
from tests.sync.boards import Town
from tests.sync.hooked import Hooked, hooked
from tests.sync.scripted import T0

PUBLIC = "https://pmo.example"


@dataclass
class Post:
    town: Town
    boards: Hooked
    inbox: Inbox
    public_url: str | None = PUBLIC

    @property
    def watcher(self) -> Watcher:
        return Watcher(self.town.store, self.inbox, self.town.clock, self.public_url)

    async def look(self, *, after: timedelta = timedelta(0), all_of_them: bool = False) -> Watched:
        self.town.clock.now += after
        self.boards.calls.clear()
        return await self.watcher.look_after(self.town.source(), all_of_them=all_of_them)

    async def kept(self) -> list[Kept]:
        return await watches_of(self.inbox, ["team"])

    async def hinted(self) -> list[Hint]:
        """And forgotten."""
        waiting = await take(self.inbox, "team", 100)
        await done(self.inbox, "team", waiting, self.town.clock.now)
        return [one.hint for one in waiting]


@pytest.fixture
async def post(store: Store, inbox: Inbox) -> Post:
    boards = hooked(A=["a1"], B=["b1"])
    made = Post(Town(store, boards), boards, inbox)
    await made.town.sync()
    return made


def whole(board: str) -> Hint:
    return Hint(scope_id=f"id-{board}", item_id=None)


async def test_each_scope_gets_one_and_what_came_before_it_is_looked_at(post: Post) -> None:
    watched = await post.look()
    assert (watched.made, watched.gaps, watched.errors) == (2, 2, [])
    assert sorted(post.boards.hooks) == ["1", "2"]
    assert all(url.startswith(f"{PUBLIC}/webhooks/team/") for url in urls(post))
    assert [(one.scope, one.remote_id, one.active, one.making) for one in await post.kept()] == [
        ("id-A", "1", True, False),
        ("id-B", "2", True, False),
    ]
    assert await post.hinted() == [whole("A"), whole("B")]


def urls(post: Post) -> set[str]:
    return {hook.callback_url for hook in post.boards.hooks.values()}


async def test_one_that_is_well_is_left_alone_for_a_while_and_found_again_then(post: Post) -> None:
    await post.look()
    await post.hinted()
    assert (await post.look()).looked_at == 0
    assert post.boards.calls == []
    before = urls(post)
    assert (await post.look(after=DUE)).looked_at == 2
    assert post.boards.made == 2
    assert urls(post) == before
    assert await post.hinted() == []


async def test_one_that_failed_is_looked_at_each_time_and_what_it_missed_once(post: Post) -> None:
    await post.look()
    await post.hinted()
    post.boards.worsen("1", "a delivery failed")
    assert (await post.look(all_of_them=True)).gaps == 1
    assert await post.hinted() == [whole("A")]
    assert (await post.look()).gaps == 0
    assert post.boards.calls == ["watch A"]
    post.boards.worsen("1", "two deliveries failed")
    assert (await post.look()).gaps == 1


async def test_one_that_is_gone_or_was_switched_off_is_there_again(post: Post) -> None:
    await post.look()
    await post.hinted()
    del post.boards.hooks["1"]
    post.boards.worsen("2", "switched off", active=False)
    watched = await post.look(after=DUE)
    assert watched.made == 1
    assert {hook.scope_id: hook.active for hook in post.boards.hooks.values()} == {"id-A": True, "id-B": True}
    assert whole("A") in await post.hinted()


async def test_what_nobody_needs_is_removed_and_what_is_not_ours_stays(post: Post) -> None:
    await post.look()
    foreign = WatchState(id="9", scope_id="id-A", callback_url="https://other.example/x", active=True)
    stray = replace(foreign, id="8", callback_url=f"{PUBLIC}/webhooks/team/forgotten")
    post.boards.hooks |= {"9": foreign, "8": stray}
    post.boards.hidden = {"B"}
    await post.town.sync()
    assert (await post.look(all_of_them=True)).removed == 2
    assert sorted(post.boards.hooks) == ["1", "9"]
    assert [one.scope for one in await post.kept()] == ["id-A"]


async def test_a_new_public_address_has_new_webhooks(post: Post) -> None:
    await post.look()
    post.public_url = "https://pmo.example/behind"
    watched = await post.look()
    assert (watched.made, watched.removed) == (2, 2)
    assert all(url.startswith("https://pmo.example/behind/webhooks/team/") for url in urls(post))


async def test_a_secret_that_a_handshake_brings_meanwhile_is_kept(post: Post) -> None:
    async def shake(watch: Watch) -> None:
        (one,) = [kept for kept in await post.kept() if kept.callback_url == watch.callback_url]
        assert one.making
        secret = f"of {watch.scope_id}"
        await note(post.inbox, [Arrival(watch_id=one.id, connection="team", new_secret=secret)], T0)

    post.boards.during = shake
    await post.look()
    assert [one.secret for one in await post.kept()] == ["of id-A", "of id-B"]


async def test_what_a_new_one_missed_is_looked_at_also_where_its_making_is_cut(post: Post) -> None:
    one_look = [T0].pop
    with pytest.raises(IndexError):
        await Watcher(post.town.store, post.inbox, one_look, PUBLIC).look_after(post.town.source())
    assert await post.hinted() == [whole("A")]


async def test_who_may_not_is_told_so_and_not_asked_for_ever(store: Store, inbox: Inbox) -> None:
    boards = hooked(A=[], B=[], C=[], D=[], E=[])
    post = Post(Town(store, boards), boards, inbox)
    await post.town.sync()

    async def refuse(_watch: Watch) -> None:
        raise Unauthorized("Only an administrator may.")

    boards.during = refuse
    watched = await post.look()
    assert watched.errors == ["Only an administrator may."] * 3
    kept = await post.kept()
    assert [one.health for one in kept] == ["Only an administrator may."] * 3 + ["", ""]
    assert not any(one.active or one.making for one in kept)


async def test_a_tracker_that_is_away_changes_nothing(post: Post) -> None:
    async def away(_watch: Watch) -> None:
        raise Unavailable("down")

    await post.look()
    before = await post.kept()
    post.boards.during = away
    assert (await post.look(after=DUE)).errors == ["down"]
    assert await post.kept() == before


async def test_only_one_looks_after_them_at_a_time(post: Post) -> None:
    other = replace(post.town.store, party=new_party())
    async with held(other, "webhooks team"):
        watched = await post.look()
        assert "are being looked after by process" in watched.errors[0]
        assert post.boards.hooks == {}


async def test_one_covers_a_connection_where_the_tracker_has_it_so(post: Post) -> None:
    post.boards.capabilities = replace(post.boards.capabilities, webhooks="connection")
    await post.look()
    assert post.boards.calls == ["watch all"]
    assert await post.hinted() == [Hint(scope_id=None, item_id=None)]


async def test_all_are_removed_when_nobody_wants_them(post: Post) -> None:
    await post.look()
    post.boards.hooks["8"] = replace(post.boards.hooks["1"], id="8")
    assert (await post.watcher.remove(post.town.source())).removed == 3
    assert post.boards.hooks == {}
    assert await post.kept() == []


async def test_without_a_public_address_nothing_is_made_and_that_is_said(post: Post) -> None:
    post.public_url = None
    assert (await post.look()).looked_at == 0
    assert post.boards.calls == []
    assert "No [server] public_url is set" in str(polling(post.boards.capabilities, None))
    silent = replace(post.boards.capabilities, webhooks="none")
    assert "Boards tells nobody what changes" in str(polling(silent, PUBLIC))
    assert polling(post.boards.capabilities, PUBLIC) is None


async def test_what_a_comparison_finds_that_nobody_told_is_the_loss(post: Post) -> None:
    """Three changes were told, and one was not."""
    for id in ("a2", "a3", "a4"):
        post.boards.put("A", id)
    await post.town.reconcile()
    await reckon(post.town.store, post.inbox, "team", post.town.clock)
    hints = [Hint(scope_id="id-A", item_id=id) for id in ("a2", "a3", "a4")]
    await note(post.inbox, [Arrival(watch_id="w", connection="team", hints=hints)], T0)
    post.boards.put("A", "a1", "shut")
    await post.town.reconcile()
    for _ in range(2):  # one receipt counts once
        await reckon(post.town.store, post.inbox, "team", post.town.clock)
    a, b = await hearings_of(post.inbox, ["team"])
    assert (a.scope, a.told, a.heard, a.lost, a.loss) == ("id-A", 0, 3, 1, 0.25)
    assert (b.scope, b.heard, b.lost, b.loss) == ("id-B", 0, 0, None)
