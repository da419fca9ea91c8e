"""The dataset as it is told, and the least requests that follow from it."""

from __future__ import annotations

import ast

import pytest

from benchmarks.dataset import Size, edits_of, facts_of, world_of
from benchmarks.facts import Facts, ScopeFacts
from benchmarks.least import FORMULAS, least
from sandbox.edits import edit
from sandbox.smartsheet_columns import columns_of
from sandbox.story import Home
from tests.tree import ROOT, imports

TRACKERS: tuple[Home, ...] = ("asana", "jira_cloud", "jira_dc", "smartsheet", "trello")


def big(**told: int) -> Facts:
    """Ten scopes as the dataset has them."""
    facts = {"items": 1000, "subitems": 0, "parents": 0, "events": 7500, "told_cells": 0, **told}
    scopes = [
        ScopeFacts(id=str(n), name=str(n), sprints=n % 2 == 0, **facts) for n in range(10)
    ]  # fmt: skip
    return Facts(scopes=scopes, members=24, people=26)


@pytest.mark.parametrize(
    ("tracker", "facts", "without", "with_history"),
    [
        ("asana", big(subitems=100, parents=100), 217, 1217),
        ("jira_cloud", big(), 153, 163),
        ("jira_dc", big(), 53, 53),
        ("smartsheet", big(told_cells=180), 42, 1842),
        ("trello", big(), 32, 112),
    ],
)
def test_the_least_requests_are_those_of_the_formula(
    tracker: str, facts: Facts, without: int, with_history: int
) -> None:
    assert sum(least(tracker, facts, history=False).values()) == without
    assert sum(least(tracker, facts, history=True).values()) == with_history


def test_a_full_page_of_cards_may_have_another_after_it_and_a_short_one_has_not() -> None:
    assert least("trello", big(items=1000), history=False)["cards"] == 20
    assert least("trello", big(items=999), history=False)["cards"] == 10


def test_the_formulas_know_no_connector() -> None:
    assert set(FORMULAS) == set(TRACKERS)
    for path in (ROOT / "benchmarks" / "least.py", ROOT / "benchmarks" / "facts.py"):
        assert {name.split(".")[0] for name in imports(path)} <= {
            "__future__", "benchmarks", "collections", "dataclasses", "typing",
        }  # fmt: skip
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("tracker", TRACKERS)
def test_every_scope_is_alike_and_every_run_the_same(tracker: Home) -> None:
    size = Size(tracker=tracker, scopes=3, items=40)
    first, second = world_of(size), world_of(size)
    assert first.story == second.story
    facts = facts_of(first)
    assert [scope.items for scope in facts.scopes] == [40, 40, 40]
    assert all(scope.events > 2 * scope.items for scope in facts.scopes)


def test_a_tenth_of_asana_s_tasks_are_sub_tasks() -> None:
    (scope,) = facts_of(world_of(Size(tracker="asana", scopes=1, items=100))).scopes
    assert (scope.subitems, scope.parents) == (10, 10)


def test_a_sheet_has_twenty_columns() -> None:
    (project,) = world_of(Size(tracker="smartsheet", scopes=1, items=10)).story.projects.values()
    assert len(columns_of(project)) == 20


@pytest.mark.parametrize("tracker", TRACKERS)
def test_one_percent_of_each_scope_is_changed(tracker: Home) -> None:
    world = world_of(Size(tracker=tracker, scopes=2, items=200))
    told = [edit(world, one) for one in edits_of(world, 0.01)]
    assert [one["project"] for one in told] == ["bench-000", "bench-000", "bench-001", "bench-001"]
    assert all(one["changed"] == ["stage"] for one in told)
