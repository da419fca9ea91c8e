"""The portfolio as a table for a terminal, from the API's own answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rich.console import JustifyMethod
from rich.table import Table
from rich.text import Text

from api.envelope import Answer, Meta
from api.project_entry import Portfolio, ProjectEntry, TreeNode
from portfolio.freshness import Coverage, Freshness

BAR = 6
"""Characters of a progress bar."""
WIDE = 120
"""Columns of a terminal from which on everything has its place."""


@dataclass(frozen=True, slots=True)
class Column:
    """``spare`` columns give way on a narrow terminal, the ones that are ``cut`` grow shorter."""

    heading: str
    cell: Callable[[ProjectEntry], Text]
    justify: JustifyMethod = "left"
    spare: bool = False
    cut: bool = False


COLUMNS = (
    Column("from", lambda entry: _name(", ".join(dict.fromkeys(s.tracker for s in entry.scopes))), cut=True),
    Column("method", lambda entry: Text(entry.method.removeprefix("unspecified")), spare=True),
    Column("progress", lambda entry: Text(bar(entry.summary.progress.percent))),
    Column("by", lambda entry: Text(entry.summary.progress.method), spare=True),
    Column("open", lambda entry: Text(str(entry.summary.open)), "right", spare=True),
    Column("overdue", lambda entry: _alarm(entry.summary.overdue, "red"), "right"),
    Column("blocked", lambda entry: _alarm(entry.summary.blocked, "yellow"), "right"),
    Column("next due", lambda entry: Text(str(entry.summary.next_due or ""))),
    Column("age", lambda entry: _age(entry.summary.freshness)),
    Column("scopes", lambda entry: Text(reach(entry.summary.coverage)), spare=True),
)


def portfolio_table(answer: Answer[Portfolio], width: int) -> Table:
    """One row for each portfolio, program and project, indented as they stand. Where it is narrow, names are
    cut and figures are not."""
    gap = 2 if width >= WIDE else 1
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, gap, 0, 0))
    columns = [column for column in COLUMNS if width >= WIDE or not column.spare]
    table.add_column("project")
    for column in columns:
        table.add_column(column.heading, justify=column.justify, no_wrap=not column.cut)
    entries = {entry.id: entry for entry in answer.data.projects}
    for node, depth in _nodes(answer.data.tree, 0):
        name = _name("  " * depth + node.name, style="" if node.kind == "project" else "bold")
        table.add_row(name, *(column.cell(entries[node.id]) for column in columns))
    return table


def _nodes(nodes: Sequence[TreeNode], depth: int) -> Iterator[tuple[TreeNode, int]]:
    for node in nodes:
        yield node, depth
        yield from _nodes(node.children, depth + 1)


def _name(words: str, style: str = "") -> Text:
    return Text(words, style=style, no_wrap=True, overflow="ellipsis")


def _alarm(count: int, style: str) -> Text:
    return Text(str(count), style=style if count else "dim")


def _age(freshness: Freshness) -> Text:
    return Text(age(freshness), style="" if freshness.fresh else "dim")


def footer(meta: Meta) -> str:
    """The envelope in words: how fresh and how complete all of it is."""
    cover = meta.coverage
    parts = [f"{cover.complete} of {cover.scopes + cover.expected} scopes read to their end"]
    if cover.expected:
        parts.append(f"{cover.expected} configured but not shown by a tracker")
    if meta.freshness.late:
        parts.append(f"{meta.freshness.late} late (tspmo status says why)")
    if cover.hidden:
        parts.append(f"{cover.hidden} hidden")
    if cover.restricted:
        parts.append(f"{cover.restricted} items withheld")
    if meta.as_of is None:
        return f"Nothing was read yet: {', '.join(parts)}."
    moment = f"{meta.as_of.astimezone():%Y-%m-%d %H:%M:%S}"
    return f"As of {moment} (age {age(meta.freshness)}): {', '.join(parts)}."


def bar(percent: Decimal | None) -> str:
    """``███░░░  50.0%``; a dash when there is nothing to count."""
    if percent is None:
        return "-"
    filled = int(percent * BAR / 100)
    return f"{'█' * filled}{'░' * (BAR - filled)} {percent:5.1f}%"


def age(freshness: Freshness) -> str:
    """``12 min``, and whether that is too old."""
    if freshness.age_seconds is None:
        return "never"
    units = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))
    unit, size = next((unit for unit in units if freshness.age_seconds >= unit[1]), units[-1])
    words = f"{freshness.age_seconds // size} {unit}"
    return words if freshness.fresh else f"{words}, stale"


def reach(cover: Coverage) -> str:
    """``11/12``: scopes read to their end, of those that should be."""
    hidden = f" +{cover.hidden} hidden" if cover.hidden else ""
    return f"{cover.complete}/{cover.scopes + cover.expected}{hidden}"
