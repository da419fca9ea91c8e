"""``tspmo watch``, and what ``tspmo status`` says of it: how changes come, and why not sooner."""

from __future__ import annotations

from tests.cli.desk import Desk

NO_ADDRESS = "No [server] public_url is set"
PUBLIC = '[server]\npublic_url = "https://pmo.example.com"\n'


def test_without_a_public_address_it_is_said_once_that_trackers_are_asked(desk: Desk) -> None:
    desk.write()
    watched = desk.tspmo("watch")
    assert watched.code == 0, watched.err
    assert "jira: asked at its times" in watched.out
    assert watched.out.count(NO_ADDRESS) == 1
    assert desk.tspmo("status").out.count(NO_ADDRESS) == 1
    (told, _) = desk.tspmo("watch", "--json").json
    assert told["polling"].startswith(NO_ADDRESS)


def test_what_keeps_a_tracker_from_telling_is_told_and_stays_in_the_status(desk: Desk) -> None:
    desk.write(PUBLIC)
    watched = desk.tspmo("watch", "--connection", "trello")
    assert watched.code == 1
    assert (
        "! Nobody could tell whether deliveries that claim to come from Trello do: set secret" in watched.out
    )
    status = desk.tspmo("status").out
    assert "trello: 0 of " in status
    assert "set secret of this connection" in status
    assert NO_ADDRESS not in status
    removed = desk.tspmo("watch", "--connection", "trello", "--remove")
    assert "trello: 0 of 0 webhooks well" in removed.out
    assert "webhooks well" not in desk.tspmo("status").out


def test_a_connection_that_is_none_is_named(desk: Desk) -> None:
    desk.write()
    assert "has no connection" in desk.tspmo("watch", "--connection", "x").err
