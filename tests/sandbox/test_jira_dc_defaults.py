"""The vendor's own defaults, each by name; a sandbox that lacks one makes its test fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest

from sandbox.options import DataCenter
from sandbox.quirks import Quirks
from tests.sandbox.jira_dc_reader import SPRINT, Reader, reading

SMALL = DataCenter(page_cap=40, window=100)
WRONG = {"Authorization": "Bearer wrong"}


@pytest.fixture(scope="module")
def jira() -> Iterator[Reader]:
    with reading(data_center=SMALL, budgets=True) as reader:
        yield reader


def test_pages_are_cut_without_a_word(jira: Reader) -> None:
    page = jira.post("search", {"jql": "project = ERP", "maxResults": 90})
    assert page["maxResults"] == len(page["issues"]) == 40
    assert page["total"] > 80


def test_beyond_the_window_is_an_error_500(jira: Reader) -> None:
    """Two projects hold more issues than the window; the last page is out of reach."""
    assert jira.ask("search", jql="created > 0", startAt=60, maxResults=40).status_code == 200
    beyond = jira.ask("search", jql="created > 0", startAt=61, maxResults=40)
    assert beyond.status_code == 500
    (said,) = beyond.json()["errorMessages"]
    assert said.startswith("Search limit exceeded.")
    assert "requests 101 results" in said
    assert "limit of 100" in said


def test_bad_tokens_are_anonymous(jira: Reader) -> None:
    """400, 401 and 404, and each answer says who the server thinks asked."""
    with jira.other(WRONG) as stranger:
        for path, params, status in (
            ("myself", {}, 401),
            ("search", {"jql": "project = ERP"}, 400),
            ("issue/ERP-1", {}, 404),
            ("project/ERP", {}, 404),
        ):
            answer = stranger.ask(path, **params)
            assert answer.status_code == status, path
            assert answer.headers["x-ausername"] == "anonymous"
        assert stranger.get("project") == []
    assert jira.ask("myself").headers["x-ausername"] == "user01"


def test_an_unknown_issue_spoils_the_query(jira: Reader) -> None:
    known = jira.get("issue/ERP-1")["id"]
    for jql in (f"id in ({known}, 999999)", "key = ERP-99999", "key > ERP-99999"):
        assert jira.ask("search", jql=jql).status_code == 400, jql
    page = jira.post("search", {"jql": f"id in ({known}, 999999)", "validateQuery": False})
    assert [issue["id"] for issue in page["issues"]] == [known]
    assert jira.get("search", jql=f"id in ({known}, 999999)", validateQuery="false")["total"] == 1


def test_sprints_are_javas_own_text(jira: Reader) -> None:
    issues = jira.get("search", jql="project = PCS AND sprint in openSprints()")["issues"]
    texts = [text for issue in issues for text in issue["fields"][SPRINT]]
    assert texts
    assert all(isinstance(text, str) for text in texts)
    assert "state=ACTIVE,name=PCS Sprint 5,startDate=" in texts[-1]
    assert texts[-1].startswith("com.atlassian.greenhopper.service.sprint.Sprint@")


def test_changes_do_not_name_their_field_ids(jira: Reader) -> None:
    histories = jira.get("issue/ERP-1", expand="changelog")["changelog"]["histories"]
    items = [item for history in histories for item in history["items"]]
    assert items
    assert not [item for item in items if "fieldId" in item]


def test_good_answers_carry_a_zero_retry_after(jira: Reader) -> None:
    answer = jira.ask("myself")
    assert answer.headers.get("retry-after") == "0"
    assert answer.headers["x-ratelimit-limit"] == "500"
    assert answer.headers["x-ratelimit-fillrate"] == "100"
    assert answer.headers["x-ratelimit-interval-seconds"] == "1"
    assert int(answer.headers["x-ratelimit-remaining"]) < 500
    assert "retry-after" not in jira.ask("serverInfo").headers


DEFAULTS: Mapping[str, Callable[[Reader], None]] = {
    "page_cap": test_pages_are_cut_without_a_word,
    "result_window": test_beyond_the_window_is_an_error_500,
    "anonymous_fallthrough": test_bad_tokens_are_anonymous,
    "validated_query": test_an_unknown_issue_spoils_the_query,
    "sprint_strings": test_sprints_are_javas_own_text,
    "bare_changes": test_changes_do_not_name_their_field_ids,
    "zero_retry_after": test_good_answers_carry_a_zero_retry_after,
}


@pytest.mark.parametrize("quirk", DEFAULTS)
def test_a_sandbox_without_the_default_is_noticed(quirk: str) -> None:
    quirks = Quirks(**{quirk: False})
    with reading(data_center=SMALL, budgets=True, quirks=quirks) as kinder, pytest.raises(AssertionError):
        DEFAULTS[quirk](kinder)
