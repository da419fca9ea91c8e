"""A database that goes away and returns: told once, waited for, and nothing is lost."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field

import httpx
import pytest

from api.app import create_app
from api.options import ApiOptions
from store.open import Store, StoreError, open_store
from sync.errands import Errand
from sync.queue import Queue
from sync.requests import Ticket
from tests.severed import way_to
from tests.sync.scripted import Scripted, record, source
from tests.sync.shift import Hooked, Shift, errand, until


async def test_a_worker_and_the_api_outlive_it(postgresql_url: str, caplog: pytest.LogCaptureFixture) -> None:
    reading, away = asyncio.Event(), asyncio.Event()

    async def gone_meanwhile(_page: int) -> None:
        reading.set()
        await away.wait()

    tracker = Scripted({"a": Hooked([[record("a", 1)]], before=gone_meanwhile)})
    with way_to(postgresql_url) as way:
        store = await open_store(way.url)
        shift = Shift(store, way.url, {"team": source(tracker)})
        await shift.declare()
        app = create_app(store, shift.clock, ApiOptions())
        transport = httpx.ASGITransport(app, client=("127.0.0.1", 1))
        with shift.asking() as queue, caplog.at_level(logging.INFO, "tspmo"):
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                async with shift.at_work(queue) as worker:
                    ticket = await queue.ask(errand("incremental"))
                    await reading.wait()
                    way.cut()
                    await until(lambda: worker.away)
                    refused = await client.get("/v1/portfolio")
                    assert refused.status_code == 503
                    assert refused.headers["content-type"] == "application/problem+json"
                    away.set()
                    way.mend()
                    assert (await shift.done(queue, ticket)).state == "done"
                    await until(lambda: not worker.away)
                assert (await client.get("/v1/portfolio")).status_code == 200
                assert len((await client.get("/v1/items")).json()["data"]) == 1
        await store.aclose()
    told = [entry.message for entry in caplog.records if "database" in entry.message.lower()]
    assert len(told) == 2
    assert told[0].endswith("Work goes on when it is back.")
    assert told[1] == "The database is back."


@dataclass(frozen=True, slots=True)
class Away(Queue):
    """``refusals`` is how often the database goes away just when an errand is to be handed on."""

    refusals: list[str] = field(default_factory=list)

    async def again(self, job: str, errand: Errand, delay: float = 0) -> Ticket:
        if self.refusals:
            raise StoreError(self.refusals.pop())
        return await Queue.again(self, job, errand, delay)


async def test_an_errand_is_handed_on_though_the_database_goes_away_once_more(sqlite_url: str) -> None:
    troubles = [StoreError("gone"), None]

    async def gone_once(_page: int) -> None:
        if trouble := troubles.pop(0):
            raise trouble

    tracker = Scripted({"a": Hooked([[record("a", 1)]], before=gone_once)})
    store = await open_store(sqlite_url)
    shift = Shift(store, sqlite_url, {"team": source(tracker)})
    await shift.declare()
    with shift.asking() as asking:
        queue = Away(store, asking.client, ["gone again", "and again"])
        async with shift.at_work(queue):
            ticket = await queue.ask(errand("incremental"))
            assert (await shift.done(queue, ticket)).state == "done"
        assert (queue.refusals, troubles) == ([], [])
    await store.aclose()


async def test_a_job_that_was_given_out_and_never_arrived_is_given_out_anew(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    store = await open_store(sqlite_url)
    shift = Shift(store, sqlite_url, {"team": source(Scripted({"a": Hooked([[record("a", 1)]])}))})
    await shift.declare()
    with shift.asking() as queue:
        async with shift.at_work(queue):
            ticket = await queue.again("incremental:team#0", errand("incremental"), delay=3600)
            _give(shift.jobs, ticket.id, store)
            assert (await shift.done(queue, ticket)).state == "done"
    await store.aclose()
    assert f"{ticket.id} never reached this process: it is given out anew." in caplog.text


def _give(jobs: str, id: str, store: Store) -> None:
    """As the engine notes it."""
    with closing(sqlite3.connect(jobs.removeprefix("sqlite:///"))) as database:
        changed = database.execute(
            "UPDATE workflow_status SET status = 'PENDING', executor_id = ? WHERE workflow_uuid = ?",
            (store.party, id),
        )
        assert changed.rowcount == 1
        database.commit()
