"""A card becomes an item, field by field."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from normalizer.model import Assignment, DateValue, Named, Placement, Progress, Unmapped
from normalizer.rules import Rules
from tests.normalizer.trello_board import (
    BOARD,
    CARD_ID,
    body,
    context,
    item,
    mapper,
    normalised,
    our_id,
    record,
)


def test_a_card_in_full() -> None:
    made = item(
        idMembers=["ada"],
        idMemberCreator="ben",
        labels=[{"id": "lab-1", "name": "Customer", "color": "red"}],
        start="2024-02-18T00:00:00.000Z",
        due="2024-03-01T15:00:00.000Z",
    )
    assert made.id == our_id("item", CARD_ID)
    assert (made.system, made.remote_id, made.remote_key) == ("trello", CARD_ID, "aBcD1234")
    assert made.title == "Move the rack"
    assert made.url == "https://trello.com/c/aBcD1234/7-move-the-rack"
    assert (made.description_md, made.description_format) == ("Two *people*", "markdown")
    assert (made.type, made.status_category, made.presence) == ("task", "in_progress", "present")
    assert made.original_status == Named("Doing", "list-doing")
    assert made.start == DateValue(at=datetime(2024, 2, 18, tzinfo=UTC))
    assert made.start_source == "field"
    assert made.due == DateValue(at=datetime(2024, 3, 1, 15, tzinfo=UTC))
    assert made.assignments == [Assignment(our_id("account", "ada"), "owner")]
    assert made.reporter_account_id == our_id("account", "ben")
    assert made.labels == ("Customer",)
    assert made.placements == (
        Placement(
            scope_id=context().scope_id,
            section_id=our_id("section", "list-doing"),
            order="2048.5",
            primary=True,
        ),
    )
    assert made.remote_created_at == datetime(2024, 2, 17, 14, 21, 18, tzinfo=UTC)
    assert made.remote_updated_at == datetime(2024, 2, 20, 8, 0, 0, 123_000, tzinfo=UTC)
    assert made.completed_at is None


def test_ticked_off_is_done_wherever_it_stands() -> None:
    made = item(dueComplete=True, dateCompleted="2024-02-19T07:00:00.000Z")
    assert made.status_category == "done"
    assert made.original_status == Named("Doing", "list-doing")
    assert made.completed_at == datetime(2024, 2, 19, 7, tzinfo=UTC)


def test_a_time_of_completion_counts_only_while_the_card_is_ticked() -> None:
    assert item(dueComplete=False, dateCompleted="2024-02-19T07:00:00.000Z").completed_at is None


def test_lying_on_the_done_list_tells_no_time() -> None:
    made = item(idList="list-done", dateCompleted=None)
    assert (made.status_category, made.completed_at) == ("done", None)


def test_a_list_that_nobody_mapped_is_unknown_and_reported() -> None:
    made = normalised(idList="list-parked")
    assert made.items[0].status_category == "unknown"
    assert made.unmapped == [
        Unmapped(field="status_category", value="Parking lot", item_id=our_id("item", CARD_ID))
    ]


def test_a_list_newer_than_the_definitions_is_unknown() -> None:
    made = normalised(idList="list-new")
    assert made.items[0].status_category == "unknown"
    assert made.items[0].placements[0].section_id == our_id("section", "list-new")
    assert [one.value for one in made.unmapped] == ["list-new"]


def test_rules_go_over_the_dictionary() -> None:
    rules = Rules(status={"parking LOT": "backlog", "Doing": "todo"}, outcome={"Parking lot": "rejected"})
    assert item(rules, idList="list-doing").status_category == "todo"
    made = item(rules, idList="list-parked")
    assert (made.status_category, made.outcome) == ("backlog", "rejected")
    assert mapper().absent["outcome"] == "unsupported"
    assert "outcome" not in mapper(rules).absent


@pytest.mark.parametrize("fields", [{"closed": True}, {"idList": "list-old"}], ids=["the card", "its list"])
def test_archived_is_a_presence_and_never_done(fields: dict[str, Any]) -> None:
    made = normalised(**fields).items[0]
    assert made.presence == "archived"
    assert made.status_category != "done"


def test_on_a_closed_board_every_card_is_archived() -> None:
    closed = mapper(board={**BOARD, "closed": True})
    assert closed(record("item", body())).items[0].presence == "archived"


def test_a_blocked_card_keeps_its_status() -> None:
    made = item(
        labels=[{"id": "l1", "name": "Waiting for Fabrikam"}, {"id": "lab-blocked", "name": "Blocked 🔙"}]
    )
    assert (made.hold, made.hold_reason, made.status_category) == ("blocked", "Blocked 🔙", "in_progress")
    assert item(labels=[{"id": "l1", "name": "Waiting for Fabrikam"}]).hold == "waiting"
    rules = Rules(hold={"frozen": "paused", "Doing": "waiting"})
    assert item(rules, labels=[{"id": "l1", "name": "Frozen"}]).hold_reason == "Doing"
    assert item(Rules(hold={"blocked": "none"}), labels=[{"id": "l1", "name": "Blocked"}]).hold == "none"


def test_labels_speak_of_type_and_priority() -> None:
    made = item(
        labels=[{"id": "l1", "name": "Milestone"}, {"id": "l2", "name": "P0"}, {"id": "l3", "name": "Low"}]
    )
    assert (made.type, made.original_type) == ("milestone", Named("Milestone", "l1"))
    assert (made.priority, made.original_priority) == ("urgent", Named("P0", "l2"))
    assert item(labels=[{"id": "l", "name": "P3"}, {"id": "m", "name": "P0"}]).priority == "urgent"
    ruled = item(Rules(type={"retail": "story"}), labels=[{"id": "l4", "name": "Retail"}])
    assert (ruled.type, ruled.priority, ruled.original_priority) == ("story", "none", None)


def test_a_label_without_a_name_goes_by_its_colour() -> None:
    made = item(
        labels=[
            {"id": "a", "name": "", "color": "sky"},
            {"id": "b", "name": "Both", "color": "red"},
            {"id": "c", "name": "", "color": None},
            {"id": "d", "name": "Both", "color": None},
        ]
    )
    assert made.labels == ("sky", "Both", "c")


def test_labels_by_their_ids_where_only_these_are_told() -> None:
    assert item(labels=None, idLabels=["lab-red", "lab-blocked"]).labels == ("red", "Blocked")


def test_several_members_are_equals() -> None:
    made = item(idMembers=["ada", "ben", "ada"])
    assert made.assignments == [
        Assignment(our_id("account", "ada"), "contributor"),
        Assignment(our_id("account", "ben"), "contributor"),
    ]


def check(*states: str) -> dict[str, Any]:
    return {"id": "x", "checkItems": [{"id": str(n), "state": state} for n, state in enumerate(states)]}


def test_progress_is_counted_over_all_checklists() -> None:
    lists = [check("complete", "incomplete"), check("complete")]
    assert item(checklists=lists).progress == Progress(Decimal("66.67"), "checklist")
    assert item(checklists=[]).progress is None
    badges = {"checkItems": 4, "checkItemsChecked": 1}
    assert item(checklists=None, badges=badges).progress == Progress(Decimal("25.00"), "checklist")
    assert item(checklists=lists, badges=badges).progress == Progress(Decimal("66.67"), "checklist")


@pytest.mark.parametrize(
    ("fields", "flags"),
    [
        ({"isTemplate": True}, (True, False, False)),
        ({"cardRole": "separator"}, (False, True, False)),
        ({"cardRole": "mirror", "mirrorSourceId": "65d0c0de0000000000000002"}, (False, False, True)),
        ({"cardRole": "link"}, (False, False, True)),
        ({"cardRole": "board"}, (False, False, True)),
    ],
)
def test_what_is_no_work_is_flagged_and_not_counted(fields: dict[str, Any], flags: tuple[bool, ...]) -> None:
    made = item(**fields).flags
    assert (made.is_template, made.is_separator, made.is_mirror) == flags
    assert not made.counted
    source = fields.get("mirrorSourceId")
    assert made.mirror_of == (our_id("item", source) if source else None)


def test_a_card_role_of_tomorrow_is_reported_and_counted() -> None:
    made = normalised(cardRole="hologram")
    assert made.items[0].flags.counted
    assert [(one.field, one.value) for one in made.unmapped] == [("flags", "hologram")]


def test_a_body_of_2016_has_no_short_link_of_its_own() -> None:
    made = mapper()(
        record(
            "item",
            {
                "id": CARD_ID,
                "name": "Old",
                "idList": "list-todo",
                "shortUrl": "https://trello.com/c/G0y0X56p",
                "badges": {"checkItems": 0},
            },
        )
    )
    assert not made.rejections
    assert (made.items[0].remote_key, made.items[0].url) == ("G0y0X56p", "https://trello.com/c/G0y0X56p")
    assert made.items[0].rank is None


def test_what_trello_lacks_is_unsupported() -> None:
    absent = mapper().absent
    assert (
        absent["parent_id"] == absent["iteration_ids"] == absent["spent"] == absent["links"] == "unsupported"
    )
    assert "estimates" not in absent
    bare = mapper(board={**BOARD, "customFields": []})
    assert bare.absent["estimates"] == "unsupported"
