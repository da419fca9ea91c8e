"""Compares what the demo shows with what the story says, item by item and field by field.

The ids that are shown are ours; they are turned back by making ours of the true ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from normalizer.ids import entity_id

Json = Any


SITES = {
    "asana": ("asana", "app.asana.com"),
    "jira_dc": ("jira", "jira.northlight.example/jira"),
    "smartsheet": ("smartsheet", "smartsheet.com"),
    "trello": ("trello", "trello.com"),
    "jira_cloud": ("jira", "northlight.atlassian.net"),
}


class Shown:
    """The demo's own output, with its ids resolved, also those of ``others`` that are not compared."""

    def __init__(self, demo: Json, truth: Json) -> None:
        self.items: list[Json] = demo["items"]
        self.accounts = {a["id"]: a for person in demo["people"] for a in person["accounts"]}
        known = [*self.items, *demo.get("others", ())]
        self._remote = {item["id"]: item["remote_id"] for item in known}
        for tracker, told in truth["trackers"].items():
            items = [item for scope in told["scopes"] for item in scope["items"]]
            named = {id for item in items for id in (*item["assignees"], item["reporter"])}
            for id in named | {account["id"] for account in told["accounts"]}:
                self._remote[entity_id(*SITES[tracker], "account", id)] = id

    def of(self, tracker: str) -> dict[str, Json]:
        return {item["remote_id"]: item for item in self.items if item["tracker"] == tracker}

    def remote(self, our_id: str | None) -> str | None:
        """The tracker's id of an item or account; ours as it is where nothing true has it."""
        return None if our_id is None else self._remote.get(our_id, our_id)


def differences(demo: Json, truth: Json) -> list[str]:
    """Every difference as a line ``tracker item field: shown …, true …``; empty when all is equal."""
    shown = Shown(demo, truth)
    lines = [
        line
        for tracker, told in truth["trackers"].items()
        for line in _tracker_differences(shown, tracker, told)
    ]
    if demo["truth_seed"] != truth["seed"] or demo["today"] != truth["today"]:
        lines.append("the two do not tell of the same story")
    return lines


def _tracker_differences(shown: Shown, tracker: str, told: Json) -> list[str]:
    true = {item["id"]: item for scope in told["scopes"] for item in scope["items"]}
    seen = shown.of(tracker)
    lines = [f"{tracker}: {id} is not shown" for id in true.keys() - seen.keys()]
    lines += [f"{tracker}: {id} is shown and is not in the story" for id in seen.keys() - true.keys()]
    for id in sorted(true.keys() & seen.keys()):
        for name, read in FIELDS.items():
            value, wanted = read(View(shown, seen[id], true[id])), true[id][name]
            if value != wanted:
                lines.append(f"{tracker} {id} {name}: shown {value!r}, true {wanted!r}")
    lines += _count_differences(tracker, list(seen.values()), told["counts"])
    lines += _account_differences(shown, tracker, told["accounts"])
    return lines


def _count_differences(tracker: str, seen: list[Json], counts: Json) -> list[str]:
    found = {
        "items": len(seen),
        "counted": sum(item["counted"] for item in seen),
        "archived": sum(item["presence"] == "archived" for item in seen),
        "by_status_category": dict(
            sorted(Counter(item["status_category"] for item in seen if item["counted"]).items())
        ),
    }
    return [
        f"{tracker} count of {name}: shown {found[name]}, true {counts[name]}"
        for name in found
        if found[name] != counts[name]
    ]


def _account_differences(shown: Shown, tracker: str, accounts: list[Json]) -> list[str]:
    """Bots are nobody's account, so they are not among the people."""
    lines = []
    for account in accounts:
        found = shown.accounts.get(entity_id(*SITES[tracker], "account", account["id"]))
        if found is None:
            lines += [f"{tracker}: account {account['id']} is not shown"] * (account["kind"] != "bot")
            continue
        for name, key in (
            ("name", "display_name"),
            ("email", "email"),
            ("active", "active"),
            ("kind", "kind"),
        ):
            if found[key] != account[name]:
                lines.append(
                    f"{tracker} account {account['id']} {name}: shown {found[key]!r}, true {account[name]!r}"
                )
    return lines


class View(NamedTuple):
    """One item as it is shown, and as it is."""

    shown: Shown
    item: Json
    true: Json


Reader = Callable[[View], Any]


def instant(text: str | None) -> str | None:
    if text is None:
        return None
    return datetime.fromisoformat(text).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _date(value: Json | None) -> str | None:
    if value is None:
        return None
    return instant(value["at"]) if value.get("at") else value["date"]


def _amount(quantities: list[Json | None], unit: str) -> float | None:
    found = [float(q["value"]) for q in quantities if q and q["unit"] == unit]
    return found[0] if found else None


def _progress(v: View) -> Json | None:
    value = v.item["progress"]
    return value and {"percent": round(float(value["percent"]), 2), "method": value["method"]}


def _links(v: View) -> list[list[str | None]]:
    told = [link for link in v.item["links"] if link["origin"] == "tracker"]
    return sorted(
        [link["type"], v.shown.remote(link["from_id"]), v.shown.remote(link["to_id"])] for link in told
    )


def _iterations(v: View) -> list[str]:
    """Ids of iterations are ours alone on the wire, so the true ones are made into ours and back."""
    site = SITES[v.item["tracker"]]
    ours = {entity_id(*site, "iteration", id): id for id in v.true["iterations"]}
    return [ours.get(id, id) for id in v.item["iteration_ids"]]


def _custom(v: View) -> Mapping[str, Any]:
    by_name = {field["name"].lower(): field["value"] for field in v.item["custom"].values()}
    cost = by_name.get("cost")
    return {"customer": by_name.get("customer"), "cost": _number(cost)}


def _number(value: Any) -> Any:
    """As it stands where it is none."""
    try:
        return None if value is None else float(value)
    except ValueError:
        return value


def _as_it_stands(name: str) -> Reader:
    return lambda v: v.item[name]


FIELDS: Mapping[str, Reader] = {
    "key": _as_it_stands("remote_key"),
    "title": _as_it_stands("title"),
    "type": _as_it_stands("type"),
    "level": _as_it_stands("level"),
    "status_category": _as_it_stands("status_category"),
    "outcome": _as_it_stands("outcome"),
    "completed_at": lambda v: instant(v.item["completed_at"]),
    "hold": _as_it_stands("hold"),
    "priority": _as_it_stands("priority"),
    "start": lambda v: _date(v.item["start"]),
    "due": lambda v: _date(v.item["due"]),
    "estimate": lambda v: _amount(v.item["estimates"], "points"),
    "estimate_minutes": lambda v: _amount(v.item["estimates"], "minutes"),
    "spent_minutes": lambda v: _amount([v.item["spent"]], "minutes"),
    "remaining_minutes": lambda v: _amount([v.item["remaining"]], "minutes"),
    "progress": _progress,
    "assignees": lambda v: sorted(str(v.shown.remote(held["account_id"])) for held in v.item["assignments"]),
    "reporter": lambda v: v.shown.remote(v.item["reporter_account_id"]),
    "labels": lambda v: sorted(v.item["labels"]),
    "parent": lambda v: v.shown.remote(v.item["parent_id"]),
    "section": _as_it_stands("section"),
    "iterations": _iterations,
    "links": _links,
    "custom": _custom,
    "presence": _as_it_stands("presence"),
    "counted": _as_it_stands("counted"),
    "mirror_of": lambda v: v.shown.remote(v.item["flags"]["mirror_of"]),
    "restricted": lambda v: v.item["visibility"] == "restricted",
    "created": lambda v: instant(v.item["remote_created_at"]),
    "updated": lambda v: instant(v.item["remote_updated_at"]),
    "changes": lambda v: len(
        {c["at"] for c in v.item["history"] if c["source"] == "tracker_history" and c["field"] != "created"}
    ),
}
"""How each field of the truth is read off the shown item."""
