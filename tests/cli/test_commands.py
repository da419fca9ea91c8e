"""What the commands say when all is well, over both trackers."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest

from cli.main import main
from tests.cli.desk import Desk


def test_check_tells_who_we_are_and_what_we_see(desk: Desk) -> None:
    desk.write()
    ended = desk.tspmo("check")
    assert ended.code == 0
    truth = desk.sandbox.truth()["trackers"]
    for name, tracker in (("trello", "trello"), ("jira", "jira_cloud")):
        assert f"{name} ({tracker}): ready" in ended.out
        scopes = len(truth[tracker]["scopes"])
        assert f"{scopes} in reach, {scopes} to be read: " in ended.out
    assert "time zone" in ended.out
    assert re.search(r"clock +\d s apart", ended.out)
    told = {connection["connection"]: connection for connection in desk.tspmo("check", "--json").json}
    assert all(connection["ok"] and connection["troubles"] == [] for connection in told.values())
    assert {scope["id"] for scope in told["trello"]["scopes"]} == {
        scope["id"] for scope in truth["trello"]["scopes"]
    }
    assert all(permission["held"] for permission in told["jira"]["permissions"])


def test_check_reads_no_item_and_stores_nothing(desk: Desk) -> None:
    desk.write()
    desk.tspmo("check")
    assert not [seen for seen in desk.sandbox.requests("trello") if "cards" in seen.path]
    assert desk.tspmo("portfolio", "--json").json["data"]["projects"] == []


def test_check_says_which_scopes_will_be_read(desk: Desk) -> None:
    desk.write('[[scopes]]\nconnection = "jira"\nscope = "NET"')
    [jira] = desk.tspmo("check", "--connection", "jira", "--json").json
    assert [scope["key"] for scope in jira["scopes"] if scope["read"]] == ["NET"]


def test_sync_tells_how_far_it_is_and_what_it_came_to(desk: Desk) -> None:
    desk.write()
    ended = desk.tspmo("sync")
    truth = desk.sandbox.truth()["trackers"]
    trello, jira = truth["trello"]["counts"], truth["jira_cloud"]["counts"]
    assert f"trello: {trello['items']} items in {trello['scopes']} scopes" in ended.out
    assert f"jira: {jira['items']} items in {jira['scopes']} scopes" in ended.out
    assert "trello: checking the credentials" in ended.err
    assert f"jira: done, {jira['scopes']} of {jira['scopes']} scopes" in ended.err
    again = desk.tspmo("sync")
    assert f"trello: 0 items read of what changed in {trello['scopes']} scopes, 0 new or changed" in again.out
    whole = desk.tspmo("sync", "--full")
    assert f"trello: {trello['items']} items in {trello['scopes']} scopes, 0 new or changed" in whole.out


def test_sync_of_one_scope_asks_for_no_other(desk: Desk) -> None:
    desk.write()
    ended = desk.tspmo("sync", "--connection", "trello", "--scope", "Northwind retail launch")
    assert ended.code == 0
    assert "in 1 scope," in ended.out
    assert desk.sandbox.requests("jira_cloud") == []
    missing = desk.tspmo("sync", "--connection", "trello", "--scope", "Nowhere")
    assert missing.code == 1
    assert "'Nowhere'" in missing.out


def test_the_portfolio_is_a_table_a_document_and_a_spreadsheet(synced: Desk) -> None:
    table = synced.tspmo("portfolio")
    assert table.code == 0
    assert "12 of 12 scopes read to their end" in table.out
    document = synced.tspmo("portfolio", "--json").json
    rows = list(csv.DictReader(io.StringIO(synced.tspmo("portfolio", "--csv").out)))
    assert [row["id"] for row in rows] == [project["id"] for project in document["data"]["projects"]]
    for row, project in zip(rows, document["data"]["projects"], strict=True):
        assert project["name"] in table.out
        assert int(row["overdue"]) == project["summary"]["overdue"]
    assert synced.tspmo("portfolio", "--csv", "--json").code == 2


def test_before_the_first_sync_the_next_step_is_one(desk: Desk) -> None:
    desk.write()
    assert "Next: tspmo sync" in desk.tspmo("portfolio").out
    status = desk.tspmo("status")
    assert "Nothing was read yet" in status.out
    assert status.out.rstrip().endswith("Next: tspmo sync")


def test_status_tells_of_connections_scopes_runs_and_words_that_nobody_mapped(synced: Desk) -> None:
    ended = synced.tspmo("status")
    assert ended.code == 0
    assert "trello (trello): ok, " in ended.out
    assert "Northwind retail launch: " in ended.out
    assert re.search(r"unmapped value, trello, [A-ZK].*'Parking lot'", ended.out)
    assert ended.out.rstrip().endswith("Next: tspmo portfolio")
    state = synced.tspmo("status", "--json").json
    assert state["meta"]["coverage"]["complete"] == 12
    assert len(state["runs"]) == 5


def test_a_rule_maps_a_word_at_the_next_sync(synced: Desk) -> None:
    synced.write('[[rules]]\nconnection = "trello"\nstatus = { "parking lot" = "backlog" }')
    assert synced.tspmo("sync", "--connection", "trello").code == 0
    found = synced.tspmo("status", "--json").json["findings"]
    assert not [
        finding for finding in found if finding["connection"] == "trello" and "arking" in str(finding)
    ]


def test_old_figures_are_shown_as_stale(synced: Desk) -> None:
    synced.write("[server]\nfreshness_minutes = 1")
    synced.time.now += timedelta(minutes=2)
    assert "stale" in synced.tspmo("portfolio").out
    assert synced.tspmo("status").out.rstrip().endswith("Next: tspmo sync")


def test_a_key_is_shown_once_listed_and_revoked(desk: Desk) -> None:
    desk.write()
    made = desk.tspmo("keys", "create", "--role", "pmo", "--name", "Board pack", "--team", "Platform")
    assert made.code == 0
    plain = made.out.strip()
    assert plain.startswith("tspmo_")
    listed = desk.tspmo("keys", "list").out
    assert "Board pack" in listed
    assert plain not in listed
    key = next(line.split()[0] for line in listed.splitlines() if "Board pack" in line)
    assert desk.tspmo("keys", "revoke", key).code == 0
    assert "revoked" in desk.tspmo("keys", "list").out
    again = desk.tspmo("keys", "revoke", key)
    assert again.code == 1
    assert "tspmo keys list" in again.err
    assert desk.tspmo("keys", "create", "--role", "boss", "--name", "x").code == 2


COMMANDS = ("init", "check", "sync", "portfolio", "status", "serve", "demo", "sandbox", "keys")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--help"]) == 0
    assert "Examples: tspmo" in capsys.readouterr().out
