"""Local fields are found by how people fill them, tried before they count, and chosen scope by scope."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.desk import Desk, desk_in

WRONG = "Cost"
"""A number as well, and no estimate: the configured one that was meant to be the points."""


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Desk]:
    with desk_in(tmp_path, capsys) as made:
        made.write()
        assert made.tspmo("sync").code == 0
        yield made


def scopes(desk: Desk, *more: str) -> dict[str, Any]:
    told = desk.tspmo("fields", "--connection", "trello", "--json", *more).json
    return {one["scope"]: one for one in told}


def test_ask_23_candidates_are_ranked_by_name_fill_rate_and_values_per_scope(desk: Desk) -> None:
    found = scopes(desk, "--role", "priority")
    assert len(found) >= 3
    for one in found.values():
        names = [each["name"] for each in one["candidates"]]
        assert names[0] == "Priority"
        for each in one["candidates"]:
            assert 0 < each["filled"] <= each["of"] <= 500
            assert each["values"]
            assert any("of the items have it" in why for why in each["why"])


def test_ask_23_a_choice_is_tried_on_the_latest_items_before_it_counts(desk: Desk) -> None:
    now = scopes(desk)
    tried = scopes(desk, "--try", WRONG)
    name = next(name for name, one in tried.items() if one["would_fill"] != now[name]["filled"])
    assert tried[name]["filled"] == now[name]["filled"]
    assert now[name]["would_fill"] is None
    before = desk.tspmo("portfolio", "--json").json["data"]

    desk.write(f'[[rules]]\nconnection = "trello"\nscope = "{name}"\nfields = {{ estimate = "{WRONG}" }}')
    dry = desk.tspmo("replay", "--connection", "trello", "--dry-run", "--json").json
    assert dry["changed"]
    assert all("estimates" in one["fields"] for one in dry["changed"])
    assert desk.tspmo("portfolio", "--json").json["data"] == before
    assert desk.tspmo("replay", "--connection", "trello", "--json").json["changed"] == dry["changed"]
    after = scopes(desk)
    assert after[name]["filled"] == tried[name]["would_fill"]
    assert {other: one["filled"] for other, one in after.items() if other != name} == {
        other: one["filled"] for other, one in now.items() if other != name
    }
