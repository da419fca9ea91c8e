"""``tspmo findings``: what a person should look at, and what one of them holds back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import typer

from api.tables import JSON
from cli import findings_deciding
from cli.findings_deciding import Finding, find_finding
from cli.people_names import short
from cli.shell import CONFIG, AsJson, Config, Outside, behind, out, run, settings_at
from config import wiring
from config.settings import Settings
from store.finding_views import FindingDetail
from store.principal import LOCAL
from store.reader import Reader
from store.views import FindingView

EPILOG = (
    "Examples: tspmo findings · tspmo findings show 1f0f3c52 · "
    'tspmo findings approve 1f0f3c52 --why "the board was cleared"'
)


@dataclass(frozen=True, slots=True)
class Listing:
    """Findings, and the names of the scopes that they are of."""

    findings: Sequence[FindingView]
    names: Mapping[str, str]


def register(app: typer.Typer, outside: Outside) -> None:
    commands = typer.Typer(epilog=EPILOG)
    _list(commands, outside)
    _show(commands, outside)
    findings_deciding.register(commands, outside)
    app.add_typer(commands, name="findings")


def _list(app: typer.Typer, outside: Outside) -> None:
    @app.callback(invoke_without_command=True)
    def findings(
        context: typer.Context,
        config: Config = CONFIG,
        everything: Annotated[
            bool, typer.Option("--all", help="Also those that were decided, or are over.")
        ] = False,
        as_json: AsJson = False,
    ) -> None:
        """List what a person should look at, and decide of it.

        What vanished all at once is shown as before until somebody approves or dismisses the finding.
        """
        if context.invoked_subcommand is not None:
            behind(context, "config", "as_json")
            return
        listing = run(_listing(settings_at(config, outside), outside, everything))
        if as_json:
            typer.echo(JSON.encode(listing.findings))
            return
        for line in lines(listing):
            out().print(line, markup=False)


async def _listing(settings: Settings, outside: Outside, everything: bool) -> Listing:
    async with wiring.opened_store(settings) as store:
        reader = store.reader(LOCAL, outside.timing.clock)
        found = await reader.findings("all" if everything else "open")
        return Listing(found, await _names(reader))


async def _names(reader: Reader) -> Mapping[str, str]:
    return {scope.id: scope.name for one in await reader.connections() for scope in one.scopes}


def lines(listing: Listing) -> Iterator[str]:
    for one in listing.findings:
        yield f"{short(one.id)}  {_line(one, listing.names)}"
    waiting = [one for one in listing.findings if one.kind == "mass_absence" and one.state == "open"]
    if waiting:
        yield f"Next: tspmo findings show {short(waiting[0].id)}, then approve or dismiss it with --why"
    elif not listing.findings:
        yield "There is nothing to look at."


def _line(one: FindingView, names: Mapping[str, str]) -> str:
    state = "" if one.state == "open" else f"{one.state}: "
    of = one.connection or "outgoing"
    where = of if one.scope is None else f"{of}, {names.get(one.scope, one.scope)}"
    what = f"{state}{one.kind.replace('_', ' ')}, {where}: {one.subject}: {one.detail}"
    if one.decided_at is None:
        return what
    return f"{what} ({one.state} by {one.decided_by} on {one.decided_at.astimezone():%Y-%m-%d}: {one.why})"


def _show(app: typer.Typer, outside: Outside) -> None:
    @app.command(epilog="Examples: tspmo findings show 1f0f3c52 · tspmo findings show 1f0f3c52 --json")
    def show(finding: Finding, config: Config = CONFIG, as_json: AsJson = False) -> None:
        """Show one finding, with the items that it holds back and where each can be looked at."""
        detail, names = run(_detail(settings_at(config, outside), outside, finding))
        if as_json:
            typer.echo(JSON.encode(detail))
            return
        for line in details(detail, names):
            out().print(line, markup=False)


async def _detail(
    settings: Settings, outside: Outside, called: str
) -> tuple[FindingDetail, Mapping[str, str]]:
    async with wiring.opened_store(settings) as store:
        reader = store.reader(LOCAL, outside.timing.clock)
        return await find_finding(reader, called), await _names(reader)


def details(detail: FindingDetail, names: Mapping[str, str]) -> Iterator[str]:
    first, last = (at.astimezone() for at in (detail.first_seen, detail.last_seen))
    yield _line(detail, names)
    yield f"  raised first {first:%Y-%m-%d %H:%M}, last {last:%Y-%m-%d %H:%M}"
    for item in detail.held:
        name = f"{item.remote_key or item.remote_id} {item.title!r}"
        yield f"  {name}: {item.presence.replace('_', ' ')} ({item.evidence}) {item.url}"
    if detail.kind != "mass_absence":
        return
    if detail.hidden:
        yield f"  and {detail.hidden} that their team keeps to itself"
    if detail.count > len(detail.held) + detail.hidden:
        yield f"  and {detail.count - len(detail.held) - detail.hidden} more"
    if detail.state == "open":
        name = short(detail.id)
        yield f'Next: tspmo findings approve {name} --why "…" lets them go; dismiss keeps them shown'
