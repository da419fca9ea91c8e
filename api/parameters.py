"""Query parameters: their types, and what is said of them in the documentation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, Field

from api.problems import Invalid, ParameterError
from normalizer.model import ItemType, Presence, StatusCategory
from store.views import RunState

Include = Literal["history", "links", "raw", "provenance"]
Sort = Literal["updated", "-updated", "due", "-due", "title", "-title", "key", "-key"]


def _day(value: Any) -> Any:
    """Pydantic would also take a number for a time, and ``due_from=2026`` would mean a day in 1970."""
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise ValueError("a day as YYYY-MM-DD")
    return value


def _instant(value: Any) -> Any:
    if isinstance(value, str) and not re.match(r"\d{4}-\d{2}-\d{2}[T ]", value):
        raise ValueError("an instant with a zone, like 2026-11-01T00:00:00Z")
    return value


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("an instant whose year is 1 to 9999 in UTC") from error


def _words(value: Any) -> Any:
    """``a,b`` and a repeated parameter mean the same."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [word for entry in value for word in str(entry).split(",") if word]
    return value


def in_order(name: str, start: date | None, end: date | None) -> None:
    """``name`` is the parameter that ends the range. Raises Invalid on one that ends before it begins."""
    if start is not None and end is not None and start > end:
        expected = f"{start.isoformat()} or later"
        raise Invalid(ParameterError(location="query", name=name, expected=expected, got=end.isoformat()))


Day = Annotated[date, BeforeValidator(_day)]
Instant = Annotated[AwareDatetime, BeforeValidator(_instant), AfterValidator(_in_utc)]
Limit = Annotated[int, Query(ge=1, le=1000, description="How many at most, 1 to 1000.", examples=[100])]
Fields = Annotated[list[str], BeforeValidator(_words)]
Includes = Annotated[list[Include], BeforeValidator(_words)]

FIELDS = "Only these fields, separated by commas; `id` always comes along."
INCLUDE = (
    "More than the fields that come by default, separated by commas: `history`, `links`, `raw`, `provenance`."
)
ABSENT = "Also say of each empty field why it is: `unset`, `unsupported`, `unmapped` or `hidden`."


class ItemParameters(BaseModel):
    """Several values of one parameter are joined by or (repeat it), different parameters by and."""

    tracker: list[str] = Field([], description="By tracker.", examples=[["trello"]])
    connection: list[str] = Field([], description="By the name of the connection.")
    scope: list[str] = Field([], description="By the id of the scope.")
    project: list[str] = Field([], description="By the id of the project.", examples=[["website"]])
    status: list[StatusCategory] = Field([], description="By status category.", examples=[["in_progress"]])
    type: list[ItemType] = Field([], description="By type.", examples=[["bug"]])
    assignee: list[str] = Field([], description="By the id of a person or account; `none` for unassigned.")
    team: list[str] = Field([], description="By the team that owns the scope.")
    text: str | None = Field(
        None, min_length=1, max_length=200, description="Words in title or description.", examples=["login"]
    )
    due_from: Day | None = Field(None, description="Due on this day or later.", examples=["2026-11-01"])
    due_to: Day | None = Field(None, description="Due on this day or earlier.", examples=["2026-11-30"])
    updated_from: Instant | None = Field(
        None,
        description="Updated on the tracker at this instant or later; with a zone (write + as %2B).",
        examples=["2026-11-01T00:00:00Z"],
    )
    updated_to: Instant | None = Field(
        None,
        description="Updated on the tracker at this instant or earlier.",
        examples=["2026-11-30T00:00:00Z"],
    )
    presence: list[Presence] = Field(["present"], description="By presence.", examples=[["present"]])
    sort: Sort = Field("-updated", description="The order; `-` for descending.")
    limit: int = Field(100, ge=1, le=1000, description="How many at most, 1 to 1000.")
    cursor: str | None = Field(None, max_length=500, description="From `next.cursor` of the page before.")
    fields: Fields = Field([], description=FIELDS, examples=[["title,status_category,due"]])
    include: Includes = Field([], description=INCLUDE, examples=[["links,provenance"]])
    absent: bool = Field(False, description=ABSENT, examples=[True])


class RunParameters(BaseModel):
    """Several values of one parameter are joined by or (repeat it), different parameters by and."""

    state: list[RunState] = Field([], description="By state.", examples=[["running"]])
    connection: list[str] = Field([], description="By the name of the connection.")
    limit: int = Field(50, ge=1, le=1000, description="How many at most, 1 to 1000.")


class ScopedParameters(BaseModel):
    """Several values of one parameter are joined by or (repeat it), different parameters by and."""

    scope: list[str] = Field([], description="By the id of the scope.")
    project: list[str] = Field([], description="By the id of the project.", examples=[["website"]])
    limit: int = Field(100, ge=1, le=1000, description="How many at most, 1 to 1000.")
    cursor: str | None = Field(None, max_length=500, description="From `next.cursor` of the page before.")


class DatedParameters(ScopedParameters):
    """What touches any of the days is in, and so is what has no day."""

    person: list[str] = Field([], description="By the id of a person or account.")
    day_from: Day | None = Field(
        None, alias="from", description="On this day or later.", examples=["2026-11-01"]
    )
    day_to: Day | None = Field(
        None, alias="to", description="On this day or earlier.", examples=["2026-11-30"]
    )
