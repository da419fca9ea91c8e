"""Custom fields of a card: typed, and playing roles."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from normalizer.model import DateValue, FieldValue, Named, Progress, Quantity, Unmapped
from normalizer.rules import Rules
from tests.normalizer.trello_board import BOARD, CARD_ID, body, item, mapper, normalised, our_id, record


def held(field: str, value: Any = None, option: Any = None) -> dict[str, Any]:
    return {"id": f"held-{field}", "idCustomField": field, "value": value, "idValue": option}


@pytest.mark.parametrize(
    ("held_value", "expected"),
    [
        (held("f-cost", {"number": "12.50"}), FieldValue(name="Cost", type="number", value=Decimal("12.50"))),
        (
            held("f-date", {"date": "2024-02-18T12:00:00.000Z"}),
            FieldValue(name="Kick-off", type="datetime", value="2024-02-18T12:00:00+00:00"),
        ),
        (held("f-tick", {"checked": "true"}), FieldValue(name="Signed", type="boolean", value=True)),
        (held("f-text", {"text": "Northwind"}), FieldValue(name="Customer", type="text", value="Northwind")),
        (held("f-prio", None, "opt-high"), FieldValue(name="Priority", type="option", value="High")),
    ],
)
def test_every_value_is_typed(held_value: dict[str, Any], expected: FieldValue) -> None:
    assert item(customFieldItems=[held_value]).custom == {held_value["idCustomField"]: expected}


def test_an_emptied_field_has_no_value() -> None:
    made = item(customFieldItems=[held("f-cost"), held("f-prio"), held("f-text", {"text": ""})])
    assert list(made.custom) == ["f-text"]


@pytest.mark.parametrize(
    "held_value",
    [
        held("f-cost", {"number": "a lot"}),
        held("f-cost", {"number": "NaN"}),
        held("f-cost", {"number": "1e400"}),
        held("f-cost", {"number": 5}),
        held("f-cost", {"text": "5"}),
        held("f-cost", "5"),
        held("f-date", {"date": "2024-02-18"}),
        held("f-tick", {"checked": "yes"}),
        held("f-prio", None, 5),
    ],
    ids=repr,
)
def test_a_value_of_another_type_costs_only_itself(held_value: dict[str, Any]) -> None:
    made = normalised(customFieldItems=[held_value, held("f-text", {"text": "kept"})])
    assert list(made.items[0].custom) == ["f-text"]
    (rejection,) = made.rejections
    assert not rejection.whole
    assert rejection.field == f"customFieldItems.{made_name(held_value)}"


def made_name(held_value: dict[str, Any]) -> str:
    return next(str(f["name"]) for f in BOARD["customFields"] if f["id"] == held_value["idCustomField"])


def test_a_field_or_an_option_that_the_board_does_not_know_is_reported() -> None:
    made = normalised(customFieldItems=[held("f-new", {"text": "?"}), held("f-prio", None, "opt-new")])
    assert made.items[0].custom == {}
    assert [(one.field, one.value) for one in made.unmapped] == [
        ("custom", "f-new"),
        ("custom.Priority", "opt-new"),
    ]


def test_well_known_names_play_their_roles() -> None:
    made = item(customFieldItems=[held("f-points", {"number": "5"}), held("f-prio", None, "opt-high")])
    assert made.estimates == [Quantity(Decimal(5), "points")]
    assert (made.priority, made.original_priority) == ("high", Named("High", "f-prio"))


def test_a_priority_of_their_own_is_unknown_until_a_rule_maps_it() -> None:
    made = normalised(customFieldItems=[held("f-prio", None, "opt-odd")])
    assert made.items[0].priority == "unknown"
    assert made.unmapped == [Unmapped(field="priority", value="Sometime", item_id=our_id("item", CARD_ID))]
    rules = Rules(priority={"sometime": "low"})
    assert item(rules, customFieldItems=[held("f-prio", None, "opt-odd")]).priority == "low"


def test_rules_name_the_fields_that_play_roles() -> None:
    rules = Rules(
        fields={"estimate": "cost", "start": "Kick-off", "type": "Customer"}, type={"Northwind": "story"}
    )
    made = item(
        rules,
        customFieldItems=[
            held("f-cost", {"number": "3"}),
            held("f-points", {"number": "8"}),
            held("f-date", {"date": "2024-02-18T12:00:00.000Z"}),
            held("f-text", {"text": "northwind"}),
        ],
    )
    assert made.estimates == [Quantity(Decimal(3), "points")]
    assert made.start == DateValue(at=datetime(2024, 2, 18, 12, tzinfo=UTC))
    assert (made.type, made.original_type) == ("story", Named("northwind", "f-text"))


def test_a_due_date_by_rule_goes_over_the_cards_own() -> None:
    kick_off = held("f-date", {"date": "2024-02-18T12:00:00.000Z"})
    own = "2024-03-01T15:00:00.000Z"
    made = item(Rules(fields={"due": "Kick-off"}), customFieldItems=[kick_off], due=own)
    assert made.due == DateValue(at=datetime(2024, 2, 18, 12, tzinfo=UTC))
    unset = item(Rules(fields={"due": "Kick-off"}), due=own)
    assert unset.due == DateValue(at=datetime(2024, 3, 1, 15, tzinfo=UTC))


def test_percent_complete_by_rule_goes_over_the_checklists() -> None:
    rules = Rules(fields={"percent_complete": "Cost"})
    made = item(
        rules,
        customFieldItems=[held("f-cost", {"number": "140"})],
        checklists=[{"checkItems": [{"state": "complete"}, {"state": "incomplete"}]}],
    )
    assert made.progress == Progress(Decimal(100), "reported")


def test_a_rule_without_its_field_is_reported_with_the_board() -> None:
    rules = Rules(fields={"estimate": "Effort", "due": "Customer"}, link={"blocks": "blocks"})
    made = mapper(rules)(record("definition", BOARD))
    assert made.unmapped == [
        Unmapped(field="rules.link", value="blocks"),
        Unmapped(field="rules.fields.estimate", value="Effort"),
        Unmapped(field="rules.fields.due", value="Customer"),
    ]
    points = held("f-points", {"number": "8"})
    assert item(Rules(fields={"estimate": "Effort"}), customFieldItems=[points]).estimates == []


def test_a_well_known_name_of_another_type_plays_no_role() -> None:
    board = {**BOARD, "customFields": [{"id": "f", "name": "Points", "type": "text"}]}
    made = mapper(board=board)
    card = body(customFieldItems=[held("f", {"text": "many"})])
    assert made(record("item", card)).items[0].estimates == []
    assert made.absent["estimates"] == "unsupported"
