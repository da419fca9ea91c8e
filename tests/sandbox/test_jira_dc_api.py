"""Jira Data Center's answers: what it is, its issues in the vendor's shape, slices, and its rate limit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import httpx
import pytest

from sandbox.jira_dc import CONTEXT, CREDENTIALS, app
from sandbox.options import DataCenter, SandboxOptions
from sandbox.seed import write_story
from sandbox.world import World, clock_for
from tests.sandbox.jira_dc_reader import EPIC_LINK, TODAY, Answer, Reader, reading


@pytest.fixture(scope="module")
def jira() -> Iterator[Reader]:
    with reading() as reader:
        yield reader


@pytest.fixture(scope="module")
def issues(jira: Reader) -> dict[str, Answer]:
    """Every issue, whole, by id."""
    return {i["id"]: i for i in jira.pages("created > 0 ORDER BY id", fields=["*all"], expand=["changelog"])}


def test_the_installation_tells_everybody_what_it_is(jira: Reader) -> None:
    with jira.other() as nobody:
        info = nobody.get("serverInfo")
    assert (info["deploymentType"], info["version"]) == ("Server", "10.3.4")
    assert info["versionNumbers"] == [10, 3, 4]
    assert info["baseUrl"] == "https://jira.northlight.example/jira"


@pytest.mark.parametrize(
    "path",
    [
        "rest/api/3/myself",
        "rest/api/2/search/jql?jql=created>0",
        "rest/api/2/project/search",
        "rest/api/2/issue/ERP-1/changelog",
        "rest/api/2/searchLimits/maxResultWindow",
        "rest/api/1/myself",
    ],
)
def test_what_only_jira_cloud_or_a_later_release_has_is_not_there(jira: Reader, path: str) -> None:
    assert jira.ask(path).status_code == 404


def test_latest_is_version_2(jira: Reader) -> None:
    assert jira.get("rest/api/latest/myself") == jira.get("myself")


def test_nothing_lives_outside_the_context_path(jira: Reader) -> None:
    outside = jira.sandbox.bases["jira_dc"].removesuffix(CONTEXT)
    assert httpx.get(f"{outside}/rest/api/2/serverInfo", trust_env=False).status_code == 404


def test_from_11_3_on_the_window_can_be_read() -> None:
    with reading(items=60, data_center=DataCenter(version="11.3.1", window=1234)) as later:
        assert later.get("searchLimits/maxResultWindow") == 1234


def test_a_wrong_password_is_refused_on_a_page(jira: Reader) -> None:
    with jira.other(auth=("user01", "wrong")) as stranger:
        refused = stranger.ask("myself")
    assert refused.status_code == 401
    assert refused.headers["content-type"].startswith("text/html")
    assert refused.headers["x-seraph-loginreason"] == "AUTHENTICATED_FAILED"


def test_issues_are_told_without_what_data_center_does_not_have(issues: dict[str, Answer]) -> None:
    for issue in issues.values():
        fields = issue["fields"]
        assert not {"statuscategorychangedate", "statusCategory"} & fields.keys()
        assert "hierarchyLevel" not in fields["issuetype"]
        assert {"name", "key"} <= fields["reporter"].keys()
        assert "accountId" not in fields["reporter"]
        assert ("parent" in fields) == fields["issuetype"]["subtask"]
        assert issue["self"] == f"https://jira.northlight.example/jira/rest/api/2/issue/{issue['id']}"
    assert not [text for text in map(str, issues.values()) if "northlight.atlassian.net/rest" in text]


def test_links_times_and_parents_are_the_storys(jira: Reader, issues: dict[str, Answer]) -> None:
    truth = jira.truth()
    keys = {item["key"]: id for id, item in truth.items()}
    assert issues.keys() == truth.keys()
    for id, item in truth.items():
        fields = issues[id]["fields"]
        parent = fields["parent"]["key"] if "parent" in fields else fields[EPIC_LINK]
        assert (keys[parent] if parent else None) == item["parent"]
        for name in ("created", "updated"):
            assert datetime.fromisoformat(fields[name]) == datetime.fromisoformat(item[name])
        told = {
            (
                link["type"]["name"],
                (link.get("outwardIssue") or link["inwardIssue"])["id"],
                "outwardIssue" in link,
            )
            for link in fields["issuelinks"]
        }
        names = {"blocks": "Blocks", "relates": "Relates", "duplicates": "Duplicate"}
        assert told == {(names[kind], b if a == id else a, a == id) for kind, a, b in item["links"]}
    assert any(item["parent"] for item in truth.values())
    assert any(item["links"] for item in truth.values())


def test_texts_are_wiki_markup(issues: dict[str, Answer]) -> None:
    texts = [i["fields"]["description"] for i in issues.values() if i["fields"]["description"]]
    assert any(text.startswith("h3. Goal\n* month-end") and "{code:sql}" in text for text in texts)
    assert any("[the run book|https://wiki.northlight.example/runbook]" in text for text in texts)


def test_a_changelog_is_whole_and_oldest_first(jira: Reader, issues: dict[str, Answer]) -> None:
    words = set()
    for id, item in jira.truth().items():
        changelog = issues[id]["changelog"]
        moments = [datetime.fromisoformat(history["created"]) for history in changelog["histories"]]
        assert moments == sorted(moments)
        assert changelog["total"] == changelog["maxResults"] == len(moments)
        assert len(set(moments)) == item["changes"]
        words |= {
            (change["field"], change["fieldtype"])
            for history in changelog["histories"]
            for change in history["items"]
        }
    assert {
        ("status", "jira"),
        ("resolution", "jira"),
        ("Epic Link", "custom"),
        ("Sprint", "custom"),
    } <= words
    assert {("Story Points", "custom"), ("Key", "jira")} <= words
    assert not {"IssueParentAssociation", "Story point estimate"} & {word for word, _ in words}


def test_slices_by_key_and_by_creation_make_the_whole(jira: Reader) -> None:
    whole = jira.found("project = ERP ORDER BY key ASC")
    slices: list[str] = []
    jql = "project = ERP ORDER BY key ASC"
    while page := jira.get("search", jql=jql, maxResults=30, fields="summary")["issues"]:
        slices += [issue["id"] for issue in page]
        jql = f'project = ERP AND key > "{page[-1]["key"]}" ORDER BY key ASC'
    assert slices == whole
    middle = datetime.fromisoformat(jira.truth()[whole[len(whole) // 2]]["created"])
    border = round(middle.timestamp() * 1000)
    older = jira.found(f"project = ERP AND created < {border}")
    newer = jira.found(f"project = ERP AND created >= {border}")
    assert sorted(older + newer) == sorted(whole)
    assert older
    assert newer


def test_people_are_found_by_name_and_key(jira: Reader) -> None:
    item = next(i for i in jira.truth().values() if i["assignees"])
    person = jira.get("user", key=item["assignees"][0])
    assert person["key"] == item["assignees"][0]
    assert item["id"] in jira.found(f"assignee = {person['name']}")
    assert jira.ask("user", username="nobody").status_code == 404
    everybody = jira.get("user/search", username=".", maxResults=1000)
    assert {a["id"] for a in jira.told()["accounts"]} <= {user["key"] for user in everybody}


def test_permissions_come_all_at_once(jira: Reader) -> None:
    told = jira.get("mypermissions", projectKey="ERP")["permissions"]
    assert told["BROWSE_PROJECTS"]["havePermission"] is True
    assert told["ASSIGN_ISSUES"]["havePermission"] is False
    assert jira.ask("mypermissions", projectKey="NOPE").status_code == 404


def test_a_board_without_sprints_refuses_them(jira: Reader) -> None:
    boards = {b["type"]: b["id"] for b in jira.get("rest/agile/1.0/board")["values"]}
    assert jira.ask(f"rest/agile/1.0/board/{boards['kanban']}/sprint").status_code == 400
    settings = jira.get(f"rest/agile/1.0/board/{boards['scrum']}/configuration")
    assert settings["estimation"]["field"]["fieldId"] == "customfield_10106"
    active = jira.get(f"rest/agile/1.0/board/{boards['scrum']}/sprint", state="active")["values"]
    assert [sprint["name"] for sprint in active] == ["PCS Sprint 5"]


def test_archived_and_revoked_projects() -> None:
    with reading(items=60) as jira:
        jira.sandbox.edit({"op": "close_project", "project": "plant-control"})
        assert [p["key"] for p in jira.get("project")] == ["ERP"]
        shown = {p["key"]: p["archived"] for p in jira.get("project", includeArchived="true")}
        assert shown == {"ERP": False, "PCS": True}
        assert jira.get("search", jql="project = PCS")["total"] == 0
        assert jira.get("issue/PCS-1")["key"] == "PCS-1"
        jira.sandbox.edit({"op": "revoke", "project": "erp-upgrade"})
        assert jira.ask("search", jql="project = ERP").status_code == 400
        assert jira.ask("issue/ERP-1").status_code == 404


def test_edits_give_ids_and_keys_of_this_site() -> None:
    with reading(items=60) as jira:
        made = jira.sandbox.edit({"op": "create", "project": "erp-upgrade", "title": "New"})
        assert jira.get(f"issue/{made['key']}")["id"] == made["task"]
        assert int(made["task"]) == max(int(id) for id in jira.truth())
        moved = jira.sandbox.edit({"op": "move", "task": made["task"], "project": "plant-control"})
        assert moved["key"].startswith("PCS-")
        assert jira.get(f"issue/{made['key']}")["key"] == moved["key"]


async def test_the_rate_limit_says_how_long_to_wait() -> None:
    now = [0.0]
    options = SandboxOptions(data_center=DataCenter(bucket=3, fill=2))
    world = World(write_story(7, 60, TODAY, ("jira_dc",)), clock_for(TODAY))
    transport = httpx.ASGITransport(app(world, options, lambda: now[0]))
    headers = {"Authorization": f"Bearer {CREDENTIALS['token']}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://jira/jira", headers=headers) as http:
        answers = [await http.get("/rest/api/2/myself") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert [answer.headers["x-ratelimit-remaining"] for answer in answers] == ["2", "1", "0", "0"]
        assert answers[-1].headers["retry-after"] == "1"
        assert (await http.get("/rest/api/2/serverInfo")).status_code == 200
        now[0] = 0.5
        assert (await http.get("/rest/api/2/myself")).status_code == 200
