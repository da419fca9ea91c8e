"""Lets a delivery of Asana in, and says what its events ask to look at again. Takes nothing from a body but
gids. A secret is only taken while a webhook is being made.

https://developers.asana.com/docs/webhooks-guide
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from connectors.base import Delivery, Hint, Received, Watch
from connectors.errors import Unauthorized
from connectors.signing import mac, opened, tallied, unreadable, verify

TITLE = "Asana"
SECRET, SIGNATURE = "x-hook-secret", "x-hook-signature"

ACTIONS = frozenset({"added", "changed", "deleted", "removed", "undeleted"})
PARTS = frozenset({"story", "attachment"})
"""They are told in the task that they belong to."""
AROUND = frozenset(
    {
        "project", "section", "custom_field", "custom_field_setting", "project_membership", "membership",
        "project_status", "status_update", "time_tracking_entry", "allocation", "budget", "rate",
    }
)  # fmt: skip
"""What a project has beside tasks, or shows in all of them."""
IGNORED = frozenset(
    {
        # We read nothing of them.
        "like", "reaction", "portfolio", "portfolio_membership", "goal", "goal_membership",
        "goal_relationship", "project_brief", "project_template", "task_template", "user_task_list", "job",
        # They are no project's own: a webhook would say that one changed, and not in which tasks.
        "tag", "custom_type", "user", "team", "team_membership", "workspace", "workspace_membership",
    }
)  # fmt: skip
_GID = re.compile(r"[0-9]{1,24}")
_OFFERED = re.compile(r"[!-~]{16,256}")


def receive(delivery: Delivery, watch: Watch) -> Received:
    """An empty list of events is Asana's heartbeat. Raises Unauthorized or Unexpected."""
    offered = delivery.headers.get(SECRET)
    if offered is not None:
        return _shaken(offered, watch)
    verify(delivery.headers.get(SIGNATURE), watch.secret, lambda key: mac(key, delivery.body).hex(), TITLE)
    events = opened(delivery, TITLE).get("events")
    if not isinstance(events, list):
        raise unreadable(TITLE, "has no list of events")
    return tallied(_told(one, watch.scope_id) for one in events)


def _shaken(offered: str, watch: Watch) -> Received:
    if not watch.making:
        raise Unauthorized(
            "Somebody offers a new secret for a webhook of Asana though none is being made: it is refused, "
            "and what is signed with it will be."
        )
    if not _OFFERED.fullmatch(offered):
        raise unreadable(TITLE, "comes with a secret that is none of Asana's")
    return Received(headers={"X-Hook-Secret": offered}, new_secret=offered)


def _told(event: Any, scope: str | None) -> tuple[str, Sequence[Hint] | None]:
    """One that is of no form that the vendor tells is unknown, and keeps nobody from the others."""
    kind, gid = _resource(event, "resource")
    said = event.get("action") if isinstance(event, dict) else None
    action = said if isinstance(said, str) else "?"
    name = f"{kind or '?'}.{action}"
    if kind in IGNORED:
        return name, ()
    if gid is None or action not in ACTIONS:
        return name, None
    if kind in AROUND:
        return name, (Hint(scope_id=scope, item_id=None),)
    above, parent = _resource(event, "parent")
    if kind in PARTS:
        return name, _items(scope, parent if above == "task" else None)
    return name, tuple(_of_task(event, gid, scope)) if kind == "task" else None


def _of_task(event: Any, gid: str, scope: str | None) -> Iterator[Hint]:
    """The task and the one above it. Where it went, or came from somewhere else, the project is asked: only
    its events prove a deletion and tell what goes along below the task."""
    above, parent = _resource(event, "parent")
    moves = event["action"] == "removed" and above != "section"
    if moves or event["action"] in ("deleted", "undeleted") or _field(event) == "parent":
        yield Hint(scope_id=scope, item_id=None)
    if event["action"] != "deleted":
        yield from _items(scope, gid)
    yield from _items(scope, parent if above == "task" else None)


def _items(scope: str | None, *gids: str | None) -> Sequence[Hint]:
    return tuple(Hint(scope_id=scope, item_id=gid) for gid in gids if gid)


def _field(event: Any) -> object:
    change = event.get("change")
    return change.get("field") if isinstance(change, dict) else None


def _resource(event: Any, key: str) -> tuple[str | None, str | None]:
    """Its type and its gid, each if it is of the form that Asana gives them."""
    found = event.get(key) if isinstance(event, dict) else None
    kind, gid = (found.get("resource_type"), found.get("gid")) if isinstance(found, dict) else (None, None)
    known = isinstance(gid, str) and _GID.fullmatch(gid) is not None
    return kind if isinstance(kind, str) else None, gid if known else None
