"""Whatever Jira sends: an item, or a rejection that names the field; never an exception."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import Kind, Record
from normalizer.model import Normalised
from tests.normalizer.jira_site import (
    ADA,
    CUSTOMER,
    DEFINITIONS,
    FLAGGED,
    PERCENT,
    POINTS,
    RANK,
    READ_AT,
    SPRINT,
    START,
    issue,
    mapper,
    record,
    status,
)

WHOLE: dict[str, Any] = issue(
    description={"type": "doc", "content": [{"type": "paragraph", "content": [{"text": "x"}]}]},
    assignee=ADA,
    reporter=ADA,
    creator=ADA,
    priority={"id": "1", "name": "High"},
    resolution={"id": "1", "name": "Done"},
    resolutiondate="2026-02-20T10:00:00.000+0000",
    statuscategorychangedate="2026-02-20T10:00:00.000+0000",
    duedate="2026-03-01",
    labels=["a"],
    components=[{"id": "1", "name": "c"}],
    fixVersions=[{"id": "1", "name": "v", "releaseDate": "2026-01-01"}],
    parent={"id": "1", "key": "NET-1"},
    subtasks=[{"id": "2", "fields": {"status": status("Done", "done")}}],
    issuelinks=[{"id": "1", "type": {"name": "Blocks", "inward": "is blocked by", "outward": "blocks"},
                 "inwardIssue": {"id": "3", "fields": {"status": status("Open", "new")}}}],
    timeoriginalestimate=60,
    timeestimate=60,
    timespent=60,
    security={"id": "1"},
    issuerestriction={"issuerestrictions": {}},
    archiveddate=None,
    **{
        SPRINT: [{"id": 1, "name": "s", "state": "active", "startDate": "2026-01-01T00:00:00.000Z"}],
        POINTS: 3, START: "2026-01-01", RANK: "0|i", FLAGGED: [{"value": "Impediment"}],
        CUSTOMER: {"value": "Gold"}, PERCENT: 10, "customfield_99": [1, {"a": "b"}],
    },
)  # fmt: skip
HISTORY = {
    "id": "5", "issueId": "1", "created": 1767607200000, "author": ADA,
    "items": [{"field": "status", "fieldId": "status", "from": "1", "fromString": "a", "toString": ""}],
}  # fmt: skip
PARTS: dict[Kind, dict[str, Any]] = {
    "item": WHOLE,
    "change": HISTORY,
    "account": ADA,
    "section": {"id": "1", "name": "c"},
    "release": {"id": "1", "name": "v", "releaseDate": "2026-01-01"},
    "iteration": {
        "id": 1,
        "name": "s",
        "state": "closed",
        "completeDate": "2026-01-01T00:00:00.000Z",
        "goal": "g",
    },
}
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("2026-13-45"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a body at which something odd may stand."""
    found = [path] if path else []
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        found += places(one, (*path, key))
    return found


def replaced(value: Any, path: tuple[Any, ...], odd: Any) -> Any:
    if not path:
        return odd
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], odd)
    return copy


def removed(value: Any, path: tuple[Any, ...]) -> Any:
    copy = dict(value) if isinstance(value, dict) else list(value)
    if len(path) == 1:
        del copy[path[0]]
    else:
        copy[path[0]] = removed(value[path[0]], path[1:])
    return copy


def sound(made: Normalised, kind: Kind, body: Any) -> None:
    """Something came of it, or a rejection says by name why not."""
    for rejection in made.rejections:
        assert rejection.kind == kind
        assert rejection.field
        assert rejection.expected
        assert rejection.found
    if kind == "item":
        assert len(made.items) + sum(one.whole for one in made.rejections) == 1
    elif kind != "change" or body.get("items"):
        given = (*made.changes, *made.accounts, *made.sections, *made.releases, *made.iterations)
        assert given or made.rejections


READ = mapper()


@pytest.mark.parametrize("kind", PARTS)
@given(data=st.data())
def test_something_odd_anywhere(kind: Kind, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(places(PARTS[kind])))
    body = replaced(PARTS[kind], path, data.draw(ODD))
    sound(READ(record(body, kind)), kind, body)


@pytest.mark.parametrize("kind", PARTS)
def test_something_missing_anywhere(kind: Kind) -> None:
    for path in places(PARTS[kind]):
        body = removed(PARTS[kind], path)
        sound(READ(record(body, kind)), kind, body)


@given(st.dictionaries(st.sampled_from(["fields", "statuses", "board"]), ODD | st.just({"values": [{}, 1]})))
def test_odd_definitions_leave_their_fields_unmapped(definitions: Any) -> None:
    read = mapper(definitions=definitions)
    assert read.absent["start"] == "unmapped"
    assert read(record(issue())).items


@given(ODD, ODD)
def test_an_odd_field_of_the_site(field: Any, schema: Any) -> None:
    fields = [*DEFINITIONS["fields"]["values"], {"id": "customfield_9", "name": field, "schema": schema}]
    assert mapper(definitions={"fields": {"values": fields}})(record(WHOLE)).items


@pytest.mark.parametrize("fields", [None, [], "x", {}, {"summary": None}, {"summary": 3}])
def test_without_fields_or_title_nothing_comes_of_an_issue(fields: Any) -> None:
    made = READ(record({"id": "1", "key": "NET-1", "fields": fields}))
    assert not made.items
    (rejection,) = made.rejections
    assert rejection.whole
    assert rejection.field.startswith("fields")


def test_a_title_is_all_that_an_issue_needs() -> None:
    made = READ(record({"id": "1", "fields": {"summary": "Only this"}}))
    (found,) = made.items
    assert (found.status_category, found.type, found.title) == ("unknown", "unknown", "Only this")
    assert {one.field for one in made.rejections} == {"status", "issuetype"}


@pytest.mark.parametrize("kind", sorted({*get_args(Kind)} - {*PARTS, "definition"}))
def test_a_kind_that_jira_has_not_is_rejected(kind: Kind) -> None:
    (rejection,) = READ(record({"id": "1"}, kind)).rejections
    assert (rejection.field, rejection.whole) == ("kind", True)


def test_definitions_became_the_mapper_and_bring_nothing_of_their_own() -> None:
    assert READ(record({"id": "1"}, "definition")) == Normalised()


@pytest.mark.parametrize("body", [None, "text", [{}], 3.5])
def test_a_body_that_is_no_object_is_rejected(body: Any) -> None:
    (rejection,) = READ(Record("item", "1", "1", body, READ_AT)).rejections
    assert (rejection.field, rejection.whole) == ("body", True)
