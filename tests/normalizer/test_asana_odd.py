"""Whatever a record holds, it becomes something or a rejection with its reason, and never an exception."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.base import Kind, Record
from normalizer.asana import HANDLERS, prepare
from normalizer.asana_resources import RAGS
from normalizer.asana_stories import IGNORED
from normalizer.asana_tellers import TELLERS
from normalizer.context import Context
from normalizer.model import Item, Normalised
from tests.payloads.case import READ_AT, Case, cases, plain

CASES = cases("asana")
BY_KIND: Mapping[str, list[Case]] = {
    kind: [case for case in CASES if case.told["record"]["kind"] == kind] for kind in HANDLERS
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
SURROGATES = st.text(st.characters(categories=["Cs", "Cc", "L"]), max_size=4)


def damaged(value: Any, draw: st.DrawFn) -> Any:
    """Some part of a JSON value taken away or put for something else, at any depth."""
    if draw(st.integers(0, 7)) == 0:
        return draw(JSON | SURROGATES)
    if isinstance(value, dict):
        kept = {key: damaged(part, draw) for key, part in value.items() if draw(st.integers(0, 9))}
        return {**kept, **draw(st.dictionaries(SURROGATES, JSON, max_size=1))}
    if isinstance(value, list):
        return [damaged(part, draw) for part in value]
    return value


@st.composite
def bodies(draw: st.DrawFn) -> tuple[Case, Any]:
    case = draw(st.sampled_from(CASES))
    return case, damaged(case.told["record"]["body"], draw)


def made(context: Context, kind: Kind, body: Any) -> Normalised:
    return prepare(context)(Record(kind, "1", context.scope.id, body, READ_AT))


@given(bodies())
@settings(max_examples=400, deadline=None)
def test_no_damage_to_a_record_raises_and_none_is_silent(damage: tuple[Case, Any]) -> None:
    case, body = damage
    kind = case.told["record"]["kind"]
    became = made(case.context, kind, body)
    json.dumps(plain(became), ensure_ascii=False).encode()  # a store can hold all of it
    if kind == "item":
        whole = any(one.whole for one in became.rejections)
        assert len(became.items) == (0 if whole else 1)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_no_damage_to_the_definitions_raises(data: st.DataObject) -> None:
    case = data.draw(st.sampled_from(BY_KIND["item"]))
    told = dict(case.context.definitions)
    for name, body in told.items():
        worse = damaged(body, data.draw)
        told[name] = worse if isinstance(worse, dict) else {}
    context = Context(
        system="asana", site="app.asana.com", scope=case.context.scope, definitions=told,
        rules=case.context.rules,
    )  # fmt: skip
    became = made(context, "item", case.told["record"]["body"])
    assert all(isinstance(one, Item) for one in became.items)


@pytest.mark.parametrize("kind", ["iteration", "release"])
def test_a_kind_that_asana_has_not_is_rejected(kind: Kind) -> None:
    (rejection,) = made(CASES[0].context, kind, {"gid": "1"}).rejections
    assert (rejection.field, rejection.whole) == ("kind", True)


def test_what_asana_lacks_is_unsupported_and_what_the_project_lacks_is_unmapped() -> None:
    absent = prepare(CASES[0].context).absent
    assert absent["iteration_ids"] == absent["rank"] == absent["remaining"] == "unsupported"
    assert absent["estimates"] == "unmapped"
    with_field = next(case for case in CASES if case.name == "estimate_by_rule")
    assert "estimates" not in prepare(with_field.context).absent


def test_every_kind_of_record_has_cases_and_every_kind_of_story_one() -> None:
    assert [kind for kind, of in BY_KIND.items() if not of] == []
    told = {case.told["record"]["body"].get("resource_subtype") for case in BY_KIND["change"]}
    alike = {"start_date_changed": "due_date_changed", "tag_added": "added_to_tag"}
    alike["tag_removed"] = "removed_from_tag"
    assert {alike.get(name, name) for name in TELLERS} <= told
    assert not IGNORED & set(TELLERS)
    reports = {case.told["record"]["body"]["status_type"] for case in BY_KIND["status_report"]}
    assert set(RAGS) <= reports


def test_no_follower_and_no_comment_becomes_anything() -> None:
    body = {**CASES[0].told["record"]["body"], "gid": "5", "type": "comment", "text": "secret"}
    assert plain(made(CASES[0].context, "change", body)) == plain(Normalised(unmapped=[], rejections=[]))
