"""Shows a sync while it runs: a live table on a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from sync.progress import Listener, Progress

STYLES = {"done": "green", "failed": "red", "waiting": "yellow"}


@contextmanager
def shown(console: Console) -> Iterator[Listener]:
    """A listener that draws on the console for as long as the block runs."""
    if not console.is_terminal:
        yield Lines(console.print)
        return
    board = Board()
    with Live(board.table(), console=console, refresh_per_second=8) as live:

        def listen(progress: Progress) -> None:
            board.told(progress)
            live.update(board.table())

        yield listen


class Lines:
    """One line whenever something began, ended or has to wait: enough for a log, never one a page."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._told: dict[str, set[object]] = {}

    def __call__(self, progress: Progress) -> None:
        stage = "reading" if progress.state == "waiting" else progress.state
        told = self._told.setdefault(progress.connection, {None})
        if (stage, progress.scopes_done) not in told or progress.waiting_until not in told:
            told |= {(stage, progress.scopes_done), progress.waiting_until}
            self._write(line(progress))
        if progress.error:
            what = f"{progress.scope} failed" if progress.scope else "failed"
            self._write(f"{progress.connection}: {what}: {progress.error}")


class Board:
    """The last word of every connection, as a table."""

    def __init__(self) -> None:
        self._latest: dict[str, Progress] = {}

    def told(self, progress: Progress) -> None:
        self._latest[progress.connection] = progress

    def table(self) -> Table:
        table = Table(box=None, pad_edge=False, header_style="dim")
        for name in ("connection", "state", "", "scopes", "items", "rate", "left"):
            table.add_column(name, justify="left" if name in ("connection", "state", "") else "right")
        for progress in self._latest.values():
            table.add_row(
                progress.connection,
                Text(state(progress), style=STYLES.get(progress.state, "")),
                ProgressBar(total=max(progress.scopes, 1), completed=progress.scopes_done, width=20),
                f"{progress.scopes_done}/{progress.scopes}",
                items(progress),
                f"{progress.rate:.0f}/s" if progress.rate else "",
                left(progress),
            )
        return table


def line(progress: Progress) -> str:
    """One connection's state as a sentence."""
    parts = [state(progress)]
    if progress.scopes:
        parts += [f"{progress.scopes_done} of {progress.scopes} scopes", f"{items(progress)} items"]
    if progress.rate:
        parts.append(f"{progress.rate:.0f} items/s")
    if remaining := left(progress):
        parts.append(f"about {remaining} left")
    return f"{progress.connection}: {', '.join(parts)}"


def state(progress: Progress) -> str:
    """A wait says until when: the tracker asked for it, or did not answer and is asked again."""
    words = {"checking": "checking the credentials", "listing": "listing the scopes"}
    doing = words.get(progress.state, progress.state)
    if progress.waiting_until is None:
        return doing
    wait = f"waiting until {progress.waiting_until.astimezone():%H:%M:%S}"
    return wait if progress.state == "waiting" else f"{doing}, {wait}"


def items(progress: Progress) -> str:
    return f"{progress.items}/{progress.expected}" if progress.expected else str(progress.items)


def left(progress: Progress) -> str:
    """The time that is left, for as long as something is under way."""
    rest = round(progress.eta_seconds or 0)
    if progress.state not in ("reading", "waiting") or not rest:
        return ""
    minutes, seconds = divmod(rest, 60)
    return f"{minutes} min {seconds:02} s" if minutes else f"{seconds} s"
