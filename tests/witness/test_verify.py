"""``tspmo verify``: nothing differs after a sync, and what somebody changed is named, and nothing else."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.desk import Desk, desk_in

HARMED: dict[str, tuple[str, Any, str]] = {
    "title": ("title", "Quite another title", "title"),
    "the tracker's word for the status": ("original_status", {"name": "Elsewhere", "id": "1"}, "status"),
    "our word for the status": ("status_category", "CLOSED", "closed"),
    "due": ("due", {"date": "2031-01-01", "at": None, "tz": None}, "due"),
    "assignments": ("assignments", [], "assignees"),
    "labels": ("labels", ["forged"], "labels"),
    "estimates": ("estimates", "OTHER POINTS", "points"),
    "parent_id": ("parent_id", "5c0f1f52-0000-5000-8000-000000000000", "parent"),
}
"""By what is changed: the key in the stored item, its forged value, the word that must be named."""


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Desk]:
    with desk_in(tmp_path, capsys) as made:
        made.write(trello="rate_share = 1")  # all boards in one window of Trello's budget
        assert made.tspmo("sync").code == 0
        yield made


def harm(desk: Desk, key: str, value: Any, tracker: str = "jira") -> str:
    """One item of the store changed by hand, past everything that keeps it true. Its remote id."""
    with closing(sqlite3.connect(desk.folder / "tspmo.db")) as database, database:
        rows = database.execute(
            "SELECT id, remote_id, body FROM items WHERE system = ? AND presence = 'present' ORDER BY id",
            [tracker],
        )
        for id, remote_id, text in rows.fetchall():
            body = json.loads(text)
            if key == "status_category":  # the opposite of what it is
                value = "todo" if body[key] == "done" else "done"
                if body[key] == "unknown":
                    continue
            if not body.get(key) and key != "parent_id":
                continue
            if key == "estimates":  # of several, the points
                value = [{**one, "value": "99"} if one["unit"] == "points" else one for one in body[key]]
                if value == body[key]:
                    continue
            body[key] = value
            database.execute("UPDATE items SET body = ? WHERE id = ?", [json.dumps(body), id])
            return str(remote_id)
    raise LookupError(f"no item has {key}")


def test_all_that_was_read_is_as_the_vendors_clients_read_it(desk: Desk) -> None:
    ended = desk.tspmo("verify", "--all", "--json")
    assert ended.code == 0, ended.out
    truth = desk.sandbox.truth()["trackers"]
    for one in ended.json:
        told = truth[{"jira": "jira_cloud", "trello": "trello"}[one["connection"]]]["counts"]
        assert (one["items"], one["differing"], one["error"]) == (told["items"], 0, None)
        assert one["fields"] > 10 * one["items"]


@pytest.mark.parametrize("what", HARMED)
def test_what_was_changed_by_hand_is_named_and_nothing_else(desk: Desk, what: str) -> None:
    key, value, word = HARMED[what]
    remote_id = harm(desk, key, value)
    ended = desk.tspmo("verify", "--all", "--json", "--connection", "jira")
    assert ended.code == 1
    found = [one for connection in ended.json for one in connection["differences"]]
    assert [(one["remote_id"], one["field"], one["explained"]) for one in found] == [(remote_id, word, False)]


def test_a_difference_is_told_in_words(desk: Desk) -> None:
    harm(desk, "title", "Quite another title", "trello")
    ended = desk.tspmo("verify", "--all")
    assert ended.code == 1
    (line,) = [line for line in ended.out.splitlines() if ": title: " in line]
    assert 'ours "Quite another title", theirs "' in line
    assert line.endswith("NOT explained by a refresh)")
    assert "1 difference, 1 not explained" in ended.out
    assert "Next: tspmo sync, then tspmo verify" in ended.out


def test_what_changed_there_since_is_explained(desk: Desk) -> None:
    truth = desk.sandbox.truth()["trackers"]["jira_cloud"]
    scope = next(one for one in truth["scopes"] if not one["closed"])
    item = scope["items"][0]["id"]
    desk.sandbox.edit({"op": "set", "task": item, "fields": {"title": "Renamed there"}})
    desk.sandbox.edit({"op": "create", "project": scope["slug"], "title": "New there"})
    gone = scope["items"][-1]["id"]
    desk.sandbox.edit({"op": "delete", "task": gone})
    ended = desk.tspmo("verify", "--all", "--json", "--connection", "jira")
    (said,) = ended.json
    found = {(one["remote_id"], one["field"]) for one in said["differences"]}
    assert {(item, "title"), (item, "updated"), (gone, "presence")} <= found
    assert [one["ours"] for one in said["differences"] if one["title"] == "New there"] == [None]
    assert all(one["explained"] for one in said["differences"] if one["remote_id"] in (item, gone))
    assert desk.tspmo("sync").code == 0


def test_a_sample_is_as_large_as_was_asked(desk: Desk) -> None:
    ended = desk.tspmo("verify", "--sample", "7", "--json")
    assert ended.code == 0, ended.out
    assert [(one["mode"], one["items"]) for one in ended.json] == [("sample", 7), ("sample", 7)]


def test_each_result_is_kept(desk: Desk) -> None:
    for _ in range(2):
        desk.time.now += timedelta(minutes=1)
        assert desk.tspmo("verify", "--sample", "1", "--connection", "trello").code == 0
    with closing(sqlite3.connect(desk.folder / "tspmo.db")) as database:
        assert database.execute("SELECT connection_id, items, error FROM verifications").fetchall() == [
            ("trello", 1, None),
            ("trello", 1, None),
        ]


def test_a_dead_token_is_told_and_kept(desk: Desk) -> None:
    desk.environ["TRELLO_TOKEN"] = "f" * 64
    ended = desk.tspmo("verify", "--connection", "trello")
    assert ended.code == 1
    assert "! The tracker refuses the second opinion" in ended.out
    assert "Next: tspmo check" in ended.out
    assert "f" * 64 not in ended.out + ended.err


def test_before_the_first_sync_there_is_nothing_to_compare(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with desk_in(tmp_path, capsys) as desk:
        desk.write()
        ended = desk.tspmo("verify", "--all")
    assert ended.code == 1
    assert "jira: nothing of it was ever read; run tspmo sync first." in ended.out


def test_all_and_a_sample_exclude_each_other(desk: Desk) -> None:
    ended = desk.tspmo("verify", "--all", "--sample", "3")
    assert ended.code == 2
    assert "--all and --sample exclude each other" in ended.err
