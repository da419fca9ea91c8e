"""A sheet is read whole at one version, whatever its pages do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from connectors.base import Absence, Record
from connectors.errors import NotFound, Unauthorized, Unavailable, Unexpected
from tests.connectors.smartsheet_site import SCOPE, SHEET, Site, connector, ids, read, refusal, row, sheet
from tests.faketime import FakeTime
from tests.loopback import serving

ROWS = [row(n, n) for n in range(1, 8)]
BIG = 9007199254740993  # 2^53 + 1: as a float it would be its neighbour


def site(rows: Any = None, **more: Any) -> Site:
    return Site(sheets={SHEET: sheet(ROWS if rows is None else rows, **more)})


def asked(made: Site, path: str) -> list[str]:
    return [seen for seen in made.seen if seen.split("?")[0] == path]


async def test_a_sheet_that_fits_is_one_request_and_every_page_tells_how_many_come() -> None:
    made = site()
    with serving(made.app()) as base:
        pages = await read(base)
    assert ids(pages) == [f"{SHEET}:{n}" for n in range(1, 8)]
    assert len(asked(made, f"/sheets/{SHEET}")) == 1
    assert "level=2" in asked(made, f"/sheets/{SHEET}")[0]
    assert [page.resume is None for page in pages] == [False, False, True]
    assert (pages[-1].next_since or {})["version"] == 7
    assert pages[-1].listed == ids(pages)
    assert {page.expected for page in pages[:-1]} == {7}
    assert sorted(ids(pages, "definition")) == ["outline", "people", "sheet", "summary"]


@pytest.mark.parametrize("size", [1, 2, 3, 7])
async def test_pages_of_any_size_bring_every_row_once(size: int) -> None:
    made = site()
    with serving(made.app()) as base:
        pages = await read(base, page_size=size)
    assert ids(pages) == [f"{SHEET}:{n}" for n in range(1, 8)]
    assert ids([pages[0]], "definition")
    assert not ids(pages[1:], "definition")


async def test_pages_shorter_than_asked_for_are_followed_to_the_count() -> None:
    made = site()
    made.most_rows = 3
    with serving(made.app()) as base:
        pages = await read(base)
    assert len(ids(pages)) == 7
    assert len(asked(made, f"/sheets/{SHEET}")) == 3


async def test_an_id_beyond_two_to_the_53_stays_exact() -> None:
    with serving(site([row(BIG)]).app()) as base:
        pages = await read(base)
    assert ids(pages) == [f"{SHEET}:{BIG}"]
    (record,) = [one for page in pages for one in page.records if one.kind == "item"]
    assert json.loads(json.dumps(record.body))["id"] == BIG


async def test_an_id_that_lost_its_digits_is_unexpected() -> None:
    made = site([{**row(1), "id": 9.007199254740993e15}])
    with serving(made.app()) as base, pytest.raises(Unexpected, match="whole number"):
        await read(base)


async def test_a_sheet_that_changes_between_pages_is_read_anew_in_one_answer() -> None:
    made = site()

    def edit(request: Request) -> Response | None:
        if request.query_params.get("page") == "2":
            made.sheets[SHEET] = sheet([row(100), *ROWS], version=8)
        return None

    made.fault = edit
    with serving(made.app()) as base:
        pages = await read(base, page_size=3)
    assert ids(pages) == [f"{SHEET}:100", *(f"{SHEET}:{n}" for n in range(1, 8))]
    assert (pages[-1].next_since or {})["version"] == 8
    assert "pageSize=20000" in asked(made, f"/sheets/{SHEET}")[-1]


async def test_a_sheet_that_never_keeps_still_is_unavailable() -> None:
    made = site()
    made.most_rows = 3

    def edit(request: Request) -> Response | None:
        if request.url.path.endswith(str(SHEET)):
            made.sheets[SHEET]["version"] += 1
        return None

    made.fault = edit
    with serving(made.app()) as base, pytest.raises(Unavailable, match="changed each time"):
        await read(base, page_size=3)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"totalRowCount": 9}, "7 rows of a sheet that says it has 9"),
        ({"totalRowCount": 5}, "7 rows of a sheet that says it has 5"),
        ({"totalRowCount": None}, "neither its version nor how many rows"),
        ({"version": None}, "neither its version nor how many rows"),
        ({"rows": [*ROWS, ROWS[0]]}, "rows of this sheet twice"),
    ],
)
async def test_rows_missing_or_twice_are_never_a_whole_sheet(more: dict[str, Any], says: str) -> None:
    with serving(site(**more).app()) as base, pytest.raises(Unexpected, match=says):
        await read(base)


async def test_a_resumed_reading_leaves_no_gap_and_repeats_nothing() -> None:
    with serving(site().app()) as base:
        whole = await read(base, page_size=2)
        for cut in range(1, len(whole)):
            rest = await read(base, page_size=2, resume=json.loads(json.dumps(whole[cut - 1].resume)))
            assert ids(whole[:cut]) + ids(rest) == ids(whole)
            assert sorted(ids([rest[0]], "definition")) == sorted(ids(whole, "definition"))


async def test_a_reading_resumed_at_another_version_begins_anew() -> None:
    made = site()
    with serving(made.app()) as base:
        whole = await read(base, page_size=2)
        made.sheets[SHEET] = sheet([row(100), *ROWS], version=8)
        rest = await read(base, page_size=2, resume=whole[2].resume)
    assert len(ids(rest)) == 8


async def test_parents_people_and_summary_fields_are_records_of_their_own() -> None:
    made = site([row(1, 1), row(2, 2, parentId=1), row(3, 3, parentId=2)])
    made.keyed["/shares"] = [[{"id": "AAA", "type": "USER", "email": "ann@x.example"}], [{"id": "BBB"}]]
    made.summaries[SHEET] = [{"id": 55, "title": "Health", "type": "PICKLIST", "symbol": "RYG"}]
    with serving(made.app()) as base:
        pages = await read(base)
    assert ids(pages, "section") == [f"{SHEET}:1", f"{SHEET}:2"]
    assert ids(pages, "account") == ["AAA", "BBB"]
    assert ids(pages, "status_report") == [f"{SHEET}:55"]
    outline = next(one.body for page in pages for one in page.records if one.id == "outline")
    assert [one["id"] for one in outline["parents"]] == [1, 2]


async def test_without_the_right_to_see_shares_the_rows_still_come() -> None:
    made = site(hasSummaryFields=False)
    made.fault = lambda request: refusal(403, 1004, "No.") if request.url.path.endswith("/shares") else None
    with serving(made.app()) as base:
        pages = await read(base)
    assert len(ids(pages)) == 7
    assert not asked(made, f"/sheets/{SHEET}/summary")


async def test_a_sheet_shared_away_in_the_middle_is_not_found_and_hands_nothing_over() -> None:
    made = site()
    made.fault = lambda request: (
        refusal(404, 1006, "Not Found") if request.query_params.get("page") == "2" else None
    )
    with serving(made.app()) as base:
        async with connector(base, page_size=3) as one:
            pages = []
            with pytest.raises(NotFound, match=f"sheet {SHEET}"):
                async for page in one.read(SCOPE):
                    pages.append(page)
    assert pages == []


async def test_history_is_read_on_request_and_costs_ten_requests_a_cell() -> None:
    made, time = site([row(1), row(2)]), FakeTime()
    made.history["1:2"] = [{"value": n, "modifiedAt": f"2026-02-0{n}T10:00:00Z"} for n in (5, 4, 3)]
    with serving(made.app()) as base:
        assert ids(await read(base), "change") == []
        async with connector(base, time, history=True, rate_share=0.1) as one:
            pages = [page async for page in one.read(SCOPE)]
    (change,) = [record for page in pages for record in page.records if record.kind == "change"]
    assert (change.id, change.body["rowId"], len(change.body["data"])) == (f"{SHEET}:1:2", 1, 3)
    assert sum(time.sleeps) >= 60  # 30 a minute: three for the sheet and thirty for three pages of history


async def test_fetch_brings_the_rows_as_a_reading_does_and_names_what_is_not_there() -> None:
    made = site()
    wanted = [f"{SHEET}:3", f"{SHEET}:999", "1:2", "nonsense", f"{SHEET}:1"]
    with serving(made.app()) as base:
        pages = await read(base)
        async with connector(base, fetch_batch=2) as one:
            found = [thing async for thing in one.fetch(SCOPE, wanted)]
            assert [thing async for thing in one.fetch(SCOPE, [])] == []
    bodies = {record.id: record.body for page in pages for record in page.records if record.kind == "item"}
    assert [thing.id for thing in found] == wanted
    assert {thing.id: thing.body for thing in found if isinstance(thing, Record)} == {
        f"{SHEET}:3": bodies[f"{SHEET}:3"], f"{SHEET}:1": bodies[f"{SHEET}:1"],
    }  # fmt: skip
    assert {thing.reason for thing in found if isinstance(thing, Absence)} == {"not_found"}


async def test_one_row_that_spoils_a_fetch_is_found_by_halving() -> None:
    made = site()
    made.fault = lambda request: (
        refusal(404, 1006, "Not Found") if "999" in request.query_params.get("rowIds", "") else None
    )
    with serving(made.app()) as base:
        async with connector(base) as one:
            found = [thing async for thing in one.fetch(SCOPE, [f"{SHEET}:{n}" for n in (1, 2, 999, 4)])]
    assert [isinstance(thing, Record) for thing in found] == [True, True, False, True]


async def test_fetch_from_a_sheet_out_of_reach_is_forbidden_and_no_proof_of_anything() -> None:
    with serving(Site().app()) as base:
        async with connector(base) as one:
            (absence,) = [thing async for thing in one.fetch(SCOPE, [f"{SHEET}:1"])]
            assert isinstance(absence, Absence)
            assert absence.reason == "forbidden"
            with pytest.raises(NotFound):
                [thing async for thing in one.census(SCOPE)]


async def test_a_census_is_one_request_a_page_and_notices_what_changes() -> None:
    made = site()

    async def counted(base: str) -> dict[str, bytes]:
        async with connector(base, page_size=3) as one:
            return {print_.id: print_.value async for print_ in one.census(SCOPE)}

    with serving(made.app()) as base:
        before = await counted(base)
        assert len(asked(made, f"/sheets/{SHEET}")) == -(-len(ROWS) // 3)
        assert await counted(base) == before
        made.sheets[SHEET]["rows"] = [row(1, 1, "Complete"), *ROWS[1:]]
        after = await counted(base)
        made.sheets[SHEET]["columns"][1] = {**made.sheets[SHEET]["columns"][1], "title": "Stage"}
        renamed = await counted(base)
    assert {id for id in after if after[id] != before[id]} == {f"{SHEET}:1"}
    assert all(renamed[id] != after[id] for id in after)


async def test_an_odd_row_spoils_no_census() -> None:
    made = site()
    made.sheets[SHEET]["rows"] = [{**row(1), "cells": "none"}, *ROWS[1:]]
    with serving(made.app()) as base:
        async with connector(base) as one:
            found = {print_.id: print_.value async for print_ in one.census(SCOPE)}
            definitions = {record.id: record.body async for record in one.definitions(SCOPE)}
            printing = one.printing(SCOPE, definitions)
    bodies = made.sheets[SHEET]["rows"]
    assert found == {f"{SHEET}:{body['id']}": printing.of(body) for body in bodies}


async def test_a_token_that_dies_is_never_taken_for_a_missing_right() -> None:
    made = site()
    made.fault = lambda request: (
        refusal(401, 1002, "Your Access Token is invalid.") if request.url.path.endswith("/shares") else None
    )
    with serving(made.app()) as base, pytest.raises(Unauthorized):
        await read(base)


NO_SHEETS: tuple[Any, ...] = (
    {}, [], {"id": SHEET}, {"id": SHEET, "columns": [], "version": 1, "totalRowCount": 1},
)  # fmt: skip


@pytest.mark.parametrize("body", NO_SHEETS, ids=str)
async def test_an_answer_that_is_no_sheet_is_unexpected(body: Any) -> None:
    made = Site(fault=lambda _: JSONResponse(body))
    with serving(made.app()) as base, pytest.raises(Unexpected):
        await read(base)
