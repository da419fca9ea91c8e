"""Links between issues: directions, types, and what an open blocker does."""

from __future__ import annotations

from typing import Any

import pytest

from normalizer.model import Named
from tests.normalizer.jira_site import entity, issue, item, mapper, normalised, record, status

BLOCKS = {"id": "100", "name": "Blocks", "inward": "is blocked by", "outward": "blocks"}
OWN, OTHER = entity("item", "20001"), entity("item", "30001")


def link(kind: dict[str, Any], side: str, category: str = "new", issue_id: str = "30001") -> dict[str, Any]:
    fields = {"summary": "Other", "status": status("Any", category)}
    return {"id": "1", "type": kind, side: {"id": issue_id, "key": "NET-9", "fields": fields}}


def test_a_link_goes_from_the_one_that_acts() -> None:
    (out,) = item(issuelinks=[link(BLOCKS, "outwardIssue")]).links
    assert (out.from_id, out.type, out.to_id, out.original) == (OWN, "blocks", OTHER, Named("Blocks", "100"))
    (inward,) = item(issuelinks=[link(BLOCKS, "inwardIssue")]).links
    assert (inward.from_id, inward.to_id) == (OTHER, OWN)


@pytest.mark.parametrize(
    "kind",
    [
        BLOCKS,
        {"name": "Dependency", "inward": "is depended on by", "outward": "depends on"},
        {"name": "Duplicate", "inward": "is duplicated by", "outward": "duplicates"},
        {"name": "Relates", "inward": "relates to", "outward": "relates to"},
        {"name": "Odd", "inward": "is oddly", "outward": "odds"},
    ],
)
def test_both_ends_tell_the_same_link(kind: dict[str, Any]) -> None:
    read = mapper()
    here = issue(issuelinks=[link(kind, "outwardIssue")])
    there = {**issue(issuelinks=[link(kind, "inwardIssue", issue_id="20001")]), "id": "30001"}
    assert read(record(here)).items[0].links == read(record(there)).items[0].links


def test_whoever_depends_is_the_second_of_the_two() -> None:
    kind = {"name": "Dependency", "inward": "is depended on by", "outward": "depends on"}
    (found,) = item(issuelinks=[link(kind, "outwardIssue")]).links
    assert (found.from_id, found.type, found.to_id) == (OTHER, "finish_to_start", OWN)


def test_the_inward_phrase_alone_gives_the_direction() -> None:
    kind = {"name": "Sperrt", "inward": "is blocked by", "outward": "sperrt"}
    (found,) = item(issuelinks=[link(kind, "outwardIssue")]).links
    assert (found.from_id, found.type) == (OWN, "blocks")


def test_an_unknown_type_is_kept_and_a_rule_mends_it() -> None:
    given = {"issuelinks": [link({"name": "Odd", "inward": "is oddly", "outward": "odds"}, "outwardIssue")]}
    made = normalised(**given)
    assert made.items[0].links[0].type == "unknown"
    assert [(u.field, u.value) for u in made.unmapped] == [("links", "Odd")]
    assert item({"link": {"odd": "implements"}}, **given).links[0].type == "implements"


@pytest.mark.parametrize(
    ("side", "theirs", "ours", "hold"),
    [
        ("inwardIssue", "new", "indeterminate", "blocked"),
        ("inwardIssue", "undefined", "new", "blocked"),
        ("inwardIssue", "done", "indeterminate", "none"),
        ("inwardIssue", "new", "done", "none"),
        ("outwardIssue", "new", "indeterminate", "none"),
    ],
)
def test_an_open_issue_that_blocks_an_open_one_holds_it(side: str, theirs: str, ours: str, hold: str) -> None:
    found = item(status=status("Mine", ours), issuelinks=[link(BLOCKS, side, theirs)])
    assert (found.hold, found.hold_reason) == (hold, "Blocked by NET-9" if hold == "blocked" else None)


def test_one_broken_link_leaves_the_others() -> None:
    made = normalised(issuelinks=[{"id": "1", "type": BLOCKS}, link(BLOCKS, "outwardIssue"), 7])
    assert len(made.items[0].links) == 1
    assert [r.field for r in made.rejections] == ["issuelinks[0].inwardIssue", "issuelinks[2]"]
    assert not any(r.whole for r in made.rejections)
