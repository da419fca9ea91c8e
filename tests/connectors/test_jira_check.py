"""Settings and pre-flight of a connection to Jira Cloud."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from connectors.errors import NotFound, Unauthorized, Unexpected
from connectors.http import Budgets
from connectors.jira_cloud import JiraCloudSettings, limits
from tests.connectors.jira_stub import TOKEN, Stub, listing, read
from tests.faketime import FakeTime

GIVEN = {"base_url": "https://acme.atlassian.net", "email": "ada@acme.example", "token": TOKEN}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://acme.atlassian.net/", "https://acme.atlassian.net"),
        ("https://acme.atlassian.net/jira/software/projects/NET", "https://acme.atlassian.net"),
        ("https://api.atlassian.com/ex/jira/11-22/", "https://api.atlassian.com/ex/jira/11-22"),
    ],
)
def test_the_address_of_any_page_of_the_site_will_do(given: str, kept: str) -> None:
    assert JiraCloudSettings.model_validate({**GIVEN, "base_url": given}).base_url == kept


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"base_url": "acme.atlassian.net"}, "https://"),
        ({"base_url": "http://acme.atlassian.net"}, "https://"),
        ({"email": "ada"}, "e-mail address"),
        ({"token": "abc def"}, "copy it again"),
        ({"token": ""}, "copy it again"),
        ({"body_batch": 101}, "100"),
        ({"id_page_size": 0}, "1"),
        ({"tokn": "x"}, "tokn"),
    ],
)
def test_settings_that_cannot_work_are_refused_by_name(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError) as caught:
        JiraCloudSettings.model_validate({**GIVEN, **wrong})
    assert told in str(caught.value)
    assert TOKEN not in str(caught.value)


async def test_check_tells_site_account_zone_and_permission() -> None:
    stub = Stub()
    async with stub.connected() as connector:
        found = await connector.check()
    assert (found.system, found.site, found.edition) == ("jira", "acme.atlassian.net", "Cloud")
    assert (found.account_id, found.account_name, found.time_zone) == ("712020:ada", "Ada", "Europe/Zurich")
    assert [(one.name, one.held) for one in found.permissions] == [("Browse projects", True)]


async def test_the_cloud_id_stays_in_front_of_every_path() -> None:
    stub = Stub(prefix="/ex/jira/11-22")
    async with stub.connected() as connector:
        assert (await connector.check()).site == "acme.atlassian.net"
        await read(connector)
    assert stub.asked
    assert all(one.path.startswith("/ex/jira/11-22/rest/") for one in stub.asked)


async def test_the_skew_is_by_the_servers_own_clock() -> None:
    told = "2026-03-02T04:02:00.000-0500"  # the fake time is 09:00 UTC
    info = {"baseUrl": "https://acme.atlassian.net", "deploymentType": "Cloud", "serverTime": told}
    async with Stub(says={"/serverInfo": lambda _: (200, info)}).connected() as connector:
        assert (await connector.check()).clock_skew == timedelta(minutes=2)


async def test_a_permission_that_is_not_held_says_who_can_grant_it() -> None:
    held = {"permissions": {"BROWSE_PROJECTS": {"havePermission": False}}}
    async with Stub(says={"/mypermissions": lambda _: (200, held)}).connected() as connector:
        (browse,) = (await connector.check()).permissions
    assert not browse.held
    assert "administrator" in browse.mend


@pytest.mark.parametrize("kind", ["Server", None])
async def test_a_data_center_is_not_taken_for_cloud(kind: str | None) -> None:
    info = {"baseUrl": "https://jira.acme.example", "deploymentType": kind}
    async with Stub(says={"/serverInfo": lambda _: (200, info)}).connected() as connector:
        with pytest.raises(Unexpected, match="Data Center"):
            await connector.check()


async def test_a_refused_token_says_how_to_make_a_new_one() -> None:
    stub = Stub(says={"/myself": lambda _: (401, "Client must be authenticated")})
    async with stub.connected() as connector:
        with pytest.raises(Unauthorized, match="manage-profile/security/api-tokens") as caught:
            await connector.check()
    assert TOKEN not in str(caught.value)
    assert len(stub.requests("/myself")) == 1


async def test_scopes_are_the_projects_that_may_be_browsed_page_by_page() -> None:
    def page(asked: Any) -> tuple[int, Any]:
        start = int(asked.given["startAt"][0])
        names = ["A", "B", "C"][start : start + 2]
        values = [{"id": f"1{n}", "key": n, "name": n, "archived": n == "C"} for n in names]
        return 200, {"startAt": start, "maxResults": 2, "total": 3, "isLast": start > 0, "values": values}

    stub = Stub(says={"/project/search": page})
    async with stub.connected() as connector:
        found = [scope async for scope in connector.scopes()]
    assert [(s.key, s.closed) for s in found] == [("A", False), ("B", False), ("C", True)]
    assert found[0].url == "https://acme.atlassian.net/browse/A"
    assert {tuple(one.given["action"]) for one in stub.requests("/project/search")} == {("browse",)}
    assert stub.requests("/project/search")[0].given["status"] == ["live", "archived"]


@pytest.mark.parametrize("times", [0, 1])
async def test_projects_that_a_stranger_may_see_are_not_taken_for_all(times: int) -> None:
    good = iter(range(times))

    def myself(_: Any) -> tuple[int, Any]:
        return (401 if next(good, None) is None else 200), {"accountId": "1"}

    async with Stub(says={"/myself": myself}).connected() as connector:
        with pytest.raises(Unauthorized):
            _ = [scope async for scope in connector.scopes()]


def test_a_burst_limit_pauses_its_endpoint_alone() -> None:
    time = FakeTime()
    settings = JiraCloudSettings.model_validate({**GIVEN, "rate_share": 0.5})
    found = limits(settings, Budgets(time.clock))
    assert found["search"][0].budget.requests == 50
    found["search"][0].pause_until(time.now + timedelta(seconds=5))
    assert found["bulkfetch"][0].waiting_until is None
    assert found["bulkfetch"][1] is found["search"][1]
    assert found["search"][1].waiting_until is None


async def test_an_empty_page_before_the_end_of_the_projects_is_unexpected() -> None:
    page = {"startAt": 0, "maxResults": 100, "total": 3, "isLast": False, "values": []}
    async with Stub(says={"/project/search": lambda _: (200, page)}).connected() as connector:
        with pytest.raises(Unexpected, match="empty page"):
            _ = [scope async for scope in connector.scopes()]


async def test_an_archived_project_is_not_taken_for_an_empty_one() -> None:
    archived = {"id": "10011", "key": "NET", "name": "Network", "archived": True}
    async with Stub(says={"/project/search": lambda _: listing([archived])}).connected() as connector:
        (scope,) = [scope async for scope in connector.scopes()]
        for operation in (connector.read, connector.census):
            with pytest.raises(NotFound, match="NET is archived"):
                _ = [one async for one in operation(scope)]
