"""The recorded Jira answers: whole pages of issues through the real connector, single ones through the
normaliser."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connectors.base import Kind, Record, ScopeRecord
from connectors.http import Timing
from connectors.jira_cloud import JiraCloudSettings, connect
from normalizer.context import Context
from normalizer.jira_cloud import prepare
from normalizer.model import Item
from tests.conformance.recorded_jira import EMAIL, TOKEN, app
from tests.conformance.report import FileReport, tally
from tests.loopback import serving

READ_AT = datetime(2026, 1, 1, tzinfo=UTC)
TIMING = Timing(clock=lambda: datetime.now(UTC), sleep=asyncio.sleep)
SMALL = {"id_page_size": 20, "body_batch": 7, "changelog_batch": 13, "rate_share": 1}
"""So small that the recorded issues come in several pages."""
PAGE = "jira/huginn/jira.json"
FAROS = "jira/faros-source/issues/issues.json"
STREAMS = "faros-streams/jira/all-streams.log"
STREAM_KINDS: Mapping[str, Kind] = {
    "issues": "item",
    "epics": "item",
    "board_issues": "item",
    "users": "account",
    "sprints": "iteration",
    "project_versions": "release",
}
"""What the streams hold as Jira gave it; sprint_issues are rows that their recorder made up."""
LISTS: Mapping[str, Kind] = {
    "jira/faros-source/board_issues/issues_from_board.json": "item",
    "jira/faros-source/issue_additional_fields/issues_with_additional_fields.json": "item",
    "jira/faros-source/issue_pull_requests/issues_with_pull_requests.json": "item",
    "jira/faros-source/project_version_issues/project_version_issues.json": "item",
    "jira/faros-source/sprints/sprints.json": "iteration",
    "jira/faros-source/project_versions/project_versions.json": "release",
    "jira/faros-source/users/users.json": "account",
    "jira/go-jira/issues_in_sprint.json": "item",
    "jira/go-jira/sprints.json": "iteration",
    "jira/jira-ruby/issue.json": "item",
    "jira/jira-ruby/issue/10002.json": "item",
    "jira/jira-ruby/project/SAMPLEPROJECT.issues.json": "item",
    "jira/jira-ruby/rapidview/SAMPLEPROJECT.issues.full.json": "item",
    "jira/jira-ruby/board/1_issues.json": "item",
    "jira/jira-ruby/sprint/1_issues.json": "item",
    "jira/jira-ruby/sprint/1.json": "iteration",
    "jira/jira-ruby/version/10000.json": "release",
    "jira/jira-ruby/component/10000.json": "section",
}
Outcome = tuple[FileReport, list[Item]]
Body = Mapping[str, Any]


def run(shared: Path) -> list[FileReport]:
    return [report for report, _ in every(shared)]


def every(shared: Path) -> Iterator[Outcome]:
    """Of each recorded file that holds any record, the report and the items."""
    recorded = shared / "recorded"
    yield served(PAGE, "https://jira.atlassian.com", _json(recorded / PAGE)["issues"])
    yield single(FAROS, [*_records("item", _json(recorded / FAROS)), *_histories(_json(recorded / FAROS))])
    yield streams(recorded)
    for file, kind in LISTS.items():
        yield single(file, _records(kind, _bodies(_json(recorded / file))))


def served(file: str, site: str, issues: Sequence[Body]) -> Outcome:
    """Through a server that speaks the API, and the connector."""
    with serving(app(site, issues)) as base:
        return asyncio.run(_read_all(file, base))


async def _read_all(file: str, base: str) -> Outcome:
    """Every page of every project, as the sync reads them; the reports of the projects as one."""
    settings = JiraCloudSettings.model_validate({"base_url": base, "email": EMAIL, "token": TOKEN, **SMALL})
    connector, total, items = connect(settings, TIMING), FileReport(file=file), list[Item]()
    try:
        async for scope in connector.scopes():
            records = [record async for page in connector.read(scope) for record in page.records]
            definitions = {one.id: one.body for one in records if one.kind == "definition"}
            report, made = tally(file, prepare(_context(scope, definitions)), records)
            items += made
            total.records += report.records
            total.items += report.items
            total.whole += report.whole
            total.others += report.others
            total.rejected += report.rejected
    finally:
        await connector.aclose()
    return total, items


def streams(recorded: Path) -> Outcome:
    """Another system's log of what it read from Jira Cloud, with the site's own list of fields."""
    told: dict[str, list[Body]] = {}
    for line in (recorded / STREAMS).read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["type"] == "RECORD":
            stream = row["record"]["stream"].rpartition("__")[2]
            told.setdefault(stream, []).append(row["record"]["data"])
    definitions = {
        "fields": {"values": told["issue_fields"]},
        "statuses": {"values": told["workflow_statuses"]},
    }
    records = [
        record for stream, kind in STREAM_KINDS.items() for record in _records(kind, told.get(stream, []))
    ]
    return single(STREAMS, [*records, *_histories(told["issues"])], definitions)


def single(file: str, records: Sequence[Record], definitions: Mapping[str, Body] | None = None) -> Outcome:
    """Answers as they are, through the normaliser."""
    scope = ScopeRecord(
        id="recorded", kind="project", name=file, url="https://recorded.example/browse/R", key="R"
    )
    return tally(file, prepare(_context(scope, definitions or {})), records)


def _context(scope: ScopeRecord, definitions: Mapping[str, Body]) -> Context:
    return Context(system="jira", site="recorded.example", scope=scope, definitions=definitions)


def _records(kind: Kind, bodies: Sequence[Body]) -> list[Record]:
    return [Record(kind, str(body.get("id", "")), "recorded", body, READ_AT) for body in bodies]


def _histories(issues: Sequence[Body]) -> list[Record]:
    """The changelogs that were asked for along with the issues."""
    return [
        Record("change", history["id"], "recorded", {"issueId": issue["id"], **history}, READ_AT)
        for issue in issues
        for history in issue.get("changelog", {}).get("histories", [])
    ]


def _bodies(answer: Any) -> list[Body]:
    """A list, a page of one, or a single thing."""
    if isinstance(answer, list):
        return answer
    found = answer.get("issues") or answer.get("values")
    return found if isinstance(found, list) else [answer]


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
