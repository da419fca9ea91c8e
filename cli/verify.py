"""``tspmo verify``: compares the store with what the vendors' own clients read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import SystemRandom
from typing import Annotated, Any

import typer

from api.tables import JSON
from cli import progress
from cli.shell import (
    CONFIG,
    MISUSE,
    OK,
    TROUBLE,
    AsJson,
    Config,
    Failure,
    Only,
    Outside,
    chosen,
    err,
    finish,
    out,
    run,
    settings_at,
)
from config import wiring
from config.settings import Settings
from store.principal import LOCAL
from store.verification_views import Difference, VerificationView
from sync.verify import How
from sync.verify import verify as compare_all

EPILOG = "Examples: tspmo verify · tspmo verify --connection jira --sample 200 · tspmo verify --all --json"
SAMPLE = 20
UNITS = {"day": timedelta(days=1), "hour": timedelta(hours=1), "minute": timedelta(minutes=1)}


def register(app: typer.Typer, outside: Outside) -> None:
    @app.command(epilog=EPILOG)
    def verify(
        config: Config = CONFIG,
        connection: Only = None,
        sample: Annotated[
            int | None,
            typer.Option(help=f"How many items of each connection to draw; else {SAMPLE}.", min=1),
        ] = None,
        everything: Annotated[
            bool, typer.Option("--all", help="Every item, and whether the tracker has others besides.")
        ] = False,
        as_json: AsJson = False,
    ) -> None:
        """Read items again through the vendor's own client, and compare them with the store field by field.

        That client shares no code with the sync. Every difference is named with its age. Ends with 1 if there
        is any that a refresh does not explain, or if a connection could not be compared. Keeps the result.
        """
        if everything and sample is not None:
            raise Failure("--all and --sample exclude each other. Mend: give one of them.", MISUSE)
        settings = settings_at(config, outside)
        how = How(None if everything else sample or SAMPLE, SystemRandom())
        found = run(_verified(settings, chosen(settings, connection), how, outside))
        if as_json:
            typer.echo(JSON.encode(found))
        else:
            for line in lines(found, outside.timing.clock()):
                out().print(line, markup=False)
        finish(TROUBLE if any(one.unexplained or one.error for one in found) else OK)


async def _verified(
    settings: Settings, names: Sequence[str], how: How, outside: Outside
) -> list[VerificationView]:
    """As they may be seen at this machine: differences in what a team keeps to itself are only counted."""
    clock = outside.timing.clock
    async with wiring.opened_store(settings) as store:
        with progress.shown(err()) as listener:
            done = await compare_all(store, wiring.witnesses(settings, names), how, clock, listener)
        reader = store.reader(LOCAL, clock)
        kept = [one for name in names for one in await reader.verifications(name)]
    return [one for one in kept if one.id in {each.id for each in done}]


def lines(found: Sequence[VerificationView], now: datetime) -> Iterator[str]:
    """What the comparison came to, a line a connection and a line a difference, and what to do next."""
    for one in found:
        said = f"{one.differing} differences" if one.differing != 1 else "1 difference"
        unexplained = f", {one.unexplained} not explained by a later change" if one.differing else ""
        yield f"{one.connection}: {one.items} items, {one.fields} fields compared: {said}{unexplained}"
        yield from (f"  {_difference(each, now)}" for each in one.differences)
        if one.hidden:
            yield f"  and {one.hidden} in items that their team keeps to itself"
        if one.error:
            yield f"  ! {one.error}"
    yield f"Next: {_next(found)}"


def _next(found: Sequence[VerificationView]) -> str:
    if any(one.unexplained for one in found):
        return "tspmo sync, then tspmo verify again; what stays different is a defect to be reported"
    if any(one.error for one in found):
        return "tspmo check"
    return "tspmo sync" if any(one.differing for one in found) else "tspmo portfolio"


def _difference(one: Difference, now: datetime) -> str:
    name = f"{one.remote_key or one.remote_id} {one.title!r}"
    read = f"read {_ago(one.read_at, now)}" if one.read_at else "never read"
    changed = f"changed there {_ago(one.updated_at, now)}" if one.updated_at else "no change there is dated"
    why = "a refresh explains it" if one.explained else "NOT explained by a refresh"
    values = f"ours {_value(one.ours)}, theirs {_value(one.theirs)}"
    return f"{name}: {one.field}: {values} ({read}, {changed}: {why})"


def _value(value: Any) -> str:
    return JSON.encode(value).decode()


def _ago(moment: datetime, now: datetime) -> str:
    """In the largest unit of which there is one."""
    age = max(now - moment, timedelta(0))
    for name, unit in UNITS.items():
        if age >= unit:
            count = age // unit
            return f"{count} {name} ago" if count == 1 else f"{count} {name}s ago"
    return f"{age.seconds} s ago"
