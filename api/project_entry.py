"""A project on the wire, and as a row of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from api.envelope import Meta, reach
from normalizer.model import Named, Rag
from portfolio.figures import Figures
from portfolio.rollup import CATEGORIES, Node, ProjectSummary, children, roll_up
from store import views
from store.resource_views import StatusReportView

Kind = Literal["portfolio", "program", "project"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredStatus:
    """What people last declared of a scope. It is never what evidence says, and no figure contains it."""

    scope: str
    scope_name: str
    rag: Rag
    original: Annotated[Named | None, Field(description="The tracker's own word.")]
    title: str | None
    author: Annotated[str | None, Field(description="As the tracker shows the name.")]
    author_id: Annotated[str | None, Field(description="The author's account.")]
    at: Annotated[datetime | None, Field(description="Null where the tracker keeps no time.")]
    age_seconds: Annotated[int | None, Field(description="Since `at`.")]
    read_at: Annotated[datetime, Field(description="When it was first read as it is now.")]
    report: Annotated[str, Field(description="Its id in /v1/status-reports, which has the text.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectEntry:
    """A project; or a program or portfolio, whose summary is that of all that stands under it."""

    id: str
    kind: Kind
    name: str
    parent: Annotated[str | None, Field(description="The program or portfolio that it stands under.")]
    owner: str | None
    method: Annotated[str, Field(description="agile, waterfall, hybrid, kanban or unspecified.")]
    target_end: date | None
    scopes: Annotated[Sequence[views.ScopeView], Field(description="What it is read from: its own scopes.")]
    declared: Annotated[
        Sequence[DeclaredStatus],
        Field(description="The latest word on each scope of all that stands under it, where there is one."),
    ]
    summary: ProjectSummary

    def meta(self) -> Meta:
        told = self.summary
        return Meta(as_of=told.as_of, freshness=told.freshness, coverage=told.coverage, receipt=told.receipt)


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeNode:
    """A place in the portfolio's tree; ``projects`` has the figures by the same id."""

    id: str
    kind: Kind
    name: str
    children: Sequence[TreeNode]


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """``projects`` holds every portfolio, program and project once; ``tree`` how they stand."""

    tree: Sequence[TreeNode]
    projects: Sequence[ProjectEntry]


def project_entries(projects: Sequence[views.ProjectView], now: datetime) -> Sequence[ProjectEntry]:
    summaries = roll_up([_node(project) for project in projects], now)
    return [
        ProjectEntry(
            id=project.id,
            kind=project.kind,
            name=project.name,
            parent=project.parent,
            owner=project.owner,
            method=project.method,
            target_end=project.target_end,
            scopes=project.scopes,
            declared=[_declared(report, now) for report in project.declared],
            summary=summaries[project.id],
        )
        for project in projects
    ]


def _declared(report: StatusReportView, now: datetime) -> DeclaredStatus:
    return DeclaredStatus(
        scope=report.scope,
        scope_name=report.scope_name,
        rag=report.rag,
        original=report.original,
        title=report.title,
        author=report.name,
        author_id=report.account_id,
        at=report.at,
        age_seconds=None if report.at is None else max(0, int((now - report.at).total_seconds())),
        read_at=report.read_at,
        report=report.id,
    )


def _node(project: views.ProjectView) -> Node:
    figures = project.figures
    return Node(
        id=project.id,
        parent=project.parent,
        figures=Figures(
            categories=figures.categories,
            open_due=figures.open_due,
            blocked=figures.blocked,
            unassigned=figures.unassigned,
            people=figures.people,
            points_all=figures.points_all,
            points_done=figures.points_done,
            estimated=figures.estimated,
            archived=figures.archived,
            uncounted=figures.uncounted,
        ),
        reach=reach(project.coverage),
    )


def tree(entries: Sequence[ProjectEntry]) -> Sequence[TreeNode]:
    under = children(entries)

    def nodes(parent: str | None) -> Sequence[TreeNode]:
        return [
            TreeNode(id=entry.id, kind=entry.kind, name=entry.name, children=nodes(entry.id))
            for entry in under.get(parent, ())
        ]

    return nodes(None)


_SUMMARY = (
    "total", "open", "done", "next_due", "last_due", "overdue", "blocked", "unassigned", "people",
    "archived", "uncounted", "as_of",
)  # fmt: skip
COLUMNS = (
    "id", "kind", "name", "parent", "owner", "method", "target_end", *CATEGORIES, *_SUMMARY,
    "percent", "percent_method", "percent_basis", "age_seconds", "fresh",
    "scopes", "scopes_complete", "scopes_hidden", "scopes_expected", "items_restricted",
    "receipt",
)  # fmt: skip


def project_row(entry: ProjectEntry) -> Mapping[str, Any]:
    summary = entry.summary
    return {
        **{name: getattr(entry, name) for name in COLUMNS[:7]},
        **{name: summary.counts[name] for name in CATEGORIES},
        **{name: getattr(summary, name) for name in _SUMMARY},
        "percent": summary.progress.percent,
        "percent_method": summary.progress.method,
        "percent_basis": summary.progress.basis,
        "age_seconds": summary.freshness.age_seconds,
        "fresh": summary.freshness.fresh,
        "scopes": summary.coverage.scopes,
        "scopes_complete": summary.coverage.complete,
        "scopes_hidden": summary.coverage.hidden,
        "scopes_expected": summary.coverage.expected,
        "items_restricted": summary.coverage.restricted,
        "receipt": summary.receipt,
    }
