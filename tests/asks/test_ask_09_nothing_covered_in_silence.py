"""What the sync does not cover is counted and named."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sandbox.story import Home
from tests.asks.town import Town, failed, town

TRACKERS: tuple[Home, ...] = ("trello", "jira_cloud", "jira_dc", "asana", "smartsheet")


async def coverage(made: Town) -> dict[str, Any]:
    told: dict[str, Any] = (await made.answer("/v1/portfolio"))["meta"]["coverage"]
    return told


@pytest.mark.parametrize("tracker", TRACKERS)
async def test_ask_09_a_project_dropped_from_the_token_is_missing_coverage_with_a_name(tracker: Home) -> None:
    async with town(tracker) as made:
        assert failed(await made.sync()) == []
        whole = await coverage(made)
        assert whole["complete"] == whole["scopes"] + whole["expected"] > 1
        before = await made.items()
        lost = next(
            project for project in made.sandbox.world.story.projects.values()
            if project.home == tracker and not project.closed and not project.revoked
        )  # fmt: skip
        made.edit("revoke", project=lost.slug)
        made.time.now += timedelta(minutes=30)
        await made.sync()

        now = await coverage(made)
        assert (now["complete"], now["scopes"]) == (whole["complete"] - 1, whole["scopes"])
        [connection] = await made.shown("/v1/connections")
        [scope] = [one for one in connection["scopes"] if one["error"]]
        assert scope["name"] == lost.name
        assert lost.name in scope["error"]
        assert set(await made.items()) == set(before), "what is out of reach is not taken for deleted"
