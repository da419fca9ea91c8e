"""Lost permission is not taken for deletion: nothing is buried, somebody is told, and figures say so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sandbox.story import Home
from tests.asks.town import Town, failed, town


async def coverage(made: Town) -> tuple[int, int]:
    """How many scopes there are, and how many of them were read to their end."""
    told = (await made.answer("/v1/items?limit=1"))["meta"]["coverage"]
    return told["scopes"], told["complete"]


async def lost(made: Town) -> list[str]:
    found = await made.shown("/v1/findings")
    return [one["scope"] for one in found if one["kind"] == "access_lost"]


@pytest.mark.parametrize("tracker", ["jira_cloud", "jira_dc", "asana", "trello", "smartsheet"])
async def test_ask_02_revoked_access_touches_no_item_and_marks_the_figures(tracker: Home) -> None:
    async with town(tracker, items=100) as made:
        assert failed(await made.sync()) == []
        before, (scopes, complete) = await made.items(), await coverage(made)
        assert scopes == complete
        project = made.scopes(tracker)[0]["slug"]
        made.time.now += timedelta(minutes=5)
        made.edit("revoke", project=project)
        made.time.now += timedelta(minutes=5)
        (report,) = await made.reconcile()
        assert len(report.hidden) == 1
        assert set(await made.items()) == set(before)
        assert len(await lost(made)) == 1
        assert await coverage(made) == (scopes, complete - 1)
        made.edit("restore", project=project)
        made.time.now += timedelta(minutes=5)
        (report,) = await made.reconcile()
        assert [*report.hidden, *failed([report])] == []
        assert await lost(made) == []
        assert await coverage(made) == (scopes, complete)
        assert await made.differences() == []
