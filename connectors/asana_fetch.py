"""Named tasks as they are now, and whether they stand in the project that was asked about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import aclosing
from datetime import timedelta
from functools import partial
from typing import Any, Literal

from connectors.asana_calls import BATCH, REFUSED, Calls, Listing, Row, at, rows_of
from connectors.asana_fields import ANCESTOR, TASK
from connectors.base import Absence, Record
from connectors.errors import NotFound
from connectors.http import Answer, Params, ordered

Outside = tuple[Literal["moved", "forbidden"], str]
"""Why a task that there is does not count as one of the project, and the evidence."""
LATELY = timedelta(minutes=15)
REFUSALS = REFUSED | {400, 504}
Found = dict[str, tuple[int, Any, Answer]]


async def hinted_tasks(calls: Calls, project: str, ids: Sequence[str]) -> Mapping[str, Record | Absence]:
    """As :func:`found_tasks`. More than a batch are first looked for among the tasks that were modified a
    moment ago, as those are of which a webhook told."""
    many = BATCH < len(ids) <= calls.page_size
    return await found_tasks(calls, project, ids, await _lately(calls, project, ids) if many else {})


async def found_tasks(
    calls: Calls, project: str, ids: Sequence[str], known: Found | None = None
) -> Mapping[str, Record | Absence]:
    """But for those that are ``known`` each is asked for by name. A subtask stands where its uppermost
    ancestor does, however deep it is. A task that is seen elsewhere has not moved out of a project that is
    hidden from us."""
    found = dict(known or {})
    found |= await _get(calls, [gid for gid in dict.fromkeys(ids) if gid not in found], TASK)
    bodies = {gid: body for gid, (status, body, _) in found.items() if status == 200}
    inside = await _inside(calls, project, bodies)
    outside = await _outside(calls, project) if bodies.keys() - inside else None
    return {gid: _told(project, gid, found[gid], None if gid in inside else outside) for gid in found}


async def _lately(calls: Calls, project: str, ids: Sequence[str]) -> Found:
    """A page of them costs one request, and ten by name cost ten. What the project refuses its tasks tell
    one by one."""
    params: Params = {
        "project": project, "opt_fields": ",".join(TASK), "limit": calls.page_size,
        "modified_since": f"{calls.now() - LATELY:%Y-%m-%dT%H:%M:%SZ}",
    }  # fmt: skip
    answer = await calls.refusable("/tasks", params, accept=REFUSALS)
    if answer.status != 200:
        return {}
    wanted = set(ids)
    rows = rows_of(answer.json(), answer)
    return {one.gid: (200, one.body, answer) for one in rows if one.gid in wanted}


async def _get(calls: Calls, ids: Sequence[str], fields: Sequence[str]) -> Found:
    parts = [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
    jobs = [partial(calls.batch, [_action(gid, fields) for gid in part]) for part in parts]
    found: Found = {}
    async with aclosing(ordered(calls.batches, jobs)) as batches:
        for part in parts:
            entries, answer = await anext(batches)
            for gid, (status, body) in zip(part, entries, strict=True):
                if status == 429 or status >= 500:
                    raise calls.failed(answer, status)
                found[gid] = status, body.get("data") if isinstance(body, dict) else None, answer
    return found


def _action(gid: str, fields: Sequence[str]) -> Row:
    return Listing(path=at("/tasks/{}", gid), fields=fields, single=True).action(BATCH, None)


async def _inside(calls: Calls, project: str, bodies: Mapping[str, Row]) -> set[str]:
    """Those of ``bodies`` that are in the project: by themselves, or by an ancestor."""
    inside = {gid for gid, body in bodies.items() if project in _projects(body)}
    open_ends = {gid: parent for gid in bodies.keys() - inside if (parent := _parent(bodies[gid]))}
    known: dict[str, Row] = dict(bodies)
    climbed = {gid: {gid} for gid in open_ends}
    while open_ends:
        answers = await _get(calls, sorted(set(open_ends.values()) - known.keys()), ANCESTOR)
        known |= {gid: body if status == 200 else {} for gid, (status, body, _) in answers.items()}
        above = {gid: known[parent] for gid, parent in open_ends.items()}
        inside |= {gid for gid, body in above.items() if project in _projects(body)}
        for gid, parent in open_ends.items():
            climbed[gid].add(parent)
        open_ends = {
            gid: parent
            for gid, body in above.items()
            if gid not in inside and (parent := _parent(body)) and parent not in climbed[gid]
        }
    return inside


async def _outside(calls: Calls, project: str) -> Outside:
    try:
        await calls.one(at("/projects/{}", project), ("name",))
    except NotFound as error:
        return "forbidden", str(error)
    return "moved", "the task is in other projects, or in none"


def _told(
    project: str, gid: str, entry: tuple[int, Any, Answer], outside: Outside | None
) -> Record | Absence:
    status, body, answer = entry
    if status == 200:
        if not isinstance(body, dict) or not isinstance(body.get("gid"), str):
            raise answer.unexpected("a result that is no task")
        if outside is None:
            return Record("item", body["gid"], project, body, answer.asked_at)
        return Absence(id=gid, reason=outside[0], evidence=outside[1])
    evidence = f"GET /tasks/{gid} answered {status}"
    if status in {400, 404}:
        return Absence(id=gid, reason="not_found", evidence=evidence)
    if status in {402, 403}:
        return Absence(id=gid, reason="forbidden", evidence=evidence)
    raise answer.unexpected(f"a result of status {status} that is no task")


def _projects(body: object) -> set[str]:
    return {
        place["project"]["gid"]
        for place in objects(body, "memberships")
        if isinstance(place.get("project"), dict) and isinstance(place["project"].get("gid"), str)
    }


def _parent(body: object) -> str | None:
    parent = body.get("parent") if isinstance(body, Mapping) else None
    gid = parent.get("gid") if isinstance(parent, Mapping) else None
    return gid if isinstance(gid, str) else None


def objects(body: object, key: str) -> Iterator[Mapping[str, Any]]:
    value = body.get(key) if isinstance(body, Mapping) else None
    yield from (one for one in value if isinstance(one, dict)) if isinstance(value, list) else ()
