"""A sheet is asked again only for what may have changed, by its time in the list and by its version."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from connectors.base import Connector, JsonObject, Page, ScopeRecord
from connectors.errors import StaleCursor
from tests.connectors.smartsheet_site import SHEET, Site, connector, ids, refusal, row, sheet
from tests.faketime import FakeTime
from tests.loopback import serving

ROWS = [row(n, n) for n in range(1, 8)]
NEW, LATER = "2026-02-20T09:00:00Z", "2999-01-01T00:00:00Z"


@asynccontextmanager
async def listed(
    base: str, time: FakeTime | None = None, **settings: Any
) -> AsyncIterator[tuple[Connector, ScopeRecord]]:
    """A connector that has just listed the sheets, and the sheet."""
    async with connector(base, time, **settings) as made:
        yield made, [scope async for scope in made.scopes()][0]


async def read(
    base: str, since: JsonObject | None = None, resume: JsonObject | None = None, **settings: Any
) -> list[Page]:
    async with listed(base, **settings) as (made, scope):
        return [page async for page in made.read(scope, through_a_store(since), through_a_store(resume))]


def through_a_store(cursor: JsonObject | None) -> Any:
    return json.loads(json.dumps(cursor))


def site(**more: Any) -> Site:
    return Site(sheets={SHEET: sheet(ROWS, **more)})


def asked(made: Site) -> list[str]:
    """The requests since the last listing, without their parameters but for the version."""
    paths = [seen.replace("?", "&").split("&") for seen in made.seen]
    return [
        " ".join([path, *(one for one in params if one.startswith("ifVersionAfter"))])
        for path, *params in paths
        if path.startswith(f"/sheets/{SHEET}") or path == "/shares"
    ]


async def test_a_sheet_of_which_the_list_tells_nothing_new_costs_no_request() -> None:
    made = site()
    with serving(made.app()) as base:
        since = (await read(base))[-1].next_since
        made.seen.clear()
        (page,) = await read(base, since)
    assert asked(made) == []
    assert page == Page(records=(), next_since=through_a_store(since))


async def test_a_sheet_that_was_touched_and_is_at_the_same_version_costs_one_question() -> None:
    made = site()
    with serving(made.app()) as base:
        since = (await read(base))[-1].next_since
        made.modified = NEW
        made.seen.clear()
        (page,) = await read(base, since)
        assert asked(made) == [f"/sheets/{SHEET} ifVersionAfter=7"]
        assert page.records == ()
        assert page.listed is None
        made.seen.clear()
        await read(base, page.next_since)
    assert asked(made) == []


async def test_a_sheet_at_a_new_version_is_the_answer_to_the_question() -> None:
    made = site()
    with serving(made.app()) as base:
        since = (await read(base))[-1].next_since
        made.modified = NEW
        made.sheets[SHEET] = sheet([row(100), *ROWS[1:]], version=8)
        made.seen.clear()
        pages = await read(base, since)
    assert sorted(asked(made)) == [
        "/shares",
        f"/sheets/{SHEET} ifVersionAfter=7",
        f"/sheets/{SHEET}/summary",
    ]
    assert set(pages[-1].listed or ()) == {f"{SHEET}:100", *(f"{SHEET}:{n}" for n in range(2, 8))}
    assert ids(pages) == pages[-1].listed
    assert (pages[-1].next_since or {})["version"] == 8


@pytest.mark.parametrize("size", [2, 3])
async def test_a_changed_sheet_of_many_pages_asks_by_version_for_the_first_alone(size: int) -> None:
    made = site()
    with serving(made.app()) as base:
        since = (await read(base))[-1].next_since
        made.modified = NEW
        made.sheets[SHEET]["version"] = 8
        made.seen.clear()
        pages = await read(base, since, page_size=size)
    assert len(ids(pages)) == 7
    assert sum("ifVersionAfter" in one for one in asked(made)) == 1
    assert asked(made).count(f"/sheets/{SHEET}") == -(-7 // size) - 1


async def test_after_an_hour_it_is_asked_whatever_the_list_tells() -> None:
    made = site()
    with serving(made.app()) as base:
        since = dict((await read(base))[-1].next_since or {})
        made.sheets[SHEET]["version"] = 8  # by a formula, without a new time
        for long_ago in ("2020-01-01T00:00:00Z", None):
            pages = await read(base, {**since, "asked": long_ago})
            assert len(ids(pages)) == 7


async def test_summary_and_shares_are_read_again_once_an_hour() -> None:
    made = site()
    with serving(made.app()) as base:
        since = dict((await read(base))[-1].next_since or {})
        made.summaries[SHEET] = [{"id": 55, "title": "Health", "type": "PICKLIST"}]
        made.keyed["/shares"] = [[{"id": "AAA", "type": "USER", "email": "ann@x.example"}]]
        made.seen.clear()
        long_ago = "2020-01-01T00:00:00Z"
        (page,) = await read(base, {**since, "asked": long_ago, "beside": long_ago})
    assert sorted(ids([page], "definition")) == ["people", "summary"]
    assert (ids([page], "account"), ids([page], "status_report")) == (["AAA"], [f"{SHEET}:55"])
    assert ids([page]) == []
    assert (page.next_since or {})["beside"] > long_ago


async def test_a_sheet_changed_a_moment_ago_is_asked_again_next_time() -> None:
    made = site()
    made.modified = LATER
    with serving(made.app()) as base:
        since = (await read(base))[-1].next_since
        made.seen.clear()
        await read(base, since)
    assert asked(made) == [f"/sheets/{SHEET} ifVersionAfter=7"]


async def test_an_old_list_is_not_believed() -> None:
    made, time = site(), FakeTime()
    with serving(made.app()) as base:
        since = (await read(base))[-1].next_since
        async with listed(base, time) as (one, scope):
            await time.sleep(700)
            made.seen.clear()
            _ = [page async for page in one.read(scope, since)]
    assert asked(made) == [f"/sheets/{SHEET} ifVersionAfter=7"]


async def test_history_is_read_of_those_rows_alone_that_changed() -> None:
    made = site()
    made.history = {f"{n}:2": [{"value": n, "modifiedAt": LATER}] for n in range(1, 8)}
    with serving(made.app()) as base:
        first = await read(base, history=True)
        assert len(ids(first, "change")) == 7
        made.modified = NEW
        made.sheets[SHEET] = sheet([*ROWS[:6], row(7, 7, "Complete", modifiedAt=LATER)], version=8)
        pages = await read(base, first[-1].next_since, history=True)
    assert ids(pages, "change") == [f"{SHEET}:7:2"]


async def test_who_listed_nothing_goes_by_smartsheets_clock_all_the_same() -> None:
    """As after a webhook: else the whole history would be read again the next time."""
    made = site()
    made.history = {f"{n}:2": [{"value": n, "modifiedAt": LATER}] for n in range(1, 8)}
    with serving(made.app()) as base:
        async with listed(base, history=True) as (_, scope):
            since = (await read(base, history=True))[-1].next_since
        async with connector(base, history=True) as other:
            made.modified = NEW
            made.sheets[SHEET] = sheet([*ROWS[:6], row(7, 7, "Complete", modifiedAt=LATER)], version=8)
            pages = [page async for page in other.read(scope, through_a_store(since))]
        made.modified = LATER
        made.sheets[SHEET] = sheet(ROWS, version=9)
        later = await read(base, pages[-1].next_since, history=True)
    assert ids(pages, "change") == [f"{SHEET}:7:2"]
    assert ids(later, "change") == []


async def test_a_reading_cut_in_its_history_tells_no_cell_twice_though_the_sheet_moved_on() -> None:
    made = site()
    made.history = {f"{n}:2": [{"value": n, "modifiedAt": LATER}] for n in (1, 2, 3, 4, 5, 6, 7, 100)}
    with serving(made.app()) as base:
        first = await read(base, history=True)
        cut = next(page for page in first if f"{SHEET}:3:2" in ids([page], "change"))
        made.sheets[SHEET] = sheet([row(100, modifiedAt=LATER), *ROWS], version=8)
        rest = await read(base, resume=cut.resume, history=True)
        assert ids(rest, "change") == [f"{SHEET}:{n}:2" for n in (4, 5, 6, 7, 100)]
        assert len(ids(rest)) == 8
        made.modified = NEW
        made.sheets[SHEET] = sheet([row(100, modifiedAt=LATER), *ROWS], version=9)
        later = await read(base, rest[-1].next_since, history=True)
    assert f"{SHEET}:100:2" in ids(later, "change")  # changed after the first reading began


async def test_a_reading_of_changes_is_resumed_where_it_was() -> None:
    made = site()
    with serving(made.app()) as base:
        since = (await read(base))[-1].next_since
        made.modified = NEW
        made.sheets[SHEET]["version"] = 8
        whole = await read(base, since, page_size=2)
        for cut in range(1, len(whole)):
            rest = await read(base, since, whole[cut - 1].resume, page_size=2)
            assert ids(whole[:cut]) + ids(rest) == ids(whole)
            assert rest[-1].listed == whole[-1].listed


STALE: tuple[JsonObject, ...] = (
    {"version": 7},
    {"form": "smartsheet.since.1", "version": 7},
    {"version": "7"},
    {"version": 7, "asked": "yesterday"},
)


@pytest.mark.parametrize("broken", STALE, ids=str)
async def test_a_place_that_cannot_be_gone_on_from_is_stale(broken: JsonObject) -> None:
    made = site()
    with serving(made.app()) as base:
        good = dict((await read(base))[-1].next_since or {})
        given = broken if "form" in broken or broken == {"version": 7} else {**good, **broken}
        with pytest.raises(StaleCursor, match="read anew, whole"):
            await read(base, given)
        with pytest.raises(StaleCursor, match="read anew, whole"):
            await read(base, None, given)
        with pytest.raises(StaleCursor, match="reads history"):
            await read(base, good, history=True)


async def test_a_sheet_that_went_back_to_an_older_version_is_read_anew() -> None:
    made = site()
    with serving(made.app()) as base:
        since = (await read(base))[-1].next_since
        made.modified = NEW
        made.sheets[SHEET]["version"] = 3
        with pytest.raises(StaleCursor, match="version 3"):
            await read(base, since)


async def test_a_sheet_unshared_since_the_last_reading_hands_nothing_over() -> None:
    made = site()
    with serving(made.app()) as base:
        since = (await read(base))[-1].next_since
        made.modified = NEW
        made.fault = lambda request: (
            refusal(404, 1006, "Not Found") if str(SHEET) in request.url.path else None
        )
        with pytest.raises(Exception, match=f"sheet {SHEET}"):
            await read(base, since)
