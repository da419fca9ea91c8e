"""Ten listings in one request: what is longer goes on, what failed is asked for by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from connectors.errors import Unauthorized, Unavailable, Unexpected
from tests.connectors.asana_site import EXPIRED, PROJECT, SCOPE, Refusal, Site, connector, ids, story, task
from tests.faketime import FakeTime

Query = Mapping[str, str]


def parents(many: int) -> Site:
    """Each with one subtask and, the first, with twenty-five stories."""
    tops = [task(n, subtasks=1) for n in range(100, 100 + many)]
    below = {one["gid"]: [task(1000 + int(one["gid"]), parent=int(one["gid"]))] for one in tops}
    return Site(tops, below, {"100": [story(n) for n in range(5000, 5025)]})


async def test_a_whole_reading_takes_as_few_requests_as_asana_allows() -> None:
    site = parents(23)
    async with connector(site) as asana:
        pages = [page async for page in asana.read(SCOPE)]
    assert len(ids(pages)) == 46
    sizes = [len(one) for one in site.batches]  # those of one level come in any order
    assert (sizes[:2], sorted(sizes[2:5]), sorted(sizes[5:])) == ([9, 2], [3, 10, 10], [6, 10, 10, 10, 10])
    in_batches = sum(map(len, site.batches))
    assert len(site.asked) - in_batches == 3  # the first token, the people of the workspace, the tasks
    asked = [path for path, _ in site.asked]
    assert asked[0] == "/events"
    assert pages[-1].listed is not None
    assert sorted(pages[-1].listed) == sorted(ids(pages))


async def test_batches_are_full_across_the_pages_of_a_listing() -> None:
    site = parents(23)
    async with connector(site, page_size=5, history=False) as asana:
        pages = [page async for page in asana.read(SCOPE)]
    assert sorted(len(batch) for batch in site.batches[2:]) == [3, 10, 10]
    assert [len(ids([page])) for page in pages] == [0, 10, 10, 10, 10, 6, 0]


async def test_a_listing_in_a_batch_goes_on_at_its_offset_with_the_same_fields() -> None:
    site = parents(12)
    async with connector(site, page_size=10) as asana:
        pages = [page async for page in asana.read(SCOPE)]
    assert ids(pages, "change") == [str(n) for n in range(5000, 5025)]
    told = [query for path, query in site.asked if path == "/tasks/100/stories"]
    assert [query.get("offset") for query in told] == [None, "o10", "o20"]
    assert {query["limit"] for query in told} == {"10"}
    assert len({query["opt_fields"] for query in told}) == 1
    assert [batch for batch in site.batches if batch == ["/tasks/100/stories"]] == [
        ["/tasks/100/stories"]
    ] * 2


async def test_an_offset_that_comes_again_in_a_batch_is_noticed() -> None:
    site, answer = parents(3), Site.answer

    def stuck(path: str, query: dict[str, str]) -> tuple[int, Any]:
        told = answer(site, path, query)
        return (200, {**told[1], "next_page": {"offset": "o0"}}) if path.endswith("/stories") else told

    site.answer = stuck  # type: ignore[method-assign]
    async with connector(site) as asana:
        with pytest.raises(Unexpected, match="same page"):
            [page async for page in asana.read(SCOPE)]


@pytest.mark.parametrize(
    "refusal", [(400, EXPIRED), (429, "too many"), (500, "oops"), (504, "timeout")], ids=str
)
@pytest.mark.parametrize(
    "path", ["/tasks/100/stories", "/tasks/101/subtasks", f"/projects/{PROJECT}/sections"]
)
async def test_what_a_batch_could_not_answer_is_asked_for_by_itself(refusal: Refusal, path: str) -> None:
    site = parents(3)
    async with connector(site, page_size=10) as asana:
        whole = [page async for page in asana.read(SCOPE)]
        left = [1]
        offset = {"offset": "o10"} if refusal[0] == 400 and path == "/tasks/100/stories" else {}

        def refuse(asked: str, query: Query) -> Refusal | None:
            return (
                refusal if asked == path and offset.items() <= query.items() and left and left.pop() else None
            )

        site.refuse = refuse
        again = [page async for page in asana.read(SCOPE)]
    assert left == []
    for kind in ("item", "change", "section"):
        assert ids(again, kind) == ids(whole, kind)


@pytest.mark.parametrize(("status", "error"), [(401, Unauthorized), (429, Unavailable), (503, Unavailable)])
@pytest.mark.parametrize(
    "path", ["/tasks/100/stories", "/tasks/101/subtasks", "/custom_types", "/ooo_entries"]
)
async def test_what_stays_refused_ends_the_reading_and_is_never_nothing(
    path: str, status: int, error: type[Exception]
) -> None:
    site = parents(3)
    site.refuse = lambda asked, _: (status, "no") if asked == path else None
    async with connector(site) as asana:
        with pytest.raises(error):
            [page async for page in asana.read(SCOPE)]


@pytest.mark.parametrize(
    "entry",
    [
        {"status_code": 200, "body": {}},
        {"status_code": 200, "body": None},
        {"status_code": 200, "body": {"data": [{"name": "no gid"}]}},
        {"status_code": 200, "body": {"data": [], "next_page": {"path": "/x"}}},
        {"body": {"data": []}},
        None,
    ],
)
async def test_an_action_answered_in_an_odd_form_is_unexpected(entry: object) -> None:
    site, answer = parents(2), Site.batch

    async def batch(request: Any) -> Any:
        told = await answer(site, request)
        return type(told)({"data": [entry] * len(site.batches[-1])}) if len(site.batches) > 2 else told

    site.batch = batch  # type: ignore[method-assign]
    async with connector(site) as asana:
        with pytest.raises(Unexpected):
            [page async for page in asana.read(SCOPE)]


async def test_every_action_of_a_reading_counts_against_the_budget() -> None:
    site, time = parents(23), FakeTime()
    async with connector(site, time, requests_per_minute=600, rate_share=1, history=False) as asana:
        [page async for page in asana.read(SCOPE)]
    assert len(site.asked) == 37
    assert sum(time.sleeps) == 0  # 60 in 6 s
    async with connector(site, time, requests_per_minute=150, rate_share=1, history=False) as asana:
        [page async for page in asana.read(SCOPE)]
    assert sum(time.sleeps) == 12  # 15 in 6 s


async def test_by_default_three_tenths_of_the_allowance_are_used() -> None:
    time = FakeTime()
    async with connector(parents(100), time, history=False) as asana:
        [page async for page in asana.read(SCOPE)]
    assert sum(time.sleeps) == 12  # 45 of the 150 in 6 s, and 114 requests
