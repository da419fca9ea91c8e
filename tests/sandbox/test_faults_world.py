"""Every fault of the trackers themselves, on every one that has it: seen on the wire, counted, and over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest

from sandbox.fault_kinds import BadFault
from sandbox.story import Home
from tests.sandbox.five import BUSY, FIVE, Client, client

JIRA: tuple[Home, ...] = ("jira_cloud", "jira_dc")


def fired(tracker: Client, name: str) -> int:
    return tracker.sandbox.faults.firings().get(name, {}).get(tracker.home, 0)


def items(tracker: Client) -> int:
    return int(tracker.truth()["counts"]["items"])


@pytest.mark.parametrize("home", FIVE)
def test_a_revoked_token_is_refused_and_good_again_afterwards(home: Home) -> None:
    with client(home, items=60) as tracker:
        tracker.sandbox.faults.start(home, "token_revoked")
        refused = tracker.me()
        assert (refused.status_code, fired(tracker, "token_revoked")) == (401, 1)
        if home == "jira_cloud":
            assert tracker.ids(BUSY[home]) == set(), "a stranger finds nothing, and no error says so"
        else:
            assert tracker.listing(BUSY[home]).status_code == (400 if home == "jira_dc" else 401)
        tracker.sandbox.faults.stop(home, "token_revoked")
        assert tracker.me().status_code == 200
        assert tracker.ids(BUSY[home])


@pytest.mark.parametrize("home", FIVE)
def test_a_project_is_out_of_reach_and_comes_back(home: Home) -> None:
    with client(home, items=60) as tracker:
        before = tracker.ids(BUSY[home])
        tracker.sandbox.faults.start(home, "revoked_scope", project=BUSY[home])
        refused = tracker.listing(BUSY[home])
        assert refused.status_code in (400, 401, 403, 404)
        assert BUSY[home] not in [one["slug"] for one in tracker.truth()["scopes"]]
        tracker.sandbox.faults.stop(home, "revoked_scope")
        assert tracker.ids(BUSY[home]) == before
        assert fired(tracker, "revoked_scope") == 1


@pytest.mark.parametrize("home", FIVE)
def test_some_items_or_a_mass_of_them_are_hidden_and_come_back(home: Home) -> None:
    with client(home, items=300) as tracker:
        slug, faults = tracker.largest(), tracker.sandbox.faults
        before = {item["id"] for item in tracker.scope(slug)["items"]}
        for name, least in (("hidden_item", 3), ("mass_hidden", max(20, len(before) // 20) + 1)):
            faults.start(home, name, project=slug, **({"items": 3} if name == "hidden_item" else {}))
            hidden = {one["id"] for one in tracker.truth()["removed"] if one["how"] == "hidden"}
            here = {item["id"] for item in tracker.scope(slug)["items"]}
            assert least <= len(before - here) <= len(hidden)
            assert here == before - hidden
            assert {tracker.one(id).status_code for id in sorted(hidden)[:3]} <= {401, 403, 404}
            faults.stop(home, name)
            assert {item["id"] for item in tracker.scope(slug)["items"]} == before
        assert fired(tracker, "hidden_item") >= 3
        assert fired(tracker, "mass_hidden") == 1


@pytest.mark.parametrize("home", FIVE)
def test_a_mass_of_items_goes_elsewhere_or_for_good(home: Home) -> None:
    with client(home, items=300) as tracker:
        slug, faults, all_items = tracker.largest(), tracker.sandbox.faults, items(tracker)
        held = len(tracker.scope(slug)["items"])
        faults.start(home, "mass_move", project=slug, items=8)
        moved = [one for one in tracker.truth()["removed"] if one["how"] == "moved"]
        assert (len(moved), items(tracker)) == (8, all_items)
        assert len(tracker.scope(slug)["items"]) == held - 8
        assert {one["to"]["scope"] for one in moved} <= {one["id"] for one in tracker.truth()["scopes"]}
        faults.start(home, "mass_delete", seed=2)
        deleted = [one for one in tracker.truth()["removed"] if one["how"] == "deleted"]
        assert len(deleted) > 20
        assert tracker.one(deleted[0]["id"]).status_code == 404
        faults.stop_all()
        assert items(tracker) < all_items, "what is deleted stays so"
        assert (fired(tracker, "mass_move"), fired(tracker, "mass_delete")) == (1, 1)


def test_a_mass_needs_a_project_that_is_large_enough() -> None:
    with client("trello", items=60) as tracker:
        with pytest.raises(
            BadFault, match=r"needs a project of 21 items on trello, and .* has .*; serve a lar"
        ):
            tracker.sandbox.faults.start("trello", "mass_hidden")
        assert tracker.sandbox.faults.running() == {"trello": {}}


@pytest.mark.parametrize("home", FIVE)
def test_the_project_that_is_read_changes_between_its_pages(home: Home) -> None:
    with client(home, items=60) as tracker:
        tracker.sandbox.faults.start(home, "mutation_between_pages", rate=1, seed=5)
        before = tracker.sandbox.world.revision
        tracker.me()
        assert tracker.sandbox.world.revision == before, "nothing of a project was asked for"
        pages = [tracker.ids(BUSY[home]) for _ in range(20)]
        assert len({frozenset(page) for page in pages}) > 1
        assert tracker.sandbox.world.revision == before + 20
        assert fired(tracker, "mutation_between_pages") == 20
        changed = {one["how"] for one in tracker.truth()["removed"]}
        assert changed <= {"moved", "deleted"}
        tracker.sandbox.faults.stop_all()
        assert tracker.ids(BUSY[home]) == tracker.ids(BUSY[home])


@pytest.mark.parametrize("home", FIVE)
def test_the_clock_of_the_server_is_hours_off(home: Home) -> None:
    with client(home, items=60) as tracker:
        world = tracker.sandbox.world
        tracker.sandbox.faults.start(home, "clock_skew", hours=-3)
        off = parsedate_to_datetime(tracker.me().headers["date"]) - world.now()
        assert abs(off + timedelta(hours=3)) < timedelta(minutes=1)
        made = tracker.sandbox.edit({"op": "create", "project": BUSY[home], "title": "Early"})
        created = world.story.tasks[made["number"]].created
        assert abs(created - world.now() + timedelta(hours=3)) < timedelta(minutes=1)
        tracker.sandbox.faults.stop(home, "clock_skew")
        right = parsedate_to_datetime(tracker.me().headers["date"]) - world.now()
        assert abs(right) < timedelta(minutes=1)
        assert fired(tracker, "clock_skew") == 1


@pytest.mark.parametrize("home", JIRA)
def test_the_account_moves_to_another_zone(home: Home) -> None:
    with client(home, items=60) as tracker:
        zone = tracker.me().json()["timeZone"]
        tracker.sandbox.faults.start(home, "account_zone", zone="Pacific/Pago_Pago")
        assert tracker.me().json()["timeZone"] == "Pacific/Pago_Pago"
        tracker.sandbox.faults.stop(home, "account_zone")
        assert tracker.me().json()["timeZone"] == zone != "Pacific/Pago_Pago"
        assert fired(tracker, "account_zone") == 1


@pytest.mark.parametrize("home", JIRA)
def test_the_search_learns_of_writes_late_and_of_permissions_at_once(home: Home) -> None:
    with client(home, items=60) as tracker:
        before = tracker.ids(BUSY[home])
        tracker.sandbox.faults.start(home, "search_lag", seconds=3600)
        made = tracker.sandbox.edit({"op": "create", "project": BUSY[home], "title": "New"})["task"]
        hidden = set(tracker.sandbox.edit({"op": "hide", "task": min(before)})["hidden"])
        assert tracker.ids(BUSY[home]) == before - hidden
        assert tracker.one(made).status_code == 200
        assert fired(tracker, "search_lag") == 1
        tracker.sandbox.faults.stop(home, "search_lag")
        assert tracker.ids(BUSY[home]) == before - hidden | {made}


def cost(tracker: Client, slug: str) -> tuple[Any, Any]:
    """How the field Cost is defined, and what it holds on some item."""
    project, home = tracker.sandbox.world.project(slug), tracker.home
    tasks = tracker.sandbox.world.tasks_of(slug)
    id = next(task.remote_id for task in tasks if task.cost is not None and not task.bad_cells)
    if home in JIRA:
        api = "/rest/api/3" if home == "jira_cloud" else "/rest/api/2"
        field = next(one for one in tracker.http.get(f"{api}/field").json() if one["name"] == "Cost")
        return field["schema"]["type"], tracker.one(id).json()["fields"][field["id"]]
    if home == "asana":
        value = next(one for one in tracker.one(id).json()["data"]["custom_fields"] if one["name"] == "Cost")
        return value["type"], value.get("text_value") or value.get("number_value")
    if home == "trello":
        fields = tracker.http.get(f"/1/boards/{project.remote_id}/customFields").json()
        field = next(one for one in fields if one["name"] == "Cost")
        card = tracker.http.get(f"/1/cards/{id}", params={"customFieldItems": "true"}).json()
        held = next(one for one in card["customFieldItems"] if one["idCustomField"] == field["id"])
        return field["type"], held["value"]
    sheet = tracker.http.get(f"/2.0/sheets/{project.remote_id}").json()
    column = next(one for one in sheet["columns"] if one["title"] == "Cost")
    row = next(one for one in sheet["rows"] if str(one["id"]) == id)
    return column["type"], next(c["value"] for c in row["cells"] if c["columnId"] == column["id"])


TEXT = {
    "jira_cloud": "string", "jira_dc": "string", "asana": "text", "trello": "text", "smartsheet": "PICKLIST",
}  # fmt: skip


@pytest.mark.parametrize("home", FIVE)
def test_a_field_of_numbers_becomes_one_of_text(home: Home) -> None:
    with client(home, items=120) as tracker:
        slug = next(
            project.slug
            for project in tracker.sandbox.world.story.projects.values()
            if any(
                t.cost is not None and not t.bad_cells for t in tracker.sandbox.world.tasks_of(project.slug)
            )
        )
        type, number = cost(tracker, slug)
        tracker.sandbox.faults.start(home, "field_type_changed")
        told = cost(tracker, slug)
        assert told[0] == TEXT[home] != type
        assert isinstance(told[1]["text"] if home == "trello" else told[1], str)
        tracker.sandbox.faults.stop(home, "field_type_changed")
        assert cost(tracker, slug) == (type, number)
        assert fired(tracker, "field_type_changed") == 1


NAMED: Mapping[Home, Callable[[Client, str], httpx.Response]] = {
    "jira_cloud": lambda tracker, _: tracker.http.get("/rest/api/3/status"),
    "jira_dc": lambda tracker, _: tracker.http.get("/rest/api/2/status"),
    "asana": lambda tracker, id: tracker.http.get(f"/projects/{id}/sections"),
    "trello": lambda tracker, id: tracker.http.get(f"/1/boards/{id}/lists"),
    "smartsheet": lambda tracker, id: tracker.http.get(f"/2.0/sheets/{id}/columns"),
}


@pytest.mark.parametrize("home", FIVE)
def test_statuses_lists_and_sections_are_renamed_and_keep_their_ids(home: Home) -> None:
    with client(home, items=60) as tracker:
        id = tracker.sandbox.world.project(BUSY[home]).remote_id
        before = NAMED[home](tracker, id)
        tracker.sandbox.faults.start(home, "definitions_renamed", suffix=" ✱")
        told = NAMED[home](tracker, id)
        assert told.text.count("✱") + told.text.count("\\u2731") >= 4
        assert fired(tracker, "definitions_renamed") >= 4
        if home in JIRA:
            issue = tracker.one(min(tracker.ids(BUSY[home]))).json()
            assert issue["fields"]["status"]["name"].endswith("✱")
        tracker.sandbox.faults.stop(home, "definitions_renamed")
        assert NAMED[home](tracker, id).json() == before.json()


def cursors(tracker: Client) -> Mapping[str, Callable[[], httpx.Response]]:
    """By tracker, calls that go on from a cursor which was handed out now."""
    http, project = tracker.http, tracker.sandbox.world.project(BUSY[tracker.home])
    if tracker.home == "jira_cloud":
        body = {"jql": f"project = {project.key}", "maxResults": 1}
        token = http.post("/rest/api/3/search/jql", json=body).json()["nextPageToken"]
        return {"page": lambda: http.post("/rest/api/3/search/jql", json={**body, "nextPageToken": token})}
    if tracker.home == "asana":
        path, events = f"/projects/{project.remote_id}/tasks", {"resource": project.remote_id}
        offset = http.get(path, params={"limit": 1}).json()["next_page"]["offset"]
        sync = http.get("/events", params=events).json()["sync"]
        return {
            "page": lambda: http.get(path, params={"limit": 1, "offset": offset}),
            "events": lambda: http.get("/events", params={**events, "sync": sync}),
        }
    key = http.get("/2.0/workspaces", params={"paginationType": "token"}).json()["lastKey"]
    return {"page": lambda: http.get("/2.0/workspaces", params={"paginationType": "token", "lastKey": key})}


@pytest.mark.parametrize("home", ["jira_cloud", "asana", "smartsheet"])
def test_a_restarted_server_knows_no_cursor_of_before(home: Home) -> None:
    with client(home, items=60) as tracker:
        before = cursors(tracker)
        assert {go().status_code for go in before.values()} == {200}
        tracker.sandbox.faults.start(home, "session_restart", rate=0)
        refused = {name: go().status_code for name, go in before.items()}
        assert refused == {"page": 400, **({"events": 412} if home == "asana" else {})}
        assert fired(tracker, "session_restart") == len(refused)
        assert {go().status_code for go in cursors(tracker).values()} == {200}, "new ones are good"
        tracker.sandbox.faults.stop(home, "session_restart")
        tracker.sandbox.faults.start(home, "session_restart", rate=1, times=1)
        tracker.me()
        assert {go().status_code for go in cursors(tracker).values()} == {200}
