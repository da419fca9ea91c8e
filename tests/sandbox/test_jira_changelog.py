"""Histories: of one issue, of many, and as an expansion."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.sandbox.jira_reader import Answer, Reader, reading


@pytest.fixture(scope="module")
def jira() -> Iterator[Reader]:
    with reading() as reader:
        yield reader


def bulk(jira: Reader, ids: list[str], **body: object) -> list[tuple[str, Answer]]:
    """(issue id, history) in the order of the answer, over all pages."""
    told: list[tuple[str, Answer]] = []
    token = None
    while True:
        page = jira.post("changelog/bulkfetch", {"issueIdsOrKeys": ids, "nextPageToken": token, **body})
        told += [
            (log["issueId"], entry) for log in page["issueChangeLogs"] for entry in log["changeHistories"]
        ]
        token = page.get("nextPageToken")
        if token is None:
            return told


def test_bulk_tells_every_change_of_the_story_once(jira: Reader) -> None:
    truth = jira.truth()
    told = bulk(jira, list(truth))
    assert len({(id, entry["id"]) for id, entry in told}) == len(told)
    for id, item in truth.items():
        moments = {entry["created"] for issue, entry in told if issue == id}
        assert len(moments) == item["changes"], item["key"]


@pytest.mark.parametrize("size", [1, 13, 10_000])
def test_bulk_pages_hold_together(jira: Reader, size: int) -> None:
    ids = [item["id"] for item in jira.scope("BIL")["items"]][:10]
    whole = bulk(jira, ids)
    assert sorted(id for id, _ in whole) == sorted(id for id, _ in bulk(jira, ids, maxResults=size))
    cut = bulk(jira, ids, maxResults=size)
    assert {entry["id"] for _, entry in cut} == {entry["id"] for _, entry in whole}
    if size == 1:
        assert [e["created"] for _, e in cut] == sorted(entry["created"] for _, entry in whole)


def test_bulk_keeps_to_the_asked_fields(jira: Reader) -> None:
    told = bulk(jira, list(jira.truth()), fieldIds=["status"])
    assert told
    assert {item["fieldId"] for _, entry in told for item in entry["items"]} == {"status"}


@pytest.mark.parametrize(
    "body",
    [
        {"issueIdsOrKeys": []},
        {"issueIdsOrKeys": [str(n) for n in range(1001)]},
        {"issueIdsOrKeys": ["1"], "fieldIds": [str(n) for n in range(11)]},
        {"issueIdsOrKeys": ["1"], "maxResults": 10_001},
        {"issueIdsOrKeys": ["1"], "nextPageToken": "BOGUS"},
        {"issueIdsOrKeys": ["1"], "startAt": 0},
    ],
)
def test_bulk_refuses(jira: Reader, body: dict[str, object]) -> None:
    assert jira.send("changelog/bulkfetch", body).status_code == 400


def test_bulk_times_are_milliseconds_and_others_are_iso(jira: Reader) -> None:
    id = jira.scope("MOB")["items"][0]["id"]
    page = jira.get(f"issue/{id}/changelog")
    iso = {entry["id"]: datetime.fromisoformat(entry["created"]) for entry in page["values"]}
    for _, entry in bulk(jira, [id]):
        assert datetime.fromtimestamp(entry["created"] / 1000, UTC) == iso[entry["id"]]


def test_one_issues_changelog_is_paged_oldest_first(jira: Reader) -> None:
    id = max(jira.truth().values(), key=lambda item: item["changes"])["id"]
    whole = jira.get(f"issue/{id}/changelog")
    assert (whole["maxResults"], whole["isLast"], whole["total"]) == (100, True, len(whole["values"]))
    moments = [datetime.fromisoformat(entry["created"]) for entry in whole["values"]]
    assert moments == sorted(moments)
    first = jira.get(f"issue/{id}/changelog", maxResults=2)
    assert (first["isLast"], first["values"]) == (False, whole["values"][:2])
    second = jira.get(f"issue/{id}/changelog", startAt=2, maxResults=2)
    assert second["values"] == whole["values"][2:4]


def test_an_expansion_holds_forty_histories_at_most_and_the_newest_first() -> None:
    with reading() as jira:
        id = jira.scope("MOB")["items"][0]["id"]
        for number in range(45):
            jira.sandbox.edit({"op": "set", "task": id, "fields": {"title": f"Name {number}"}})
        page = jira.post("issue/bulkfetch", {"issueIdsOrKeys": [id], "expand": ["changelog"]})
        changelog = page["issues"][0]["changelog"]
        assert len(changelog["histories"]) == 40
        assert changelog["total"] > 45
        assert changelog["histories"][0]["items"][0]["toString"] == "Name 44"
        found = jira.post("search/jql", {"jql": f"id = {id}", "fields": ["id"], "expand": "changelog"})
        assert len(found["issues"][0]["changelog"]["histories"]) == 40
        assert len(bulk(jira, [id])) == changelog["total"]


def test_items_are_in_the_vendors_words(jira: Reader) -> None:
    told = [item for _, entry in bulk(jira, list(jira.truth())) for item in entry["items"]]
    fields = {(item["field"], item["fieldtype"], item.get("fieldId")) for item in told}
    assert {
        ("status", "jira", "status"),
        ("resolution", "jira", "resolution"),
        ("duedate", "jira", "duedate"),
        ("assignee", "jira", "assignee"),
        ("labels", "jira", "labels"),
        ("priority", "jira", "priority"),
        ("Sprint", "custom", "customfield_10020"),
        ("Story Points", "custom", "customfield_10028"),
        ("IssueParentAssociation", "jira", None),
        ("Flagged", "custom", "customfield_10021"),
        ("Key", "jira", None),
    } <= fields
    done = next(item for item in told if item["field"] == "status" and item["toString"] == "Done")
    assert done["to"] == "10003"
    due = next(item for item in told if item["field"] == "duedate" and item["to"])
    assert due["toString"] == f"{due['to']} 00:00:00.0"
    sprint = next(item for item in told if item["field"] == "Sprint" and "," in item["to"])
    assert len(sprint["to"].split(", ")) == len(sprint["toString"].split(", ")) == 2
