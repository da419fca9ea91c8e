"""JQL search: what queries find, how pages fit together, what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from sandbox.jira_jql import parse
from sandbox.jira_jql_tokens import JqlError
from tests.sandbox.jira_reader import Answer, Reader, reading

NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture(scope="module")
def jira() -> Iterator[Reader]:
    with reading() as reader:
        yield reader


def ids(items: list[Answer]) -> list[str]:
    return sorted((item["id"] for item in items), key=int)


@pytest.mark.parametrize("size", [1, 7, 73, 5000])
def test_pages_read_each_issue_exactly_once(jira: Reader, size: int) -> None:
    found = jira.found("project = MOB ORDER BY created DESC, key", maxResults=size)
    assert len(found) == len(set(found))
    assert sorted(found, key=int) == ids(jira.scope("MOB")["items"])


def test_pages_of_get_and_post_are_the_same(jira: Reader) -> None:
    asked = {"jql": "project = MOB", "maxResults": 10, "fields": "summary"}
    by_get = jira.get("search/jql", **asked)
    by_post = jira.post("search/jql", {**asked, "fields": ["summary"]})
    assert [issue["id"] for issue in by_get["issues"]] == [issue["id"] for issue in by_post["issues"]]
    again = jira.get("search/jql", **asked, nextPageToken=by_post["nextPageToken"])
    assert {issue["id"] for issue in again["issues"]}.isdisjoint(issue["id"] for issue in by_get["issues"])


def test_an_issue_updated_between_pages_comes_twice_and_none_is_lost() -> None:
    query = {"jql": "project = MOB ORDER BY updated ASC, key ASC", "maxResults": 20}
    with reading() as jira:
        first = jira.post("search/jql", query)
        touched = first["issues"][0]["id"]
        jira.sandbox.edit({"op": "set", "task": touched, "fields": {"title": "Touched"}})
        rest, token = [], first["nextPageToken"]
        while token:
            page = jira.post("search/jql", {**query, "nextPageToken": token})
            rest += [issue["id"] for issue in page["issues"]]
            token = page.get("nextPageToken")
        assert rest[-1] == touched
        assert {issue["id"] for issue in first["issues"]} | set(rest) == set(ids(jira.scope("MOB")["items"]))


def test_the_last_page_has_no_token_and_no_page_a_total(jira: Reader) -> None:
    total = len(jira.scope("BIL")["items"])
    page = jira.post("search/jql", {"jql": "project = BIL", "maxResults": total})
    assert page["isLast"] is True
    assert set(page) == {"issues", "isLast"}
    assert jira.post("search/jql", {"jql": "project = BIL", "maxResults": total - 1})["isLast"] is False


@pytest.mark.parametrize("token", ["BOGUS", "", "WzFd"])
def test_a_token_that_is_none_is_refused(jira: Reader, token: str) -> None:
    answer = jira.send("search/jql", {"jql": "project = BIL", "nextPageToken": token})
    assert answer.status_code == (400 if token else 200)


def test_a_token_belongs_to_its_query(jira: Reader) -> None:
    token = jira.post("search/jql", {"jql": "project = MOB", "maxResults": 1})["nextPageToken"]
    assert jira.send("search/jql", {"jql": "project = BIL", "nextPageToken": token}).status_code == 400


def test_the_old_search_is_gone(jira: Reader) -> None:
    for path in ("search", "/rest/api/2/search"):
        for answer in (jira.ask(path, jql="project = MOB"), jira.send(path, {"jql": "project = MOB"})):
            assert answer.status_code == 410
            assert "/rest/api/3/search/jql" in answer.json()["errorMessages"][0]


UNBOUNDED = "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
NO_PROJECT = "The value 'NOPE' does not exist for the field 'project'."
NO_FIELD = "Field 'shoe' does not exist or you do not have permission to view it."
UNFINISHED = "Error in the JQL Query: Expecting a field name before the end of the query."
RESERVED = (
    "Error in the JQL Query: 'if' is a reserved JQL word. You must surround it in quotation marks to use it "
    "in a query. (line 1, character 11)"
)
UNQUOTED = "Error in the JQL Query: The quoted string 'open' has not been completed. (line 1, character 10)"


@pytest.mark.parametrize(
    ("jql", "sentences"),
    [
        ("", [UNBOUNDED]),
        ("ORDER BY key DESC", [UNBOUNDED]),
        ("project = NOPE", [NO_PROJECT]),
        ("project = 4711", ["A value with ID '4711' does not exist for the field 'project'."]),
        ("project in (MOB, NOPE)", [NO_PROJECT]),
        ("project = NOPE AND shoe = 3", [NO_PROJECT, NO_FIELD]),
        ("project = MOB ORDER BY shoe", ["Not able to sort using field 'shoe'."]),
        ("status = Limbo", ["The value 'Limbo' does not exist for the field 'status'."]),
        ("assignee = nobody()", ["Unable to find JQL function 'nobody()'."]),
        ("summary = x", ["The operator '=' is not supported by the 'summary' field."]),
        ("project = MOB OR", [UNFINISHED]),
        ("project = if", [RESERVED]),
        ('status = "open', [UNQUOTED]),
    ],
)
def test_queries_that_are_refused(jira: Reader, jql: str, sentences: list[str]) -> None:
    answer = jira.send("search/jql", {"jql": jql})
    assert answer.status_code == 400
    assert answer.json() == {"errorMessages": sentences, "errors": {}}


MANY = {"reconcileIssues": list(range(51))}


@pytest.mark.parametrize(
    "body",
    [{"startAt": 50}, {"maxResults": 0}, {"maxResults": 5001}, {"maxResults": "x"}, {"fields": 3}, MANY],
)
def test_bodies_that_are_refused(jira: Reader, body: dict[str, object]) -> None:
    assert jira.send("search/jql", {"jql": "project = MOB", **body}).status_code == 400


def test_issues_that_do_not_exist_match_nothing(jira: Reader) -> None:
    first, *_ = ids(jira.scope("MOB")["items"])
    assert jira.found(f"id in ({first}, 999999, 'NOPE-3')") == [first]
    assert jira.found("id > 999999") == []


def test_greater_compares_key_numbers_in_the_project(jira: Reader) -> None:
    items = {int(item["key"].partition("-")[2]): item["id"] for item in jira.scope("MOB")["items"]}
    assert set(jira.found("key > MOB-20")) == {id for number, id in items.items() if number > 20}
    assert set(jira.found("id <= mob-3")) == {id for number, id in items.items() if number <= 3}


@pytest.mark.parametrize(
    ("jql", "field", "value"),
    [
        ("statusCategory = Done", "status_category", {"done", "cancelled"}),
        ("statusCategory = new", "status_category", {"backlog", "todo"}),
        ('status = "With vendor"', "status_category", {"unknown"}),
        ("resolution = Unresolved", "outcome", {None}),
        ("issuetype in (Bug, Epic)", "type", {"bug", "epic"}),
        ("priority = Highest", "priority", {"urgent"}),
        ("labels is EMPTY", "labels", {()}),
        ("NOT issuetype = Bug", "type", {"epic", "story", "task", "subtask", "milestone"}),
        ("parent is EMPTY", "parent", {None}),
    ],
)
def test_fields_of_names(jira: Reader, jql: str, field: str, value: set[object]) -> None:
    def read(item: Answer) -> object:
        found = item[field]
        return tuple(found) if isinstance(found, list) else found

    truth = [item for item in jira.truth().values() if read(item) in value]
    assert truth
    assert sorted(jira.found(f"{jql} ORDER BY key", maxResults=5000), key=int) == ids(truth)


def test_not_equal_leaves_out_what_has_no_value(jira: Reader) -> None:
    someone = next(item["assignees"][0] for item in jira.truth().values() if item["assignees"])
    truth = [i for i in jira.truth().values() if i["assignees"] and someone not in i["assignees"]]
    assert sorted(jira.found(f'assignee != "{someone}"', maxResults=5000), key=int) == ids(truth)


def test_sprints_by_state_and_id(jira: Reader) -> None:
    active = next(s for s in jira.scope("MOB")["iterations"] if s["state"] == "active")
    inside = [item for item in jira.scope("MOB")["items"] if active["id"] in item["iterations"]]
    assert sorted(jira.found(f"sprint = {active['id']}"), key=int) == ids(inside)
    assert sorted(jira.found("project = MOB AND sprint in openSprints()"), key=int) == ids(inside)


def test_unquoted_digits_are_milliseconds(jira: Reader) -> None:
    items = jira.scope("MOB")["items"]
    moments = sorted(datetime.fromisoformat(item["updated"]) for item in items)
    middle = moments[len(moments) // 2]
    found = jira.found(f"project = MOB AND updated >= {round(middle.timestamp() * 1000)}")
    assert sorted(found, key=int) == ids([i for i in items if datetime.fromisoformat(i["updated"]) >= middle])
    assert len(found) == len(moments) - len(moments) // 2


def test_quoted_times_are_minutes_in_the_accounts_zone(jira: Reader) -> None:
    items = jira.scope("MOB")["items"]
    newest = max(datetime.fromisoformat(item["updated"]) for item in items)
    minute = newest.astimezone(NEW_YORK).strftime("%Y-%m-%d %H:%M")
    as_utc = newest.strftime("%Y-%m-%d %H:%M")
    assert len(jira.found(f'project = MOB AND updated >= "{minute}"')) == 1
    assert jira.found(f'project = MOB AND updated >= "{as_utc}"') == []


@pytest.mark.parametrize("value", ['"1732320000000"', '"2026-11-23 10:00:00"', '"yesterday"', "soon"])
def test_other_dates_are_refused(jira: Reader, value: str) -> None:
    answer = jira.send("search/jql", {"jql": f"updated >= {value}"})
    assert answer.status_code == 400
    assert "Valid formats include: 'yyyy/MM/dd HH:mm'" in answer.json()["errorMessages"][0]


def test_relative_times_count_from_now() -> None:
    with reading() as jira:
        task = jira.scope("MOB")["items"][0]["id"]
        assert jira.found("updated >= -15m") == []
        jira.sandbox.edit({"op": "set", "task": task, "fields": {"title": "Just now"}})
        assert jira.found("updated >= -15m") == [task]
        assert jira.found('updated >= "-1h 30m"') == [task]


def test_fields_names_and_schema(jira: Reader) -> None:
    page = jira.post(
        "search/jql",
        {"jql": "project = MOB", "fields": ["summary", "customfield_10020"], "expand": "names,schema"},
    )
    assert all(set(issue["fields"]) <= {"summary", "customfield_10020"} for issue in page["issues"])
    assert page["names"] == {"summary": "Summary", "customfield_10020": "Sprint"}
    assert page["schema"]["customfield_10020"]["custom"] == "com.pyxis.greenhopper.jira:gh-sprint"
    whole = jira.post("search/jql", {"jql": "project = MOB", "fields": ["*all", "-description"]})["issues"][0]
    assert {"summary", "comment", "timetracking"} <= set(whole["fields"])
    assert "description" not in whole["fields"]
    table = jira.post("search/jql", {"jql": "project = MOB", "fields": ["*navigable"]})["issues"][0]
    assert "comment" not in table["fields"]


def test_the_count_is_the_number_found(jira: Reader) -> None:
    count = jira.post("search/approximate-count", {"jql": "project = MOB"})
    assert count == {"count": len(jira.scope("MOB")["items"])}


def test_archived_issues_and_projects_cannot_be_found() -> None:
    with reading() as jira:
        task = jira.scope("MOB")["items"][0]["id"]
        jira.sandbox.edit({"op": "set", "task": task, "fields": {"archived": True}})
        assert task not in jira.found("project = MOB")
        assert jira.get(f"issue/{task}")["fields"]["archiveddate"]
        jira.sandbox.edit({"op": "close_project", "project": "billing-integration"})
        assert jira.found("project = BIL") == []
        assert "BIL" in [p["key"] for p in jira.get("project/search", status="archived")["values"]]


@pytest.mark.parametrize(
    "text", ["a =", "= b", "a in (b", "a in (b,)", "(a = b", "a = b c = d", "a ! b", "a = 'b"]
)
def test_text_that_is_no_query(text: str) -> None:
    with pytest.raises(JqlError):
        parse(text)


def test_quotes_escapes_and_order() -> None:
    query = parse(
        r"""project = "IF" AND (summary ~ 'it\'s' OR key in (A-1, "B-2")) order by created desc, key"""
    )
    assert [(order.field, order.descending) for order in query.orders] == [("created", True), ("key", False)]
    assert "it's" in repr(query.where)
