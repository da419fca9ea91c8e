"""/v1/portfolio and /v1/projects: what the PMO manages, rolled up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import Depends, Path, Response

from api import examples
from api.asking import Ask, ask_table_today, ask_today
from api.documents import answers
from api.envelope import Answer, Page
from api.problems import Missing
from api.project_entry import (
    COLUMNS,
    Portfolio,
    ProjectEntry,
    project_entries,
    project_row,
    tree,
)
from api.routing import versioned

ROUTER = versioned("portfolio")
TableAsk = Annotated[Ask, Depends(ask_table_today)]
ThisProject = Annotated[str, Path(description="The id in the configuration.", examples=["website"])]


@ROUTER.get(
    "/portfolio",
    summary="The whole portfolio",
    responses=answers(Answer[Portfolio], examples.PORTFOLIO, table=examples.PROJECTS_CSV),
)
async def get_portfolio(ask: TableAsk) -> Response:
    """The tree of portfolios, programs and projects, and each of them with its rolled-up figures. As CSV: one
    row for each."""
    entries = await _entries(ask)
    meta = ask.meta(await ask.reader.coverage())
    if ask.form == "csv":
        return _table(ask, Page(data=entries, meta=meta))
    return ask.answer(Answer(data=Portfolio(tree=tree(entries), projects=entries), meta=meta))


@ROUTER.get(
    "/projects",
    summary="All projects",
    responses=answers(Page[ProjectEntry], examples.PROJECTS, table=examples.PROJECTS_CSV),
)
async def list_projects(ask: TableAsk) -> Response:
    """Projects only, in the configuration's order; a scope that no project claims is one of its own."""
    entries = [entry for entry in await _entries(ask) if entry.kind == "project"]
    page = Page(data=entries, meta=ask.meta(await ask.reader.coverage()))
    return _table(ask, page) if ask.form == "csv" else ask.answer(page)


@ROUTER.get(
    "/projects/{project_id}",
    summary="One project, program or portfolio",
    responses=answers(Answer[ProjectEntry], examples.PROJECT, problems=(404,)),
)
async def get_project(ask: Annotated[Ask, Depends(ask_today)], project_id: ThisProject) -> Response:
    """With the figures of all that stands under it. The envelope is its own: only its scopes count."""
    entry = next((entry for entry in await _entries(ask) if entry.id == project_id), None)
    if entry is None:
        raise Missing(f"There is no project {project_id!r} that you may see; /v1/projects lists those.")
    return ask.answer(Answer(data=entry, meta=entry.meta()))


async def _entries(ask: Ask) -> Sequence[ProjectEntry]:
    return project_entries(await ask.reader.portfolio(), ask.now)


def _table(ask: Ask, page: Page[ProjectEntry]) -> Response:
    rows: Sequence[Mapping[str, object]] = [project_row(entry) for entry in page.data]
    return ask.table(COLUMNS, rows, page)
