"""Our webhook in Jira: exactly one, sound, and signed by a secret that we know."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, get_args

import pytest

from connectors.base import Watching, WatchState
from connectors.errors import Unauthorized, Unexpected
from tests.connectors.jira_hook_site import FURTHER, URL, WATCH, Edition, HookSite

EDITIONS: tuple[Edition, ...] = get_args(Edition)


@pytest.fixture(params=EDITIONS)
async def site(request: pytest.FixtureRequest) -> HookSite:
    return HookSite(request.param)


@pytest.fixture
async def jira(site: HookSite) -> AsyncIterator[Watching]:
    async with site.connected() as connector:
        yield connector


async def test_a_webhook_is_made_and_found_again(site: HookSite, jira: Watching) -> None:
    site.strange("1")
    made = await jira.watch(None, WATCH)
    again = await jira.watch(None, replace(WATCH, remote_id=made.id, secret=made.secret or WATCH.secret))
    assert site.ids() == [made.id] == [again.id]
    assert site.ids(FURTHER) == ["1"]
    assert (made.scope_id, made.callback_url, made.active, made.health) == (None, URL, True, "")
    assert [call for call in site.asked if call != "GET "] == ["POST "]
    signs = site.edition != "9.12.0"
    assert site.secrets[made.id] == (WATCH.secret if signs else None)
    assert made.secret == (None if signs else "")


async def test_one_whose_secret_we_do_not_know_makes_room_for_another(site: HookSite, jira: Watching) -> None:
    lost = await jira.watch(None, WATCH)
    made = await jira.watch(None, replace(WATCH, secret="another"))
    assert site.ids() == [made.id] != [lost.id]
    assert site.asked[-2:] == ["POST ", f"DELETE /{lost.id}"]  # no moment goes by unwatched


async def test_what_else_is_at_the_same_address_is_removed(site: HookSite, jira: Watching) -> None:
    double = await jira.watch(None, WATCH)
    site.hooks["9"] = {**site.hooks[double.id], "self": "https://acme.example/webhook/9", "id": 9}
    kept = await jira.watch(None, replace(WATCH, remote_id=double.id))
    assert site.ids() == [kept.id] == [double.id]


@pytest.mark.parametrize(
    "harm",
    [
        {"enabled": False, "active": False},
        {"events": ["jira:issue_updated"]},
        {"excludeBody": True, "configuration": {"EXCLUDE_BODY": "true"}},
        {"filters": {"issue-related-events-section": "x = 1"}, "configuration": {"FILTERS": "x = 1"}},
    ],
)
async def test_one_that_tells_less_than_we_want_to_know_is_mended(
    site: HookSite, jira: Watching, harm: dict[str, Any]
) -> None:
    first = await jira.watch(None, WATCH)
    site.hooks[first.id] |= harm
    mended = await jira.watch(None, replace(WATCH, remote_id=first.id))
    assert site.ids() == [mended.id] != [first.id]
    assert mended.active


async def test_a_jira_without_boards_is_not_asked_for_their_events_again(
    site: HookSite, jira: Watching
) -> None:
    first = await jira.watch(None, WATCH)
    told = site.hooks[first.id]["events"]
    site.hooks[first.id]["events"] = [name for name in told if not name.startswith(("sprint_", "board_"))]
    again = await jira.watch(None, replace(WATCH, remote_id=first.id))
    assert site.ids() == [again.id] == [first.id]


async def test_one_that_was_removed_there_is_made_again(site: HookSite, jira: Watching) -> None:
    first = await jira.watch(None, WATCH)
    site.hooks.clear()
    assert site.ids() == []
    again = await jira.watch(None, replace(WATCH, remote_id=first.id))
    assert site.ids() == [again.id]


async def test_all_are_listed_with_what_jira_says_of_their_health(site: HookSite, jira: Watching) -> None:
    site.page = 2
    site.strange("1", "2", "3", "4")
    site.hooks["2"] |= {"enabled": False, "active": False}
    found = {state.id: state async for state in jira.watches()}
    assert sorted(found) == ["1", "2", "3", "4"]
    assert [state.id for state in found.values() if not state.active] == ["2"]
    assert {state.health for state in found.values()} == {"", "it is switched off in Jira"}


async def test_removing_one_twice_is_no_error(site: HookSite, jira: Watching) -> None:
    made = await jira.watch(None, WATCH)
    await jira.unwatch(made.id)
    await jira.unwatch(made.id)
    assert site.hooks == {}


async def test_who_is_no_administrator_is_told_who_can_help(site: HookSite, jira: Watching) -> None:
    site.refuses = 403
    for work in (jira.watch(None, WATCH), jira.unwatch("72"), _listed(jira)):
        with pytest.raises(Unauthorized, match="Administer Jira"):
            await work


async def test_a_stranger_is_told_that_the_credentials_are_refused(site: HookSite, jira: Watching) -> None:
    site.stranger = True
    with pytest.raises(Unauthorized, match="does not accept"):
        await jira.watch(None, WATCH)
    assert site.hooks == {}


async def test_an_answer_that_is_no_webhook_is_unexpected(site: HookSite, jira: Watching) -> None:
    site.hooks["1"] = {"name": "nameless"}
    with pytest.raises(Unexpected, match="without an id or without an address"):
        await jira.watch(None, WATCH)


async def _listed(jira: Watching) -> list[WatchState]:
    return [state async for state in jira.watches()]


async def test_data_center_tells_how_many_deliveries_failed() -> None:
    site = HookSite("10.3.4")
    async with site.connected() as jira:
        made = await jira.watch(None, WATCH)
        site.hooks[made.id]["statistics"] = {"counts": {"errors": 1, "failures": 2, "successes": 17}}
        found = await jira.watch(None, replace(WATCH, remote_id=made.id))
    assert (found.id, found.health) == (made.id, "3 of its last 20 deliveries failed")


async def test_a_webhook_of_cloud_that_signs_nothing_is_mended() -> None:
    site = HookSite("cloud")
    async with site.connected() as jira:
        first = await jira.watch(None, WATCH)
        site.hooks[first.id]["isSigned"] = False
        mended = await jira.watch(None, replace(WATCH, remote_id=first.id))
    assert site.ids() == [mended.id] != [first.id]
