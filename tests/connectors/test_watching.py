"""Our webhook on a project, a board or a sheet: exactly one, alive, and signed by a secret that we know."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest

from connectors.base import Watching, WatchState
from connectors.errors import Unauthorized, Unexpected
from tests.connectors.hook_sites import (
    FURTHER,
    SITES,
    URL,
    AsanaSite,
    Body,
    HookSite,
    SmartsheetSite,
    TrelloSite,
)

OLD = "https://pmo.example/webhooks/here/an-older-token"


@pytest.fixture(params=SITES, ids=lambda made: made.tracker)
async def site(request: pytest.FixtureRequest) -> HookSite:
    return request.param()  # type: ignore[no-any-return]


@pytest.fixture
async def tracker(site: HookSite) -> AsyncIterator[Watching]:
    async with site.connected() as connector:
        yield connector


async def watched(site: HookSite, tracker: Watching, known: WatchState | None = None) -> WatchState:
    """As a caller does who remembers what came of it."""
    watch = site.watch
    if known is not None:
        watch = replace(watch, remote_id=known.id, secret=known.secret or watch.secret)
    return await tracker.watch(site.scope, watch)


async def listed(tracker: Watching) -> dict[str, WatchState]:
    return {state.id: state async for state in tracker.watches()}


async def test_a_webhook_is_made_and_found_again(site: HookSite, tracker: Watching) -> None:
    site.keep("1", "2", "3", url=FURTHER)
    made = await watched(site, tracker)
    assert site.ids() == [made.id]
    assert (made.scope_id, made.callback_url, made.active, made.health) == (site.scope.id, URL, True, "")
    site.asked.clear()
    assert replace(await watched(site, tracker, made), secret=made.secret) == made
    assert (site.changes(), site.ids(), site.ids(FURTHER)) == ([], [made.id], ["1", "2", "3"])


async def test_one_that_was_removed_there_is_made_again(site: HookSite, tracker: Watching) -> None:
    first = await watched(site, tracker)
    site.hooks.clear()
    again = await watched(site, tracker, first)
    assert site.ids() == [again.id] != [first.id]
    assert again.active


async def test_one_that_was_switched_off_is_on_again(site: HookSite, tracker: Watching) -> None:
    first = await watched(site, tracker)
    site.hooks[first.id] |= {site.on: False, "status": "DISABLED_CALLBACK_FAILED"}
    assert [state.health for state in (await listed(tracker)).values()] != [""]
    again = await watched(site, tracker, first)
    assert site.ids() == [again.id]
    assert site.hooks[again.id][site.on] or isinstance(site, AsanaSite)
    assert (again.active, again.health) == (True, "")


async def test_of_several_at_our_address_one_is_left_and_those_of_others_stay(
    site: HookSite, tracker: Watching
) -> None:
    site.keep("1", "2")
    site.keep("3", scope="4583173393803141" if isinstance(site, SmartsheetSite) else "901")
    site.keep("4", url=FURTHER)
    made = await watched(site, tracker)
    # Another project at the same address is not seen where Asana is asked for those of one.
    assert set(site.ids()) == {made.id, *(["3"] if isinstance(site, AsanaSite) else [])}
    assert site.ids(FURTHER) == ["4"]


async def test_one_at_an_address_that_we_had_before_makes_room(site: HookSite, tracker: Watching) -> None:
    site.keep("1", url=OLD)
    await tracker.watch(site.scope, replace(site.watch, remote_id="1"))
    assert (len(site.ids()), site.ids(OLD)) == (1, [])


async def test_all_are_listed_once_with_their_addresses(site: HookSite, tracker: Watching) -> None:
    site.keep("1", "2", "3", url=FURTHER)
    made = await watched(site, tracker)
    found = await listed(tracker)
    assert {id: state.callback_url for id, state in found.items()} == {
        "1": FURTHER, "2": FURTHER, "3": FURTHER, made.id: URL,
    }  # fmt: skip
    assert {state.scope_id for state in found.values()} == {site.scope.id}


async def test_removing_one_twice_is_no_error(site: HookSite, tracker: Watching) -> None:
    made = await watched(site, tracker)
    await tracker.unwatch(made.id)
    await tracker.unwatch(made.id)
    assert site.hooks == {}


async def test_a_whole_connection_cannot_be_watched_at_once(site: HookSite, tracker: Watching) -> None:
    with pytest.raises(ValueError, match="keeps a webhook of one"):
        await tracker.watch(None, site.watch)


@pytest.mark.parametrize("status", [400, 403, 404])
async def test_a_refusal_says_who_can_mend_it_and_not_where_we_listen(
    site: HookSite, tracker: Watching, status: int
) -> None:
    site.refuses = (
        status,
        {"errors": [{"message": f"Not {URL}"}], "errorCode": 1152, "message": f"No {URL}"},
    )
    with pytest.raises(Unauthorized, match="public address") as caught:
        await watched(site, tracker)
    assert URL not in str(caught.value)
    assert "our address" in str(caught.value)


async def test_with_a_dead_token_nothing_is_taken_for_missing(site: HookSite, tracker: Watching) -> None:
    site.keep("1")
    site.dead = True
    known = replace(site.watch, remote_id="1")
    for work in (tracker.watch(site.scope, known), tracker.unwatch("1"), listed(tracker)):
        with pytest.raises(Unauthorized, match=r"credentials|token"):
            await work
    assert site.ids() == ["1"]


async def test_an_answer_that_is_no_webhook_is_unexpected(site: HookSite, tracker: Watching) -> None:
    site.hooks["1"] = {"name": "nameless", "resource": {"gid": "900"}}
    with pytest.raises(Unexpected):
        await listed(tracker)


@pytest.fixture
async def asana() -> AsyncIterator[tuple[AsanaSite, Any]]:
    made = AsanaSite()
    async with made.connected() as connector:
        yield made, connector


async def test_asana_brings_the_secret_by_handshake_and_by_its_answer(asana: tuple[AsanaSite, Any]) -> None:
    site, connector = asana
    made = await watched(site, connector)
    assert (made.secret, made.active) == (site.secret, True)
    lost = replace(site.watch, remote_id=made.id, secret=None)
    again = await connector.watch(site.scope, lost)
    assert site.ids() == [again.id] != [made.id]


async def test_where_nobody_shakes_hands_asana_makes_no_webhook(asana: tuple[AsanaSite, Any]) -> None:
    site, connector = asana
    site.deaf = True
    with pytest.raises(Unauthorized, match="be answered there"):
        await watched(site, connector)
    assert site.hooks == {}


async def test_a_filter_of_asanas_is_none_of_ours(asana: tuple[AsanaSite, Any]) -> None:
    site, connector = asana
    made = await watched(site, connector)
    site.hooks[made.id]["filters"] = [{"resource_type": "task", "action": "changed"}]
    assert (await watched(site, connector, made)).id != made.id


async def test_asana_tells_when_it_will_give_up(asana: tuple[AsanaSite, Any]) -> None:
    site, connector = asana
    made = await watched(site, connector)
    site.hooks[made.id] |= {
        "delivery_retry_count": 3, "last_failure_at": "2026-02-01T10:00:00.000Z",
        "failure_deletion_timestamp": "2026-02-02T09:00:00.000Z",
    }  # fmt: skip
    found = await watched(site, connector, made)
    assert found.expires_at == datetime(2026, 2, 2, 9, tzinfo=UTC)
    assert "3 times in a row" in found.health
    site.hooks[made.id]["failure_deletion_timestamp"] = "soon"
    assert (await watched(site, connector, made)).expires_at is None


async def test_trello_wants_our_address_to_answer() -> None:
    site = TrelloSite(deaf=True)
    async with site.connected() as connector:
        with pytest.raises(Unauthorized, match="be answered there"):
            await watched(site, connector)


async def test_without_the_secret_of_the_api_key_nothing_is_asked_of_trello() -> None:
    class Bare(TrelloSite):
        given: ClassVar[Body] = {name: value for name, value in TrelloSite.given.items() if name != "secret"}

    site = Bare()
    async with site.connected() as connector:
        with pytest.raises(Unauthorized, match="set secret"):
            await watched(site, connector)
    assert site.asked == []


async def test_a_webhook_of_trello_that_nobody_remembers_is_taken_up() -> None:
    site = TrelloSite()
    site.keep("1")
    async with site.connected() as connector:
        found = await watched(site, connector)
        site.hooks["1"] |= {"consecutiveFailures": 4, "firstConsecutiveFailDate": "2026-02-01T10:00:00.000Z"}
        failing = (await listed(connector))["1"]
    assert (found.id, found.secret, failing.active) == ("1", TrelloSite.given["secret"], True)
    assert failing.health == "4 deliveries in a row failed, the first at 2026-02-01T10:00:00.000Z"
    assert site.changes() == []


async def test_the_token_of_trello_is_in_no_address() -> None:
    site = TrelloSite()
    async with site.connected() as connector:
        made = await watched(site, connector)
        await watched(site, connector, made)
        await connector.unwatch(made.id)
    assert not [call for call in site.asked if "t" * 64 in call]


async def test_a_webhook_of_smartsheet_that_nobody_remembers_is_taken_up_with_its_secret() -> None:
    site = SmartsheetSite()
    site.keep("1")
    async with site.connected() as connector:
        found = await watched(site, connector)
    assert (found.id, found.secret, site.changes()) == ("1", "secret of 1", [])


@pytest.mark.parametrize(
    "harm",
    [
        {"events": ["row.created"]},
        {"subscope": {"columnIds": [7]}},
        {"enabled": False, "status": "DISABLED_APP_REVOKED"},
        {"sharedSecret": ""},
    ],
)
async def test_a_webhook_of_smartsheet_that_is_of_no_use_is_made_anew(harm: dict[str, Any]) -> None:
    site = SmartsheetSite()
    async with site.connected() as connector:
        first = await watched(site, connector)
        site.hooks[first.id] |= harm
        again = await watched(site, connector, first)
    assert site.ids() == [again.id] != [first.id]
    assert again.secret == f"secret of {again.id}"


@pytest.mark.parametrize(
    ("status", "says"),
    [
        ("DISABLED_SCOPE_INACCESSIBLE", "no longer see the sheet"),
        ("DISABLED_ADMINISTRATIVE", "support"),
    ],
)
async def test_what_smartsheet_alone_can_switch_on_is_left_as_it_is(status: str, says: str) -> None:
    site = SmartsheetSite()
    async with site.connected() as connector:
        made = await watched(site, connector)
        site.hooks[made.id] |= {"enabled": False, "status": status}
        site.asked.clear()
        found = await watched(site, connector, made)
    assert (found.id, found.active, site.changes()) == (made.id, False, [])
    assert says in found.health


async def test_a_challenge_of_smartsheet_that_gets_no_answer_is_told_as_its_health() -> None:
    site = SmartsheetSite(deaf=True)
    async with site.connected() as connector:
        made = await watched(site, connector)
    assert not made.active
    assert "got no answer" in made.health


async def test_smartsheet_tells_of_a_callback_that_failed_until_one_succeeds() -> None:
    site = SmartsheetSite()
    at = {"lastCallbackAttempt": "2026-02-01T10:00:00Z", "lastCallbackAttemptRetryCount": 3}
    async with site.connected() as connector:
        made = await watched(site, connector)
        told = []
        for succeeded in (None, "2026-02-01T09:00:00Z", "2026-02-01T10:00:00Z"):
            site.hooks[made.id]["stats"] = {**at, "lastSuccessfulCallback": succeeded}
            told.append((await watched(site, connector, made)).health)
    failed = "its last callback, at 2026-02-01T10:00:00Z, failed, and 3 attempts before it"
    assert told == [failed, failed, ""]
