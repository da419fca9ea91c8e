"""Which files describe which tracker, and what is special to it: one entry each. A tracker takes part as soon
as it has a sandbox; what its description gets wrong is in ``gaps.py``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from sandbox.server import PATHS
from tests.conformance import clients
from tests.conformance.descriptions import Description
from tests.conformance.driving import Client
from tests.conformance.exchanges import Exchange
from tests.conformance.specifications import Specification


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """``files`` go by the path on the server under which their paths begin. ``lent`` as for Description.
    ``settings`` let the connector ask more than it does by itself. ``inner`` tells the exchanges that travel
    inside another one."""

    tracker: str
    files: Mapping[str, str]
    lent: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    client: Client | None = None
    inner: Callable[[Exchange], Iterator[Exchange]] = lambda _: iter(())

    def specification(self, shared: Path) -> Specification:
        folder = shared / "specs"
        return Specification(
            [Description(folder / name, root, self.lent) for name, root in self.files.items()]
        )


def in_batch(exchange: Exchange) -> Iterator[Exchange]:
    """developer.atlassian.com/cloud/trello/rest/api-group-batch: each good entry is ``{"200": body}``."""
    if exchange.path != "/1/batch" or exchange.status != 200:
        return
    urls = dict(exchange.query)["urls"].split(",/")
    for url, entry in zip(urls, json.loads(exchange.answer), strict=True):
        if "200" in entry:
            parts = urlsplit(f"/1/{url.lstrip('/')}")
            yield Exchange(
                source=f"{exchange.source}, in a batch",
                method="GET",
                path=parts.path,
                query=tuple(parse_qsl(parts.query)),
                answer=json.dumps(entry["200"]).encode(),
            )


def in_actions(exchange: Exchange) -> Iterator[Exchange]:
    """developers.asana.com/reference/batch-api: each entry has the status and the body of its action."""
    if exchange.path != f"{PATHS['asana']}/batch" or exchange.status != 200:
        return
    actions = json.loads(exchange.sent)["data"]["actions"]
    for action, entry in zip(actions, json.loads(exchange.answer)["data"], strict=True):
        options = action.get("options", {})
        given = {**action.get("data", {}), **{name: options[name] for name in options.keys() - {"fields"}}}
        fields = {"opt_fields": ",".join(options["fields"])} if options.get("fields") else {}
        yield Exchange(
            source=f"{exchange.source}, in a batch",
            method=action["method"].upper(),
            path=PATHS["asana"] + action["relative_path"],
            query=tuple((name, str(value)) for name, value in {**given, **fields}.items()),
            status=entry["status_code"],
            answer=json.dumps(entry["body"]).encode(),
        )


def in_sheet(exchange: Exchange) -> Iterator[Exchange]:
    """A sheet is described as either a sheet or anything with a version, which says nothing of its rows and
    columns. Each is as when it is asked for by itself: developers.smartsheet.com/api/smartsheet/openapi/rows.
    """
    if exchange.status != 200 or not re.fullmatch(r"/2\.0/sheets/\d+", exchange.path):
        return
    sheet = json.loads(exchange.answer)
    columns = {
        "pageNumber": 1,
        "totalPages": 1,
        "totalCount": len(sheet["columns"]),
        "data": sheet["columns"],
    }
    yield _within(exchange, "/columns", columns)
    for row in sheet["rows"]:
        yield _within(exchange, f"/rows/{row['id']}", row)


def _within(exchange: Exchange, path: str, body: Mapping[str, Any]) -> Exchange:
    return Exchange(
        source=f"{exchange.source}, in a sheet",
        method="GET",
        path=f"{exchange.path}{path}",
        answer=json.dumps(body).encode(),
    )


DESCRIBED = (
    Described(
        tracker="trello",
        files={"trello.json": "/1"},
        lent={
            "/boards/{boardId}/actions": "[Action]",
            "/boards/{id}/cards": "[Card]",
            "/boards/{id}/cards/{filter}": "[Card]",
            "/boards/{id}/members": "[Member]",
            "/lists/{id}": "TrelloList",
        },
        client=clients.read_trello,
        inner=in_batch,
    ),
    Described(
        tracker="jira_cloud",
        files={"jira-cloud.json": "", "jira-agile.json": ""},
        client=clients.read_jira_cloud,
    ),
    Described(
        tracker="jira_dc",
        files={"jira-data-center.json": f"{PATHS['jira_dc']}/rest"},
        # Lists by their words, and one of their entries by their schemas.
        lent={
            "/api/2/field": "[FieldBean]",
            "/api/2/priority": "[PriorityJsonBean]",
            "/api/2/project": "[ProjectBean]",
            "/api/2/status": "[StatusJsonBean]",
        },
        settings={"page_size": 2},
        client=clients.read_jira_dc,
    ),
    Described(
        tracker="asana",
        files={"asana.yaml": PATHS["asana"]},
        # What opt_fields ask for beyond the compact objects is that of the whole ones.
        lent={
            "/projects": "data[ProjectResponse]",
            "/projects/{project_gid}/sections": "data[SectionResponse]",
            "/projects/{project_gid}/tasks": "data[TaskResponse]",
            "/rates": "data[RateResponse]",
            "/status_updates": "data[StatusUpdateResponse]",
            "/tasks/{task_gid}/stories": "data[StoryResponse]",
            "/tasks/{task_gid}/subtasks": "data[TaskResponse]",
            "/time_tracking_entries": "data[TimeTrackingEntryBase]",
            "/users": "data[UserResponse]",
            "/workspaces": "data[WorkspaceResponse]",
        },
        settings={"history": True},
        client=clients.read_asana,
        inner=in_actions,
    ),
    Described(
        tracker="smartsheet",
        files={"smartsheet.json": "/2.0"},
        settings={"history": True},
        client=clients.read_smartsheet,
        inner=in_sheet,
    ),
)
