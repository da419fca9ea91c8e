"""One issue as an item: identity, text, dates, people, placement."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from normalizer.jira_cloud import prepare
from normalizer.model import Assignment, DateValue, Placement
from tests.normalizer.jira_site import (
    ADA,
    DEFINITIONS,
    EPIC_LINK,
    PROJECT_ID,
    RANK,
    SCOPE,
    SPRINT,
    START,
    TARGET_START,
    context,
    entity,
    issue,
    item,
    mapper,
    normalised,
    record,
)


def test_identity_is_the_immutable_id_and_the_key_is_for_people() -> None:
    found = item()
    assert (found.id, found.remote_id, found.remote_key) == (entity("item", "20001"), "20001", "NET-7")
    assert found.url == "https://acme.atlassian.net/browse/NET-7"
    assert found.system == "jira"


def test_the_address_keeps_the_context_path_of_the_site() -> None:
    scope = replace(SCOPE, url="https://intranet.example/jira/browse/NET")
    (found,) = prepare(context(scope=scope))(record(issue())).items
    assert found.url == "https://intranet.example/jira/browse/NET-7"


def test_times_are_utc_and_a_due_day_stays_a_day() -> None:
    found = item(duedate="2026-03-31")
    assert found.remote_created_at == datetime(2026, 1, 5, 14, 0, tzinfo=UTC)
    assert found.remote_updated_at == datetime(2026, 2, 1, 9, 30, 0, 250000, tzinfo=UTC)
    assert found.due == DateValue(date=date(2026, 3, 31))


def test_start_comes_from_the_start_date_and_else_from_the_plan() -> None:
    both = item(**{START: "2026-02-02", TARGET_START: "2026-02-09"})
    assert (both.start, both.start_source) == (DateValue(date=date(2026, 2, 2)), "field")
    assert both.custom[TARGET_START].value == "2026-02-09"
    planned = item(**{TARGET_START: "2026-02-09"})
    assert planned.start == DateValue(date=date(2026, 2, 9))
    assert TARGET_START not in planned.custom
    assert item().start_source is None


def test_a_rule_names_the_field_of_the_due_date_and_may_bring_an_instant() -> None:
    rules = {"fields": {"due": "Customer"}}  # any field can play the role, by its name
    found = item(rules, customfield_9="2026-04-01T12:00:00.000+0200", duedate="2026-03-31")
    assert found.due == DateValue(at=datetime(2026, 4, 1, 10, 0, tzinfo=UTC))


def test_a_document_becomes_markdown_and_wiki_text_stays() -> None:
    document = {"type": "doc", "version": 1, "content": [
        {"type": "paragraph", "content": [{"type": "text", "text": "Now", "marks": [{"type": "strong"}]}]}
    ]}  # fmt: skip
    found = item(description=document)
    assert (found.description_md, found.description_format) == ("**Now**", "adf")
    old = item(description="h1. Now")
    assert (old.description_md, old.description_format) == ("h1. Now", "wiki")
    assert item(description="").description_format is None


def test_people_come_as_accounts() -> None:
    hidden = {"accountId": "712020:bot", "displayName": "Deploy", "accountType": "app", "active": False}
    made = normalised(assignee=ADA, reporter=hidden, creator=ADA)
    (found,) = made.items
    assert found.assignments == [Assignment(entity("account", "712020:ada"))]
    assert found.reporter_account_id == entity("account", "712020:bot")
    ada, bot = sorted(made.accounts, key=lambda one: one.remote_id)
    assert (ada.display_name, ada.email, ada.email_visibility) == ("Ada Abbott", "ada@acme.example", "shown")
    assert (bot.kind, bot.active, bot.email, bot.email_visibility) == ("bot", False, None, "hidden")


@pytest.mark.parametrize(
    ("user", "remote_id"), [({"name": "ada"}, "ada"), ({"key": "k1", "name": "ada"}, "k1")]
)
def test_a_user_of_jira_server_is_known_by_key_or_name(user: dict[str, str], remote_id: str) -> None:
    (account,) = normalised(assignee=user).accounts
    assert (account.remote_id, account.handle, account.display_name) == (remote_id, "ada", "ada")


def test_without_components_an_issue_stands_in_its_project() -> None:
    found = item(**{RANK: "0|i0001:"})
    assert found.placements == [Placement(scope_id=entity("scope", PROJECT_ID), order="0|i0001:")]
    assert found.rank == "0|i0001:"


def test_each_component_is_a_placement_and_the_first_is_the_primary_one() -> None:
    made = normalised(components=[{"id": "31", "name": "Core"}, {"id": "32", "name": "Edge"}])
    (found,) = made.items
    assert [(p.section_id, p.primary) for p in found.placements] == [
        (entity("section", "31"), True),
        (entity("section", "32"), False),
    ]
    assert [(s.name, s.kind) for s in made.sections] == [("Core", "component"), ("Edge", "component")]


def test_an_issue_that_was_moved_stands_in_its_new_project() -> None:
    found = item(project={"id": "10099", "key": "OPS"})
    assert [p.scope_id for p in found.placements] == [entity("scope", "10099")]


def test_the_current_sprint_is_the_last_one() -> None:
    sprints = [
        {"id": 9, "name": "Sprint 9", "state": "active", "startDate": "2026-02-02T08:00:00.000Z"},
        {"id": 7, "name": "Sprint 7", "state": "closed", "completeDate": "2026-01-16T08:00:00.000Z"},
        {"id": 10, "name": "Sprint 10", "state": "future", "goal": ""},
    ]
    made = normalised(**{SPRINT: sprints})
    (found,) = made.items
    assert found.iteration_ids == [entity("iteration", one) for one in ("7", "10", "9")]
    assert {one.name: one.state for one in made.iterations}["Sprint 9"] == "active"
    assert SPRINT not in found.custom


def test_a_sprint_that_jira_server_prints_is_read_too() -> None:
    printed = (
        "com.atlassian.greenhopper.service.sprint.Sprint@1f[id=12,rapidViewId=3,state=CLOSED,"
        "name=Spring, part two,startDate=2014-04-01T09:00:00.000+02:00,endDate=<null>,completeDate=<null>,"
        "goal=Ship, then rest]"
    )
    made = normalised(**{SPRINT: [printed]})
    (sprint,) = made.iterations
    assert not made.rejections
    assert (sprint.name, sprint.goal, sprint.state) == ("Spring, part two", "Ship, then rest", "closed")
    assert sprint.start == DateValue(at=datetime(2014, 4, 1, 7, 0, tzinfo=UTC))
    assert sprint.end is None


def test_fix_versions_are_releases() -> None:
    versions = [{"id": "61", "name": "Hand-over", "released": True, "releaseDate": "2026-06-30"}]
    made = normalised(fixVersions=versions)
    assert made.items[0].release_ids == [entity("release", "61")]
    assert made.releases[0].date == DateValue(date=date(2026, 6, 30))
    assert made.releases[0].released


def test_the_parent_is_known_by_its_id_and_an_epic_link_only_by_key() -> None:
    assert item(parent={"id": "19000", "key": "NET-1"}).parent_id == entity("item", "19000")
    assert item(epic={"id": 19000, "key": "NET-1"}).parent_id == entity("item", "19000")
    linked = item(**{EPIC_LINK: "NET-1"})
    assert linked.parent_id is None
    assert linked.custom[EPIC_LINK].value == "NET-1"


def test_an_epic_that_no_definition_tells_of_is_undefined_and_one_that_is_hidden_is_not() -> None:
    def parent(told: dict[str, str]) -> tuple[str | None, list[str]]:
        by = mapper(definitions={**DEFINITIONS, "epics": {"values": [told]}})
        made = by(record(issue(**{EPIC_LINK: "NET-1"})))
        return made.items[0].parent_id, list(made.undefined)

    assert parent({"key": "NET-1", "id": "19000"}) == (entity("item", "19000"), [])
    assert parent({"key": "NET-2", "id": "19001"}) == (None, ["NET-1"])
    assert parent({"key": "NET-1"}) == (None, [])
    assert normalised(**{EPIC_LINK: "NET-1"}).undefined == []  # where keys tell nothing


def test_a_security_level_or_a_restriction_makes_it_restricted() -> None:
    assert item(security={"id": "1", "name": "Staff"}).visibility == "restricted"
    roles = {"issuerestrictions": {"projectrole": [{"id": "10003"}]}, "shouldDisplay": True}
    assert item(issuerestriction=roles).visibility == "restricted"
    assert item(issuerestriction={"issuerestrictions": {}}).visibility == "scope"


def test_archived_is_a_presence_and_never_done() -> None:
    found = item(archiveddate="2026-02-20T10:00:00.000+0000")
    assert (found.presence, found.status_category) == ("archived", "todo")
    (of_project,) = prepare(context(scope=replace(SCOPE, closed=True)))(record(issue())).items
    assert of_project.presence == "archived"


def test_labels_stay_as_they_are() -> None:
    assert item(labels=["Network", "urgent"]).labels == ["Network", "urgent"]


def test_null_says_why_throughout_the_scope() -> None:
    assert mapper().absent == {"hold_since": "unsupported", "remote_version": "unsupported"}
    bare = mapper(definitions={}).absent
    for field in ("start", "estimates", "rank", "iteration_ids", "remaining", "spent"):
        assert bare[field] == "unmapped"


def test_text_that_no_database_takes_is_mended() -> None:
    assert item(summary="a\0b\ud800c").title == "a\ufffdb?c"
