"""A database that goes away and returns: told once, waited for, and nothing is lost."""

from __future__ import annotations

import asyncio
import logging

import httpx
import pytest

from api.app import create_app
from api.options import ApiOptions
from store.open import open_store
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
