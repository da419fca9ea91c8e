"""The recorded Asana stream through the real normaliser."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connectors.base import Kind, Record, ScopeRecord
from normalizer.asana import prepare
from normalizer.context import Context
from normalizer.model import Item
from tests.conformance.report import FileReport, tally

READ_AT = datetime(2026, 1, 1, tzinfo=UTC)
STREAM = "faros-streams/asana/all-streams.log"
KINDS: Mapping[str, Kind] = {"users": "account", "sections": "section", "tasks": "item", "stories": "change"}
"""The kinds of record by the name that ends a stream's. Tags ride in their tasks, projects are scopes."""


def run(shared: Path) -> list[FileReport]:
    report, _ = stream(shared)
    return [report]


def stream(shared: Path) -> tuple[FileReport, list[Item]]:
    """The definitions are what the stream itself tells of its one project; a task's comments ride in it."""
    lines = list(_lines(shared))
    project = next(body for kind, body in lines if kind == "projects")
    scope = ScopeRecord(
        id=project["gid"],
        kind="project",
        name=project["name"],
        url=f"https://app.asana.com/0/{project['gid']}",
    )
    context = Context(system="asana", site="app.asana.com", scope=scope, definitions={"project": project})
    told = [(KINDS[kind], body) for kind, body in lines if kind in KINDS]
    told += [
        ("change", {**comment, "target": {"gid": body["gid"]}})
        for kind, body in lines
        for comment in body.get("comments", ())
        if kind == "tasks"
    ]
    records = [Record(kind, body["gid"], scope.id, body, READ_AT) for kind, body in told]
    return tally(STREAM, prepare(context), records)


def _lines(shared: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for line in (shared / "recorded" / STREAM).read_text(encoding="utf-8").splitlines():
        if line:
            record = json.loads(line)["record"]
            yield record["stream"].rsplit("__", 1)[-1], record["data"]
