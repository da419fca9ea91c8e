"""The portfolio on a terminal: figures are whole at any width, and say how old and how complete they are."""

from __future__ import annotations

from decimal import Decimal

import pytest
from rich.console import Console

from api.envelope import Answer
from api.examples import PORTFOLIO
from api.project_entry import Portfolio
from cli.tables import age, bar, portfolio_table, reach
from portfolio.freshness import Coverage, Freshness


def printed(answer: Answer[Portfolio], width: int) -> list[str]:
    console = Console(width=width)
    with console.capture() as captured:
        console.print(portfolio_table(answer, width))
    return captured.get().splitlines()


@pytest.mark.parametrize("width", [80, 100, 140])
def test_figures_are_whole_at_any_width(width: int) -> None:
    header, *rows = printed(PORTFOLIO, width)
    assert len(rows) == len(PORTFOLIO.data.projects)
    assert max(map(len, [header, *rows])) <= width
    for heading in ("project", "from", "progress", "overdue", "blocked", "next due", "age"):
        assert heading in header
    for entry in PORTFOLIO.data.projects:
        [row] = [row for row in rows if row.strip().startswith(entry.name[:8])]
        assert bar(entry.summary.progress.percent) in row
        assert str(entry.summary.next_due or "") in row


@pytest.mark.parametrize(
    ("percent", "shown"), [("0", "░░░░░░   0.0%"), ("99.9", "█████░  99.9%"), ("100", "██████ 100.0%")]
)
def test_a_bar_is_full_only_at_the_end(percent: str, shown: str) -> None:
    assert bar(Decimal(percent)) == shown


def test_nothing_to_count_is_no_zero() -> None:
    assert bar(None) == "-"


def freshness(seconds: int | None, *, fresh: bool = True) -> Freshness:
    return Freshness(oldest_scope=None, age_seconds=seconds, target_seconds=3600, late=0, fresh=fresh)


def test_an_age_is_in_the_largest_unit_and_says_when_it_is_stale() -> None:
    ages = [age(freshness(seconds)) for seconds in (0, 59, 60, 3599, 7200, 200_000)]
    assert ages == ["0 s", "59 s", "1 min", "59 min", "2 h", "2 d"]
    assert age(freshness(7200, fresh=False)) == "2 h, stale"
    assert age(freshness(None, fresh=False)) == "never"


def test_what_is_missing_is_counted() -> None:
    cover = Coverage(scopes=11, complete=10, hidden=2, expected=1, restricted=4)
    assert reach(cover) == "10/12 +2 hidden"
