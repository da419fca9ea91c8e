"""``tspmo replay`` and ``tspmo fields``: what is kept is mapped again; what a choice would do is shown."""

from __future__ import annotations

import pytest

from tests.cli.desk import Desk

PARKED = '[[rules]]\nstatus = { "Parking lot" = "backlog", "Parkng lot" = "done" }'


@pytest.fixture
def synced(desk: Desk) -> Desk:
    desk.write()
    assert desk.tspmo("sync").code == 0
    return desk


def test_nothing_changes_where_no_rule_did_and_no_tracker_is_asked(synced: Desk) -> None:
    asked = [len(synced.sandbox.requests(name)) for name in ("trello", "jira_cloud")]
    ended = synced.tspmo("replay")
    assert ended.code == 0
    assert "0 items changed" in ended.out
    told = synced.tspmo("replay", "--json").json
    assert (told["changed"], told["before"]) == ([], told["after"])
    assert [len(synced.sandbox.requests(name)) for name in ("trello", "jira_cloud")] == asked


def test_the_dry_run_names_the_items_that_the_real_run_changes(synced: Desk) -> None:
    synced.write(PARKED)
    dry = synced.tspmo("replay", "--dry-run", "--json").json
    shown = synced.tspmo("replay", "--dry-run")
    real = synced.tspmo("replay", "--json").json
    assert dry["changed"]
    assert dry["dry_run"] and not real["dry_run"]
    assert dry["changed"] == real["changed"]
    assert dry["after"] == real["after"] != dry["before"]
    assert dry["rules_never_met"] == [{"rule": "status", "word": "Parkng lot"}]
    assert f"{len(dry['changed'])} items would change" in shown.out
    assert "status: 'Parkng lot'" in shown.out
    assert "unknown → backlog" in shown.out
    assert "'Parking lot'" not in [one["value"] for one in real["unmapped"]]
    assert synced.tspmo("replay", "--json").json["changed"] == []


def test_one_scope_alone(synced: Desk) -> None:
    told = synced.tspmo("replay", "--connection", "jira", "--scope", "NET", "--json").json
    assert told["scopes"] == 1
    ended = synced.tspmo("replay", "--scope", "nowhere")
    assert ended.code == 2
    assert "scope nowhere" in ended.err
    assert "tspmo sync" in ended.err


def test_rules_that_do_not_parse_leave_everything_as_it_was(synced: Desk) -> None:
    before = synced.tspmo("portfolio", "--json").json["data"]
    synced.write('[[rules]]\nstatus = { "Parking lot" = "parked" }')
    ended = synced.tspmo("replay")
    assert ended.code == 2
    assert "parked" in ended.err
    assert "backlog" in ended.err  # what it could be
    synced.write()
    assert synced.tspmo("portfolio", "--json").json["data"] == before


def test_fields_ranks_candidates_and_tries_one(synced: Desk) -> None:
    ended = synced.tspmo("fields", "--role", "priority", "--connection", "trello")
    assert ended.code == 0
    assert "Priority (option" in ended.out
    assert "of the items have it" in ended.out
    assert "priority = 'Priority'" in ended.out
    assert synced.tspmo("fields", "--role", "colour").code == 2
