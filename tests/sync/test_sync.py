"""Convergence of a connection: complete or nothing lost, one scope's trouble never another's."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connectors.base import Record
from connectors.errors import Unauthorized, Unavailable
from normalizer.context import Context
from normalizer.model import Mapper
from store.catalogue import Declared, declare
from store.declared import ConnectionSpec
from store.open import Store
from store.principal import LOCAL
from store.views import ItemQuery, ItemView, RunView, ScopeView
from sync.batches import MOST
from sync.progress import Progress
from sync.report import ConnectionReport
from sync.runner import sync
from sync.source import Source
from tests.sync.scripted import T0, Clock, Plain, Script, Scripted, record, source


class Bench:
    """A store with a clock, and what a test wants to know of it."""

    def __init__(self, store: Store) -> None:
        self.store, self.clock = store, Clock()
        self.told: list[Progress] = []

    async def sync(self, *sources: Source) -> list[ConnectionReport]:
        specs = [ConnectionSpec(id=s.connection, tracker="trello", system="trello") for s in sources]
        await declare(self.store, Declared(connections=specs), self.clock.now)
        return await sync(self.store, sources, self.clock, self.told.append)

    async def items(self) -> dict[str, ItemView]:
        page = await self.store.reader(LOCAL, self.clock).items(ItemQuery(limit=1000))
        return {view.item.remote_id: view for view in page.items}

    async def scopes(self) -> dict[str, ScopeView]:
        views = await self.store.reader(LOCAL, self.clock).connections()
        return {scope.name: scope for view in views for scope in view.scopes}

    async def runs(self) -> list[RunView]:
        return list(await self.store.reader(LOCAL, self.clock).runs(limit=50))


@pytest.fixture
def bench(store: Store) -> Bench:
    return Bench(store)


def pages(name: str, count: int, minute: int = 0) -> list[list[Record] | Exception]:
    return [
        [record(name, 2 * n, minute=minute), record(name, 2 * n + 1, minute=minute)] for n in range(count)
    ]


async def test_a_whole_reading_completes_the_scope_as_of_its_start(bench: Bench) -> None:
    (report,) = await bench.sync(source(Scripted({"a": Script(pages("a", 3))})))
    assert report.ok
    assert (report.items, report.written, report.scopes_done) == (6, 6, 1)
    assert len(await bench.items()) == 6
    scope = (await bench.scopes())["a"]
    assert scope.state == "complete"
    (run,) = [run for run in await bench.runs() if run.scope]
    assert run.state == "done"
    assert scope.complete_at is not None
    assert scope.complete_at <= run.started_at
    assert scope.complete_at < run.finished_at  # type: ignore[operator]


async def test_a_cut_reading_empties_nothing_and_goes_on_where_it_was_cut(bench: Bench) -> None:
    await bench.sync(source(Scripted({"a": Script(pages("a", 4))})))
    before = (await bench.scopes())["a"].complete_at
    script = Script(pages("a", 4, minute=5))
    script.pages.insert(2, Unavailable("the tracker is down"))
    connector = Scripted({"a": script})

    (report,) = await bench.sync(source(connector))

    assert not report.ok
    assert report.errors == ["a: the tracker is down"]
    assert len(await bench.items()) == 8
    scope = (await bench.scopes())["a"]
    assert scope.complete_at == before
    assert scope.error is not None
    assert "the tracker is down" in scope.error

    (report,) = await bench.sync(source(connector))

    assert report.ok
    assert script.asked == [None, {"page": 2}]
    assert {v.item.remote_updated_at for v in (await bench.items()).values()} == {T0 + timedelta(minutes=5)}
    scope = (await bench.scopes())["a"]
    assert scope.error is None
    assert scope.complete_at is not None
    assert before is not None
    assert scope.complete_at > before


async def test_a_first_reading_that_is_cut_is_no_complete_scope(bench: Bench) -> None:
    script = Script([*pages("a", 2), Unavailable("down")])
    await bench.sync(source(Scripted({"a": script})))
    assert len(await bench.items()) == 4
    scope = (await bench.scopes())["a"]
    assert scope.complete_at is None
    assert (await bench.store.reader(LOCAL, bench.clock).coverage()).complete == 0


async def test_a_listing_without_its_last_page_is_never_whole(bench: Bench) -> None:
    (report,) = await bench.sync(source(Scripted({"a": Script(pages("a", 2), without_last=True)})))
    assert not report.ok
    assert "without its last page" in report.errors[0]
    assert (await bench.scopes())["a"].complete_at is None


async def test_what_a_reading_does_not_see_stays(bench: Bench) -> None:
    await bench.sync(source(Scripted({"a": Script(pages("a", 3))})))
    (report,) = await bench.sync(source(Scripted({"a": Script(pages("a", 1))})))
    assert report.ok
    items = await bench.items()
    assert len(items) == 6
    assert {view.presence for view in items.values()} == {"present"}


async def test_an_unchanged_reading_writes_nothing(bench: Bench) -> None:
    await bench.sync(source(Scripted({"a": Script(pages("a", 3))})))
    (report,) = await bench.sync(source(Scripted({"a": Script(pages("a", 3))})))
    assert (report.items, report.written) == (6, 0)


async def test_one_scope_s_failure_leaves_the_others_going(bench: Bench) -> None:
    scripts = {
        "a": Script(pages("a", 2)),
        "bad": Script([Unavailable("down", T0)]),
        "c": Script(pages("c", 2)),
    }
    (report,) = await bench.sync(source(Scripted(scripts)))
    assert (report.scopes_done, report.scopes_failed) == (2, 1)
    assert len(await bench.items()) == 8
    (failed,) = [scope for scope in report.scopes if scope.error]
    assert failed.retry_after == T0


async def test_one_connection_s_failure_leaves_the_others_going(bench: Bench) -> None:
    refused = source(Scripted({}, on_check=Unauthorized("the token is refused")), connection="refused")
    working = source(Scripted({"a": Script(pages("a", 1))}))
    bad, good = await bench.sync(refused, working)
    assert bad.errors == ["the token is refused"]
    assert good.ok
    views = {v.id: v for v in await bench.store.reader(LOCAL, bench.clock).connections()}
    assert views["refused"].state == "unauthorized"
    assert views["refused"].error == "the token is refused"
    assert views["team"].state == "ok"


async def test_a_defect_is_raised_after_the_other_scopes_are_read(bench: Bench) -> None:
    def prepare(context: Context) -> Mapper:
        return Plain(context, defect="bad-1")

    scripts = {"bad": Script(pages("bad", 2)), "good": Script(pages("good", 3))}
    with pytest.raises(RuntimeError, match="a defect of ours"):
        await bench.sync(source(Scripted(scripts), prepare=prepare))
    assert sum(1 for remote_id in await bench.items() if remote_id.startswith("good")) == 6
    (run,) = [run for run in await bench.runs() if run.state == "failed"]
    assert run.error == "RuntimeError: a defect of ours"


async def test_a_configured_scope_out_of_reach_is_named_with_its_nearest(bench: Bench) -> None:
    connector = Scripted({"Payments": Script(pages("Payments", 1))})
    (report,) = await bench.sync(source(connector, expected=["Payment", "Payments"]))
    assert not report.ok
    (sentence,) = report.errors
    assert "'Payment'" in sentence
    assert "Did you mean 'Payments'?" in sentence
    assert len(await bench.items()) == 2


async def test_progress_counts_to_its_expectation(bench: Bench) -> None:
    large: list[list[Record] | Exception] = [
        [record("a", MOST * page + number) for number in range(MOST)] for page in range(3)
    ]
    await bench.sync(source(Scripted({"a": Script(large)})))
    last, all_of_them = bench.told[-1], 3 * MOST
    counted = (last.state, last.scopes_done, last.scopes, last.items, last.expected)
    assert counted == ("done", 1, 1, all_of_them, all_of_them)
    middle = [p for p in bench.told if p.state == "reading" and 0 < p.items < all_of_them]
    assert all(p.rate > 0 for p in middle)
    assert any(p.eta_seconds is not None and p.eta_seconds > 0 for p in middle)
    states = [p.state for p in bench.told]
    assert states[:3] == ["checking", "listing", "reading"]


async def test_waiting_on_a_rate_limit_is_told_and_kept(bench: Bench) -> None:
    until = T0 + timedelta(minutes=3)
    script = Script(pages("a", 3))
    connector = Scripted({"a": script})
    waiting = source(connector)
    seen: list[RunView] = []

    async def read_and_wait(resume: object) -> object:
        async for page in Script(pages("a", 3)).read(None):
            waiting.waits(until)
            await bench_settles(bench)
            seen.extend(run for run in await bench.runs() if run.scope)
            waiting.waits(None)
            yield page

    script.read = read_and_wait  # type: ignore[method-assign, assignment]
    await bench.sync(waiting)
    assert any(p.state == "waiting" and p.waiting_until == until for p in bench.told)
    assert any(run.state == "waiting" and run.waiting_until == until for run in seen)
    (run,) = [run for run in await bench.runs() if run.scope]
    assert (run.state, run.waiting_until) == ("done", None)


async def bench_settles(bench: Bench) -> None:
    """Lets the note of the wait be written: a write of our own queues behind it."""
    for _ in range(50):
        if any(run.waiting_until for run in await bench.runs()):
            return
