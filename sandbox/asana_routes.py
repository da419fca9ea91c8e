"""What each path of Asana's API answers, as JSON values. Knows nothing of HTTP.

https://developers.asana.com/reference/rest-api-reference
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from sandbox.asana_call import Call
from sandbox.asana_refusals import Refused, missing, no_route
from sandbox.asana_things import Body, Thing

Route = Callable[[Call], Body]
USERS_MOST = 2000
"""Of a workspace or team in one listing, in alphabetical order."""
KINDS: Mapping[str, str] = {
    "workspaces": "workspace", "users": "user", "teams": "team", "projects": "project",
    "sections": "section", "tasks": "task", "stories": "story", "tags": "tag",
    "custom_fields": "custom_field", "custom_types": "custom_type", "memberships": "membership",
    "project_memberships": "project_membership", "status_updates": "status_update",
    "time_tracking_entries": "time_tracking_entry", "allocations": "allocation",
    "budgets": "budget", "rates": "rate", "ooo_entries": "ooo_entry",
}  # fmt: skip
"""What the first part of a path names."""
BELOW: Mapping[str, Sequence[str]] = {
    "workspaces": ("teams", "tags", "custom_fields"),
    "projects": ("sections", "custom_field_settings", "project_memberships"),
    "tasks": (
        "subtasks", "stories", "dependencies", "dependents", "projects", "tags", "time_tracking_entries",
    ),
    "tags": ("tasks",),
}  # fmt: skip
"""Listings that need nothing but the object they belong to."""
PAID: Mapping[str, str] = {
    "custom_field_settings": "Custom Field Settings",
    "dependencies": "Dependencies",
    "dependents": "Dependencies",
}


def answer(call: Call) -> Body:
    """The JSON value for a path below ``/api/1.0``. Raises Refused."""
    for pattern, route in ROUTES.items():
        match = pattern.fullmatch(call.path)
        if match:
            call.ids = match.groups()
            return route(call)
    raise no_route()


def _thing(collection: str) -> Route:
    return lambda call: call.one(call.site.find(KINDS[collection], call.ids[0]))


def _below(collection: str, relation: str) -> Route:
    def tell(call: Call) -> Body:
        owner = call.site.find(KINDS[collection], call.ids[0])
        if relation in PAID:
            call.paid(PAID[relation])
        return call.page(owner.lists.get(relation, []))

    return tell


def _workspaces(call: Call) -> Body:
    return call.page([call.site.workspace])


def _users(call: Call) -> Body:
    workspace, team = call.named("workspace", "workspace"), call.named("team", "team")
    return call.page(_by_gid((team or workspace or call.site.workspace).lists.get("users", [])))


def _users_of(kind: str) -> Route:
    def tell(call: Call) -> Body:
        users = call.site.find(kind, call.ids[0]).lists.get("users", [])
        return call.all(sorted(users, key=lambda one: str(one.fields["name"]))[:USERS_MOST])

    return tell


def _teams_of_user(call: Call) -> Body:
    call.site.find("workspace", call.need("organization"), "organization")
    return call.page(call.site.user(call.ids[0]).lists.get("teams", []))


def _projects(call: Call) -> Body:
    """``team`` is deprecated and works still."""
    workspace, team = call.named("workspace", "workspace"), call.named("team", "team")
    owner = team or workspace
    if owner is None:
        raise missing("workspace")
    return _projects_in(call, owner)


def _projects_of(kind: str) -> Route:
    return lambda call: _projects_in(call, call.site.find(kind, call.ids[0]))


def _projects_in(call: Call, owner: Thing) -> Body:
    archived = call.flag("archived")
    found = owner.lists.get("projects", [])
    return call.page(one for one in found if archived is None or one.fields["archived"] == archived)


def _project_tasks(call: Call) -> Body:
    return _task_list(call, call.site.find("project", call.ids[0]))


def _section_tasks(call: Call) -> Body:
    return _task_list(call, call.site.find("section", call.ids[0]))


def _tasks(call: Call) -> Body:
    """By exactly one of project, section, tag, or assignee and workspace."""
    owners = [call.named(kind, kind) for kind in ("project", "section", "tag")]
    if call.get("assignee"):
        call.site.find("workspace", call.need("workspace"), "workspace")
        owners.append(call.site.user(call.need("assignee")))
    given = [one for one in owners if one]
    if not given:
        raise missing("assignee" if call.get("workspace") else "workspace")
    if len(given) > 1:
        raise Refused(
            400, "Must specify exactly one of project, tag, section, user task list, or assignee + workspace"
        )
    return _task_list(call, given[0])


def _task_list(call: Call, owner: Thing) -> Body:
    completed, modified = call.moment("completed_since"), call.moment("modified_since")

    def wanted(task: Thing) -> bool:
        done = task.fields["completed_at"]
        if completed and done and datetime.fromisoformat(done) < completed:
            return False
        return not modified or datetime.fromisoformat(task.fields["modified_at"]) >= modified

    return call.page(task for task in owner.lists.get("tasks", []) if wanted(task))


def _task_counts(call: Call) -> Body:
    """Nothing that is not asked for."""
    tasks = call.site.find("project", call.ids[0]).lists.get("tasks", [])
    milestones = [one for one in tasks if one.fields["resource_subtype"] == "milestone"]
    counts: Body = {}
    for name, some in (("tasks", tasks), ("milestones", milestones)):
        done = sum(bool(one.fields["completed"]) for one in some)
        counts |= {f"num_{name}": len(some), f"num_completed_{name}": done}
        counts[f"num_incomplete_{name}"] = len(some) - done
    wanted = (call.get("opt_fields") or "").split(",")
    return {"data": {name: counts[name] for name in wanted if name in counts}}


def _tags(call: Call) -> Body:
    owner = call.named("workspace", "workspace") or call.site.workspace
    return call.page(owner.lists["tags"])


def _custom_types(call: Call) -> Body:
    project = call.site.find("project", call.need("project"), "project")
    return call.page(project.lists.get("custom_types", []))


def _memberships(call: Call) -> Body:
    """Of a project; or of a team, to find the projects that it shares."""
    member = call.get("member")
    if call.get("parent"):
        found = call.site.find("project", call.need("parent"), "parent").lists.get("memberships", [])
        return call.page(one for one in found if member in (None, one.fields["member"].gid))
    call.need("resource_subtype")
    return call.page(call.site.find("team", call.need("member"), "member").lists.get("memberships", []))


def _status_updates(call: Call) -> Body:
    parent, since = call.site.find("project", call.need("parent"), "parent"), call.moment("created_since")
    found = parent.lists.get("status_updates", [])
    return call.page(
        one for one in found if not since or datetime.fromisoformat(one.fields["created_at"]) >= since
    )


def _time_entries(call: Call) -> Body:
    call.paid("Time tracking entries")
    owners = [
        call.named("task", "task"), call.named("project", "attributable_to"), call.named("user", "user"),
    ]  # fmt: skip
    if call.get("workspace") and not any(owners):
        if not (call.get("entered_on_start_date") or call.get("entered_on_end_date")):
            raise missing("entered_on_start_date")
        owners = list(call.site.users.values())
    given = [one for one in owners if one]
    if not given:
        raise missing("workspace")
    found = [one for owner in given for one in owner.lists.get("time_tracking_entries", [])]
    found = [one for one in found if all(one in owner.lists["time_tracking_entries"] for owner in given)]
    first, last = call.get("entered_on_start_date"), call.get("entered_on_end_date")
    within = (one for one in found if (first or "") <= one.fields["entered_on"] <= (last or "9999"))
    return call.page({one.gid: one for one in within}.values())


def _allocations(call: Call) -> Body:
    call.paid("Allocations")
    project, assignee = call.named("project", "parent"), call.get("assignee")
    everybody = call.site.of_kind("allocation")
    if project is None and assignee is None and call.named("workspace", "workspace") is None:
        raise missing("parent")
    found = project.lists.get("allocations", []) if project else everybody
    return call.page(one for one in found if assignee in (None, one.fields["assignee"].gid))


def _rates(call: Call) -> Body:
    call.paid("Rates")
    resource = call.get("resource")
    found = call.site.find("project", call.need("parent"), "parent").lists.get("rates", [])
    return call.page(one for one in found if resource in (None, one.fields["resource"].gid))


def _budgets(call: Call) -> Body:
    call.paid("Budgets")
    return call.all(call.site.find("project", call.need("parent"), "parent").lists.get("budgets", []))


def _ooo_entries(call: Call) -> Body:
    call.site.find("workspace", call.need("workspace"), "workspace")
    found = call.site.find("user", call.need("user"), "user").lists.get("ooo_entries", [])
    first, last = call.get("start_date") or "", call.get("end_date") or "9999"
    return call.page(
        one for one in found if one.fields["end_date"] >= first and one.fields["start_date"] <= last
    )


def _events(call: Call) -> Body:
    gid = call.need("resource")
    if not any(call.site.holds(kind, gid) for kind in ("project", "task")):
        hidden = next((kind for kind in ("project", "task") if call.site.hides(kind, gid)), None)
        raise call.site.refusal(hidden or "resource", gid)
    return call.house.journal.since(gid, call.get("sync"), call.now, call.house.quirks.first_sync_412)


def _by_gid(found: Iterable[Thing]) -> list[Thing]:
    return sorted(found, key=lambda one: int(one.gid))


def _table() -> dict[str, Route]:
    return {
        "/workspaces": _workspaces,
        "/workspaces/*/users": _users_of("workspace"),
        "/workspaces/*/projects": _projects_of("workspace"),
        "/users": _users,
        "/users/*/teams": _teams_of_user,
        "/teams/*/users": _users_of("team"),
        "/teams/*/projects": _projects_of("team"),
        "/projects": _projects,
        "/projects/*/tasks": _project_tasks,
        "/projects/*/task_counts": _task_counts,
        "/sections/*/tasks": _section_tasks,
        "/tasks": _tasks,
        "/tags": _tags,
        "/custom_types": _custom_types,
        "/memberships": _memberships,
        "/status_updates": _status_updates,
        "/time_tracking_entries": _time_entries,
        "/allocations": _allocations,
        "/budgets": _budgets,
        "/rates": _rates,
        "/ooo_entries": _ooo_entries,
        "/events": _events,
        **{
            f"/{collection}/*/{relation}": _below(collection, relation)
            for collection, relations in BELOW.items()
            for relation in relations
        },
        **{f"/{collection}/*": _thing(collection) for collection in KINDS},
    }


ROUTES: Mapping[re.Pattern[str], Route] = {
    re.compile(path.replace("*", "([^/]+)")): route for path, route in _table().items()
}
