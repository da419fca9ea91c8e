"""The forms in which Jira keeps webhooks: what we send to make one, and what we read of one.

https://developer.atlassian.com/cloud/jira/platform/webhooks/#registering-a-webhook-using-the-rest-api--for-admins-
https://developer.atlassian.com/server/jira/platform/webhooks/
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from connectors.base import Watch, WatchState
from connectors.jira_answers import Row
from connectors.jira_events import HINTS
from connectors.jira_hooks import Form, Hook

NAME = "TS PMO"
CLOUD_EVENTS = tuple(name for name in HINTS if name != "jira:version_merged")
"""A merged version is told as a deleted one."""
_CLOUD_ALONE = {
    "project_soft_deleted", "project_restored_deleted", "project_archived", "project_restored_archived",
}  # fmt: skip
SERVER_EVENTS = tuple(name for name in CLOUD_EVENTS if name not in _CLOUD_ALONE)
_BOARDS = ("sprint_", "board_")
"""A Jira without boards may leave their events out."""
OFF = "it is switched off in Jira"


def _made(events: Sequence[str], watch: Watch) -> dict[str, Any]:
    return {"name": NAME, "url": watch.callback_url, "events": list(events)}


def _cloud(watch: Watch) -> Row:
    return {**_made(CLOUD_EVENTS, watch), "excludeBody": False, "secret": watch.secret}


def _server(watch: Watch) -> Row:
    return {**_made(SERVER_EVENTS, watch), "filters": {}, "excludeBody": False}


def _configured(watch: Watch) -> Row:
    """Elsewhere than in the configuration a secret is passed over, and deliveries come unsigned."""
    secret = {"SECRET": watch.secret} if watch.secret else {}
    return {
        **_made(SERVER_EVENTS, watch),
        "active": True,
        "scopeType": "global",
        "configuration": {"EXCLUDE_BODY": "false", **secret},
        "sslVerificationRequired": True,
    }


def _read(row: Row, id: object, on: object) -> WatchState | None:
    url = row.get("url")
    if not isinstance(url, str) or not isinstance(id, str | int) or isinstance(id, bool) or not str(id):
        return None
    return WatchState(
        id=str(id), scope_id=None, callback_url=url, active=on is not False, health=OFF if on is False else ""
    )


def _old(row: Row) -> WatchState | None:
    """Its id is the end of its own address."""
    return _read(row, str(row.get("self") or "").rpartition("/")[2], row.get("enabled"))


def _tells(row: Row, events: Sequence[str]) -> bool:
    told = row.get("events")
    needed = {name for name in events if not name.startswith(_BOARDS)}
    return isinstance(told, list) and needed.issubset(str(one) for one in told)


def _whole(row: Row) -> bool:
    """Without a filter on issues, and with a body."""
    filters = row.get("filters")
    filtered = isinstance(filters, dict) and any(filters.values())
    return not filtered and row.get("excludeBody") is not True


def _of_cloud(row: Row) -> Hook | None:
    state = _old(row)
    sound = _tells(row, CLOUD_EVENTS) and _whole(row) and row.get("isSigned") is True
    return Hook(state, sound and state.active) if state else None


def _of_server(row: Row) -> Hook | None:
    """Before Jira 10 nothing is signed; the address that nobody can guess is what lets a delivery in."""
    state = _old(row)
    sound = _tells(row, SERVER_EVENTS) and _whole(row)
    return Hook(replace(state, secret=""), sound and state.active) if state else None


def _of_configured(row: Row) -> Hook | None:
    state = _read(row, row.get("id"), row.get("active"))
    given = row.get("configuration")
    how: Mapping[str, Any] = given if isinstance(given, dict) else {}
    whole = str(how.get("EXCLUDE_BODY")).lower() != "true" and not how.get("FILTERS")
    sound = _tells(row, SERVER_EVENTS) and whole
    if state is None:
        return None
    return Hook(replace(state, health=state.health or _failing(row)), sound and state.active)


def _failing(row: Row) -> str:
    """By the counts of the time that Jira keeps."""
    statistics = row.get("statistics")
    counts = statistics.get("counts") if isinstance(statistics, dict) else None
    told = counts if isinstance(counts, dict) else {}
    found = {name: told.get(name) for name in ("errors", "failures", "successes")}
    numbers = {name: one if isinstance(one, int) else 0 for name, one in found.items()}
    failed = numbers["errors"] + numbers["failures"]
    return f"{failed} of its last {failed + numbers['successes']} deliveries failed" if failed else ""


CLOUD = Form(path="/rest/webhooks/1.0/webhook", make=_cloud, read=_of_cloud)
SERVER = Form(path="/rest/webhooks/1.0/webhook", make=_server, read=_of_server)
CONFIGURED = Form(path="/rest/jira-webhook/1.0/webhooks", make=_configured, read=_of_configured, paged=True)
"""Jira Data Center from version 10 on."""
