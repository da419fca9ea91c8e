"""What a life takes to be told by webhooks, and what by none."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

import pytest

from sandbox.edits import edit
from sandbox.mischief import Mischief
from tests.asks.listening import listening_to
from tests.asks.town import Town, town
from tests.converge.hearing import Hearing
from tests.converge.judge import Judge
from tests.converge.outcome import Heard, Outcome
from tests.converge.places import Places
from tests.converge.window import opened

CHAIN = 164
"""The seed of a story in which an item of Asana has one before it and one after it."""


class Once(Mischief):
    """The first of all edits is a given one, and there are no others."""

    def __init__(self, made: Town, asked: Mapping[str, Any]) -> None:
        super().__init__(made.sandbox, 0)
        self._left = [asked]

    def step(self, *_: Any) -> Mapping[str, Any]:
        return edit(self._world, self._left.pop()) if self._left else {}


@pytest.mark.parametrize("op", ["hide", "unhide"])
async def test_what_is_hidden_or_given_back_is_told_of_one_end_of_its_links_alone(op: str) -> None:
    async with town("asana", items=60, seed=CHAIN) as made, opened(made) as window, listening_to(made) as on:
        judge = Judge(made, Places(made.sandbox.world, made.time), window, Outcome(0))
        before, middle = _chain(judge)
        hearing = Hearing(on, judge, Random(0), Heard())  # noqa: S311  # not a secret
        hearing.begin()
        made.sandbox.faults.stop_all()
        await made.sync(full=True)
        await on.watch()
        if op == "unhide":
            made.edit("hide", task=middle)
        await on.arrive()
        hearing.edit(Once(made, {"op": op, "task": middle}))
        await on.arrive()
        assert any("task.changed" in one.letter.told for one in on.town.sandbox.webhooks.sent)
        assert ("asana", before) in hearing.untold


def _chain(judge: Judge) -> tuple[str, str]:
    """An item that has one after it, and that one, which has one after it as well."""
    items = [item for held in judge.now().scopes.values() for item in held.values()]
    links = {
        (one, other) for item in items for kind, one, other in item["links"] if kind == "finish_to_start"
    }
    return next(link for link in sorted(links) if any(one == link[1] for one, _ in links))
