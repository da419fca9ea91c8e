"""A condition of the configuration cannot reach beyond the brackets that we put around it."""

from __future__ import annotations

import pytest

from connectors.jira_filter import checked_filter, restricted


@pytest.mark.parametrize(
    "condition",
    ["", "labels = pmo", 'summary ~ "order by) now"', "(a = 1 OR b = 2) AND c in (3, 4)", r'a = "say \"(\""'],
)
def test_a_condition_is_taken_as_it_is(condition: str) -> None:
    assert checked_filter(f" {condition} ") == condition


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("labels = pmo ORDER BY created", "ORDER BY"),
        ("labels = pmo order  by created", "ORDER BY"),
        ("a = 1) OR (b = 2", "brackets"),
        ("(a = 1", "brackets"),
        ('summary ~ "open', "quotation"),
        ("summary ~ 'open", "quotation"),
    ],
)
def test_what_would_change_the_rest_of_the_query_is_refused(condition: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        checked_filter(condition)


def test_it_stands_in_brackets_behind_the_project() -> None:
    assert restricted("project = 1", "a = 1 OR b = 2") == "project = 1 AND (a = 1 OR b = 2)"
    assert restricted("project = 1", "") == "project = 1"
