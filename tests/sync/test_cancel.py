"""A run that a person cancels stops at the end of its page; what it brought stays, and so does the place."""

from __future__ import annotations

from collections.abc import AsyncIterator

from connectors.base import JsonObject, Page, ScopeRecord
from store import runs
from store.open import Store
from store.principal import LOCAL
from tests.sync.stage import Bench, Stage, card, done

PAGE = 1000
"""Pages of this many are put one by one."""


def page(number: int) -> Page:
    cards = [card(f"{number}-{n}") for n in range(PAGE)]
    return (
        done(*cards) if number == 2 else Page(records=cards, resume={"page": number + 1}, expected=3 * PAGE)
    )


class Cancelling(Stage):
    """Somebody cancels the run while its first page is read."""

    bench: Bench

    async def read(
        self, scope: ScopeRecord, since: JsonObject | None = None, resume: JsonObject | None = None
    ) -> AsyncIterator[Page]:
        self.asked.append((since, resume))
        if resume is None:
            [run] = await self.bench.runs()
            await runs.cancel(self.bench.store, run.id, self.bench.clock.now)
        for number in range(resume["page"] if resume else 0, 3):
            yield page(number)


async def test_a_cancelled_run_stops_at_its_page_and_the_next_goes_on_there(store: Store) -> None:
    stage = Cancelling([])
    bench = stage.bench = Bench(store, stage)
    report = await bench.sync()
    assert (report.halted, report.items, report.error) == ("cancelled", PAGE, None)
    [run] = await bench.runs()
    assert (run.state, run.items, run.expected) == ("cancelled", PAGE, 3 * PAGE)
    assert await bench.complete_at() is None
    report = await bench.sync()
    assert (report.halted, report.items) == (None, 2 * PAGE)
    assert stage.asked == [(None, None), (None, {"page": 1})]
    assert [one.state for one in await bench.runs()] == ["done", "cancelled"]


async def test_a_failure_is_not_forgotten_over_a_run_that_stopped_before_its_end(store: Store) -> None:
    bench = Bench(store, Stage([[done(card("1"))]]))
    await bench.sync()
    [run] = await bench.runs()
    scope = str(run.scope)
    for state, error in (("failed", "The site is down."), ("cancelled", None), ("paused", None)):
        id = await runs.begin(store, "incremental", "team", scope, bench.clock())
        await runs.finish(store, id, runs.Ending(state, error), bench.clock())  # type: ignore[arg-type]
        [connection] = await store.reader(LOCAL, bench.clock).connections()
        assert connection.scopes[0].error == "The site is down."
