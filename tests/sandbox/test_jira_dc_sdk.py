"""The community's own client (pycontribs/jira), unmodified, reads the installation as the real thing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from jira import JIRA, Issue, JIRAError

from sandbox.options import DataCenter
from sandbox.server import Sandbox
from tests.sandbox.jira_dc_reader import EPIC_LINK, POINTS, SPRINT, START, installed


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with installed(data_center=DataCenter(page_cap=50)) as sandbox:
        yield sandbox


@contextmanager
def client(sandbox: Sandbox, **credentials: Any) -> Iterator[JIRA]:
    held = credentials or {"token_auth": sandbox.credentials["jira_dc"]["token"]}
    jira = JIRA(server=sandbox.bases["jira_dc"], max_retries=0, timeout=20, **held)
    try:
        yield jira
    finally:
        jira.close()


def read(issue: Issue, keys: dict[str, str]) -> dict[str, Any]:
    """An issue in the truth's words, as far as the client itself hands them over."""
    fields = issue.raw["fields"]
    parent = fields["parent"]["key"] if "parent" in fields else fields[EPIC_LINK]
    sprints = [re.search(r"\bid=(\d+)", text) for text in fields[SPRINT] or []]
    return {
        "key": issue.key,
        "title": issue.fields.summary,
        "start": fields[START],
        "due": fields["duedate"],
        "estimate": fields[POINTS],
        "estimate_minutes": fields["timeoriginalestimate"] and fields["timeoriginalestimate"] / 60,
        "spent_minutes": fields["timespent"] and fields["timespent"] / 60,
        "assignees": [issue.fields.assignee.key] if issue.fields.assignee else [],
        "reporter": issue.fields.reporter.key,
        "labels": fields["labels"],
        "parent": keys[parent] if parent else None,
        "section": next((component["name"] for component in fields["components"]), None),
        "iterations": [found[1] for found in sprints if found],
        "restricted": fields["security"] is not None,
        "changes": len({history.created for history in issue.changelog.histories}),
    }


def test_it_knows_a_server_from_a_cloud(sandbox: Sandbox) -> None:
    with client(sandbox) as jira:
        assert jira.server_info()["deploymentType"] == "Server"
        assert jira._is_cloud is False
        assert jira.myself()["key"] == "JIRAUSER10100"


def test_it_reads_every_issue_equal_to_the_truth(sandbox: Sandbox) -> None:
    truth = sandbox.truth()["trackers"]["jira_dc"]
    keys = {item["key"]: item["id"] for scope in truth["scopes"] for item in scope["items"]}
    with client(sandbox) as jira:
        assert {p.id: p.name for p in jira.projects()} == {s["id"]: s["name"] for s in truth["scopes"]}
        for scope in truth["scopes"]:
            found = jira.search_issues(
                f"project = {scope['key']} ORDER BY key", maxResults=False, expand="changelog"
            )
            assert found.total == len(found) == len(scope["items"]) > 40
            seen = {issue.id: read(issue, keys) for issue in found}
            for item in scope["items"]:
                shown = seen[item["id"]]
                assert shown == {name: item[name] for name in shown}, item["key"]


def test_it_reads_boards_and_sprints(sandbox: Sandbox) -> None:
    scope = next(s for s in sandbox.truth()["trackers"]["jira_dc"]["scopes"] if s["key"] == "PCS")
    with client(sandbox) as jira:
        (board,) = jira.boards(projectKeyOrID="PCS")
        assert {str(sprint.id) for sprint in jira.sprints(board.id)} == {s["id"] for s in scope["iterations"]}


def test_basic_works_until_version_11(sandbox: Sandbox) -> None:
    held = sandbox.credentials["jira_dc"]
    login = {"basic_auth": (held["username"], held["password"])}
    with client(sandbox, **login) as jira:
        assert jira.myself()["name"] == "user01"
    with installed(items=60, data_center=DataCenter(version="11.3.0")) as later:
        with pytest.raises(JIRAError) as refused, client(later, **login) as jira:
            jira.myself()
        assert refused.value.status_code == 403
        assert "Basic Authentication has been disabled" in str(refused.value)
        with client(later) as jira:
            assert jira.myself()["name"] == "user01"


def test_a_wrong_token_is_nobody(sandbox: Sandbox) -> None:
    with client(sandbox, token_auth="wrong") as jira:
        with pytest.raises(JIRAError) as refused:
            jira.myself()
        assert refused.value.status_code == 401
        assert jira.projects() == []


def test_a_missing_issue_is_404_in_the_vendors_words(sandbox: Sandbox) -> None:
    with client(sandbox) as jira, pytest.raises(JIRAError) as missing:
        jira.issue("ERP-99999")
    assert missing.value.status_code == 404
    assert missing.value.text == "Issue Does Not Exist"
