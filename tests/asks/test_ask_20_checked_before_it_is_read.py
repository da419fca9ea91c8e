"""Before anything is read, a check says whether the token is good, what is in reach, and who can mend it."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.story import Home
from tests.asks.town import Town, town

TRACKERS: tuple[Home, ...] = ("trello", "jira_cloud", "jira_dc", "asana", "smartsheet")


async def check(made: Town, connection: str) -> dict[str, Any]:
    told: dict[str, Any] = (await made.answer(f"/v1/connections/{connection}/check"))["data"]
    return told


@pytest.mark.parametrize("tracker", TRACKERS)
async def test_ask_20_a_check_names_the_account_the_scopes_and_the_permissions(tracker: Home) -> None:
    async with town(tracker) as made:
        found = await check(made, tracker)
        assert (found["ok"], found["troubles"]) == (True, [])
        assert found["account"] and found["site"]
        names = {scope["name"] for scope in found["scopes"] if scope["read"]}
        assert {one["name"] for one in made.scopes(tracker)} <= names
        assert all(permission["held"] for permission in found["permissions"])
        assert await made.shown("/v1/items") == [], "nothing is read"


@pytest.mark.parametrize("tracker", TRACKERS)
async def test_ask_20_a_revoked_token_is_said_with_whoever_can_make_another(tracker: Home) -> None:
    async with town(tracker) as made:
        made.sandbox.faults.start(tracker, "token_revoked")
        found = await check(made, tracker)
        made.sandbox.faults.stop(tracker, "token_revoked")
        assert not found["ok"]
        [trouble] = found["troubles"]
        assert "token" in trouble.lower() or "credential" in trouble.lower()
        assert (await check(made, tracker))["ok"], "it is asked anew each time"


async def test_ask_20_a_clock_that_is_off_and_a_scope_out_of_reach_are_named() -> None:
    async with town("trello") as made:
        made.configured = [{"connection": "trello", "scope": "Nobody's board"}]
        made.sandbox.faults.start("trello", "clock_skew", hours=5)
        found = await check(made, "trello")
        skew, scope = found["troubles"]
        assert (found["ok"], found["clock_skew_seconds"]) == (False, 5 * 3600)
        assert "18000 s ahead of this machine's. Mend: whoever runs this machine sets its clock" in skew
        assert "Nobody's board" in scope
        assert "administrator of the tracker give the account access" in scope
