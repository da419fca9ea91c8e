"""The account, its projects and permissions, the short lists, boards and sprints."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sandbox.jira_reader import Reader, reading

BOARD = "/rest/agile/1.0/board"


@pytest.fixture(scope="module")
def jira() -> Iterator[Reader]:
    with reading() as reader:
        yield reader


def test_who_we_are(jira: Reader) -> None:
    me = jira.get("myself")
    assert me["emailAddress"] == jira.sandbox.credentials["jira_cloud"]["email"]
    assert (me["timeZone"], me["accountType"], me["active"]) == ("America/New_York", "atlassian", True)


def test_permissions_are_asked_for_by_name(jira: Reader) -> None:
    held = jira.get("mypermissions", permissions="BROWSE_PROJECTS,ASSIGN_ISSUES", projectKey="MOB")[
        "permissions"
    ]
    assert held["BROWSE_PROJECTS"]["havePermission"] is True
    assert held["ASSIGN_ISSUES"]["havePermission"] is False
    assert jira.ask("mypermissions").status_code == 400
    assert jira.ask("mypermissions", permissions="FLY").status_code == 400
    assert jira.ask("mypermissions", permissions="BROWSE_PROJECTS", projectKey="NOPE").status_code == 404
    with jira.stranger() as stranger:
        held = stranger.get("mypermissions", permissions="BROWSE_PROJECTS")["permissions"]
        assert held["BROWSE_PROJECTS"]["havePermission"] is False


def test_projects_by_page_order_and_key(jira: Reader) -> None:
    truth = jira.sandbox.truth()["trackers"]["jira_cloud"]["scopes"]
    first = jira.get("project/search", maxResults=4, orderBy="name")
    second = jira.get("project/search", startAt=4, maxResults=4, orderBy="name")
    names = [project["name"] for project in first["values"] + second["values"]]
    assert names == sorted((scope["name"] for scope in truth), key=str.lower)
    assert (first["isLast"], second["isLast"], first["total"]) == (False, True, len(truth))
    assert "nextPage" in first
    assert "nextPage" not in second
    keyed = jira.get("project/search", keys=["MOB", "BIL"], action="browse", expand="insight,projectKeys")
    assert [project["key"] for project in keyed["values"]] == ["BIL", "MOB"]
    assert keyed["values"][1]["insight"]["totalIssueCount"] == len(jira.scope("MOB")["items"])
    assert jira.ask("project/search", orderBy="colour").status_code == 400
    assert jira.ask("project/search", startAt="x").status_code == 400


def test_one_project_by_id_or_key(jira: Reader) -> None:
    scope = jira.scope("MOB")
    by_key, by_id = jira.get("project/mob"), jira.get(f"project/{scope['id']}")
    assert by_key == by_id
    assert (by_key["name"], by_key["style"]) == (scope["name"], "classic")
    missing = jira.ask("project/NOPE")
    assert missing.status_code == 404
    assert missing.json()["errorMessages"] == ["No project could be found with key 'NOPE'."]
    components = {component["name"] for component in jira.get("project/MOB/components")}
    assert components >= {item["section"] for item in scope["items"] if item["section"]}
    assert [v["released"] for v in jira.get("project/MOB/versions")] == [False]


def test_a_renamed_project_keeps_its_id() -> None:
    with reading() as jira:
        jira.sandbox.edit({"op": "rename_project", "project": "field-app", "name": "Field companion"})
        assert jira.get("project/MOB")["name"] == "Field companion"
        issue = jira.post("search/jql", {"jql": "project = MOB", "fields": ["project"]})["issues"][0]
        assert issue["fields"]["project"]["name"] == "Field companion"


def test_fields_with_their_types(jira: Reader) -> None:
    fields = {field["name"]: field for field in jira.get("field")}
    kinds = {name: field["schema"].get("custom", "").rpartition(":")[2] for name, field in fields.items()}
    assert kinds["Sprint"] == "gh-sprint"
    assert kinds["Rank"] == "gh-lexo-rank"
    assert kinds["Epic Link"] == "gh-epic-link"
    assert kinds["Story Points"] == kinds["Cost"] == "float"
    assert kinds["Story point estimate"] == "jsw-story-points"
    assert kinds["Start date"] == "datepicker"
    assert kinds["Customer"] == "select"
    assert kinds["Flagged"] == "multicheckboxes"
    assert kinds["Team"] == "rm-teams-custom-field-team"
    assert fields["Summary"]["clauseNames"] == ["summary"]
    with jira.stranger() as stranger:
        assert not any(field["custom"] for field in stranger.get("field"))


def test_short_lists(jira: Reader) -> None:
    statuses = jira.get("status")
    assert {s["statusCategory"]["key"] for s in statuses} == {"undefined", "new", "indeterminate", "done"}
    assert [s["id"] for s in jira.get("statuses/search")["values"]] == [s["id"] for s in statuses]
    assert [p["name"] for p in jira.get("priority/search")["values"]] == [
        "Highest", "High", "Medium", "Low", "Lowest",
    ]  # fmt: skip
    assert {kind["inward"] for kind in jira.get("issueLinkType")["issueLinkTypes"]} >= {"is blocked by"}
    assert {kind["hierarchyLevel"] for kind in jira.get("issuetype")} == {-1, 0, 1}
    assert jira.get("configuration")["timeTrackingConfiguration"]["workingHoursPerDay"] == 8.0
    assert {one["name"] for one in jira.get("resolution")} == {"Done", "Won't Do", "Duplicate"}


def test_users_are_found_by_name_and_address(jira: Reader) -> None:
    me = jira.get("myself")
    assert [u["accountId"] for u in jira.get("user/search", query=me["emailAddress"])] == [me["accountId"]]
    everybody = jira.get("user/search", query="", maxResults=100)
    accounts = jira.sandbox.truth()["trackers"]["jira_cloud"]["accounts"]
    assert {user["accountId"] for user in everybody} >= {account["id"] for account in accounts}


def test_boards_belong_to_projects(jira: Reader) -> None:
    boards = jira.get(BOARD)["values"]
    assert {board["type"] for board in boards} == {"scrum", "kanban", "simple"}
    (board,) = jira.get(BOARD, projectKeyOrId="MOB")["values"]
    assert board["location"]["projectKey"] == "MOB"
    assert jira.get(f"{BOARD}/{board['id']}")["name"] == board["name"]
    assert jira.ask(BOARD, projectKeyOrId="NOPE").status_code == 400
    assert jira.ask(f"{BOARD}/1").status_code == 404
    columns = jira.get(f"{BOARD}/{board['id']}/configuration")["columnConfig"]["columns"]
    mapped = {status["id"] for column in columns for status in column["statuses"]}
    assert mapped == {status["id"] for status in jira.get("status")}


def test_sprints_of_a_board(jira: Reader) -> None:
    (board,) = jira.get(BOARD, projectKeyOrId="MOB")["values"]
    sprints = jira.get(f"{BOARD}/{board['id']}/sprint")["values"]
    assert [s["state"] for s in sprints] == ["closed"] * 4 + ["active", "future"]
    assert {str(s["id"]) for s in sprints} == {s["id"] for s in jira.scope("MOB")["iterations"]}
    closed = jira.get(f"{BOARD}/{board['id']}/sprint", state="closed", startAt=3, maxResults=10)
    assert (len(closed["values"]), closed["isLast"]) == (1, True)
    assert closed["values"][0]["completeDate"].endswith("Z")


def test_a_board_without_sprints_says_so(jira: Reader) -> None:
    (board,) = jira.get(BOARD, projectKeyOrId="NET")["values"]
    refused = jira.ask(f"{BOARD}/{board['id']}/sprint")
    assert refused.status_code == 400
    assert refused.json()["errorMessages"] == ["The board does not support sprints"]
    page = jira.get(f"{BOARD}/{board['id']}/issue", maxResults=10, fields="summary")
    assert (page["total"], len(page["issues"])) == (len(jira.scope("NET")["items"]), 10)


def test_paths_that_do_not_exist_and_bodies_that_cannot_be_read(jira: Reader) -> None:
    assert jira.ask("nothing").status_code == 404
    assert jira.ask("nothing").headers["content-type"] == "application/json"
    assert jira.send("field", {}).status_code == 405
    assert jira.send("issue/bulkfetch", {"ids": ["MOB-1"]}).status_code == 400
