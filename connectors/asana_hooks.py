"""Our webhook on a project: found again, made, removed.

https://developers.asana.com/docs/webhooks-guide
https://developers.asana.com/reference/webhooks
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

from connectors.asana_calls import Calls, Row, at, data_of
from connectors.base import ScopeRecord, Watch, WatchState
from connectors.errors import Unauthorized

FIELDS = (
    "active", "target", "resource", "filters", "last_success_at", "last_failure_at", "delivery_retry_count",
    "failure_deletion_timestamp",
)  # fmt: skip
REFUSED = frozenset({400, 402, 403, 404})


class Hooks:
    """The webhooks that one account made with this app."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def watch(self, project: ScopeRecord, watch: Watch) -> WatchState:
        """The one that we know, where it is sound; else what is at the same address makes room first, for
        Asana refuses a second one there, and each has a secret of its own."""
        workspace = await self._workspace(project)
        listed = await self._calls.listing("/webhooks", FIELDS, workspace=workspace, resource=project.id)
        here = [one.body for one in listed if _ours(one.body, watch)]
        good = next((row for row in here if watch.secret and _sound(row, project, watch)), None)
        for row in here:
            if row is not good:
                await self.remove(str(row["gid"]))
        return await self._make(project, watch) if good is None else _state(good)

    async def every(self, workspace: str) -> AsyncIterator[WatchState]:
        for one in await self._calls.listing("/webhooks", FIELDS, workspace=workspace):
            yield _state(one.body)

    async def remove(self, id: str) -> None:
        await self._calls.change("DELETE", at("/webhooks/{}", id), accept={404})

    async def _make(self, project: ScopeRecord, watch: Watch) -> WatchState:
        """Asana shakes hands while this is under way. It answers with the secret, too, and that the webhook
        is not active: it becomes so by the answer."""
        given = {"data": {"resource": project.id, "target": watch.callback_url}}
        answer = await self._calls.change("POST", "/webhooks", given, accept=REFUSED)
        if answer.status in REFUSED:
            raise Unauthorized(
                f"Asana makes no webhook of {project.name} ({answer.status}): it must reach the public "
                "address of TS PMO and be answered there, and a token with scopes needs webhooks:write and "
                f"webhooks:delete{answer.quoted().replace(watch.callback_url, 'our address')}"
            )
        body = answer.json()
        row, secret = data_of(body, answer), body.get("X-Hook-Secret")
        if not isinstance(row, dict) or not isinstance(row.get("gid"), str):
            raise answer.unexpected("a webhook without a gid")
        return WatchState(
            id=row["gid"],
            scope_id=project.id,
            callback_url=watch.callback_url,
            active=True,
            secret=secret if isinstance(secret, str) and secret else None,
        )

    async def _workspace(self, project: ScopeRecord) -> str:
        held = _gid(project.body, "workspace")
        if held is not None:
            return held
        body, answer = await self._calls.one(at("/projects/{}", project.id), ("workspace",))
        told = _gid(body, "workspace")
        if told is None:
            raise answer.unexpected("a project without its workspace")
        return told


def _ours(row: Row, watch: Watch) -> bool:
    return row["gid"] == watch.remote_id or row.get("target") == watch.callback_url


def _sound(row: Row, project: ScopeRecord, watch: Watch) -> bool:
    """On, of this project, and without a filter."""
    return (
        (row["gid"], row.get("target")) == (watch.remote_id, watch.callback_url)
        and row.get("active") is True
        and _gid(row, "resource") == project.id
        and not row.get("filters")
    )


def _gid(row: Row, key: str) -> str | None:
    found = row.get(key)
    gid = found.get("gid") if isinstance(found, dict) else None
    return gid if isinstance(gid, str) else None


def _state(row: Row) -> WatchState:
    return WatchState(
        id=row["gid"],
        scope_id=_gid(row, "resource"),
        callback_url=str(row.get("target") or ""),
        active=row.get("active") is True,
        health=_health(row),
        expires_at=_moment(row.get("failure_deletion_timestamp")),
    )


def _health(row: Row) -> str:
    """Asana tries a delivery again for a day, and then removes the webhook."""
    if row.get("active") is not True:
        return "it is not active"
    tried, end = row.get("delivery_retry_count"), row.get("failure_deletion_timestamp")
    if not isinstance(tried, int) or tried < 1:
        return ""
    removed = f"; Asana removes it at {end} unless one succeeds" if end else ""
    return f"a delivery failed {tried} times in a row, at last at {row.get('last_failure_at')}{removed}"


def _moment(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
