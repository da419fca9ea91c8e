"""Summaries of projects: every number by a worked example."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.figures import Figures, combine
from portfolio.freshness import Coverage, Reach
from portfolio.rollup import CATEGORIES, Node, children, progress, roll_up, summarise

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
REACH = Reach(
    as_of=NOW,
    oldest_scope="s1",
    target_seconds=3600,
    late=0,
    coverage=Coverage(scopes=2, complete=1, hidden=3, expected=4, restricted=5),
)
CATEGORY = st.sampled_from(CATEGORIES)
FIGURES = st.builds(
    Figures,
    categories=st.dictionaries(CATEGORY, st.integers(0, 50)),
    open_due=st.dictionaries(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(0, 9)),
    blocked=st.integers(0, 9),
    unassigned=st.integers(0, 9),
    people=st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 9)),
    points_all=st.decimals(0, 999, places=1),
    points_done=st.just(Decimal(0)),
    estimated=st.integers(0, 50),
)
WORKED = Figures(
    categories={"todo": 2, "in_progress": 3, "done": 4, "cancelled": 1},
    open_due={date(2026, 3, 3): 1, date(2026, 3, 12): 1, date(2026, 3, 30): 2},
    blocked=1,
    unassigned=2,
    people={"mira": 3, "jon": 0},
)


def test_the_worked_example() -> None:
    summary = summarise(WORKED, REACH, NOW)
    assert (summary.total, summary.open, summary.done) == (10, 5, 4)
    assert summary.counts == {
        "triage": 0, "backlog": 0, "todo": 2, "in_progress": 3, "done": 4, "cancelled": 1, "unknown": 0,
    }  # fmt: skip
    assert summary.progress.percent == Decimal("44.4")
    assert summary.progress.method == "items"
    assert summary.progress.basis.startswith("4 of 9 items done; no item has an estimate in points")
    assert summary.overdue == 1
    assert summary.next_due == date(2026, 3, 12)
    assert summary.last_due == date(2026, 3, 30)
    assert (summary.blocked, summary.unassigned, summary.people) == (1, 2, 1)


def test_due_today_is_next_and_not_overdue() -> None:
    summary = summarise(Figures(categories={"todo": 1}, open_due={date(2026, 3, 10): 1}), REACH, NOW)
    assert (summary.overdue, summary.next_due) == (0, date(2026, 3, 10))


def test_all_overdue_has_a_last_due_and_no_next() -> None:
    summary = summarise(Figures(categories={"todo": 3}, open_due={date(2026, 3, 9): 3}), REACH, NOW)
    assert (summary.overdue, summary.next_due, summary.last_due) == (3, None, date(2026, 3, 9))


def test_a_day_whose_items_are_all_gone_is_no_due_day() -> None:
    summary = summarise(Figures(categories={"todo": 1}, open_due={date(2026, 3, 20): 0}), REACH, NOW)
    assert (summary.next_due, summary.last_due) == (None, None)


@pytest.mark.parametrize(
    ("estimated", "method", "percent"),
    [(8, "points", "65.0"), (7, "items", "44.4"), (0, "items", "44.4")],
    ids=["8 of 9 are at least 80 %", "7 of 9 are not", "none"],
)
def test_points_count_only_where_most_items_carry_them(estimated: int, method: str, percent: str) -> None:
    figures = Figures(
        categories=WORKED.categories,
        estimated=estimated,
        points_all=Decimal(40),
        points_done=Decimal("26.000000"),
    )
    found = progress(figures)
    assert (found.method, found.percent) == (method, Decimal(percent))
    if method == "points":
        assert found.basis.startswith("26 of 40 points done; 8 of 9 items have an estimate")


def test_exactly_eighty_percent_is_enough() -> None:
    figures = Figures(
        categories={"todo": 1, "done": 4}, estimated=4, points_all=Decimal(8), points_done=Decimal(8)
    )
    assert progress(figures).method == "points"


def test_estimates_of_nothing_are_not_divided_by() -> None:
    found = progress(Figures(categories={"todo": 1, "done": 1}, estimated=2))
    assert (found.method, found.percent) == ("items", Decimal("50.0"))
    assert "add up to 0" in found.basis


def test_a_hundred_percent_means_all() -> None:
    assert progress(Figures(categories={"todo": 1, "done": 9999})).percent == Decimal("99.9")
    assert progress(Figures(categories={"cancelled": 5, "done": 9})).percent == Decimal("100.0")


@pytest.mark.parametrize("categories", [{}, {"cancelled": 3}])
def test_nothing_to_count_has_no_percent(categories: dict[str, int]) -> None:
    assert progress(Figures(categories=categories)).percent is None


def test_an_unmapped_status_is_open() -> None:
    assert summarise(Figures(categories={"unknown": 2, "done": 1}), REACH, NOW).open == 2


@given(FIGURES)
def test_the_parts_make_the_whole(figures: Figures) -> None:
    summary = summarise(figures, REACH, NOW)
    assert summary.total == sum(summary.counts.values()) == sum(figures.categories.values())
    assert summary.open + summary.done + summary.counts["cancelled"] == summary.total
    assert summary.progress.percent is None or 0 <= summary.progress.percent <= 100
    assert summary.overdue <= sum(figures.open_due.values())


@given(st.lists(FIGURES, max_size=4))
def test_combining_adds_up_and_does_not_mind_the_order(parts: list[Figures]) -> None:
    whole, other = combine(parts), combine(reversed(parts))
    assert sum(whole.categories.values()) == sum(sum(part.categories.values()) for part in parts)
    assert summarise(whole, REACH, NOW) == summarise(other, REACH, NOW)


def test_a_person_in_two_projects_is_one_person() -> None:
    assert summarise(combine([WORKED, WORKED]), REACH, NOW).people == 1


def node(name: str, parent: str | None, **counts: int) -> Node:
    return Node(id=name, parent=parent, figures=Figures(categories=counts), reach=REACH)


def test_programs_and_portfolios_are_the_sum_of_what_stands_under_them() -> None:
    found = roll_up(
        [
            node("top", None),
            node("program", "top"),
            node("web", "program", done=1, todo=1),
            node("mobile", "program", done=2),
            node("ops", "top", todo=4),
        ],
        NOW,
    )
    assert {name: (summary.done, summary.total) for name, summary in found.items()} == {
        "top": (3, 8), "program": (3, 4), "web": (1, 2), "mobile": (2, 2), "ops": (0, 4),
    }  # fmt: skip
    assert found["program"].progress.percent == Decimal("75.0")
    assert found["top"].coverage == REACH.coverage, "the store knows what stands under it, also unseen"
    assert found["top"].as_of == NOW
    assert found["top"].freshness.oldest_scope == "s1"


def test_a_project_whose_parent_is_unseen_is_a_root() -> None:
    nodes = [node("web", "secret"), node("ops", None)]
    assert [found.id for found in children(nodes)[None]] == ["web", "ops"]


def test_a_circle_is_refused() -> None:
    with pytest.raises(ValueError, match="stands under itself"):
        roll_up([node("a", "b"), node("b", "a")], NOW)
