"""A first sync shows how far it is, how fast and how long it takes, and goes on at its page after a crash."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from api.app import create_app
from api.options import ApiOptions
from connectors.base import Page
from store.catalogue import Declared, declare
from store.declared import ConnectionSpec
from store.open import Store
from store.principal import LOCAL
from sync.halt import Stop
from sync.job import Job, Read
from sync.runner import sync
from tests.sync.stage import Bench, Stage, card

PAGES, SIZE = 4, 1000


class Killed(BaseException):
    """The process is no more."""


def stage() -> Stage:
    """A tracker with four thousand items that says so, a thousand a page."""

    def page(number: int) -> Page:
        cards = [card(f"{number}-{n}") for n in range(SIZE)]
        end = {"next_since": {"since": 1}} if number == PAGES else {"resume": {"page": number + 1}}
        return Page(records=cards, expected=PAGES * SIZE, **end)

    pages = [page(number) for number in range(1, PAGES + 1)]
    return Stage([list(pages), list(pages[2:])])


class Watched:
    """Looks at the runs over the API at the end of each page, and dies after the second."""

    def __init__(self, bench: Bench, *, dies: bool) -> None:
        self.bench, self.dies = bench, dies
        self.seen: list[dict[str, Any]] = []

    async def halt(self, run_id: str) -> Stop | None:
        app = create_app(self.bench.store, self.bench.clock, ApiOptions())
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://127.0.0.1"
        ) as client:
            self.seen.append((await client.get(f"/v1/runs/{run_id}")).json()["data"])
        if self.dies and len(self.seen) == 2:
            raise Killed
        return None


async def read(bench: Bench, job: Job) -> None:
    await sync(bench.store, [bench.source], bench.clock, lambda _: None, job)


async def test_ask_15_counts_rate_and_eta_while_it_runs_and_on_from_its_page_after_a_crash(
    store: Store,
) -> None:
    bench = Bench(store, stage())
    declared = Declared(connections=[ConnectionSpec(id="team", tracker="trello", system="trello")])
    await declare(store, declared, bench.clock.now)
    watched = Watched(bench, dies=True)
    with pytest.raises(BaseException) as died:
        await read(bench, Read(halt=watched.halt))
    assert "Killed" in repr(died.value)
    assert [(one["items"], one["expected"]) for one in watched.seen] == [(1000, 4000), (2000, 4000)]
    for one in watched.seen:
        assert one["state"] == "running"
        assert one["rate"] > 0
        left = (one["expected"] - one["items"]) / one["rate"]
        assert one["eta_seconds"] == pytest.approx(left, rel=0.02)
    assert watched.seen[1]["eta_seconds"] < watched.seen[0]["eta_seconds"]

    again = Watched(bench, dies=False)
    await read(bench, Read(halt=again.halt))
    assert bench.stage.asked == [(None, None), (None, {"page": 3})]
    assert await bench.complete_at() is not None
    [view] = [scope for one in await store.reader(LOCAL, bench.clock).connections() for scope in one.scopes]
    assert view.items == PAGES * SIZE
