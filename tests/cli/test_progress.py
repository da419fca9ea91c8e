"""How a sync is shown while it runs: on a terminal as a table, elsewhere as lines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from rich.console import Console

from cli.progress import Board, Lines, line, shown
from sync.progress import Progress

START = Progress(
    connection="jira",
    scope=None,
    state="reading",
    scopes_done=3,
    scopes=12,
    items=540,
    expected=1200,
    pages=9,
    rate=210.4,
    eta_seconds=64.2,
    waiting_until=None,
    error=None,
)


def later(**changed: Any) -> Progress:
    fields = {name: getattr(START, name) for name in START.__slots__}
    return Progress(**{**fields, **changed})


def test_a_line_has_scopes_items_rate_and_what_is_left() -> None:
    assert line(START) == (
        "jira: reading, 3 of 12 scopes, 540/1200 items, 210 items/s, about 1 min 04 s left"
    )
    assert (
        line(later(expected=None, eta_seconds=None, rate=0.0)) == "jira: reading, 3 of 12 scopes, 540 items"
    )


def test_a_wait_for_the_rate_limit_says_until_when() -> None:
    until = datetime(2026, 3, 2, 14, 5, tzinfo=UTC)
    text = line(later(state="waiting", waiting_until=until))
    assert text.startswith(f"jira: waiting until {until.astimezone():%H:%M:%S}, 3 of 12 scopes")
    checking = line(later(state="checking", scopes=0, rate=0.0, waiting_until=until))
    assert checking == f"jira: checking the credentials, waiting until {until.astimezone():%H:%M:%S}"


def test_lines_come_when_something_ended_and_not_with_every_page() -> None:
    written: list[str] = []
    lines = Lines(written.append)
    for progress in (START, later(items=600, pages=10), later(items=700, pages=11), later(scopes_done=4)):
        lines(progress)
    assert len(written) == 2
    wait = datetime(2026, 3, 2, 14, 5, tzinfo=UTC)
    for until in (wait, None, wait + timedelta(seconds=9), None):
        lines(later(scopes_done=4, state="waiting" if until else "reading", waiting_until=until))
    assert len(written) == 4
    lines(later(scopes_done=5, scope="NET", error="Jira is down."))
    assert written[-1] == "jira: NET failed: Jira is down."


def test_a_table_has_a_row_for_each_connection() -> None:
    board = Board()
    board.told(START)
    board.told(later(connection="trello", state="done", scopes_done=12))
    board.told(later(items=700))
    console = Console(width=120, record=True, file=None, quiet=False, force_terminal=False)
    with console.capture() as captured:
        console.print(board.table())
    _, jira, trello = captured.get().rstrip().splitlines()
    assert jira.split()[0] == "jira"
    assert "700/1200" in jira
    assert "3/12" in jira
    assert trello.split()[:2] == ["trello", "done"]


def test_a_terminal_gets_the_table_and_a_pipe_the_lines() -> None:
    for terminal, word in ((True, "700/1200"), (False, "700/1200 items")):
        console = Console(width=120, force_terminal=terminal)
        with console.capture() as captured, shown(console) as listener:
            listener(later(items=700))
        assert word in captured.get()
