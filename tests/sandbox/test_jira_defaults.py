"""The vendor's own defaults, each by name; a sandbox that lacks one makes its test fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest

from sandbox.quirks import Quirks
from tests.sandbox.jira_reader import Reader, reading

EVERYTHING = "created >= 0 ORDER BY created ASC, key ASC"


@pytest.fixture(scope="module")
def jira() -> Iterator[Reader]:
    with reading() as reader:
        yield reader


def test_search_without_fields_answers_ids_only(jira: Reader) -> None:
    page = jira.post("search/jql", {"jql": EVERYTHING, "maxResults": 3})
    assert [set(issue) for issue in page["issues"]] == [{"id"}] * 3


def test_pages_end_at_the_vendors_maximum(jira: Reader) -> None:
    asked = {"jql": EVERYTHING, "maxResults": 5000}
    assert len(jira.post("search/jql", {**asked, "fields": ["summary"]})["issues"]) == 100
    ids = [issue["id"] for issue in jira.post("search/jql", asked)["issues"]]
    assert len(ids) > 101
    assert jira.send("issue/bulkfetch", {"issueIdsOrKeys": ids[:101]}).status_code == 400
    assert jira.get("project/search", maxResults=1000)["maxResults"] == 100


def test_bulk_fetch_omits_in_silence(jira: Reader) -> None:
    known = jira.found("project = MOB")[0]
    page = jira.post("issue/bulkfetch", {"issueIdsOrKeys": [known, "999999", "NOPE-1"]})
    assert [issue["id"] for issue in page["issues"]] == [known]
    assert page["issueErrors"] == []


def test_bad_credentials_see_an_empty_site(jira: Reader) -> None:
    with jira.stranger() as stranger:
        assert stranger.ask("myself").status_code == 401
        found = stranger.post("search/jql", {"jql": "project = MOB"})
        assert found == {"issues": [], "isLast": True}
        assert stranger.get("project/search")["total"] == 0
        assert stranger.get("project") == []
        assert stranger.ask("project/MOB").status_code == 404
        assert stranger.ask("issue/MOB-1").status_code == 404
        assert stranger.post("issue/bulkfetch", {"issueIdsOrKeys": ["MOB-1"]})["issues"] == []


DEFAULTS: Mapping[str, Callable[[Reader], None]] = {
    "ids_only_search": test_search_without_fields_answers_ids_only,
    "page_cap": test_pages_end_at_the_vendors_maximum,
    "silent_omission": test_bulk_fetch_omits_in_silence,
    "anonymous_fallthrough": test_bad_credentials_see_an_empty_site,
}


@pytest.mark.parametrize("quirk", DEFAULTS)
def test_a_sandbox_without_the_default_is_noticed(quirk: str) -> None:
    with reading(Quirks(**{quirk: False})) as kinder, pytest.raises(AssertionError):
        DEFAULTS[quirk](kinder)


def test_the_site_tells_everybody_what_it_is(jira: Reader) -> None:
    with jira.stranger(None) as nobody:
        info = nobody.get("serverInfo")
    assert (info["deploymentType"], info["baseUrl"]) == ("Cloud", "https://northlight.atlassian.net")
    assert info["versionNumbers"]


def test_401_is_plain_text(jira: Reader) -> None:
    with jira.stranger() as stranger:
        refused = stranger.ask("myself")
    assert refused.status_code == 401
    assert refused.headers["content-type"].startswith("text/plain")
