"""Which rules a normaliser met."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import pytest

from connectors.base import JsonObject, Record, ScopeRecord
from normalizer.context import Context
from normalizer.hits import NotingRules
from normalizer.registry import NORMALIZERS
from normalizer.rules import Rules, Table
from tests.normalizer import jira_site, trello_board
from tests.payloads.case import READ_AT, Case, cases, normalizer

ASANA_TASK: JsonObject = {
    "gid": "501",
    "memberships": [{"project": {"gid": "9"}, "section": {"gid": "7", "name": "Vendor"}}],
    "tags": [{"gid": "1", "name": "Legal"}],
    "custom_fields": [
        {"gid": "31", "name": "Urgency", "resource_subtype": "enum", "enum_value": {"name": "Now"}},
        {"gid": "32", "name": "Effort", "resource_subtype": "number", "number_value": 3},
    ],
}
SHEET: JsonObject = {
    "columns": [
        {"id": n, "title": title, "type": "PICKLIST" if n > 1 else "TEXT_NUMBER", "primary": n == 1}
        for n, title in enumerate(("Task", "Status", "Type", "Urgency", "Effort"), 1)
    ]
}
ROW: JsonObject = {
    "id": 5,
    "cells": [
        {"columnId": n, "value": value} for n, value in enumerate(("Move", "Vendor", "Widget", "Now", 3), 1)
    ],
}
SEEN: dict[str, tuple[ScopeRecord, JsonObject, JsonObject]] = {
    "jira_cloud": (
        jira_site.SCOPE,
        jira_site.DEFINITIONS,
        jira_site.issue(
            status=jira_site.status("Vendor", "new"),
            issuetype={"id": "1", "name": "Widget"},
            resolution={"name": "Thrown away"},
            priority={"name": "Now"},
            labels=["legal"],
            issuelinks=[{"type": {"name": "Odd"}, "outwardIssue": {"id": "2"}}],
            **{jira_site.CUSTOMER: 3},
        ),
    ),
    "trello": (
        trello_board.scope(),
        {
            "board": {
                "lists": [{"id": "l", "name": "Vendor"}],
                "customFields": [{"id": "f", "name": "Effort", "type": "number"}],
            }
        },
        trello_board.body(
            idList="l",
            labels=[{"id": "1", "name": "Legal"}, {"id": "2", "name": "Widget"}, {"id": "3", "name": "Now"}],
        ),
    ),
    "asana": (
        ScopeRecord(id="9", kind="project", name="Portal", url="https://app.asana.com/0/9"),
        {"custom_field_settings": {"data": [{"custom_field": one} for one in ASANA_TASK["custom_fields"]]}},
        ASANA_TASK,
    ),
    "smartsheet": (
        ScopeRecord(id="7", kind="sheet", name="Rollout", url="https://app.smartsheet.com/sheets/x"),
        {"sheet": SHEET},
        ROW,
    ),
}
SEEN["jira_dc"] = SEEN["jira_cloud"]
APPLYING: dict[str, dict[str, Any]] = {
    "jira_cloud": {
        "status": {"Vendor": "in_progress"},
        "type": {"WIDGET": "story"},
        "priority": {"now": "urgent"},
        "outcome": {"Thrown Away": "cancelled"},
        "link": {"odd": "blocks"},
        "hold": {"Legal": "waiting"},
        "fields": {"estimate": "Customer"},
    },
    "trello": {
        "status": {"Vendor": "in_progress"},
        "type": {"WIDGET": "story"},
        "priority": {"now": "urgent"},
        "outcome": {"vendor": "cancelled"},
        "hold": {"Legal": "waiting"},
        "fields": {"estimate": "effort"},
    },
    "asana": {
        "status": {"Vendor": "done"},
        "type": {"LEGAL": "story"},
        "priority": {"now": "urgent"},
        "hold": {"vendor": "waiting"},
        "fields": {"estimate": "effort", "priority": "Urgency"},
    },
    "smartsheet": {
        "status": {"Vendor": "done"},
        "type": {"WIDGET": "story"},
        "priority": {"now": "urgent"},
        "outcome": {"vendor": "duplicate"},
        "hold": {"vendor": "none"},
        "fields": {"estimate": "effort", "priority": "Urgency"},
    },
}
APPLYING["jira_dc"] = APPLYING["jira_cloud"]
NOT_APPLYING: dict[str, dict[str, Any]] = {
    "status": {"Nowhere said": "done"},
    "type": {"Nowhere said": "bug"},
    "priority": {"Nowhere said": "low"},
    "outcome": {"Nowhere said": "rejected"},
    "link": {"Nowhere said": "blocks"},
    "hold": {"Nowhere said": "paused"},
    "fields": {"percent_complete": "Nowhere told"},
}


def noted(tracker: str, rules: dict[str, Any]) -> NotingRules:
    scope, definitions, body = SEEN[tracker]
    noting = NotingRules.of(Rules.model_validate(rules))
    context = Context(system="x", site="x", scope=scope, definitions=definitions, rules=noting)
    NORMALIZERS[tracker](context)(Record("item", "501", scope.id, body, READ_AT))
    return noting


@pytest.mark.parametrize("tracker", NORMALIZERS)
def test_a_rule_whose_word_is_there_was_hit(tracker: str) -> None:
    noting = noted(tracker, APPLYING[tracker])
    assert noting.never_hit == []
    assert noting.hit == {(table, word) for table, words in APPLYING[tracker].items() for word in words}


@pytest.mark.parametrize("tracker", NORMALIZERS)
def test_a_rule_whose_word_is_nowhere_was_never_hit(tracker: str) -> None:
    noting = noted(tracker, NOT_APPLYING)
    assert noting.hit == frozenset()
    assert [table for table, _ in noting.never_hit] == list(get_args(Table))


@pytest.mark.parametrize("case", [c for c in cases() if "rules" in c.told["scope"]], ids=lambda c: c.name)
def test_noting_changes_nothing(case: Case) -> None:
    prepare, context = normalizer(case.tracker), case.context
    noting = prepare(replace(context, rules=NotingRules.of(context.rules)))
    plain = prepare(context)
    assert noting(case.record) == plain(case.record)
    assert noting.absent == plain.absent
