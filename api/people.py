"""/v1/people: who works on what the caller may see, and who may be whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Response
from pydantic import BaseModel, Field

from api import examples, examples_people
from api.asking import Ask, ask, ask_table
from api.documents import answers
from api.envelope import Page
from api.parameters import Limit
from api.people_entry import SuggestionEntry, suggestion_entries
from api.problems import Missing
from api.routing import versioned
from store.people_views import LinkView
from store.views import PeopleQuery, PersonView
from sync.people import suggestions

ROUTER = versioned("people")
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
    """By name, with their accounts, how each was joined, and how many open items they hold."""
    found = await ask.reader.people(PeopleQuery(**asked.model_dump()))
    following = None if found.next_cursor is None else ask.next("cursor", found.next_cursor)
    page = Page(data=found.people, meta=ask.meta(found.coverage), next=following)
    return ask.table(COLUMNS, map(_row, found.people), page) if ask.form == "csv" else ask.answer(page)


@ROUTER.get(
    "/people/suggestions",
    summary="Who may be whom",
    responses=answers(Page[SuggestionEntry], examples_people.SUGGESTIONS),
)
async def list_suggestions(ask: Annotated[Ask, Depends(ask)], limit: Limit = 100) -> Response:
    """Accounts that may be one person's though no shown address says so, the most likely first. Nothing is
    merged by this: somebody decides, at `POST /v1/people/decisions`."""
    found = suggestion_entries(await suggestions(ask.reader))
    return ask.answer(Page(data=found[:limit], meta=ask.meta(await ask.reader.coverage())))


@ROUTER.get(
    "/people/{person_id}/history",
    summary="How a person's accounts came together",
    responses=answers(Page[LinkView], examples_people.HISTORY, problems=(404,)),
)
async def get_person_history(
    ask: Annotated[Ask, Depends(ask)], person_id: Annotated[str, Path(description="The person's id.")]
) -> Response:
    """What joined and parted the accounts that are or were the person's, oldest first: by an address, or by
    whose decision, with the evidence that there was."""
    found = await ask.reader.person_history(person_id)
    if found is None:
        raise Missing(f"There is no person {person_id} that you may see; /v1/people lists those.")
    return ask.answer(Page(data=found, meta=ask.meta(await ask.reader.coverage())))


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
