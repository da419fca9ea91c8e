"""What Asana refuses: expired offsets, pages too heavy, listings cut off, credentials, hidden projects."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from pydantic import ValidationError

from connectors.asana_settings import AsanaSettings
from connectors.base import Absence, Record
from connectors.errors import NotFound, Unauthorized, Unavailable, Unexpected
from tests.connectors.asana_site import (
    EXPIRED,
    PROJECT,
    SCOPE,
    WORKSPACE,
    Refusal,
    Site,
    connector,
    ids,
    task,
)
from tests.faketime import FakeTime

TASKS = f"/projects/{PROJECT}/tasks"
MANY = [task(n) for n in range(100, 125)]
Query = Mapping[str, str]


async def test_a_listing_whose_offset_expired_is_read_anew_and_loses_nothing() -> None:
    left = [EXPIRED, EXPIRED]

    def refuse(path: str, query: Query) -> Refusal | None:
        return (400, left.pop()) if path == TASKS and query.get("offset") == "o20" and left else None

    site = Site(MANY, refuse=refuse)
    async with connector(site, page_size=10) as asana:
        pages = [page async for page in asana.read(SCOPE)]
    assert ids(pages) == [one["gid"] for one in MANY]
    assert not left


async def test_a_listing_whose_offset_always_expires_is_unavailable_and_never_short() -> None:
    site = Site(MANY, refuse=lambda _, query: (400, EXPIRED) if "offset" in query else None)
    async with connector(site, page_size=10) as asana:
        with pytest.raises(Unavailable, match="expired") as caught:
            [one async for one in asana.census(SCOPE)]
    assert caught.value.retry_after is not None


async def test_a_page_too_heavy_is_asked_for_in_thirds_from_the_beginning() -> None:
    def refuse(path: str, query: Query) -> Refusal | None:
        return (504, "timeout") if path == TASKS and int(query["limit"]) > 11 else None

    site = Site(MANY, refuse=refuse)
    async with connector(site) as asana:
        pages = [page async for page in asana.read(SCOPE)]
    limits = [query["limit"] for path, query in site.asked if path == TASKS]
    assert limits == ["100", "33", "11", "11", "11"]
    assert len(ids(pages)) == 25


async def test_a_result_too_large_is_one_too_heavy() -> None:
    def refuse(path: str, query: Query) -> Refusal | None:
        heavy = path == TASKS and int(query["limit"]) > 33
        return (400, "The result is too large. You should use pagination") if heavy else None

    async with connector(Site(MANY, refuse=refuse)) as asana:
        assert len([one async for one in asana.census(SCOPE)]) == 25


async def test_a_listing_that_asana_cuts_off_is_read_section_by_section() -> None:
    def refuse(path: str, query: Query) -> Refusal | None:
        cut = path == TASKS and query.get("offset") == "o20"
        return (400, "The results have been truncated") if cut else None

    sections = {
        f"/projects/{PROJECT}/sections": [{"gid": "71", "name": "A"}, {"gid": "72", "name": "B"}],
        "/sections/71/tasks": MANY[:15],
        "/sections/72/tasks": MANY[15:],
    }
    async with connector(Site(MANY, lists=sections, refuse=refuse), page_size=10) as asana:
        assert len([one async for one in asana.census(SCOPE)]) == 25


async def test_a_refusal_that_we_do_not_know_is_unexpected_and_quoted() -> None:
    site = Site(MANY, refuse=lambda path, _: (400, "limit: not a number") if path == TASKS else None)
    async with connector(site) as asana:
        with pytest.raises(Unexpected, match="not a number"):
            [page async for page in asana.read(SCOPE)]


async def test_the_same_offset_twice_is_noticed() -> None:
    site = Site(MANY)
    stuck = {"data": MANY[:10], "next_page": {"offset": "o0"}}
    site.answer = lambda *_: (200, stuck)  # type: ignore[method-assign]
    async with connector(site) as asana:
        with pytest.raises(Unexpected, match="same page"):
            [one async for one in asana.census(SCOPE)]


@pytest.mark.parametrize("following", [{}, {"path": "/tasks?offset=x"}, {"offset": ""}, "o10"])
async def test_a_page_that_names_no_offset_does_not_end_the_listing(following: object) -> None:
    site = Site(MANY)
    site.answer = lambda *_: (200, {"data": MANY, "next_page": following})  # type: ignore[method-assign]
    async with connector(site) as asana:
        with pytest.raises(Unexpected, match="next one"):
            [one async for one in asana.census(SCOPE)]


async def test_the_rate_limit_waits_as_long_as_asana_says() -> None:
    left, time = [1], FakeTime()

    def refuse(path: str, query: Query) -> Refusal | None:
        return (429, "You've made too many requests") if left and left.pop() else None

    async with connector(Site(MANY, refuse=refuse), time) as asana:
        await asana.check()
    assert max(time.sleeps) == 30


async def test_each_action_of_a_batch_counts_as_a_request() -> None:
    time = FakeTime()
    async with connector(Site(MANY), time, requests_per_minute=150, rate_share=1) as asana:
        found = [one async for one in asana.fetch(SCOPE, [one["gid"] for one in MANY])]
    assert len(found) == 25
    assert sum(time.sleeps) == 6  # 15 requests in 6 s, and there are 25


async def test_fetch_tells_moved_missing_and_hidden_apart_and_subtasks_by_their_ancestor() -> None:
    def refuse(path: str, query: Query) -> Refusal | None:
        return (403, "hidden") if path == "/tasks/5" else None

    elsewhere = [{"project": {"gid": "901"}}]
    site = Site(
        [task(1, subtasks=1)],
        {
            "1": [task(2, subtasks=1, parent=1)],
            "2": [task(3, parent=2)],
            "8": [task(4, memberships=elsewhere), task(6, parent=4), task(7, parent=5)],
        },
        refuse=refuse,
    )
    wanted = ["3", "1", "4", "5", "6", "7", "nobody/knows", "2"]
    async with connector(site) as asana:
        found = {one.id: one async for one in asana.fetch(SCOPE, wanted)}
        assert [one async for one in asana.fetch(SCOPE, [])] == []
    assert {id for id, one in found.items() if isinstance(one, Record)} == {"1", "2", "3"}
    reasons = {id: one.reason for id, one in found.items() if isinstance(one, Absence)}
    assert reasons == {
        "4": "moved", "5": "forbidden", "6": "moved", "7": "moved", "nobody/knows": "not_found",
    }  # fmt: skip
    assert max(map(len, site.batches)) <= 10
    assert "/tasks/nobody%2Fknows" in site.batches[0]


async def test_a_task_seen_elsewhere_has_not_moved_out_of_a_hidden_project() -> None:
    site = Site(
        [task(1, memberships=[{"project": {"gid": "901"}}])],
        refuse=lambda path, _: (403, "hidden") if path == f"/projects/{PROJECT}" else None,
    )
    async with connector(site) as asana:
        (absence,) = [one async for one in asana.fetch(SCOPE, ["1"])]
    assert isinstance(absence, Absence)
    assert absence.reason == "forbidden"


@pytest.mark.parametrize(("status", "error"), [(401, Unauthorized), (429, Unavailable), (500, Unavailable)])
async def test_a_batch_whose_action_failed_is_no_absence(status: int, error: type[Exception]) -> None:
    site = Site(MANY, refuse=lambda path, _: (status, "no") if path == "/tasks/101" else None)
    async with connector(site) as asana:
        with pytest.raises(error):
            [one async for one in asana.fetch(SCOPE, ["100", "101"])]


async def test_ancestors_of_each_other_end_the_climb() -> None:
    site = Site([], {"0": [task(1, parent=2), task(2, parent=3), task(3, parent=2)]})
    async with connector(site) as asana:
        (absence,) = [one async for one in asana.fetch(SCOPE, ["1"])]
    assert isinstance(absence, Absence)
    assert (absence.reason, absence.evidence) == ("moved", "the task is in other projects, or in none")


@pytest.mark.parametrize(("status", "error"), [(403, NotFound), (404, NotFound), (402, Unauthorized)])
async def test_a_project_that_is_hidden_is_never_empty(status: int, error: type[Exception]) -> None:
    hidden = f"/projects/{PROJECT}"
    site = Site(MANY, refuse=lambda path, _: (status, "no") if path.startswith(hidden) else None)
    async with connector(site) as asana:
        with pytest.raises(error):
            [page async for page in asana.read(SCOPE)]
        with pytest.raises(error):
            [one async for one in asana.census(SCOPE)]


async def test_a_wrong_token_is_unauthorized_even_where_a_feature_may_be_missing() -> None:
    def refuse(path: str, query: Query) -> Refusal | None:
        return (401, "Not Authorized") if path == "/rates" else None

    async with connector(Site(MANY), token="1/wrong") as asana:
        with pytest.raises(Unauthorized) as caught:
            await asana.check()
        assert "1/wrong" not in str(caught.value)
    async with connector(Site(MANY, refuse=refuse)) as asana:
        with pytest.raises(Unauthorized):
            await anext(asana.read(SCOPE))


async def test_check_says_who_we_are_and_whether_the_workspace_is_in_reach() -> None:
    async with connector(Site()) as asana:
        identity = await asana.check()
    assert (identity.system, identity.site, identity.account_name) == ("asana", "app.asana.com", "Ada")
    assert identity.clock_skew is not None
    assert [one.held for one in identity.permissions] == [True]
    async with connector(Site(), workspace="78") as asana:
        (permission,) = (await asana.check()).permissions
    assert not permission.held
    assert "78" in permission.mend


PROJECTS = [
    {
        "gid": "900",
        "name": "Portal",
        "archived": False,
        "permalink_url": "https://app.asana.com/1/77/project/900",
    },
    {"gid": "901", "name": "Old", "archived": True},
]
ORGANISATION = {"gid": WORKSPACE, "name": "Northlight", "is_organization": True}


async def test_scopes_are_the_projects_of_every_workspace_and_archived_ones_are_closed() -> None:
    lists = {"/workspaces": [ORGANISATION, {"gid": "78", "name": "Own"}], "/projects": PROJECTS}
    site = Site(lists=lists, objects={f"/workspaces/{WORKSPACE}": ORGANISATION})
    async with connector(site) as asana:
        scopes = [scope async for scope in asana.scopes()]
    assert [(one.id, one.closed) for one in scopes[:2]] == [("900", False), ("901", True)]
    assert [query["workspace"] for path, query in site.asked if path == "/projects"] == [WORKSPACE, "78"]
    assert not [query for path, query in site.asked if "archived" in query]
    async with connector(site, workspace=WORKSPACE) as asana:
        assert len([scope async for scope in asana.scopes()]) == 2


async def test_an_organisation_too_large_for_one_listing_is_listed_team_by_team() -> None:
    lists = {
        "/workspaces": [ORGANISATION],
        "/projects": PROJECTS,
        f"/workspaces/{WORKSPACE}/teams": [{"gid": "41"}, {"gid": "42"}],
        "/teams/41/projects": PROJECTS[:1],
        "/teams/42/projects": PROJECTS,
    }
    refuse = lambda path, _: (504, "timeout") if path == "/projects" else None  # noqa: E731
    async with connector(Site(lists=lists, refuse=refuse)) as asana:
        assert [scope.id async for scope in asana.scopes()] == ["900", "901"]
    lists["/workspaces"] = [{**ORGANISATION, "is_organization": False}]
    async with connector(Site(lists=lists, refuse=refuse)) as asana:
        with pytest.raises(Unavailable):
            [scope async for scope in asana.scopes()]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"token": "1/a b"}, "without spaces"),
        ({"workspace": "Northlight"}, "digits"),
        ({"base_url": "http://asana.example"}, "https"),
        ({"page_size": 101}, "100"),
    ],
)
def test_settings_that_cannot_work_are_refused_in_plain_words(given: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        AsanaSettings.model_validate({"token": "1/x", **given})
