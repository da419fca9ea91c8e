"""One connection is read by one at a time, whoever starts it."""

from __future__ import annotations

from asyncio import CancelledError
from dataclasses import replace

import pytest

from store import runs
from store.leases import held
from store.open import Store
from store.party import new_party
from store.principal import LOCAL
from sync.runner import sync
from sync.running import running
from tests.sync.stage import Bench, Stage, card, done


async def test_the_second_reader_is_told_in_one_sentence_who_reads_and_reads_nothing(store: Store) -> None:
    bench = Bench(store, Stage([[done(card("1"))], [done(card("2"))]]))
    await bench.sync()
    elsewhere = replace(store, party=new_party())
    async with held(elsewhere, "connection team"):
        (report,) = await sync(store, [bench.source], bench.clock, lambda _: None)
    (sentence,) = report.errors
    assert sentence.startswith("team is being read by process ")
    assert "one at a time" in sentence
    assert report.retry_after is not None
    assert len(bench.stage.asked) == 1
    (report,) = await sync(store, [bench.source], bench.clock, lambda _: None)
    assert report.ok
    assert len(bench.stage.asked) == 2


async def test_what_died_after_its_last_page_is_not_shown_as_running_for_ever(store: Store) -> None:
    """The next job is of another kind then, since the scope was read to its end."""
    bench = Bench(store, Stage([[done(card("1"))], [done()]]))
    await bench.sync()
    (scope,) = (await store.reader(LOCAL, bench.clock).connections())[0].scopes
    await runs.begin(store, "full", "team", scope.id, bench.clock())
    await bench.sync()
    (connection,) = await store.reader(LOCAL, bench.clock).connections()
    assert [one.state for one in connection.scopes] == ["complete"]


async def test_a_run_that_the_end_of_its_process_cuts_is_paused_and_did_not_fail(store: Store) -> None:
    bench = Bench(store, Stage([[done(card("1"))]]))
    await bench.sync()
    run_id = await runs.begin(store, "refresh", "team", None, bench.clock())
    with pytest.raises(CancelledError):
        async with running(store, bench.clock, run_id, lambda: None):
            raise CancelledError
    (run, *_) = await store.reader(LOCAL, bench.clock).runs()
    assert (run.kind, run.state, run.error) == ("refresh", "paused", None)
