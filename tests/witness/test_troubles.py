"""A verification that meets trouble: what was compared stays, the rest is told in sentences."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from connectors.errors import NotFound, TrackerError, Unauthorized, Unavailable, Unexpected
from normalizer.rules import Rules
from store.open import Store
from store.principal import LOCAL, Principal
from store.verification_views import VerificationView
from sync.progress import Progress
from sync.verify import How, Witness, verify
from tests.api.world import World, build


@dataclass
class Told:
    """A second opinion that tells what it was given: by scope items, or an error."""

    scopes: Mapping[str, Mapping[str, Any] | TrackerError]
    client: str = "a client"
    opened_times: int = 0
    asked: list[tuple[str, Sequence[str], bool]] = field(default_factory=list)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Told]:
        self.opened_times += 1
        yield self

    async def read(
        self, scope: str, ids: Sequence[str], *, whole: bool
    ) -> AsyncIterator[tuple[str, Mapping[str, Any] | None]]:
        self.asked.append((scope, sorted(ids), whole))
        told = self.scopes.get(scope, {})
        if isinstance(told, TrackerError):
            raise told
        for id in dict.fromkeys([*(told if whole else ()), *ids]):
            yield id, told.get(id, {})


@pytest.fixture
async def world(store: Store) -> World:
    return await build(store)


async def verified(world: World, oracle: Told | None, size: int | None = None) -> VerificationView:
    witness = Witness(connection="boards", oracle=oracle, rules_for=lambda _: Rules())
    seen: list[Progress] = []
    world.time.now += timedelta(minutes=1)
    (done,) = await verify(world.store, [witness], How(size, Random(7)), world.time.clock, seen.append)  # noqa: S311
    assert seen[-1].state == ("failed" if done.error else "done")
    return done


async def test_every_scope_is_compared_also_one_that_its_team_keeps_to_itself(world: World) -> None:
    oracle = Told({"red": {"r1": {"title": "Leaked"}}})
    done = await verified(world, oracle)
    assert {scope: ids for scope, ids, _ in oracle.asked} == {
        "web": ["w1", "w2", "w3", "w4", "w5"], "ops": ["o1"], "red": ["r1", "r2"], "never": [],
    }  # fmt: skip
    assert [(one.remote_id, one.ours, one.theirs) for one in done.differences] == [("r1", "Secret", "Leaked")]
    (local, *_) = await world.store.reader(LOCAL, world.time.clock).verifications("boards")
    (team, *_) = await world.store.reader(
        Principal(role="viewer", team="Red"), world.time.clock
    ).verifications("boards")
    assert (len(local.differences), local.hidden, local.differing) == (0, 1, 1)
    assert (len(team.differences), team.hidden) == (1, 0)


@pytest.mark.parametrize("error", [NotFound("No red board."), Unexpected("The client broke.")])
async def test_one_scopes_trouble_leaves_the_others(world: World, error: TrackerError) -> None:
    oracle = Told({"ops": error})
    done = await verified(world, oracle)
    assert done.error == str(error)
    assert {scope for scope, *_ in oracle.asked} == {"web", "ops", "red", "never"}
    assert oracle.opened_times == 2
    assert done.items == 7


@pytest.mark.parametrize("error", [Unauthorized("The token is dead."), Unavailable("It was ended.")])
async def test_what_would_fail_again_ends_it(world: World, error: TrackerError) -> None:
    oracle = Told(dict.fromkeys(("web", "ops", "red", "never"), error))
    done = await verified(world, oracle)
    assert (done.error, done.items, len(oracle.asked)) == (str(error), 0, 1)


async def test_an_item_that_the_store_has_not_is_named(world: World) -> None:
    done = await verified(world, Told({"web": {"w77": {"title": "New", "updated": "2020-01-01T00:00:00Z"}}}))
    (found,) = done.differences
    assert (found.remote_id, found.field, found.ours, found.theirs) == ("w77", "presence", None, "present")
    assert (found.item_id, found.explained, found.restricted) == (None, False, True)


async def test_an_item_that_stands_elsewhere_in_the_store_is_named_by_its_scope(world: World) -> None:
    done = await verified(world, Told({"ops": {"w1": {"title": "Move the login page"}}}))
    (found,) = done.differences
    assert (found.remote_id, found.field) == ("w1", "scope")


async def test_a_sample_is_drawn_over_all_scopes(world: World) -> None:
    oracle = Told({})
    done = await verified(world, oracle, size=5)
    assert (done.items, done.mode) == (5, "sample")
    assert sum(len(ids) for _, ids, _ in oracle.asked) == 5
    assert not any(whole for *_, whole in oracle.asked)
    assert (await verified(world, Told({}), size=500)).items == 8


async def test_a_tracker_without_another_client_says_so(world: World) -> None:
    done = await verified(world, None)
    assert done.error == (
        "boards: there is no client of another hand for trello, so that nothing was compared; whoever wrote "
        "its connector can add one."
    )
