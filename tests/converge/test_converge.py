"""A few lives of ``make converge``, and what is noticed where a guard is missing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from sandbox.story import Home
from tests.converge.guards import GUARDS, without
from tests.converge.life import live
from tests.converge.outcome import Outcome, passed, summed
from tests.converge.seeds import lives

SEEDS = 2
SHOWN_ON: dict[str, tuple[int, Home]] = {
    "version_guard": (0, "trello"),
    "breaker": (0, "jira_dc"),
    "fetch_before_burying": (2, "asana"),
}
"""The seed and the tracker whose life most likely needs the guard."""
LIVES = 8


def test_whatever_happens_one_reconciliation_makes_the_store_true() -> None:
    outcomes = list(lives(range(SEEDS), jobs=2))
    total = summed(outcomes, seconds=0)
    assert passed(total), "\n".join(fault for outcome in outcomes for fault in outcome.faults)
    assert total["seeds"] == SEEDS
    assert total["edits"] > 20 * SEEDS
    fired = [count for of in total["fault_firings"].values() for count in of.values()]
    assert sum(count > 0 for count in fired) > 10 * SEEDS


def test_what_all_deliveries_told_is_shown_though_a_drain_is_killed() -> None:
    outcome = asyncio.run(live(3, ["jira_cloud"], rounds=1, webhooks=True))
    assert outcome.faults == []
    assert outcome.heard is not None
    assert outcome.heard.told > 3
    assert outcome.heard.deliveries > outcome.heard.refused
    assert any(line.startswith("the drain after that cut") for line in outcome.history)


@pytest.mark.parametrize("guard", GUARDS)
def test_a_life_without_a_guard_is_seen_to_go_wrong(guard: str) -> None:
    seed, home = SHOWN_ON[guard]
    assert asyncio.run(live(seed, [home])).faults == []
    with without(guard):
        unguarded = _first_wrong(home, range(seed, seed + LIVES))
    assert unguarded.wrong_tombstones or unguarded.dishonest
    assert not passed(summed([unguarded], seconds=0))


def _first_wrong(home: Home, seeds: Sequence[int]) -> Outcome:
    """Or the last: what is answered first is a matter of the moment, so that not each life needs the guard
    each time."""
    for seed in seeds:
        outcome = asyncio.run(live(seed, [home]))
        if outcome.wrong_tombstones or outcome.dishonest:
            break
    return outcome
