"""``tspmo reconcile`` at a terminal: what it shows, and how it ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.cli.desk import Desk


def counts(desk: Desk) -> dict[str, Any]:
    projects = desk.tspmo("portfolio", "--json").json["data"]["projects"]
    return {project["id"]: project["summary"]["counts"] for project in projects}


def test_reconcile_shows_what_differed_and_ends_well_when_all_is_equal(synced: Desk) -> None:
    board = synced.sandbox.truth()["trackers"]["trello"]["scopes"][0]
    synced.sandbox.edit({"op": "delete", "task": board["items"][0]["id"]})
    synced.time.now += timedelta(minutes=1)
    ended = synced.tspmo("reconcile", "--connection", "trello")
    assert ended.code == 0
    assert "scopes complete" in ended.out
    assert "1 gone" in ended.out
    assert f"  {board['name']}: 1 gone" in ended.out
    assert ended.out.rstrip().endswith("Next: tspmo receipts show")
    assert "trello: done, " in ended.err
    again = synced.tspmo("reconcile", "--connection", "trello")
    assert again.code == 0
    assert "differed: nothing" in again.out
    assert synced.tspmo("receipts", "verify").code == 0


def test_reconcile_of_one_scope_compares_no_other(synced: Desk) -> None:
    ended = synced.tspmo("reconcile", "--connection", "trello", "--scope", "Northwind retail launch")
    assert ended.code == 0
    assert "trello: 1 of 1 scopes complete, " in ended.out
    state = synced.tspmo("status", "--json").json
    assert state["meta"]["coverage"]["complete"] == 12


def test_a_scope_that_is_not_shown_any_more_is_named_and_nothing_of_it_is_touched(synced: Desk) -> None:
    board = synced.sandbox.truth()["trackers"]["trello"]["scopes"][0]
    before = counts(synced)
    synced.sandbox.edit({"op": "revoke", "project": board["slug"]})
    ended = synced.tspmo("reconcile", "--connection", "trello")
    assert ended.code == 1
    assert f"{board['name']}: trello does not show this scope to the account of trello any more" in ended.out
    assert [
        one["kind"] for one in synced.tspmo("findings", "--json").json if one["kind"] != "unmapped_value"
    ] == ["access_lost"]
    assert counts(synced) == before
    synced.sandbox.edit({"op": "restore", "project": board["slug"]})
    assert synced.tspmo("sync", "--connection", "trello").code == 0
    assert "access_lost" not in synced.tspmo("findings", "--json").out
