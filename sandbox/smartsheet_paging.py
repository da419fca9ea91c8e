"""The two ways in which Smartsheet pages: by number with totals, and by token without.

https://developers.smartsheet.com/api/smartsheet/guides/basics/pagination
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import TypeVar

from sandbox.smartsheet_columns import Body
from sandbox.smartsheet_query import PAGE, Query
from sandbox.smartsheet_refusals import BAD_VALUE, Refused

T = TypeVar("T")


def cut(found: Sequence[T], page: int, size: int, *, last_again: bool) -> list[T]:
    """One page. A page after the last one is the last one again."""
    last = max((len(found) - 1) // size + 1, 1)
    page = min(page, last) if last_again else page
    return list(found[(page - 1) * size : page * size])


def index_page(found: Sequence[Body], query: Query) -> Body:
    """With ``includeAll`` everything at once, and no word of a size."""
    total = len(found)
    if query.flag("includeAll"):
        return {"pageNumber": 1, "totalPages": 1, "totalCount": total, "data": list(found)}
    page, size = query.number("page", 1), query.number("pageSize", PAGE)
    last = max((total - 1) // size + 1, 1)
    number = min(page, last) if query.quirks.last_page_again else page
    return {
        "pageNumber": number,
        "pageSize": size,
        "totalPages": last,
        "totalCount": total,
        "data": cut(found, page, size, last_again=query.quirks.last_page_again),
    }


def token_page(found: Sequence[Body], query: Query, name: str = "data") -> Body:
    """``maxItems`` is a ceiling: fewer or no items may come with a ``lastKey``, whose absence alone is the
    end. Here the first page is always such an empty one."""
    size = query.number("maxItems", PAGE)
    key = query.params.get("lastKey")
    if key is None and query.quirks.empty_token_page:
        return {name: [], "lastKey": _key(query, name, 0)}
    start = 0 if key is None else _place(query, name, key)
    items = list(found[start : start + size])
    more = start + size < len(found)
    return {name: items, **({"lastKey": _key(query, name, start + size)} if more else {})}


def _key(query: Query, name: str, place: int) -> str:
    return urlsafe_b64encode(f"{name}:{query.conditions.restarts}:{place}".encode()).decode()


def _place(query: Query, name: str, key: str) -> int:
    try:
        head, restarts, place = urlsafe_b64decode(key.encode()).decode().split(":")
        if head == name and query.conditions.knows(int(restarts)):
            return int(place)
    except (binascii.Error, ValueError) as error:
        raise Refused(BAD_VALUE, key, "lastKey") from error
    raise Refused(BAD_VALUE, key, "lastKey")
