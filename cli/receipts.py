"""``tspmo receipts``: what was compared with the trackers and how it came out, and whether that can be
believed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import typer

from api.tables import JSON
from cli.shell import (
    CONFIG,
    OK,
    TROUBLE,
    AsJson,
    Config,
    Failure,
    Outside,
    Scopes,
    finish,
    out,
    run,
    settings_at,
)
from config import wiring
from config.settings import Settings
from store.principal import LOCAL
from store.reader import Reader
from store.receipt_views import Cause, Fetched, Receipt
from store.receipts import Chain, verify
from store.views import ScopeView

EPILOG = "Examples: tspmo receipts show · tspmo receipts show --scope OPS · tspmo receipts verify"


@dataclass(frozen=True, slots=True, kw_only=True)
class Last:
    """A scope and its newest receipt (None: it was never compared)."""

    scope: ScopeView
    receipt: Receipt | None


def register(app: typer.Typer, outside: Outside) -> None:
    commands = typer.Typer(
        epilog=EPILOG,
        no_args_is_help=True,
        help="Show what was compared with the trackers, and prove that the records of it are whole.",
    )
    _show(commands, outside)
    _verify(commands, outside)
    app.add_typer(commands, name="receipts")


def _show(app: typer.Typer, outside: Outside) -> None:
    @app.command(epilog="Examples: tspmo receipts show · tspmo receipts show --scope OPS --json")
    def show(config: Config = CONFIG, scope: Scopes = None, as_json: AsJson = False) -> None:
        """Show the newest receipt of each scope: when it was compared, how it came out, and what differed."""
        found = run(_last(settings_at(config, outside), outside, scope))
        if as_json:
            typer.echo(JSON.encode(found))
            return
        for one in found:
            for line in lines(one):
                out().print(line, markup=False)


async def _last(settings: Settings, outside: Outside, named: Sequence[str] | None) -> list[Last]:
    async with wiring.opened_store(settings) as store:
        reader = store.reader(LOCAL, outside.timing.clock)
        scopes = await _scopes(reader, named)
        newest = {one.scope_id: one for one in await reader.newest_receipts()}
        return [Last(scope=one, receipt=newest.get(one.id)) for one in scopes]


async def _scopes(reader: Reader, named: Sequence[str] | None) -> list[ScopeView]:
    """Those that are named by id, key or name; or all. Raises Failure for a name that means none."""
    known = [scope for one in await reader.connections() for scope in one.scopes]
    called = {one.id: {one.id, one.remote_id, one.key, one.name} for one in known}
    for name in named or ():
        if not any(name in names for names in called.values()):
            raise Failure(f'No scope is called "{name}". Mend: tspmo status lists the scopes.')
    return [one for one in known if not named or not called[one.id].isdisjoint(named)]


def lines(one: Last) -> Iterator[str]:
    told, name = one.receipt, f"{one.scope.name} ({one.scope.connection})"
    if told is None:
        yield f"{name}: never compared with its tracker; tspmo reconcile does"
        return
    at = f"{told.started_at.astimezone():%Y-%m-%d %H:%M:%S}"
    yield f"{name}: compared {at}, {'complete' if told.complete else f'partial: {told.reason}'}"
    there = "not listed to the end" if told.source_count is None else f"{told.source_count} there"
    elsewhere = f" ({told.elsewhere} at home elsewhere)" if told.elsewhere else ""
    rest = f"{told.rejected} cannot be read, {told.held} held back"
    yield f"  {there}{elsewhere}, {told.count_after} here and {told.count_before} before; {rest}"
    yield f"  differed: {_summed(told.differences)}; asked for by name: {_summed(told.fetched)}"
    yield f"  read whole: {told.deep}; covers {', '.join(told.covers) or 'no field'}"
    same = "=" if told.source_digest == told.our_digest else "and"
    yield f"  digests: theirs {told.source_digest or 'none'} {same} ours {told.our_digest}"
    yield f"  receipt {told.number}, {told.id}, hash {told.hash}"


def _summed(counts: Mapping[Cause, int] | Mapping[Fetched, int]) -> str:
    return ", ".join(f"{n} {name}" for name, n in counts.items() if n) or "nothing"


def _verify(app: typer.Typer, outside: Outside) -> None:
    @app.command("verify", epilog="Examples: tspmo receipts verify · tspmo receipts verify --scope OPS")
    def walk(config: Config = CONFIG, scope: Scopes = None, as_json: AsJson = False) -> None:
        """Walk every chain of receipts, and say where one was changed, removed or exchanged. Asks no tracker.

        Ends with 1 if any is broken. That what is stored has changed since the newest receipt is no fault.
        """
        chains, names = run(_walked(settings_at(config, outside), outside, scope))
        if as_json:
            typer.echo(JSON.encode(chains))
        else:
            for line in verdict(chains, names):
                out().print(line, markup=False)
        finish(TROUBLE if any(one.broken for one in chains) else OK)


async def _walked(
    settings: Settings, outside: Outside, named: Sequence[str] | None
) -> tuple[list[Chain], Mapping[str, str]]:
    async with wiring.opened_store(settings) as store:
        scopes = await _scopes(store.reader(LOCAL, outside.timing.clock), named)
        names = {one.id: one.name for one in scopes}
        chains = await verify(store, names if named else None)
        return sorted(chains, key=lambda one: names.get(one.scope_id, one.scope_id)), names


def verdict(chains: Sequence[Chain], names: Mapping[str, str]) -> Iterator[str]:
    for one in chains:
        name = names.get(one.scope_id, one.scope_id)
        if one.broken:
            yield f"{name}: BROKEN"
            yield from (f"  ! {sentence}" for sentence in one.broken)
        else:
            since = "and what is stored is what it says" if one.current else _since(one.read_since)
            count = "1 receipt" if one.receipts == 1 else f"{one.receipts} receipts"
            yield f"{name}: {count}, whole, {since}; the newest is {one.head}"
    if any(one.broken for one in chains):
        yield (
            "Next: somebody wrote to the database beside tspmo. Restore the receipts from a backup, and ask "
            "whoever may write to the database; tspmo reconcile compares everything anew."
        )
    elif not chains:
        yield "There are no receipts yet; tspmo reconcile issues the first."


def _since(read: int) -> str:
    items = "1 item was" if read == 1 else f"{read} items were"
    return f"and more was stored since ({items} read)"
