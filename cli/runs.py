"""``tspmo cancel``: ends a reading that is under way; and a run in words, for whoever looks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from cli.shell import CONFIG, Config, Failure, Outside, out, run, settings_at
from config import wiring
from config.settings import Settings
from store import runs
from store.principal import LOCAL
from store.views import RunFilter, RunState, RunView

EPILOG = "Examples: tspmo cancel 5c1f0f1e · tspmo status shows what runs, with its id"
UNDER_WAY: Sequence[RunState] = ("running", "waiting", "paused")
SHORT = 8
"""Characters of an id that tell one run from the others."""
MANY = 1000


def register(app: typer.Typer, outside: Outside) -> None:
    @app.command(epilog=EPILOG)
    def cancel(
        run_id: Annotated[str, typer.Argument(metavar="RUN", help="The id of the run, or how it begins.")],
        config: Config = CONFIG,
    ) -> None:
        """Stop a reading at the end of the page that it is at.

        What it brought stays, and the next reading goes on where it stopped.
        """
        found = run(_cancelled(settings_at(config, outside), run_id, outside))
        out().print(
            f"Run {found.id} ({found.kind} of {found.connection}) stops at the end of its page.", markup=False
        )


async def _cancelled(settings: Settings, run_id: str, outside: Outside) -> RunView:
    async with wiring.opened_store(settings, outside.timing.clock) as store:
        reader = store.reader(LOCAL, outside.timing.clock)
        found = _meant(run_id, await reader.runs(MANY, RunFilter(states=UNDER_WAY)))
        await runs.cancel(store, found.id, outside.timing.clock())
        return found


def _meant(run_id: str, under_way: Sequence[RunView]) -> RunView:
    """The one run whose id begins so. Raises Failure."""
    found = [one for one in under_way if run_id and one.id.startswith(run_id)]
    if len(found) != 1:
        raise Failure(
            f"{len(found) or 'None'} of the {len(under_way)} runs under way have an id that begins with "
            f"{run_id!r}: expected one. Mend: tspmo status shows what runs, with its id."
        )
    [one] = found
    if not (one.cancellable or one.cancel_asked_at):
        raise Failure(f"Run {one.id} is a {one.kind}: only a reading of a scope can be stopped on its way.")
    return one


def progress(run: RunView) -> str:
    """How far it is, how fast it goes, and how long it will take, as far as is known."""
    parts = [f"{run.items} items"]
    if run.expected:
        parts = [f"{run.items} of {run.expected} items ({min(100, run.items * 100 // run.expected)} %)"]
    if run.rate:
        parts.append(f"{run.rate:g} items/s")
    if run.waiting_until is not None:
        parts.append(f"waits until {run.waiting_until.astimezone():%H:%M:%S}")
    if run.eta_seconds:
        parts.append(f"about {_time(run.eta_seconds)} left")
    if run.cancel_asked_at is not None:
        parts.append("stops at the end of its page")
    return ", ".join(parts)


def _time(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
