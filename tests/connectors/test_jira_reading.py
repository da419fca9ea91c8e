"""Reading a Jira project: what is asked for, what is missing, where it goes on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from connectors.errors import NotFound, Unauthorized, Unavailable, Unexpected
from tests.connectors.jira_stub import SCOPE, TOKEN, Asked, Stub, ids, issue, read, refusal

TEN = [issue(number) for number in range(1, 11)]
SMALL = {"id_page_size": 4, "body_batch": 2, "changelog_batch": 3, "parallel": 2}
ALL = [str(number) for number in range(1, 11)]


async def test_ids_come_by_search_and_bodies_and_changelogs_in_bulk() -> None:
    stub = Stub(issues=[issue(n) for n in range(1, 251)])
    async with stub.connected() as connector:
        pages = await read(connector)
    assert ids(pages) == [str(n) for n in range(1, 251)]
    assert ids(pages, "change") == [f"{n}-0" for n in range(1, 251)]
    (search,) = stub.requests("/search/jql")
    assert search.given == {
        "jql": "project = 10011 ORDER BY resolved DESC, created ASC, key ASC",
        "maxResults": 5000,
        "fields": ["id"],
    }
    assert [len(one.given["issueIdsOrKeys"]) for one in stub.requests("/issue/bulkfetch")] == [100, 100, 50]
    fields = ["*all", "-comment", "-worklog", "-attachment"]
    assert all(one.given["fields"] == fields for one in stub.requests("/issue/bulkfetch"))
    (changes,) = stub.requests("/changelog/bulkfetch")
    assert (len(changes.given["issueIdsOrKeys"]), changes.given["maxResults"]) == (250, 10_000)


async def test_every_page_of_ids_is_read_and_counted() -> None:
    stub = Stub(issues=TEN)
    async with stub.connected(**SMALL) as connector:
        pages = await read(connector)
    assert ids(pages) == ALL
    assert [page.expected for page in pages if page.records and page.records[0].kind == "item"][-1] == 10
    first, *rest = stub.requests("/search/jql")
    assert "ORDER BY resolved" in first.given["jql"]  # an order that edits change is for one answer only
    assert {one.given["jql"] for one in rest} == {"project = 10011 ORDER BY created ASC, key ASC"}
    assert [one.given.get("nextPageToken") for one in rest] == [None, "4", "8"]
    assert (pages[-1].resume, pages[-1].listed) == (None, ALL)


async def test_without_history_no_changelog_is_asked_for() -> None:
    stub = Stub(issues=TEN)
    async with stub.connected(**SMALL, history=False) as connector:
        pages = await read(connector)
    assert ids(pages) == ALL
    assert not stub.requests("/changelog/bulkfetch")


async def test_many_histories_come_in_several_pages() -> None:
    stub = Stub(issues=TEN, histories=250)
    async with stub.connected() as connector:
        pages = await read(connector)
    sizes = [len(page.records) for page in pages if page.records and page.records[0].kind == "change"]
    assert sizes == [1000, 1000, 500]


async def test_changelogs_go_on_by_their_token() -> None:
    def page(asked: Asked) -> tuple[int, Any]:
        second = asked.given.get("nextPageToken") == "t2"
        log = {"issueId": "1", "changeHistories": [{"id": "h2" if second else "h1"}]}
        return 200, {"issueChangeLogs": [log], "nextPageToken": None if second else "t2"}

    async with Stub(issues=TEN[:1], says={"/changelog/bulkfetch": page}).connected() as connector:
        pages = await read(connector)
    assert ids(pages, "change") == ["h1", "h2"]


class Omitting:
    """Leaves issues out of the bulk fetch, the first so many times."""

    def __init__(self, stub: Stub, missing: str, times: int) -> None:
        self.stub, self.missing, self.times = stub, missing, times

    def __call__(self, asked: Asked) -> tuple[int, Any]:
        wanted = asked.given["issueIdsOrKeys"]
        if self.missing in wanted and self.times > 0:
            self.times -= 1
            wanted = [one for one in wanted if one != self.missing]
        return 200, self.stub.bulk(wanted)


async def test_what_was_left_out_once_is_asked_for_again_and_stays_in_order() -> None:
    stub = Stub(issues=TEN)
    stub.says["/issue/bulkfetch"] = Omitting(stub, "3", 1)
    async with stub.connected() as connector:
        pages = await read(connector)
    assert ids(pages) == ALL
    assert not any(page.gone for page in pages)
    assert stub.requests("/issue/bulkfetch")[1].given["issueIdsOrKeys"] == ["3"]


async def test_what_is_left_out_twice_is_gone_with_evidence() -> None:
    stub = Stub(issues=TEN)
    stub.says["/issue/bulkfetch"] = Omitting(stub, "3", 99)
    async with stub.connected() as connector:
        pages = await read(connector)
    assert ids(pages) == [one for one in ALL if one != "3"]
    (gone,) = [one for page in pages for one in page.gone]
    assert (gone.id, gone.reason) == ("3", "not_found")
    assert "twice" in gone.evidence


async def test_an_issue_with_a_passing_error_is_not_gone() -> None:
    error = {"issues": [], "issueErrors": [{"id": "1", "errorMessage": "try again"}]}
    async with Stub(
        issues=TEN[:1], says={"/issue/bulkfetch": lambda _: (200, error)}
    ).connected() as connector:
        with pytest.raises(Unavailable, match="1 of 1"):
            await read(connector)


@pytest.mark.parametrize("cut", range(1, 12))
async def test_it_goes_on_after_any_page_without_asking_again_for_what_is_done(cut: int) -> None:
    stub = Stub(issues=TEN)
    async with stub.connected(**SMALL) as connector:
        pages = await read(connector)
        stub.asked.clear()
        rest = await read(connector, resume=pages[cut - 1].resume)
    assert {*ids(pages[:cut]), *ids(rest)} == set(ALL)
    assert not set(ids(pages[:cut])) & set(ids(rest))
    assert sorted([*ids(pages[:cut], "change"), *ids(rest, "change")]) == sorted(f"{n}-0" for n in ALL)
    asked = [one for call in stub.requests("/issue/bulkfetch") for one in call.given["issueIdsOrKeys"]]
    assert asked == ids(rest)


async def test_what_is_done_stays_done_when_the_last_issue_of_it_is_gone() -> None:
    stub = Stub(issues=list(TEN))
    async with stub.connected(**SMALL) as connector:
        pages = await read(connector)
        cut = next(at for at, page in enumerate(pages, 1) if page.resume and page.resume["upto"] == 6)
        stub.issues.remove(TEN[5])
        rest = await read(connector, resume=pages[cut - 1].resume)
    assert ids(rest) == ["7", "8", "9", "10"]
    assert rest[-1].listed == [one for one in ALL if one != "6"]


@pytest.mark.parametrize("cut", range(1, 9))
async def test_in_one_listing_it_goes_on_after_any_page_whatever_the_order_is_then(cut: int) -> None:
    stub = Stub(issues=list(TEN))
    async with stub.connected(body_batch=2, changelog_batch=3) as connector:
        pages = await read(connector)
        stub.issues.reverse()
        rest = await read(connector, resume=pages[cut - 1].resume)
    assert sorted([*ids(pages[:cut]), *ids(rest)], key=int) == ALL
    assert {*ids(pages[:cut], "change"), *ids(rest, "change")} == {f"{n}-0" for n in ALL}
    assert set(rest[-1].listed or ()) == set(ALL)


class Revocable:
    """A token that is revoked at some request: from then on Jira answers as to a stranger."""

    def __init__(self, stub: Stub, end: str, after: int) -> None:
        self.stub, self.dead = stub, False
        self._left = after
        empty = {"issues": [], "issueErrors": [], "issueChangeLogs": []}
        usual = {
            "/issue/bulkfetch": lambda asked: stub.bulk(asked.given["issueIdsOrKeys"]),
            "/changelog/bulkfetch": lambda asked: stub.changelogs(asked.given["issueIdsOrKeys"]),
        }
        for path, say in usual.items():
            stub.says[path] = lambda asked, say=say, counts=path == end: (
                200,
                empty if self._dies(counts) else say(asked),
            )
        stub.says["/myself"] = lambda _: (401, {}) if self.dead else (200, {"accountId": "1"})

    def _dies(self, counts: bool) -> bool:
        if counts:
            self._left -= 1
            self.dead = self.dead or self._left < 0
        return self.dead


@pytest.mark.parametrize("end", ["/issue/bulkfetch", "/changelog/bulkfetch"])
@pytest.mark.parametrize("after", [0, 1, 2])
async def test_a_token_that_is_revoked_in_the_middle_hides_nothing_for_good(end: str, after: int) -> None:
    stub = Stub(issues=TEN)
    token = Revocable(stub, end, after)
    pages = []
    async with stub.connected(**SMALL) as connector:
        with pytest.raises(Unauthorized):
            async for page in connector.read(SCOPE):
                pages.append(page)
        stub.says.clear()  # a new token
        rest = await read(connector, resume=pages[-1].resume)
    assert token.dead
    assert not any(page.gone for page in pages)
    assert {*ids(pages), *ids(rest)} == set(ALL)
    assert {*ids(pages, "change"), *ids(rest, "change")} == {f"{n}-0" for n in ALL}


async def test_a_token_that_expires_in_the_middle_is_unexpected() -> None:
    stub = Stub(issues=TEN)
    stub.says["/search/jql"] = lambda asked: (
        refusal("The provided next page token is invalid or has expired.")
        if asked.given.get("nextPageToken")
        else stub.search(asked.given)
    )
    async with stub.connected(**SMALL) as connector:
        with pytest.raises(Unexpected, match="token"):
            await read(connector)


async def test_an_empty_page_with_a_token_is_not_the_end() -> None:
    stub = Stub(issues=TEN)

    def search(asked: Asked) -> tuple[int, Any]:
        if not asked.given.get("nextPageToken"):
            return 200, {"issues": [], "nextPageToken": "0", "isLast": False}
        return stub.search(asked.given)

    stub.says["/search/jql"] = search
    async with stub.connected(**SMALL) as connector:
        assert ids(await read(connector)) == ALL


async def test_a_page_that_is_not_the_last_and_has_no_token_is_unexpected() -> None:
    page = {"issues": [{"id": "1"}], "isLast": False}
    async with Stub(issues=TEN, says={"/search/jql": lambda _: (200, page)}).connected() as connector:
        with pytest.raises(Unexpected, match="no token"):
            await read(connector)


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ("The value 'NET' does not exist for the field 'project'.", NotFound),
        ("A value with ID '10011' does not exist for the field 'project'.", NotFound),
        (f"Field 'x' does not exist, says {TOKEN}.", Unexpected),
    ],
)
async def test_a_refused_search_is_told_in_jiras_words(message: str, error: type[Exception]) -> None:
    async with Stub(says={"/search/jql": lambda _: refusal(message)}).connected() as connector:
        with pytest.raises(error, match="does not exist") as caught:
            await read(connector)
    assert TOKEN not in str(caught.value)


async def test_a_scope_that_is_no_number_is_quoted() -> None:
    stub = Stub()
    async with stub.connected() as connector:
        stub.says['/project/IF"'] = lambda _: (200, {"id": "1"})
        _ = [one async for one in connector.census(replace(SCOPE, id='IF"'))]
    assert stub.requests("/search/jql")[0].given["jql"].startswith('project = "IF\\"" ORDER')
