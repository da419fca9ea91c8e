"""Reading Jira's answers, whichever edition gave them: whole objects, or Unexpected."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable, Mapping
from datetime import datetime, timedelta
from typing import Any

from connectors.errors import NotFound, TrackerError, Unexpected
from connectors.http import Answer, Params, pages, redact

_INVISIBLE = re.compile(r"does not exist for the field 'project'")

Row = Mapping[str, Any]
Get = Callable[[str, Params], Awaitable[Answer]]
"""Asks one path with parameters; answers only what is good, and raises one of the four errors else."""


def whole(answer: Answer, needed: str | None = None) -> Row:
    """The answer's object. Raises Unexpected when it is none, or lacks ``needed``."""
    body = answer.json()
    if not isinstance(body, dict) or (needed is not None and needed not in body):
        raise answer.unexpected(f"something that is not an object{f' with {needed}' if needed else ''}")
    return body


def objects(answer: Answer, body: Row, key: str) -> list[Row]:
    found = body.get(key)
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise answer.unexpected(f"something without a list of {key}")
    return found


def identified(answer: Answer, row: Row) -> str:
    found = row.get("id")
    if not isinstance(found, str) or not found:
        raise answer.unexpected("an issue without an id")
    return found


def told(answer: Answer) -> str:
    """What an ErrorCollection says, on one line and without secrets."""
    body = answer.json()
    said = body.get("errorMessages") if isinstance(body, dict) else None
    by_field = body.get("errors") if isinstance(body, dict) else None
    messages = [str(one) for one in said] if isinstance(said, list) else []
    if isinstance(by_field, dict):
        messages += [f"{field}: {message}" for field, message in by_field.items()]
    return redact(" ".join(" ".join(messages).split()), answer.secrets)[:300]


def refusal(answer: Answer) -> TrackerError:
    """What a 400 means, in Jira's own words (ErrorCollection)."""
    said = told(answer)
    if _INVISIBLE.search(said):
        return NotFound(
            f"Jira shows the account of this connection no such project ({said}): a Jira administrator can "
            "let it browse the project, or the project can be taken out of the configuration."
        )
    return Unexpected(f"{answer.call} refuses the request (400): {said or 'it does not say why'}")


async def counted(get: Get, path: str, params: Mapping[str, Any], size: int) -> AsyncGenerator[Row, None]:
    """A listing in pages that are counted. It ends where Jira says so, never at a short page."""

    async def fetch(start: int | None) -> tuple[list[Row], int | None]:
        answer = await get(path, {**params, "startAt": start or 0, "maxResults": size})
        page = whole(answer)
        found = objects(answer, page, "values")
        reached = (start or 0) + len(found)
        total = page.get("total")
        if page.get("isLast") is True or (isinstance(total, int) and reached >= total):
            return found, None
        if not found:
            raise answer.unexpected("an empty page before the end of a listing")
        return found, reached

    def first(page: list[Row]) -> Hashable | None:
        return str(page[0].get("id")) if page else None

    async for page, _ in pages(fetch, what=path, mark=first):
        for row in page:
            yield row


def skew(info: Row, answer: Answer) -> timedelta | None:
    """By the server's own clock, else by the Date header."""
    told = info.get("serverTime")
    try:
        moment = datetime.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        moment = None
    return moment - answer.asked_at if moment and moment.tzinfo else answer.clock_skew
