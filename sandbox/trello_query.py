"""Query parameters as Trello reads them: fields, limits, before and since, filters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sandbox.ids import seconds
from sandbox.quirks import Quirks
from sandbox.trello_refusals import invalid_id, invalid_value
from sandbox.trello_shelf import Body

MOST = 1000
"""Cards or actions in one answer:
https://developer.atlassian.com/cloud/trello/guides/rest-api/api-introduction/"""
_ID = re.compile(r"[0-9a-fA-F]{24}")
_SHORT = re.compile(r"[0-9A-Za-z]{8}")


@dataclass(frozen=True, slots=True)
class Query:
    params: Mapping[str, str]
    quirks: Quirks

    def get(self, name: str, default: str = "") -> str:
        return self.params.get(name, default)

    def wants(self, name: str) -> bool:
        """Whether a nested resource is asked for: ``true``, ``all``, ``open`` … but not ``none``."""
        return self.get(name, "none") not in ("none", "false", "")

    def flag(self, name: str, default: bool) -> bool:
        return self.get(name, str(default).lower()) == "true"

    def limit(self, name: str, default: int) -> int | None:
        """None: no end. Without the vendor's cap there is none, and any limit will do."""
        text = self.params.get(name)
        if text is None:
            return default if self.quirks.page_cap else None
        if not text.isdecimal() or (self.quirks.page_cap and int(text) > MOST):
            raise invalid_value(name)
        return int(text)

    def chosen(self, body: Body, name: str, default: Sequence[str] | None = None) -> dict[str, Any]:
        """The fields asked for, all by default; the id always."""
        fields = self.params.get(name)
        wanted = default if fields is None else fields.split(",") if fields != "all" else None
        if wanted is None:
            return dict(body)
        return {key: body[key] for key in dict.fromkeys(("id", *wanted)) if key in body}


def page(bodies: Iterable[Body], query: Query, limit: int | None) -> list[Body]:
    """The latest first, between ``since`` and ``before`` by creation, at most ``limit``."""
    before, since = _bound(query, "before"), _bound(query, "since")
    found = [
        body for body in bodies if (not before or body["id"] < before) and (not since or body["id"] > since)
    ]
    found.sort(key=_id_of, reverse=True)
    return found[:limit]


def unordered(cards: list[Body]) -> list[Body]:
    """In an order that says nothing; the oldest is never the last where there are two, as a careless
    cursor would hope."""
    mixed = sorted(cards, key=lambda card: sha256(_id_of(card).encode()).digest())
    if len(mixed) > 1 and mixed[-1] is min(cards, key=_id_of):
        mixed.insert(0, mixed.pop())
    return mixed


def check_id(name: str) -> str:
    """A 24-digit id or a short link. Raises Refused."""
    if not _ID.fullmatch(name) and not _SHORT.fullmatch(name):
        raise invalid_id()
    return name


def kept(bodies: Sequence[Body], wanted: str, tests: Mapping[str, Callable[[Body], bool]]) -> list[Body]:
    """By a filter's name. Raises Refused for one that the vendor does not know."""
    if wanted not in tests:
        raise invalid_value("filter")
    return [body for body in bodies if tests[wanted](body)]


def _id_of(body: Body) -> str:
    return str(body["id"])


def _bound(query: Query, name: str) -> str:
    """As an id: a date stands for the smallest id of its second."""
    text = query.get(name)
    if not text or _ID.fullmatch(text):
        return text.lower()
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise invalid_value(name) from None
    return seconds(at if at.tzinfo else at.replace(tzinfo=UTC)) + "0" * 16
