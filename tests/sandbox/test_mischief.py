"""A random history: repeatable, of every kind of edit, and served as it is true."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

import pytest

from sandbox.mischief import Mischief
from sandbox.mischief_fields import some_field
from sandbox.mischief_ops import OPS
from sandbox.names import MILESTONE
from sandbox.seed import write_story
from sandbox.story import Home
from sandbox.truth import tell
from sandbox.world import World
from tests.sandbox.five import FIVE, TODAY, client

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass
class Holder:
    world: World


def history(seed: int, steps: int) -> tuple[Mischief, World]:
    world = World(write_story(seed, 60, TODAY, FIVE), lambda: NOON)
    mischief = Mischief(Holder(world), seed)
    for _ in range(steps):
        mischief.step()
    return mischief, world


def test_the_same_seed_makes_the_same_history_and_another_one_another() -> None:
    told = [json.dumps(tell(history(seed, 120)[1].story)) for seed in (3, 3, 4)]
    assert told[0] == told[1] != told[2]


def test_every_edit_there_is_for_somebody_is_made_and_none_is_refused() -> None:
    mischief, world = history(5, 2500)
    assert set(mischief.count) == set(OPS)
    assert mischief.count.total() == 2500
    assert world.story.tasks


@pytest.mark.parametrize("home", FIVE)
def test_what_is_served_after_it_is_what_is_true(home: Home) -> None:
    with client(home, items=60) as tracker:
        mischief = Mischief(tracker.sandbox, 11)
        for _ in range(150):
            mischief.step()
        for scope in tracker.truth()["scopes"]:
            true = {item["id"] for item in scope["items"] if home != "asana" or item["level"] == 0}
            assert tracker.ids(scope["slug"]) == true, scope["slug"]


def test_it_can_be_kept_to_one_project_and_to_some_edits() -> None:
    world = World(write_story(7, 60, TODAY, FIVE), lambda: NOON)
    mischief = Mischief(Holder(world), 1, frozenset({"set", "create"}))
    done = [mischief.step("trello", "dc-move") for _ in range(30)]
    assert {one["project"] for one in done} == {"dc-move"}
    assert set(mischief.count) == {"set", "create"}


def test_a_label_makes_no_card_a_milestone() -> None:
    """Also where a milestone was moved to, and its label with it."""
    world = World(write_story(7, 60, TODAY, FIVE), lambda: NOON)
    world.project("dc-move").labels.append(MILESTONE)
    dice = Random(1)  # noqa: S311  # not a secret
    cards = [one for one in world.tasks_of("dc-move") if one.type != "milestone"]
    given = [some_field(world, dice, card).get("labels", []) for card in cards for _ in range(100)]
    assert len([labels for labels in given if labels]) > 10
    assert not [labels for labels in given if MILESTONE in labels]
