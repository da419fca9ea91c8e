"""A few lives of ``make converge``, and what is noticed where a guard is missing."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from sandbox.story import Home
from tests.converge.outcome import passed, summed
from tests.converge.seeds import lives, one

SEEDS = 3


def test_whatever_happens_one_reconciliation_makes_the_store_true() -> None:
    outcomes = list(lives(range(SEEDS), jobs=2))
    total = summed(outcomes, seconds=0)
    assert passed(total), "\n".join(fault for outcome in outcomes for fault in outcome.faults)
    assert total["seeds"] == SEEDS
    assert total["edits"] > 20 * SEEDS
    assert sum(map(len, total["fault_firings"].values())) > 80
    assert sum(n > 0 for of in total["fault_firings"].values() for n in of.values()) > 10 * SEEDS


@pytest.mark.parametrize(
    ("guard", "seed", "homes"),
    [
        ("version_guard", 0, ("jira_cloud",)),
        ("breaker", 0, ("trello",)),
        ("fetch_before_burying", 0, ("jira_dc",)),
    ],
)
def test_a_life_without_a_guard_is_seen_to_go_wrong(guard: str, seed: int, homes: Sequence[Home]) -> None:
    assert one(seed, homes=homes).faults == []
    without = one(seed, guard, homes)
    assert without.wrong_tombstones or without.dishonest or without.diverged
