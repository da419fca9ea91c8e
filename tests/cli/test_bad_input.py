"""Whatever is wrong ends in words that name the thing and who can mend it, and what was there stays."""

from __future__ import annotations

import socket

import pytest

from cli.main import main
from tests.cli.desk import Desk, Ended

BOARD = "Northwind retail launch"


@pytest.fixture
def synced(desk: Desk) -> Desk:
    """A desk with a portfolio in its store."""
    desk.write()
    assert desk.tspmo("sync").code == 0
    return desk


def portfolio(desk: Desk) -> object:
    """What the portfolio counts, apart from its age."""
    answer = desk.tspmo("portfolio", "--json").json
    return {project["name"]: project["summary"]["counts"] for project in answer["data"]["projects"]}


def one_paragraph(ended: Ended) -> str:
    """What an error says: words, never a traceback."""
    assert "Traceback" not in ended.err
    [paragraph] = ended.err.strip().splitlines()
    return paragraph


def test_a_wrong_token(synced: Desk) -> None:
    before = portfolio(synced)
    synced.environ["TRELLO_TOKEN"] = "f" * 64
    check = synced.tspmo("check")
    assert check.code == 1
    assert "trello (trello): NOT READY" in check.out
    assert "jira (jira_cloud): ready" in check.out
    assert "401" in check.out or "token" in check.out
    assert "f" * 64 not in check.out + check.err
    sync = synced.tspmo("sync")
    assert sync.code == 1
    assert "trello: no scope read" in sync.out
    assert "jira: " in sync.out
    assert portfolio(synced) == before
    assert "unauthorized" in synced.tspmo("status").out


def test_a_wrong_jira_token_is_no_empty_site(desk: Desk) -> None:
    """Jira lets bad credentials through as somebody anonymous, who sees nothing."""
    desk.environ["JIRA_TOKEN"] = "wrong-token"
    desk.write()
    check = desk.tspmo("check", "--connection", "jira", "--json")
    assert check.code == 1
    [jira] = check.json
    assert not jira["ok"]
    assert jira["troubles"]
    assert "wrong-token" not in check.out


def test_a_tracker_that_cannot_be_reached(synced: Desk) -> None:
    before = portfolio(synced)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        gone = f"http://127.0.0.1:{taken.getsockname()[1]}"
    text = synced.config.read_text().replace(synced.sandbox.bases["trello"], gone)
    synced.config.write_text(text)
    sync = synced.tspmo("sync")
    assert sync.code == 1
    assert f"{gone.removeprefix('http://')}" in sync.out
    assert "cannot be reached" in sync.out
    assert portfolio(synced) == before
    assert "unavailable" in synced.tspmo("status").out


def test_a_tracker_that_is_down(synced: Desk) -> None:
    before = portfolio(synced)
    synced.sandbox.fail_next("jira_cloud", "/", {"status": 503, "body": "down"}, times=1000)
    sync = synced.tspmo("sync")
    assert sync.code == 1
    assert "503" in sync.out
    assert "trello: " in sync.out
    assert portfolio(synced) == before


def test_an_address_that_answers_html(desk: Desk) -> None:
    desk.sandbox.fail_next("trello", "/", "html", times=1000)
    desk.write()
    check = desk.tspmo("check", "--connection", "trello")
    assert check.code == 1
    assert "HTML" in check.out or "html" in check.out
    assert "<h1>" not in check.out


def test_a_configured_scope_that_does_not_exist(desk: Desk) -> None:
    source = '{ connection = "trello", scope = "Nortwind retail launch" }'
    desk.write(f'[[projects]]\nid = "x"\nname = "X"\nsources = [{source}]')
    check = desk.tspmo("check")
    assert check.code == 1
    assert "'Nortwind retail launch'" in check.out
    assert f"Did you mean '{BOARD}'?" in check.out
    sync = desk.tspmo("sync")
    assert sync.code == 1
    assert "'Nortwind retail launch'" in sync.out
    assert BOARD in desk.tspmo("portfolio").out


def test_an_unknown_key(synced: Desk) -> None:
    synced.write("[server]\nprot = 80")
    ended = synced.tspmo("sync")
    assert ended.code == 2
    assert one_paragraph(ended) == (
        "tspmo.toml, [server] prot: expected one of freshness_minutes, host, port, public_url, found an "
        'unknown key. Mend: write "port".'
    )


def test_a_rule_for_a_status_that_we_do_not_have(desk: Desk) -> None:
    desk.write('[[rules]]\nstatus = { "Parking lot" = "paused" }')
    ended = desk.tspmo("check")
    assert ended.code == 2
    assert '"triage", "backlog", "todo", "in_progress", "done", "cancelled" or "unknown"' in one_paragraph(
        ended
    )


def test_a_record_with_a_field_of_the_wrong_type(desk: Desk) -> None:
    """The rest of the card is read; the field is counted and shown, and the sync is no failure."""
    truth = desk.sandbox.truth()["trackers"]["trello"]
    board = next(scope for scope in truth["scopes"] if scope["name"] == BOARD)
    cards = desk.ask(f"/1/boards/{board['id']}/cards/all?limit=1000&fields=all&customFieldItems=true").json()
    cards[0]["due"] = {"year": 2026}
    desk.sandbox.fail_next("trello", f"/boards/{board['id']}/cards", {"status": 200, "body": cards})
    desk.write()
    sync = desk.tspmo("sync", "--connection", "trello")
    assert sync.code == 0
    assert "1 rejected" in sync.out
    status = desk.tspmo("status", "--json").json
    [finding] = [found for found in status["findings"] if found["kind"].startswith("rejected")]
    assert "due" in finding["subject"] + finding["detail"]
    counts = {scope["name"]: scope["items"] for c in status["connections"] for scope in c["scopes"]}
    assert counts[BOARD] == len(cards)


def test_a_port_in_use(synced: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = synced.tspmo("serve", "--port", str(port))
    assert ended.code == 2
    assert one_paragraph(ended).startswith(f"http://127.0.0.1:{port} cannot be served: expected a free port")
    assert "Address already in use" in ended.err


def test_serving_others_without_a_key(synced: Desk) -> None:
    ended = synced.tspmo("serve", "--host", "192.0.2.1", "--port", "0")
    assert ended.code == 2
    assert "tspmo keys create" in one_paragraph(ended)


@pytest.mark.parametrize("command", ["check", "sync", "status", "portfolio", "serve"])
def test_a_database_that_cannot_be_written(desk: Desk, command: str) -> None:
    (desk.folder / "occupied").write_text("a file, not a folder")
    desk.write('[store]\nurl = "sqlite:///occupied/tspmo.db"')
    ended = desk.tspmo(command)
    assert ended.code == 2
    assert "occupied/tspmo.db" in one_paragraph(ended)


def test_no_configuration(desk: Desk) -> None:
    ended = desk.tspmo("sync")
    assert ended.code == 2
    assert "Mend: tspmo init" in one_paragraph(ended)


def test_a_connection_that_is_not_configured(desk: Desk) -> None:
    desk.write()
    ended = desk.tspmo("sync", "--connection", "jir")
    assert ended.code == 2
    assert 'no connection "jir": it has jira, trello' in one_paragraph(ended)
    ended = desk.tspmo("sync", "--scope", "NET")
    assert ended.code == 2
    assert "--connection" in one_paragraph(ended)


def test_no_command_at_all_is_answered_with_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    said = capsys.readouterr()
    assert "portfolio" in said.out
    assert said.err == ""


def test_an_option_that_does_not_exist(desk: Desk) -> None:
    ended = desk.tspmo("sync", "--sope", "x")
    assert ended.code == 2
    assert "No such option: --sope" in one_paragraph(ended)


def test_debug_shows_the_traceback(desk: Desk) -> None:
    assert "Traceback" in desk.tspmo("sync", "--debug").err
