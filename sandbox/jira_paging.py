"""The two ways in which Jira pages: offset pages with a total, and opaque tokens without one."""

from __future__ import annotations

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sandbox.conditions import Conditions
from sandbox.jira_catalogue import SITE, Body

TOKEN_LIFE = timedelta(days=7)


class BadToken(Exception):
    """Not a token of this query, older than seven days, or forgotten."""


def offset_page(values: Sequence[Body], start: int, size: int) -> Body:
    """One page of ``values`` and where it stands in the whole."""
    page = list(values[start : start + size])
    last = start + len(page) >= len(values)
    return {"maxResults": size, "startAt": start, "total": len(values), "isLast": last, "values": page}


def linked_page(values: Sequence[Body], start: int, size: int, path: str) -> Body:
    """The same with links to itself and the next, as the platform has it and the agile API has not."""
    page = offset_page(values, start, size)
    links = {"self": f"{SITE}{path}?startAt={start}&maxResults={size}"}
    if not page["isLast"]:
        links["nextPage"] = f"{SITE}{path}?startAt={start + len(page['values'])}&maxResults={size}"
    return links | page


def make_token(query: object, place: object, now: datetime, conditions: Conditions) -> str:
    """Says where the page ended and to which query it belongs."""
    text = json.dumps([_digest(query), now.timestamp(), place, conditions.restarts], separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).decode()


def read_token(query: object, token: str, now: datetime, conditions: Conditions) -> Any:
    """The place that ``make_token`` was given. Raises BadToken."""
    try:
        digest, made, place, restarts = json.loads(urlsafe_b64decode(token.encode()))
    except (binascii.Error, ValueError, TypeError) as error:
        raise BadToken from error
    if digest != _digest(query) or now.timestamp() - made > TOKEN_LIFE.total_seconds():
        raise BadToken
    if not conditions.knows(restarts):
        raise BadToken
    return place


def _digest(query: object) -> str:
    return sha256(json.dumps(query, sort_keys=True, default=str).encode()).hexdigest()[:16]
