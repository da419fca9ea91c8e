"""What an item keeps of a field that could not be read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from normalizer.model import DateValue, FieldValue, Named, Quantity
from store.quarantine import keeping
from tests.store.kit import item

HELD = item(
    "1",
    title="Held",
    description_md="Long",
    description_format="plain",
    type="bug",
    original_type=Named("Bug"),
    status_category="done",
    original_status=Named("Done"),
    outcome="rejected",
    original_outcome=Named("Rejected"),
    hold="waiting",
    hold_reason="Vendor",
    priority="high",
    original_priority=Named("P1"),
    start=DateValue(date=date(2026, 1, 2)),
    start_source="field",
    labels=("held",),
    custom={"a": FieldValue(name="A", type="text", value="held")},
    estimates=(Quantity(Decimal(5), "points"), Quantity(Decimal(60), "minutes")),
)
BARE = item("1", title="", status_category="unknown")


@pytest.mark.parametrize(
    ("lost", "kept"),
    [
        ("title", {"title"}),
        ("description_md", {"description_md", "description_format"}),
        ("type", {"type", "original_type"}),
        ("status_category", {"status_category", "original_status"}),
        ("outcome", {"outcome", "original_outcome"}),
        ("hold", {"hold", "hold_reason"}),
        ("priority", {"priority", "original_priority"}),
        ("start", {"start", "start_source"}),
        ("labels", {"labels"}),
        ("custom", {"custom"}),
        ("custom.a", {"custom"}),
        ("estimates", {"estimates"}),
    ],
)
def test_a_lost_field_is_kept_with_what_is_said_beside_it(lost: str, kept: set[str]) -> None:
    found = keeping(BARE, HELD, [lost])
    assert {name for name in kept if getattr(found, name) != getattr(HELD, name)} == set()
    assert {name for name in HELD.__dataclass_fields__ if getattr(found, name) != getattr(BARE, name)} == kept


@pytest.mark.parametrize(
    "told",
    [
        {"title": "New"},
        {"labels": ("new",)},
        {"type": "epic", "original_type": Named("Epic")},
        {"priority": "low", "original_priority": Named("P4")},
        {"custom": {"a": FieldValue(name="A", type="text", value="new")}},
    ],
)
def test_what_has_a_value_now_is_not_put_back(told: dict[str, Any]) -> None:
    now = item("1", **told)
    assert keeping(now, HELD, [*told, *(f"custom.{key}" for key in now.custom)]) == now


def test_of_estimates_each_unit_is_kept_for_itself() -> None:
    now = item("1", estimates=(Quantity(Decimal(90), "minutes"),))
    assert list(keeping(now, HELD, ["estimates"]).estimates) == [
        Quantity(Decimal(5), "points"),
        Quantity(Decimal(90), "minutes"),
    ]


def test_of_a_custom_field_that_was_never_held_there_is_nothing_to_keep() -> None:
    assert keeping(BARE, HELD, ["custom.b"]) == BARE
