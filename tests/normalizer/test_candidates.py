"""Which field may play a role: by name, by how many fill it, by what stands in it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from normalizer.candidates import candidates
from normalizer.model import FieldValue, Item


def item(number: int, **custom: FieldValue) -> Item:
    return Item(
        id=f"i{number}", system="jira", remote_id=str(number), url="", title="x", type="task",
        status_category="todo", custom=custom,
    )  # fmt: skip


def number(name: str, value: Any) -> FieldValue:
    return FieldValue(name=name, type="number", value=Decimal(value))


def test_a_well_named_well_filled_field_of_small_numbers_comes_first() -> None:
    items = [
        item(
            n,
            f1=number("Story Points", n % 8),
            f2=number("Cost", 1200 + n),
            f3=FieldValue(name="Points of contact", type="text", value="Ada"),
        )
        for n in range(10)
    ]
    points, cost = candidates(items, "estimate")
    assert (points.name, points.filled, points.of) == ("Story Points", 10, 10)
    assert points.score == 1.0
    assert points.values[0] == ("0", 2)
    assert (cost.name, cost.score) == ("Cost", 0.3)
    assert "100% of the items have it" in points.why


def test_a_wrong_field_with_the_right_name_that_nobody_fills_falls_behind() -> None:
    """The configured one was the field 'Blocked Reason', and the points were elsewhere."""
    items = [item(n, used=number("Effort (sp)", 3)) for n in range(9)]
    items.append(item(9, old=number("Points", 9000)))
    assert [one.name for one in candidates(items, "estimate")] == ["Effort (sp)", "Points"]


def test_a_field_of_another_type_is_no_candidate() -> None:
    text = FieldValue(name="Story Points", type="text", value="five")
    assert candidates([item(1, f=text)], "estimate") == []
    assert candidates([], "due") == []


VALUES = st.one_of(
    st.builds(number, st.just("N"), st.integers(-(10**6), 10**6)),
    st.builds(FieldValue, name=st.text(max_size=20), type=st.just("option"), value=st.text(max_size=9)),
    st.builds(FieldValue, name=st.just("D"), type=st.just("date"), value=st.just("2026-01-02")),
)


@given(st.lists(st.dictionaries(st.sampled_from("abc"), VALUES), max_size=8))
def test_every_score_is_a_share_and_the_order_is_by_score(rows: list[Mapping[str, FieldValue]]) -> None:
    items = [item(n, **row) for n, row in enumerate(rows)]
    for role in ("estimate", "due", "priority"):
        found = candidates(items, role)  # type: ignore[arg-type]
        assert all(0 <= one.score <= 1 and 0 < one.filled <= one.of for one in found)
        assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
