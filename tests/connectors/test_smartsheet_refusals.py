"""Settings, check, discovery and every refusal of Smartsheet in a sentence that says who can mend it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from connectors.errors import NotFound, TrackerError, Unauthorized, Unavailable, Unexpected
from connectors.smartsheet_settings import SmartsheetSettings, region, site
from tests.connectors.smartsheet_site import (
    SCOPE,
    SHEET,
    TOKEN,
    Site,
    connector,
    ids,
    read,
    refusal,
    row,
    sheet,
)
from tests.faketime import START, FakeTime
from tests.loopback import serving


async def scopes(base: str, **settings: Any) -> list[str]:
    async with connector(base, **settings) as made:
        return [scope.id async for scope in made.scopes()]


async def test_check_says_who_we_are_and_where() -> None:
    with serving(Site().app()) as base:
        async with connector(base) as made:
            identity = await made.check()
    assert (identity.system, identity.site) == ("smartsheet", "smartsheet.com")
    assert (identity.account_id, identity.account_name) == ("ann@northlight.example", "Ann Lee")
    assert identity.time_zone == "US/Pacific"
    assert identity.clock_skew is not None
    assert identity.permissions[0].held
    assert "viewer" in identity.permissions[0].mend


async def test_a_token_of_another_region_is_told_in_so_many_words() -> None:
    with serving(Site().app()) as base:
        async with connector(base, token="of-another-region") as made:
            with pytest.raises(Unauthorized) as caught:
                await made.check()
    said = str(caught.value)
    assert "another region" in said
    assert "base_url" in said
    assert "of-another-region" not in said


async def test_where_not_even_the_server_information_answers_the_address_is_to_blame() -> None:
    made = Site(fault=lambda request: (
        HTMLResponse("<html>Not here</html>", 404)
        if request.url.path.endswith("/serverinfo")
        else refusal(401, 1002, "Your Access Token is invalid.")
    ))  # fmt: skip
    with serving(made.app()) as base:
        async with connector(base) as one:
            with pytest.raises(Unexpected, match="base URL"):
                await one.check()


@pytest.mark.parametrize(
    ("url", "where", "ours"),
    [
        ("https://api.smartsheet.com/2.0", "the United States", "smartsheet.com"),
        ("https://api.smartsheet.eu/2.0", "Europe", "smartsheet.eu"),
        ("https://api.smartsheet.au/2.0", "Australia", "smartsheet.au"),
        ("https://api.smartsheetgov.com/2.0", "Smartsheet Gov", "smartsheetgov.com"),
        ("http://127.0.0.1:8099/2.0", "127.0.0.1", "smartsheet.com"),
    ],
)
def test_each_region_has_its_own_site(url: str, where: str, ours: str) -> None:
    assert (region(url), site(url)) == (where, ours)


def test_settings_take_an_address_without_version_and_refuse_what_is_no_token() -> None:
    made = SmartsheetSettings.model_validate({"token": TOKEN, "base_url": "https://api.smartsheet.eu/"})
    assert made.base_url == "https://api.smartsheet.eu/2.0"
    for given in ({"token": "two words"}, {"token": ""}, {"token": TOKEN, "page_size": 20_001}, {}):
        with pytest.raises(ValidationError):
            SmartsheetSettings.model_validate(given)


CASES: dict[str, tuple[int, int, type[TrackerError], str]] = {
    "no token": (401, 1001, Unauthorized, "got no token"),
    "expired": (401, 1003, Unauthorized, "expired"),
    "not authorised": (403, 1004, Unauthorized, "has to share it"),
    "plan": (403, 1013, Unauthorized, "plan"),
    "disabled": (403, 1288, Unauthorized, "disabled"),
    "not found": (404, 1006, NotFound, f"sheet {SHEET}"),
    "retired": (410, 4005, NotFound, f"sheet {SHEET}"),
    "bad parameter": (400, 1018, Unexpected, "1018"),
    "method": (405, 1010, Unexpected, "1010"),
    "teapot": (418, 1, Unexpected, "418"),
}


@pytest.mark.parametrize("case", CASES)
async def test_a_refusal_goes_by_its_code(case: str) -> None:
    status, code, error, says = CASES[case]
    made = Site(sheets={SHEET: sheet([row(1)])}, fault=lambda _: refusal(status, code, "Sorry."))
    time = FakeTime()
    with serving(made.app()) as base, pytest.raises(TrackerError, match=says) as caught:
        await read(base, time=time)
    assert isinstance(caught.value, error)
    assert time.sleeps == []
    paths = [seen.split("?")[0] for seen in made.seen]
    assert paths.count(f"/sheets/{SHEET}") == 1


@pytest.mark.parametrize(("status", "code"), [(503, 4001), (500, 4002), (429, 4003), (500, 4004)])
async def test_what_passes_by_itself_is_asked_again(status: int, code: int) -> None:
    made, time = Site(sheets={SHEET: sheet([row(1)])}), FakeTime()
    made.fault = lambda _: refusal(status, code, "Later.") if len(made.seen) <= 2 else None
    with serving(made.app()) as base:
        assert await read(base, time=time)
    assert len(time.sleeps) >= 2
    if code == 4003:  # no time is told: the minute of the budget is waited for
        assert min(slept for slept in time.sleeps if slept) >= 60


@pytest.mark.parametrize(("code", "after"), [(4001, 300), (4002, 10), (4003, 60), (4004, 10)])
async def test_a_passing_code_counts_whatever_status_it_comes_with(code: int, after: int) -> None:
    made = Site(fault=lambda _: refusal(400, code, "Later."))
    with serving(made.app()) as base, pytest.raises(Unavailable, match=str(code)) as caught:
        await read(base)
    assert caught.value.retry_after == START + timedelta(seconds=after)


async def test_a_page_for_people_says_that_the_base_url_is_wrong() -> None:
    for status in (200, 404):
        made = Site(fault=lambda _, status=status: HTMLResponse("<html>Hi</html>", status))  # type: ignore[misc]
        with serving(made.app()) as base:
            async with connector(base) as one:
                with pytest.raises(Unexpected, match="base URL"):
                    await one.check()


async def test_more_than_the_budget_of_a_minute_waits() -> None:
    made, time = Site(sheets={SHEET: sheet([row(1)])}), FakeTime()
    with serving(made.app()) as base:
        async with connector(base, time, rate_share=0.1) as one:
            for _ in range(11):
                assert [page async for page in one.read(SCOPE)]
    assert sum(time.sleeps) >= 60


@pytest.mark.parametrize("totals", [True, False])
@pytest.mark.parametrize("size", [1, 2, 3, 100])
async def test_all_sheets_are_listed_once_with_totals_and_without(totals: bool, size: int) -> None:
    made = Site(sheets={n: sheet(id=n) for n in (1, 2, 3, 4)}, totals=totals)
    with serving(made.app()) as base:
        assert sorted(await scopes(base, listing_size=size)) == ["1", "2", "3", "4"]


@pytest.mark.parametrize("size", [1, 2, 4, 100])
async def test_the_last_page_that_comes_again_is_the_end(size: int) -> None:
    """The vendor gives the last page again beyond the end."""

    def again(request: Request) -> Response | None:
        if not request.url.path.endswith("/sheets"):
            return None
        asked, page = (int(request.query_params[name]) for name in ("pageSize", "page"))
        at = min(page, -(-4 // asked)) - 1
        return _json({"totalCount": -1, "data": [{"id": n} for n in (1, 2, 3, 4)][at * asked :][:asked]})

    with serving(Site(fault=again).app()) as base:
        assert await scopes(base, listing_size=size) == ["1", "2", "3", "4"]


async def test_a_key_or_a_page_that_repeats_is_unexpected() -> None:
    made = Site(sheets={n: sheet(id=n) for n in (1, 2)}, totals=False)

    def stuck(request: Request) -> Response | None:
        if request.url.path.endswith("/sheets"):
            size = int(request.query_params["pageSize"])
            return _json({"totalCount": -1, "data": [{"id": n} for n in range(1, 6)][:size]})
        return None

    made.fault = stuck
    with serving(made.app()) as base:
        with pytest.raises(Unexpected, match="twice"):
            await scopes(base, listing_size=2)
        made.sheets[SHEET] = sheet([row(1)])
        made.fault = lambda request: (
            _json({"items": [], "lastKey": "k1"}) if request.url.path.endswith("/shares") else None
        )
        with pytest.raises(Unexpected, match="twice"):
            await read(base)


async def test_people_with_access_are_read_past_empty_pages_with_a_key() -> None:
    made = Site(sheets={SHEET: sheet([row(1)])})
    made.keyed = {"/shares": [[], [{"id": "A"}], [], [{"id": "B"}]]}
    with serving(made.app()) as base:
        assert ids(await read(base), "account") == ["A", "B"]


async def test_a_list_that_shifts_while_we_page_is_read_anew_and_never_short() -> None:
    made = Site(sheets={n: sheet(id=n) for n in (1, 2, 3, 4)})

    def rename(request: Request) -> Response | None:
        if request.query_params.get("page") == "2" and made.listed is None:
            made.listed = [1, 4, 2, 3]  # 4 slipped before our page
        return None

    made.fault = rename
    with serving(made.app()) as base:
        assert sorted(await scopes(base, listing_size=2)) == ["1", "2", "3", "4"]


async def test_a_list_that_never_keeps_still_is_unavailable() -> None:
    made = Site(fault=lambda request: (
        _json({"totalCount": 3, "data": [{"id": 1}] if request.query_params["page"] == "1" else []})
        if request.url.path.endswith("/sheets")
        else None
    ))  # fmt: skip
    with serving(made.app()) as base, pytest.raises(Unavailable, match="changed each of 3 times"):
        await scopes(base)


def _json(body: Any) -> Response:
    return JSONResponse(body)
