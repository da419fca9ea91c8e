"""``tspmo replay``: maps what is kept again, by the rules as they are now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, get_args

import typer
from rich.table import Table

from api.tables import JSON
from cli import progress
from cli.shell import (
    CONFIG,
    MISUSE,
    AsJson,
    Config,
    Failure,
    Only,
    Outside,
    Scopes,
    chosen,
    err,
    out,
    run,
    settings_at,
)
from cli.sync import only
from config import wiring
from config.settings import Settings
from normalizer.model import StatusCategory
from store.remapping import Remapped
from sync.replay import Replayed
from sync.replay import replay as replay_all

EPILOG = "Examples: tspmo replay --dry-run · tspmo replay · tspmo replay --connection jira --scope NET"
SHOWN = 50
"""Items named on a terminal; --json names them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """``scopes`` are the ones that are meant (none: all). Without ``keep`` it is a dry run."""

    scopes: Sequence[str]
    keep: bool


def register(app: typer.Typer, outside: Outside) -> None:
    @app.command(epilog=EPILOG)
    def replay(
        config: Config = CONFIG,
        connection: Only = None,
        scope: Scopes = None,
        dry_run: Annotated[
            bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")
        ] = False,
        as_json: AsJson = False,
    ) -> None:
        """Map all kept records again by the rules of tspmo.toml as they are now. Asks no tracker anything.

        Change a rule, look with --dry-run, then replay. Exactly the items that the rule touches change; that
        is recorded as a data correction and not as work done. Where nothing differs, nothing is written.
        """
        settings = settings_at(config, outside)
        wish = Wish(scopes=scope or [], keep=not dry_run)
        done = run(_replayed(settings, chosen(settings, connection), wish, outside))
        if as_json:
            typer.echo(JSON.encode(told(done, kept=wish.keep)))
            return
        out().print(counts(done))
        for line in lines(done, kept=wish.keep):
            out().print(line, markup=False)


async def _replayed(settings: Settings, names: Sequence[str], wish: Wish, outside: Outside) -> Replayed:
    async with (
        wiring.opened_store(settings) as store,
        wiring.sources(settings, names, outside.timing) as sources,
    ):
        narrowed = [only(source, wish.scopes) for source in sources]
        with progress.shown(err()) as listener:
            done = await replay_all(store, narrowed, outside.timing.clock, listener, keep=wish.keep)
    if not done.scopes:
        what = f"scope {', '.join(wish.scopes)}" if wish.scopes else "scope"
        raise Failure(
            f"Nothing is kept yet of any {what} of {', '.join(names)}. Mend: tspmo sync reads them, "
            "tspmo status names those that were read.",
            MISUSE,
        )
    return done


def counts(done: Replayed) -> Table:
    """Items by status category, before and after."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("status category")
    for name in ("before", "after", "change"):
        table.add_column(name, justify="right")
    after = done.after
    for category in get_args(StatusCategory):
        if done.before[category] or after[category]:
            change = after[category] - done.before[category]
            table.add_row(
                category, str(done.before[category]), str(after[category]), f"{change:+}" if change else ""
            )
    return table


def lines(done: Replayed, *, kept: bool) -> Iterator[str]:
    verb = "changed" if kept else "would change"
    yield f"{done.records} records of {done.scopes} scopes mapped again: {len(done.changed)} items {verb}"
    yield from (f"  {_item(one)}" for one in done.changed[:SHOWN])
    if len(done.changed) > SHOWN:
        yield f"  and {len(done.changed) - SHOWN} more: --json names them all"
    if done.rejected:
        yield f"{done.rejected} records cannot be read, whole or in a field (tspmo status shows them)"
    yield from _unmapped(done.unmapped)
    if done.never_met:
        yield "rules never met (misspelt, or nobody says it any more):"
        yield from (f"  {table}: {word!r}" for table, word in done.never_met)
    yield f"Next: {_next(done, kept=kept)}"


def _unmapped(unmapped: Counter[tuple[str, str]]) -> Iterator[str]:
    if unmapped:
        yield "values without a meaning yet (give them one with a rule in tspmo.toml):"
        for (field, value), count in sorted(unmapped.items(), key=lambda entry: (-entry[1], entry[0])):
            yield f"  {field}: {value!r} ({count} records)"


def _item(one: Remapped) -> str:
    name = f"{one.remote_key or one.remote_id} {one.title!r}"
    if one.before is None:
        return f"{name}: can be read now"
    moved = f" ({one.before} → {one.after})" if one.before != one.after else ""
    return f"{name}: {', '.join(one.fields)}{moved}"


def _next(done: Replayed, *, kept: bool) -> str:
    if kept or not done.changed:
        return "tspmo portfolio"
    return "tspmo replay, if that is what you mean; else mend the rule in tspmo.toml"


def told(done: Replayed, *, kept: bool) -> dict[str, object]:
    """The same for programs."""
    return {
        "dry_run": not kept,
        "scopes": done.scopes,
        "records": done.records,
        "rejected": done.rejected,
        "before": dict(done.before),
        "after": dict(done.after),
        "changed": done.changed,
        "unmapped": [
            {"field": field, "value": value, "records": count}
            for (field, value), count in sorted(done.unmapped.items())
        ],
        "rules_never_met": [{"rule": table, "word": word} for table, word in done.never_met],
    }
