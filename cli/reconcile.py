"""``tspmo reconcile``: compares everything with the trackers, makes it equal, and shows how it came out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import typer

from cli.shell import (
    CONFIG,
    OK,
    TROUBLE,
    Config,
    Only,
    Outside,
    Scopes,
    finish,
    out,
    run,
    settings_at,
)
from cli.sync import named, only, watched
from config import wiring
from config.settings import Settings
from store.receipt_views import Cause, Fetched, Receipt
from sync.nightly import Reconcile
from sync.report import ConnectionReport, ScopeReport

EPILOG = (
    "Examples: tspmo reconcile · tspmo reconcile --connection jira · "
    "tspmo reconcile --connection jira --scope NET"
)


def register(app: typer.Typer, outside: Outside) -> None:
    @app.command(epilog=EPILOG)
    def reconcile(config: Config = CONFIG, connection: Only = None, scope: Scopes = None) -> None:
        """Compare every item with its tracker, make what is stored equal to it, and leave a receipt.

        What differs is asked for by name, and what is not to be found any more is noted with the reason. If
        it is cut off, the next one goes on where it was.
        Ends with 1 if any scope did not come out complete, and says why.
        """
        settings = settings_at(config, outside)
        names = named(settings, connection, scope)
        reports = run(_reconciled(settings, names, scope or [], outside))
        for line in summary(reports):
            out().print(line, markup=False)
        finish(OK if all(complete(report) for report in reports) else TROUBLE)


async def _reconciled(
    settings: Settings, names: Sequence[str], scopes: Sequence[str], outside: Outside
) -> list[ConnectionReport]:
    async with (
        wiring.opened_store(settings) as store,
        wiring.sources(settings, names, outside.timing) as sources,
    ):
        chosen = [only(source, scopes) for source in sources]
        return await watched(store, chosen, outside, Reconcile(anew=bool(scopes)))


def complete(report: ConnectionReport) -> bool:
    return not (report.errors or report.hidden) and all(_is_complete(one) for one in report.scopes)


def _is_complete(one: ScopeReport) -> bool:
    return one.receipt is not None and one.receipt.complete


def summary(reports: Sequence[ConnectionReport]) -> Iterator[str]:
    """A line a connection, a line a scope that matters and one a trouble, and what to do next."""
    for report in reports:
        yield f"{report.connection}: {_outcome(report)}"
        yield from (f"  {line}" for scope in report.scopes for line in _told(scope))
        yield from (f"  {error}" for error in (*report.errors, *report.hidden))
    receipts = [one.receipt for report in reports for one in report.scopes if one.receipt]
    if any(one.held for one in receipts):
        yield "Next: tspmo findings"
    else:
        yield "Next: tspmo receipts show" if all(map(complete, reports)) else "Next: tspmo check"


def _outcome(report: ConnectionReport) -> str:
    receipts = [one.receipt for one in report.scopes if one.receipt is not None]
    if not receipts:
        return "no scope compared"
    done = sum(one.complete for one in receipts)
    partial = len(receipts) - done + len(report.hidden)
    return (
        f"{done} of {done + partial} scopes complete, {_level(receipts)}; "
        f"differed: {_summed(one.differences for one in receipts)}; "
        f"asked for by name: {_summed(one.fetched for one in receipts)}"
    )


def _level(receipts: Sequence[Receipt]) -> str:
    """How many there are on both sides: ours, with those that cannot be read or are at home elsewhere."""
    there = sum(one.source_count or 0 for one in receipts)
    here = sum(one.count_after + one.rejected + one.elsewhere for one in receipts)
    return f"{there} items there {'=' if there == here else 'and'} {here} here"


def _told(scope: ScopeReport) -> Iterator[str]:
    """Nothing of a scope that was equal. An error is told beside."""
    receipt = scope.receipt
    if receipt is None or scope.error is not None:
        return
    if receipt.differences:
        yield f"{scope.scope}: {_summed((receipt.differences,))}"
    if not receipt.complete:
        yield f"{scope.scope}: partial. {receipt.reason}"


def _summed(counts: Iterable[Mapping[Cause, int] | Mapping[Fetched, int]]) -> str:
    total: Counter[str] = Counter()
    for one in counts:
        total.update({str(name): n for name, n in one.items()})
    return ", ".join(f"{n} {name}" for name, n in sorted(total.items()) if n) or "nothing"
