"""The community's own client (pycontribs/jira), unmodified, reads the sandbox as it reads the real thing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from jira import JIRA, JIRAError

from sandbox.options import SandboxOptions
from sandbox.server import Sandbox, running
from tests.sandbox.jira_reader import TODAY


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with running(SandboxOptions(today=TODAY, budgets=False)) as sandbox:
        yield sandbox


@contextmanager
def client(sandbox: Sandbox, token: str | None = None) -> Iterator[JIRA]:
    held = sandbox.credentials["jira_cloud"]
    auth = (held["email"], token or held["token"])
    jira = JIRA(sandbox.bases["jira_cloud"], basic_auth=auth, max_retries=0, timeout=20)
    try:
        yield jira
    finally:
        jira.close()


def test_it_discovers_every_project_and_reads_every_issue(sandbox: Sandbox) -> None:
    truth = sandbox.truth()["trackers"]["jira_cloud"]
    with client(sandbox) as jira:
        assert {p.id: p.name for p in jira.projects()} == {s["id"]: s["name"] for s in truth["scopes"]}
        for scope in truth["scopes"]:
            found = jira.search_issues(f"project = {scope['id']} ORDER BY key", maxResults=False)
            read = {issue.id: (issue.key, issue.fields.summary) for issue in found}
            assert len(found) == len(read)
            assert read == {item["id"]: (item["key"], item["title"]) for item in scope["items"]}


def test_it_reads_more_issues_than_fit_on_a_page(sandbox: Sandbox) -> None:
    items = sandbox.truth()["trackers"]["jira_cloud"]["counts"]["items"]
    with client(sandbox) as jira:
        found = jira.search_issues("created > 0 ORDER BY created", maxResults=False, fields="summary")
        assert len({issue.id for issue in found}) == items > 100
        assert jira.approximate_issue_count("created > 0") == items


def test_it_reads_values_sprints_and_histories(sandbox: Sandbox) -> None:
    scope = next(s for s in sandbox.truth()["trackers"]["jira_cloud"]["scopes"] if s["key"] == "MOB")
    item = next(i for i in scope["items"] if i["estimate"] and i["assignees"] and i["iterations"])
    with client(sandbox) as jira:
        issue = jira.issue(item["key"], expand="changelog")
        assert issue.get_field("assignee").accountId == item["assignees"][0]
        assert issue.fields.customfield_10028 == item["estimate"]
        assert len(issue.changelog.histories) == item["changes"]
        (board,) = jira.boards(projectKeyOrID="MOB")
        assert {str(sprint.id) for sprint in jira.sprints(board.id)} == {s["id"] for s in scope["iterations"]}
        assert jira.myself()["accountId"] in {a["id"] for a in _accounts(sandbox)}


def test_a_wrong_token_finds_an_empty_site(sandbox: Sandbox) -> None:
    with client(sandbox, token="wrong") as jira:
        with pytest.raises(JIRAError) as refused:
            jira.myself()
        assert refused.value.status_code == 401
        assert jira.projects() == []
        assert jira.search_issues("project = MOB") == []


def test_a_missing_issue_is_404_in_the_vendors_words(sandbox: Sandbox) -> None:
    with client(sandbox) as jira, pytest.raises(JIRAError) as missing:
        jira.issue("MOB-9999")
    assert missing.value.status_code == 404
    assert missing.value.text == "Issue does not exist or you do not have permission to see it."


def _accounts(sandbox: Sandbox) -> list[dict[str, str]]:
    accounts: list[dict[str, str]] = sandbox.truth()["trackers"]["jira_cloud"]["accounts"]
    return accounts
