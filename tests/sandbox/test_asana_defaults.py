"""Asana's own defaults, each by name; a sandbox that lacks one makes its test fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pytest

from sandbox.asana_budgets import Limits
from sandbox.quirks import Quirks
from tests.sandbox.asana_reader import BUSY, SPLIT, Hands, Reader, message, reading

SHORT = Limits(unpaged=30)
NARROW = Limits(a_minute=20)
CHEAP = Limits(cost=100)


@dataclass(frozen=True, slots=True)
class Table:
    """A sandbox with small limits, and its clock."""

    asana: Reader
    clock: Hands


@pytest.fixture
def table(request: pytest.FixtureRequest) -> Iterator[Table]:
    clock = Hands()
    needs = LIMITS.get(request.function)
    with reading(limits=needs, budgets=needs in (NARROW, CHEAP), clock=clock) as asana:
        yield Table(asana, clock)


def test_a_page_holds_a_hundred_at_most(table: Table) -> None:
    path = f"projects/{table.asana.id(BUSY)}/tasks"
    for limit in (101, "many", "-1"):
        refused = table.asana.ask(path, limit=limit)
        assert message(refused)[0] == 400
        assert message(refused)[1].startswith("limit: ")
    assert len(table.asana.data(path, limit=100)) > 1


def test_a_listing_holds_compact_records(table: Table) -> None:
    asana = table.asana
    for one in asana.data(f"projects/{asana.id(BUSY)}/tasks", limit=5):
        assert one.keys() == {"gid", "resource_type", "name", "resource_subtype"}
    for one in asana.data("projects", workspace=asana.workspace):
        assert one.keys() == {"gid", "resource_type", "name"}
    named = asana.data(
        f"projects/{asana.id(BUSY)}/tasks", limit=1, opt_fields="completed,assignee,assignee.email"
    )
    assert named[0].keys() == {"gid", "completed", "assignee"}
    whole = asana.data(f"tasks/{named[0]['gid']}")
    assert {"notes", "memberships", "custom_fields"} <= whole.keys()
    assert not {"num_subtasks", "dependencies", "dependents", "html_notes"} & whole.keys()


def test_a_project_does_not_list_subtasks(table: Table) -> None:
    asana = table.asana
    items = {item["id"]: item for item in asana.scope(SPLIT)["items"]}
    listed = asana.all(f"projects/{asana.id(SPLIT)}/tasks", opt_fields="parent,num_subtasks")
    assert {one["gid"] for one in listed} == {gid for gid, item in items.items() if item["parent"] is None}
    below = [one for one in listed if one["num_subtasks"]]
    assert below
    wanted = "parent,memberships,projects,custom_fields"
    for child in asana.data(f"tasks/{below[0]['gid']}/subtasks", opt_fields=wanted):
        assert child["parent"]["gid"] == below[0]["gid"]
        assert (child["memberships"], child["projects"], child["custom_fields"]) == ([], [], [])


def test_a_long_listing_needs_a_limit(table: Table) -> None:
    asana = table.asana
    path = f"projects/{asana.id(BUSY)}/tasks"
    refused = message(asana.ask(path))
    assert refused[0] == 400
    assert refused[1].startswith("The result is too large. You should use pagination")
    assert len(asana.all(path, limit=20)) > 30
    short = asana.get(f"projects/{asana.id(BUSY)}/sections")
    assert short.keys() == {"data"}


def test_an_offset_expires(table: Table) -> None:
    asana = table.asana
    path = f"projects/{asana.id(BUSY)}/tasks"
    offset = asana.get(path, limit=5)["next_page"]["offset"]
    table.clock.move(minutes=10)
    assert asana.data(path, limit=5, offset=offset)
    table.clock.move(minutes=6)
    refused = message(asana.ask(path, limit=5, offset=offset))
    assert refused == (400, "offset: Your pagination token has expired.")


def test_events_begin_with_a_412(table: Table) -> None:
    asana, project = table.asana, table.asana.id(SPLIT)
    first = asana.ask("events", resource=project)
    assert message(first)[0] == 412
    sync = first.json()["sync"]
    assert asana.get("events", resource=project, sync=sync)["data"] == []
    table.clock.move(hours=25)
    late = asana.ask("events", resource=project, sync=sync)
    assert message(late)[0] == 412
    assert late.json()["sync"] != sync


def test_what_is_out_of_reach_is_forbidden_not_missing(table: Table) -> None:
    asana, project = table.asana, table.asana.id(SPLIT)
    task = next(item["id"] for item in asana.scope(SPLIT)["items"] if len(item["placements"]) == 1)
    section = asana.data(f"projects/{project}/sections")[0]["gid"]
    asana.sandbox.edit({"op": "revoke", "project": SPLIT})
    assert message(asana.ask(f"projects/{project}/tasks")) == (403, "You do not have access to this project.")
    assert message(asana.ask(f"tasks/{task}")) == (403, "You do not have access to this task.")
    assert message(asana.ask(f"sections/{section}/tasks")) == (403, "You do not have access to this section.")
    assert message(asana.ask("status_updates", parent=project))[0] == 403
    assert message(asana.ask("events", resource=project))[0] == 403
    assert project not in {one["gid"] for one in asana.data("projects", workspace=asana.workspace)}
    asana.sandbox.edit({"op": "restore", "project": SPLIT})
    assert asana.data(f"tasks/{task}")["gid"] == task
    asana.sandbox.edit({"op": "delete", "task": task})
    assert message(asana.ask(f"tasks/{task}")) == (404, f"task: Not a recognized ID: {task}")


def test_beside_a_due_instant_stands_a_day(table: Table) -> None:
    asana = table.asana
    tasks = [
        one
        for slug in (SPLIT, BUSY)
        for one in asana.all(f"projects/{asana.id(slug)}/tasks", opt_fields="due_on,due_at")
    ]
    assert any(one["due_on"] and not one["due_at"] for one in tasks)
    instants = [one for one in tasks if one["due_at"]]
    assert instants
    assert all(one["due_on"] for one in instants)


def test_a_batch_counts_as_every_request_in_it(table: Table) -> None:
    me = {"method": "get", "relative_path": "/users/me"}
    answers = [table.asana.batch(*[me] * 8).status_code for _ in range(3)]
    assert answers == [200, 200, 429]


def test_refused_requests_count_too(table: Table) -> None:
    answers = [table.asana.ask("users/me") for _ in range(40)]
    assert [one.status_code for one in answers] == [200] * 20 + [429] * 20
    waits = [int(one.headers["retry-after"]) for one in answers[20:]]
    assert waits[0] == 6
    assert waits[-1] > 50
    table.clock.move(seconds=waits[-1])
    assert table.asana.ask("users/me").status_code == 200


def test_answers_cost_by_what_they_look_at(table: Table) -> None:
    asana = table.asana
    path = f"projects/{asana.id(BUSY)}/tasks"
    costly = asana.ask(path, limit=50, opt_fields="custom_fields.enum_value.name,memberships.project.name")
    assert costly.status_code == 200, "the cost is known only afterwards"
    refused = asana.ask("users/me")
    assert message(refused)[0] == 429
    table.clock.move(seconds=int(refused.headers["retry-after"]))
    assert asana.ask("users/me").status_code == 200


def test_a_paid_plan_has_it_all(table: Table) -> None:
    asana, project = table.asana, table.asana.id(BUSY)
    task = asana.scope(BUSY)["items"][0]["id"]
    paths = (
        f"projects/{project}/custom_field_settings", f"tasks/{task}/dependencies",
        f"allocations?parent={project}", f"budgets?parent={project}", f"rates?parent={project}",
        f"time_tracking_entries?attributable_to={project}",
    )  # fmt: skip
    statuses = {path: asana.http.get(f"/{path}").status_code for path in paths}
    assert set(statuses.values()) == {200}


def test_a_free_plan_is_told_to_pay_and_counts_to_150() -> None:
    with reading(quirks=Quirks(paid_plan=False), budgets=True, clock=Hands()) as asana:
        project = asana.id(BUSY)
        for path in ("allocations", "budgets", "rates"):
            assert message(asana.ask(path, parent=project)) == (
                402,
                f"{path.capitalize()} are not available for free users.",
            )
        refused = message(asana.ask(f"projects/{project}/custom_field_settings"))
        assert refused == (402, "Custom Field Settings are not available for free users.")
        assert asana.data(f"projects/{project}/tasks", limit=1)
        answers = [asana.ask("users/me").status_code for _ in range(146)]
    assert answers == [200] * 145 + [429]


DEFAULTS: Mapping[str, Callable[[Table], None]] = {
    "page_cap": test_a_page_holds_a_hundred_at_most,
    "compact_answers": test_a_listing_holds_compact_records,
    "subtasks_apart": test_a_project_does_not_list_subtasks,
    "too_large_400": test_a_long_listing_needs_a_limit,
    "offsets_expire": test_an_offset_expires,
    "first_sync_412": test_events_begin_with_a_412,
    "hidden_403": test_what_is_out_of_reach_is_forbidden_not_missing,
    "due_day_beside": test_beside_a_due_instant_stands_a_day,
    "batch_counts_each": test_a_batch_counts_as_every_request_in_it,
    "refused_count": test_refused_requests_count_too,
    "cost_limit": test_answers_cost_by_what_they_look_at,
    "paid_plan": test_a_paid_plan_has_it_all,
}
LIMITS: Mapping[Callable[[Table], None], Limits] = {
    test_a_long_listing_needs_a_limit: SHORT,
    test_a_batch_counts_as_every_request_in_it: NARROW,
    test_refused_requests_count_too: NARROW,
    test_answers_cost_by_what_they_look_at: CHEAP,
}


@pytest.mark.parametrize("quirk", DEFAULTS)
def test_a_sandbox_without_the_default_is_noticed(quirk: str) -> None:
    test, clock = DEFAULTS[quirk], Hands()
    limits = LIMITS.get(test)
    kinder = reading(
        limits=limits, budgets=limits in (NARROW, CHEAP), clock=clock, quirks=Quirks(**{quirk: False})
    )
    with kinder as asana, pytest.raises(AssertionError):
        test(Table(asana, clock))
