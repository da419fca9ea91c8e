"""Custom fields by the schema that the site gives each of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from normalizer.model import FieldValue
from tests.normalizer.jira_site import ADA, custom, entity, issue, mapper, record

TYPES = "com.atlassian.jira.plugin.system.customfieldtypes"
FIELD = "customfield_77"
DOCUMENT = {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "Hi"}]}]}


def read(schema: tuple[str, str, str | None], value: Any) -> Any:
    definitions = {"fields": {"values": [custom(FIELD, "Extra", schema[0], schema[1], schema[2])]}}
    return mapper(definitions=definitions)(record(issue(**{FIELD: value})))


@pytest.mark.parametrize(
    ("kind", "items", "value", "expected"),
    [
        ("string", None, "abc", ("text", "abc")),
        ("string", None, DOCUMENT, ("text", "Hi")),
        ("number", None, 2.5, ("number", Decimal("2.5"))),
        ("date", None, "2026-03-01", ("date", "2026-03-01")),
        ("datetime", None, "2026-03-01T10:00:00.000+0200", ("datetime", "2026-03-01T08:00:00+00:00")),
        ("option", None, {"id": "1", "value": "Gold"}, ("option", "Gold")),
        ("option-with-child", None, {"value": "EU", "child": {"value": "CH"}}, ("option", "EU / CH")),
        ("array", "option", [{"value": "a"}, {"value": "b"}], ("options", ["a", "b"])),
        ("array", "string", ["x", "y"], ("options", ["x", "y"])),
        ("array", "version", [{"id": "1", "name": "1.0"}], ("options", ["1.0"])),
        ("user", None, ADA, ("account", entity("account", "712020:ada"))),
        ("array", "user", [ADA], ("accounts", [entity("account", "712020:ada")])),
        ("team", None, {"id": "t", "name": "Core"}, ("json", {"id": "t", "name": "Core"})),
        ("any", None, "x", ("text", "x")),
        ("any", None, True, ("boolean", True)),
    ],
)
def test_each_type(kind: str, items: str | None, value: Any, expected: tuple[Any, Any]) -> None:
    made = read((kind, f"{TYPES}:x", items), value)
    assert not made.rejections
    assert made.items[0].custom == {FIELD: FieldValue(name="Extra", type=expected[0], value=expected[1])}


def test_an_address_is_an_address() -> None:
    made = read(("string", f"{TYPES}:url", None), "https://acme.example")
    assert made.items[0].custom[FIELD].type == "url"


def test_people_in_custom_fields_come_as_accounts() -> None:
    assert [one.remote_id for one in read(("user", f"{TYPES}:userpicker", None), ADA).accounts] == [
        "712020:ada"
    ]


@pytest.mark.parametrize("empty", [None, "", [], {}])
def test_an_empty_field_is_left_out(empty: Any) -> None:
    assert read(("array", f"{TYPES}:multiselect", "option"), empty).items[0].custom == {}


def test_a_value_of_another_type_is_rejected_and_the_item_stays() -> None:
    made = read(("number", f"{TYPES}:float", None), "a lot")
    (rejection,) = made.rejections
    assert (rejection.field, rejection.expected, rejection.found) == (FIELD, "a number", "text 'a lot'")
    assert not rejection.whole
    assert made.items[0].custom == {}


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("x", "text"),
        (3, "number"),
        ({"value": "a"}, "option"),
        (["a"], "options"),
        ([[1]], "json"),
        (ADA, "account"),
    ],
)
def test_a_field_that_the_site_does_not_list_is_read_by_its_value(value: Any, kind: str) -> None:
    (found,) = mapper(definitions={})(record(issue(**{FIELD: value}))).items
    assert (found.custom[FIELD].name, found.custom[FIELD].type) == (FIELD, kind)
