"""/v1/people: who works on what the caller may see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from api import examples
from api.asking import Ask, ask_table
from api.documents import answers
from api.envelope import Page
from store.views import PeopleQuery, PersonView

ROUTER = APIRouter(prefix="/v1", tags=["people"], default_response_class=Response)
COLUMNS = ("id", "name", "email", "open_items", "projects", "accounts")


class PeopleParameters(BaseModel):
    text: str | None = Field(
        None,
        min_length=1,
        max_length=200,
        description="The start of any word of the name.",
        examples=["mira"],
    )
    project: str | None = Field(None, description="Whoever has open items in this project.")
    limit: int = Field(100, ge=1, le=1000, description="How many at most, 1 to 1000.")
    cursor: str | None = Field(None, max_length=500, description="From `next.cursor` of the page before.")


@ROUTER.get(
    "/people",
    summary="People",
    responses=answers(Page[PersonView], examples.PEOPLE, table=examples.PEOPLE_CSV, problems=(400,)),
)
async def list_people(
    ask: Annotated[Ask, Depends(ask_table)], asked: Annotated[PeopleParameters, Query()]
) -> Response:
    """By name, with their accounts on the trackers and how many open items they hold."""
    found = await ask.reader.people(PeopleQuery(**asked.model_dump()))
    following = None if found.next_cursor is None else ask.next("cursor", found.next_cursor)
    page = Page(data=found.people, meta=ask.meta(found.coverage), next=following)
    return ask.table(COLUMNS, map(_row, found.people), page) if ask.form == "csv" else ask.answer(page)


def _row(person: PersonView) -> Mapping[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "email": person.email,
        "open_items": person.open_items,
        "projects": person.projects,
        "accounts": [
            f"{account.system}: {account.handle or account.display_name}" for account in person.accounts
        ],
    }
