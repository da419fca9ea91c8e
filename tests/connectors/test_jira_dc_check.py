"""Settings and pre-flight of a connection to Data Center."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from connectors.errors import NotFound, Unauthorized, Unavailable, Unexpected
from connectors.jira_dc_settings import JiraDcSettings
from sandbox.jira_dc import CREDENTIALS
from sandbox.options import DataCenter
from tests.connectors.jira_dc_bench import Bench, Tampering, bench, read

GIVEN = {"base_url": "https://jira.acme.example/jira", "token": "NzIxODM1"}
BASIC = {"token": None, "username": CREDENTIALS["username"], "password": CREDENTIALS["password"]}


@pytest.fixture(scope="module")
def jira() -> Iterator[Bench]:
    with bench() as made:
        yield made


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://jira.acme.example", "https://jira.acme.example"),
        ("https://jira.acme.example:8443/jira/", "https://jira.acme.example:8443/jira"),
        ("https://acme.example/a/b/secure/Dashboard.jspa", "https://acme.example/a/b"),
        ("https://acme.example/jira/browse/ERP-1", "https://acme.example/jira"),
        ("https://acme.example/jira/rest/api/2", "https://acme.example/jira"),
    ],
)
def test_the_context_path_is_kept_and_the_address_of_a_page_will_do(given: str, kept: str) -> None:
    assert JiraDcSettings.model_validate({**GIVEN, "base_url": given}).base_url == kept


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"base_url": "jira.acme.example"}, "https://"),
        ({"base_url": "http://jira.acme.example"}, "https://"),
        ({"base_url": "https://acme.atlassian.net"}, "jira_cloud"),
        ({"token": None}, "a token, or both"),
        ({"token": None, "username": "ada"}, "a token, or both"),
        ({"token": "abc def"}, "copy it again"),
        ({"token": ""}, "copy it again"),
        ({"username": "a:b"}, "logs in"),
        ({"page_size": 1001}, "1000"),
        ({"tokn": "x"}, "tokn"),
    ],
)
def test_settings_that_cannot_work_are_refused_by_name(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError) as caught:
        JiraDcSettings.model_validate({**GIVEN, **wrong})
    assert told in str(caught.value)


@pytest.mark.parametrize("credentials", [{}, BASIC])
async def test_check_tells_installation_account_zone_and_permission(
    jira: Bench, credentials: dict[str, Any]
) -> None:
    jira.time.now = jira.sandbox.world.now() - timedelta(minutes=10)  # our clock is slow
    async with jira.connector(**credentials) as connector:
        found = await connector.check()
    assert (found.system, found.site) == ("jira", "jira.northlight.example/jira")
    assert found.edition == "Data Center 10.3.4"
    assert found.time_zone == "America/New_York"
    assert found.account_id.startswith("JIRAUSER")
    assert [(one.name, one.held) for one in found.permissions] == [("Browse projects", True)]
    assert found.clock_skew is not None
    assert abs(found.clock_skew - timedelta(minutes=10)) < timedelta(minutes=1)


@pytest.mark.parametrize("version", ["8.20.1", "9.12.0", "11.3.1"])
async def test_every_release_is_checked_and_read(version: str) -> None:
    with bench(data_center=DataCenter(version=version)) as made:
        async with made.connector() as connector:
            assert (await connector.check()).edition == f"Data Center {version}"
        scope = await made.scope("PCS")
        async with made.connector() as connector:
            assert await read(connector, scope)


@pytest.mark.parametrize("kind", ["Cloud", None])
async def test_jira_cloud_is_named_and_not_read(jira: Bench, kind: str | None) -> None:
    wire = Tampering(r"/serverInfo$", lambda _n, _asked, told: {**told, "deploymentType": kind})
    async with jira.connector(wire) as connector:
        with pytest.raises(Unexpected, match="jira_cloud"):
            await connector.check()


@pytest.mark.parametrize(("told", "held"), [({"BROWSE": {"havePermission": True}}, True), ({}, False)])
async def test_a_permission_by_its_old_name_is_held_and_one_that_is_not_says_who_can_grant_it(
    jira: Bench, told: dict[str, Any], held: bool
) -> None:
    wire = Tampering(r"/mypermissions$", lambda *_: {"permissions": told})
    async with jira.connector(wire) as connector:
        (browse,) = (await connector.check()).permissions
    assert browse.held is held
    assert "administrator" in browse.mend


async def test_a_wrong_token_is_asked_for_twice_and_a_wrong_password_once(jira: Bench) -> None:
    """Failed logins lock the account; a token is not subject to that."""
    for credentials, times in (({"token": "wrong"}, 3), ({**BASIC, "password": "wrong"}, 1)):
        before = jira.asked("")
        async with jira.connector(**credentials) as connector:
            with pytest.raises(Unauthorized) as caught:
                await connector.check()
        assert "wrong" not in str(caught.value)
        assert "personal access token" in str(caught.value)
        assert jira.asked("") - before == times  # serverInfo answers a stranger


async def test_switched_off_passwords_are_named() -> None:
    with bench(data_center=DataCenter(version="11.0.0")) as made:
        async with made.connector(**BASIC) as connector:
            with pytest.raises(Unauthorized):
                await connector.check()


async def test_a_base_url_without_the_context_path_says_so(jira: Bench) -> None:
    base = jira.sandbox.bases["jira_dc"].removesuffix("/jira")
    async with jira.connector(base_url=base) as connector:
        with pytest.raises((Unexpected, NotFound), match="context path"):
            await connector.check()


async def test_scopes_are_one_list_with_the_archived_ones_closed() -> None:
    with bench() as editable:
        editable.sandbox.edit({"op": "close_project", "project": "plant-control"})
        async with editable.connector() as connector:
            scopes = {scope.key: scope async for scope in connector.scopes()}
            assert {key: scope.closed for key, scope in scopes.items()} == {"ERP": False, "PCS": True}
            assert scopes["ERP"].url == "https://jira.northlight.example/jira/browse/ERP"
            for operation in (connector.read, connector.census):
                with pytest.raises(NotFound, match="PCS is archived"):
                    _ = [one async for one in operation(scopes["PCS"])]


async def test_projects_that_a_stranger_may_see_are_not_taken_for_all(jira: Bench) -> None:
    stranger = httpx.Response(200, json=[], headers={"x-ausername": "anonymous"})
    async with jira.connector(Tampering(r"/project$", lambda *_: stranger)) as connector:
        with pytest.raises(Unauthorized):
            _ = [scope async for scope in connector.scopes()]


async def test_the_budget_is_kept_and_a_zero_wait_is_no_wait() -> None:
    with bench(budgets=True) as made:
        scope = await made.scope()
        async with made.connector(requests_per_second=100) as connector:
            await read(connector, scope)
        assert max(made.time.sleeps, default=0) <= 1


async def test_a_429_without_a_time_waits_for_the_interval(jira: Bench) -> None:
    limited = httpx.Response(429, json={}, headers={"x-ratelimit-interval-seconds": "37"})
    wire = Tampering(r"/myself$", lambda n, _, told: limited if n == 1 else told)
    before = len(jira.time.sleeps)
    async with jira.connector(wire) as connector:
        await connector.check()
    assert max(jira.time.sleeps[before:]) >= 37


async def test_an_index_that_is_rebuilt_is_waited_for_and_then_unavailable(jira: Bench) -> None:
    scope = await jira.scope()
    busy = httpx.Response(503, json={"errorMessages": ["Jira is being reindexed"]})
    async with jira.connector(Tampering(r"/search$", lambda *_: busy)) as connector:
        with pytest.raises(Unavailable, match="reindexed"):
            await read(connector, scope)
