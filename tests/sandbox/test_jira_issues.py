"""Issues in the vendor's shape, and what becomes of them when the story changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from tests.sandbox.jira_reader import Answer, Reader, reading

NO_ISSUE = {
    "errorMessages": ["Issue does not exist or you do not have permission to see it."],
    "errors": {},
}


@pytest.fixture(scope="module")
def jira() -> Iterator[Reader]:
    with reading() as reader:
        yield reader


@pytest.fixture(scope="module")
def issues(jira: Reader) -> dict[str, Answer]:
    """Every issue of the site, whole, by id."""
    ids = jira.found("created >= 0", maxResults=5000)
    batches = [ids[start : start + 100] for start in range(0, len(ids), 100)]
    pages = [jira.post("issue/bulkfetch", {"issueIdsOrKeys": b, "fields": ["*all"]}) for b in batches]
    return {issue["id"]: issue for page in pages for issue in page["issues"]}


def _accounts(user: Answer | None) -> list[str]:
    return [user["accountId"]] if user else []


def test_every_issue_says_what_the_story_says(jira: Reader, issues: dict[str, Answer]) -> None:
    truth = jira.truth()
    assert issues.keys() == truth.keys()
    for id, issue in issues.items():
        item, fields = truth[id], issue["fields"]
        assert issue["key"] == item["key"]
        assert fields["summary"] == item["title"]
        assert fields["duedate"] == item["due"]
        assert fields["customfield_10015"] == item["start"]
        assert fields["labels"] == item["labels"]
        assert _accounts(fields["assignee"]) == item["assignees"]
        assert fields["reporter"]["accountId"] == item["reporter"]
        assert (fields["parent"]["id"] if "parent" in fields else None) == item["parent"]
        assert fields["issuetype"]["hierarchyLevel"] == item["level"]
        assert (fields["customfield_10016"] or fields["customfield_10028"]) == item["estimate"]
        assert fields["customfield_10051"] == item["custom"]["cost"]
        assert (fields["security"] is not None) == item["restricted"]
        assert [str(sprint["id"]) for sprint in fields["customfield_10020"] or []] == item["iterations"]


def test_times_have_the_accounts_offset_and_no_colon_in_it(jira: Reader, issues: dict[str, Answer]) -> None:
    for id, item in jira.truth().items():
        fields = issues[id]["fields"]
        for name in ("created", "updated"):
            assert datetime.fromisoformat(fields[name]) == datetime.fromisoformat(item[name])
            assert fields[name][-5:] in ("-0400", "-0500")
        resolved = fields["resolutiondate"]
        assert (resolved and datetime.fromisoformat(resolved)) == (
            item["completed_at"] and datetime.fromisoformat(item["completed_at"])
        )


def test_statuses_keep_their_words_and_categories(issues: dict[str, Answer]) -> None:
    seen = {
        (
            issue["fields"]["status"]["name"],
            issue["fields"]["status"]["statusCategory"]["key"],
            (issue["fields"]["resolution"] or {}).get("name"),
        )
        for issue in issues.values()
    }
    assert seen == {
        ("Backlog", "new", None),
        ("Selected for Development", "new", None),
        ("In Progress", "indeterminate", None),
        ("In Review", "indeterminate", None),
        ("With vendor", "undefined", None),
        ("Done", "done", "Done"),
        ("Closed", "done", "Won't Do"),
    }


def test_a_link_shows_one_side_at_each_end(jira: Reader, issues: dict[str, Answer]) -> None:
    told = set()
    for issue in issues.values():
        for link in issue["fields"]["issuelinks"]:
            assert ("inwardIssue" in link) != ("outwardIssue" in link)
            other = link.get("outwardIssue") or link["inwardIssue"]
            ends = (issue["id"], other["id"]) if "outwardIssue" in link else (other["id"], issue["id"])
            told.add((link["id"], link["type"]["name"], *ends, "outwardIssue" in link))
    names = {"blocks": "Blocks", "relates": "Relates", "duplicates": "Duplicate"}
    expected = {(names[kind], a, b) for item in jira.truth().values() for kind, a, b in item["links"]}
    assert expected
    assert {(name, a, b) for _, name, a, b, _ in told} == expected
    assert len(told) == 2 * len({id for id, *_ in told})


def test_a_blocker_is_the_outward_end(jira: Reader, issues: dict[str, Answer]) -> None:
    blocker, blocked = next(
        (a, b) for item in jira.truth().values() for kind, a, b in item["links"] if kind == "blocks"
    )
    links = [
        link for link in issues[blocker]["fields"]["issuelinks"]
        if link.get("outwardIssue", {}).get("id") == blocked
    ]  # fmt: skip
    assert links[0]["type"]["outward"] == "blocks"


def test_version_3_has_adf_and_version_2_text(jira: Reader, issues: dict[str, Answer]) -> None:
    id = next(id for id, issue in issues.items() if "run book" in str(issue["fields"]["description"]))
    document = issues[id]["fields"]["description"]
    assert (document["type"], document["version"]) == ("doc", 1)
    assert [block["type"] for block in document["content"]] == ["paragraph", "bulletList"]
    entries = document["content"][1]["content"]
    assert [e["content"][0]["content"][0]["text"] for e in entries] == ["one", "two"]
    text = jira.get(f"/rest/api/2/issue/{id}")["fields"]["description"]
    assert text == "See the run book — section *3*.\n\n* one\n* two"
    empty = next(issue for issue in issues.values() if issue["fields"]["description"] is None)
    assert jira.get(f"/rest/api/2/issue/{empty['id']}")["fields"]["description"] is None


def test_addresses_in_adf_are_links(issues: dict[str, Answer]) -> None:
    document = next(
        issue["fields"]["description"]
        for issue in issues.values()
        if "trello.com" in str(issue["fields"]["description"])
    )
    nodes = document["content"][0]["content"]
    assert nodes[-1]["marks"][0]["attrs"]["href"] == nodes[-1]["text"]


def test_addresses_are_shown_only_where_the_person_lets_them(jira: Reader, issues: dict[str, Answer]) -> None:
    accounts = {a["id"]: a for a in jira.sandbox.truth()["trackers"]["jira_cloud"]["accounts"]}
    assignees = [i["fields"]["assignee"] for i in issues.values() if i["fields"]["assignee"]]
    assert {a.get("emailAddress") is None for a in assignees} == {True, False}
    for assignee in assignees:
        assert assignee.get("emailAddress") == accounts[assignee["accountId"]]["email"]


def test_flags_security_and_times(jira: Reader, issues: dict[str, Answer]) -> None:
    flagged = [i["fields"]["customfield_10021"] for i in issues.values() if i["fields"]["customfield_10021"]]
    assert flagged
    assert {options[0]["value"] for options in flagged} == {"Impediment"}
    for id, item in jira.truth().items():
        fields = issues[id]["fields"]
        for name, minutes in (
            ("timeoriginalestimate", item["estimate_minutes"]),
            ("timeestimate", item["remaining_minutes"]),
            ("timespent", item["spent_minutes"]),
        ):
            assert fields[name] == (None if minutes is None else minutes * 60)
    secret = next(item for item in jira.truth().values() if item["restricted"])
    assert issues[secret["id"]]["fields"]["security"]["name"] == "Confidential"


def test_points_live_in_the_field_of_the_projects_kind(jira: Reader) -> None:
    fields = {field["id"]: field for field in jira.get("field")}
    used = {}
    for board in jira.get("/rest/agile/1.0/board")["values"]:
        configured = jira.get(f"/rest/agile/1.0/board/{board['id']}/configuration")
        if "estimation" in configured:
            used[board["location"]["projectKey"]] = configured["estimation"]["field"]["fieldId"]
    assert {fields[id]["name"] for id in used.values()} == {"Story Points", "Story point estimate"}
    for key, id in used.items():
        page = jira.post("search/jql", {"jql": f"project = {key}", "maxResults": 100, "fields": list(fields)})
        assert any(issue["fields"][id] for issue in page["issues"])


def test_bulk_fetch_sorts_by_id_and_answers_each_issue_once(jira: Reader) -> None:
    items = jira.scope("MOB")["items"][:5]
    asked = [items[3]["key"].lower(), items[1]["id"], items[1]["key"], items[0]["id"]]
    page = jira.post("issue/bulkfetch", {"issueIdsOrKeys": asked, "fields": ["summary"]})
    assert [issue["id"] for issue in page["issues"]] == [items[0]["id"], items[1]["id"], items[3]["id"]]
    assert all(set(issue["fields"]) == {"summary"} for issue in page["issues"])
    assert jira.send("issue/bulkfetch", {"issueIdsOrKeys": []}).status_code == 400


def test_missing_and_hidden_issues_look_alike() -> None:
    with reading() as jira:
        id = jira.scope("BIL")["items"][0]["id"]
        jira.sandbox.edit({"op": "revoke", "project": "billing-integration"})
        hidden, missing = jira.ask(f"issue/{id}"), jira.ask("issue/BIL-9999")
        assert (hidden.status_code, hidden.json()) == (missing.status_code, missing.json()) == (404, NO_ISSUE)
        assert "BIL" not in [project["key"] for project in jira.get("project/search")["values"]]
        assert jira.send("search/jql", {"jql": "project in (MOB, BIL)"}).status_code == 400
        assert jira.post("issue/bulkfetch", {"issueIdsOrKeys": [id]})["issues"] == []
        jira.sandbox.edit({"op": "restore", "project": "billing-integration"})
        assert jira.get(f"issue/{id}")["id"] == id


def test_a_deleted_issue_is_gone_everywhere() -> None:
    with reading() as jira:
        item = next(i for i in jira.scope("MOB")["items"] if i["type"] == "subtask")
        jira.sandbox.edit({"op": "delete", "task": item["id"]})
        assert jira.ask(f"issue/{item['id']}").json() == NO_ISSUE
        assert item["id"] not in jira.found("project = MOB")
        parent = jira.get(f"issue/{item['parent']}")
        assert item["id"] not in [child["id"] for child in parent["fields"]["subtasks"]]


def test_a_moved_issue_keeps_its_id_and_answers_to_its_old_key() -> None:
    with reading() as jira:
        item = next(i for i in jira.scope("MOB")["items"] if i["type"] == "milestone" and not i["parent"])
        moved = jira.sandbox.edit({"op": "move", "task": item["id"], "project": "cloud-landing"})
        for name in (item["id"], item["key"], moved["key"]):
            issue = jira.get(f"issue/{name}")
            assert (issue["id"], issue["key"]) == (item["id"], moved["key"])
        page = jira.post("issue/bulkfetch", {"issueIdsOrKeys": [item["key"]]})
        assert [issue["key"] for issue in page["issues"]] == [moved["key"]]
        assert jira.found(f"key = {item['key']}") == [item["id"]]
        assert item["id"] not in jira.found("project = MOB")
        history = jira.get(f"issue/{item['id']}/changelog")["values"][-1]["items"]
        assert [(i["field"], i["fromString"], i["toString"]) for i in history] == [
            ("project", "Field mobile app", "Cloud landing zone"),
            ("Key", item["key"], moved["key"]),
        ]
