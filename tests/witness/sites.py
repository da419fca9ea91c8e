"""What differs from tracker to tracker where a vendor's own client reads a sandbox. No test.

The clients are as they are published: nothing of them is replaced, and none of our connectors takes part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from asana import ProjectsApi, WorkspacesApi

from connectors import oracle_asana, oracle_jira, oracle_smartsheet, oracle_trello
from connectors.oracle_terms import Pacer, Witness
from sandbox import asana, jira_dc, smartsheet
from sandbox.options import SandboxOptions
from sandbox.server import Sandbox, running

Open = Callable[[str, Mapping[str, str], Pacer], AbstractContextManager[Any]]


@dataclass(frozen=True, kw_only=True)
class Site:
    """``client`` opens the vendor's client and ``discover`` has it list the scopes by id. ``tells`` are the
    words that it must tell of every item, with the truth's names for them. ``nowhere`` is a well-formed id
    that no item has, ``wrong`` a credential that no tracker gave; ``refusal`` and ``retry_after`` are how too
    many requests are refused. ``apps`` serve a tracker that is not among the sandbox's own."""

    tracker: str
    client: Open
    witness: Callable[[str, Mapping[str, str], Pacer], AbstractContextManager[Witness]]
    discover: Callable[[Any], dict[str, str]]
    tells: Mapping[str, str]
    nowhere: str
    wrong: Mapping[str, str]
    path: str = ""
    refusal: Mapping[str, Any] = field(default_factory=lambda: {"message": "Too many requests"})
    retry_after: str = "0"
    apps: Mapping[str, Any] = field(default_factory=dict)

    def base(self, sandbox: Sandbox) -> str:
        base = sandbox.bases[self.tracker]
        return base if base.endswith(self.path) else base + self.path

    @contextmanager
    def sandbox(self, items: int = 240) -> Iterator[Sandbox]:
        options = SandboxOptions(items=items, budgets=False, homes=(self.tracker,))  # type: ignore[arg-type]
        with running(options, **self.apps) as made:
            yield made


COMMON = {
    "key": "key", "title": "title", "start": "start", "due": "due", "created": "created",
    "updated": "updated", "assignees": "assignees", "labels": "labels", "section": "section",
}  # fmt: skip
JIRA = {
    **COMMON, "reporter": "reporter", "parent": "parent", "iterations": "iterations", "points": "estimate",
    "estimate_minutes": "estimate_minutes", "spent_minutes": "spent_minutes",
    "remaining_minutes": "remaining_minutes",
}  # fmt: skip


def served(module: Any) -> Mapping[str, Any]:
    name = module.__name__.rpartition(".")[2]
    return {"apps": {name: module.app}, "credentials": {name: module.CREDENTIALS}}


def asana_projects(client: Any) -> dict[str, str]:
    """Of every workspace in reach."""
    found: dict[str, str] = {}
    for workspace in WorkspacesApi(client).get_workspaces({}):
        opts = {"workspace": workspace["gid"], "opt_fields": "name"}
        found |= {project["gid"]: project["name"] for project in ProjectsApi(client).get_projects(opts)}
    return found


def smartsheet_sheets(client: Any) -> dict[str, str]:
    return {str(sheet.id): sheet.name for sheet in client.Sheets.list_sheets(page_size=1000).data}


SITES = (
    Site(
        tracker="jira_cloud",
        client=oracle_jira.client,
        witness=oracle_jira.witness,
        discover=lambda client: {project.id: project.name for project in client.projects()},
        tells=JIRA,
        nowhere="987654321",
        wrong={"token": "ATATT3xFfGF0wrong"},
    ),
    Site(
        tracker="trello",
        client=oracle_trello.client,
        witness=oracle_trello.witness,
        discover=lambda client: {board.id: board.name for board in client.list_boards()},
        tells={**COMMON, "reporter": "reporter", "points": "estimate"},
        nowhere="5f0000000000000000000000",
        wrong={"token": "f" * 64},
    ),
    Site(
        tracker="jira_dc",
        client=oracle_jira.client,
        witness=oracle_jira.witness,
        discover=lambda client: {project.id: project.name for project in client.projects()},
        tells={name: told for name, told in JIRA.items() if name != "parent"},  # an epic link is a key
        nowhere="987654321",
        wrong={"token": "wrong"},
        apps=served(jira_dc),
    ),
    Site(
        tracker="asana",
        path="/api/1.0",
        client=oracle_asana.client,
        witness=oracle_asana.witness,
        discover=asana_projects,
        tells={
            **{name: name for name in COMMON if name != "key"},
            "reporter": "reporter",
            "parent": "parent",
            "spent_minutes": "spent_minutes",
            "points": "estimate",
        },
        nowhere="1209999999999999",
        wrong={"token": "2/1/2:wrong"},
        retry_after="1",
        apps=served(asana),
    ),
    Site(
        tracker="smartsheet",
        path="/2.0",
        client=oracle_smartsheet.client,
        witness=oracle_smartsheet.witness,
        discover=smartsheet_sheets,
        tells={name: name for name in ("title", "start", "due", "created", "updated", "assignees", "parent")},
        nowhere="123",
        refusal={"errorCode": 4003, "message": "Rate limit exceeded."},
        wrong={"token": "wrong"},
        apps=served(smartsheet),
    ),
)
