"""``tspmo status``: what is connected, how fresh it is, what went wrong last, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import typer

from api.envelope import Meta, meta, reach
from api.tables import JSON
from api.watch_entry import WatchingEntry
from cli.runs import SHORT, UNDER_WAY, progress
from cli.shell import CONFIG, AsJson, Config, Outside, out, run, settings_at
from cli.tables import footer
from cli.watch import standing, watchtower
from config import wiring
from config.settings import Settings
from store.inbox import opened_inbox
from store.principal import LOCAL
from store.views import ConnectionView, FindingView, RunFilter, RunState, RunView, ScopeView

EPILOG = "Examples: tspmo status · tspmo status --json"
RUNNING = 100
RUNS = 5
ENDED: Sequence[RunState] = ("done", "failed", "cancelled", "abandoned")
FINDINGS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What the store knows of its sources. ``next`` is the command that is most worth while."""

    connections: Sequence[ConnectionView]
    running: Sequence[RunView]
    runs: Sequence[RunView]
    findings: Sequence[FindingView]
    webhooks: Sequence[WatchingEntry]
    meta: Meta
    next: str


def register(app: typer.Typer, outside: Outside) -> None:
    @app.command(epilog=EPILOG)
    def status(config: Config = CONFIG, as_json: AsJson = False) -> None:
        """Show connections, webhooks, what runs, what is late and why, last runs, findings, what to do next.

        Asks no tracker; tspmo check does.
        """
        state = run(_state(settings_at(config, outside), outside))
        if as_json:
            typer.echo(JSON.encode(state))
            return
        for line in lines(state):
            out().print(line, markup=False)


async def _state(settings: Settings, outside: Outside) -> State:
    now = outside.timing.clock()
    async with (
        wiring.opened_store(settings, outside.timing.clock) as store,
        opened_inbox(settings.store_url) as inbox,
    ):
        reader = store.reader(LOCAL, outside.timing.clock)
        connections = await reader.connections()
        envelope = meta(reach(await reader.coverage()), now)
        return State(
            connections=connections,
            running=await reader.runs(RUNNING, RunFilter(states=UNDER_WAY)),
            runs=await reader.runs(RUNS, RunFilter(states=ENDED)),
            findings=await reader.findings(),
            webhooks=await watchtower(settings, inbox).entries(connections),
            meta=envelope,
            next=next_step(settings, connections, envelope),
        )


def next_step(settings: Settings, connections: Sequence[ConnectionView], envelope: Meta) -> str:
    if not settings.connections:
        return "add a [connections.NAME] section, then tspmo check"
    if any(connection.state in ("unauthorized", "failed") for connection in connections):
        return "tspmo check"
    failed = any(scope.error for connection in connections for scope in connection.scopes)
    return "tspmo sync" if failed or not envelope.freshness.fresh else "tspmo portfolio"


def lines(state: State) -> Iterator[str]:
    names = {scope.id: scope.name for connection in state.connections for scope in connection.scopes}
    yield footer(state.meta)
    for connection in state.connections:
        yield from _connection(connection)
    webhooks = list(standing(state.webhooks))
    if webhooks:
        yield "webhooks"
        yield from (f"  {line}" for line in webhooks)
    if state.running:
        yield "under way"
        yield from (f"  {_under_way(run, names)}" for run in state.running)
    late = [finding for finding in state.findings if finding.kind == "late"]
    if late:
        yield "late"
        yield from (f"  {_late(finding)}" for finding in late)
    if state.runs:
        yield "last runs"
        yield from (f"  {_run(run, names)}" for run in state.runs)
    others = [finding for finding in state.findings if finding.kind != "late"]
    if others:
        yield "findings"
        yield from (f"  {_finding(finding, names)}" for finding in others[:FINDINGS])
        if len(others) > FINDINGS:
            yield f"  and {len(others) - FINDINGS} more: tspmo status --json"
    yield f"Next: {state.next}"


def _connection(connection: ConnectionView) -> Iterator[str]:
    account = f", {connection.account} on {connection.site}" if connection.account else ""
    counts = f", {connection.unmapped} unmapped, {connection.rejected} rejected"
    yield f"{connection.id} ({connection.tracker}): {connection.state.replace('_', ' ')}{account}{counts}"
    if connection.error:
        yield f"  ! {connection.error}"
    for scope in connection.scopes:
        yield f"  {_scope(scope)}"
        if scope.error:
            yield f"    ! {scope.error}"


def _scope(scope: ScopeView) -> str:
    at = scope.complete_at
    read = f"read {at.astimezone():%Y-%m-%d %H:%M}" if at else "never read to its end"
    return f"{scope.name}: {scope.items} items, {read}, shared with {scope.sharing.replace('_', ' ')}"


def _run(run: RunView, names: Mapping[str, str]) -> str:
    said = f" ! {run.error}" if run.error else f" ({run.note})" if run.note else ""
    where = _where(run.connection, run.scope, names)
    at = f"{run.started_at.astimezone():%m-%d %H:%M}"
    return f"{at} {where}: {run.kind} {run.state}, {run.items} items, {run.written} written{said}"


def _under_way(run: RunView, names: Mapping[str, str]) -> str:
    since = f"{run.kind} since {run.started_at.astimezone():%m-%d %H:%M}"
    paused = ", paused" if run.state == "paused" else ""
    return f"{run.id[:SHORT]} {_where(run.connection, run.scope, names)}: {since}{paused}, {progress(run)}"


def _late(finding: FindingView) -> str:
    of = (
        finding.connection
        if finding.subject == finding.connection
        else f"{finding.connection}, {finding.subject}"
    )
    return f"{of}: since {finding.first_seen.astimezone():%m-%d %H:%M}: {finding.detail}"


def _finding(finding: FindingView, names: Mapping[str, str]) -> str:
    times = "once" if finding.count == 1 else f"{finding.count} times"
    where = _where(finding.connection or "outgoing", finding.scope, names)
    return f"{finding.kind.replace('_', ' ')}, {where}: {finding.subject}: {finding.detail} ({times})"


def _where(connection: str, scope: str | None, names: Mapping[str, str]) -> str:
    return connection if scope is None else f"{connection}, {names.get(scope, scope)}"
