"""Many listings of Asana at once: ten in one request, and each of them to its end.

https://developers.asana.com/reference/batch-api . It saves the way there and back, not the budget: each
action counts as a request.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import aclosing

from connectors.asana_calls import BATCH, Calls, Lack, Listing, Seen, following, rows_of, said
from connectors.http import Answer, ordered, pages

Offsets = tuple[tuple[int, str | None], ...]
"""Which listings of a group go on, and where."""


async def listings(
    calls: Calls, asked: Sequence[Listing], refusable: Collection[int]
) -> AsyncGenerator[list[Seen] | Lack, None]:
    """Each listing whole, in the order asked. One whose first answer is of a status in ``refusable`` is a
    lack."""
    groups = [asked[start : start + BATCH] for start in range(0, len(asked), BATCH)]
    jobs = [_Group(calls, group, refusable).read for group in groups]
    async with aclosing(ordered(calls.batches, jobs)) as answers:
        async for answer in answers:
            for one in answer:
                yield one


class _Group:
    """At most ten listings. Those that are longer than a page go on together."""

    def __init__(self, calls: Calls, asked: Sequence[Listing], refusable: Collection[int]) -> None:
        self._calls = calls
        self._asked = asked
        self._refusable = refusable
        self._found: list[dict[str, Seen]] = [{} for _ in asked]
        self._lacks: dict[int, Lack] = {}

    async def read(self) -> list[list[Seen] | Lack]:
        start: Offsets = tuple((place, None) for place in range(len(self._asked)))
        async with aclosing(pages(self._page, start, what="the listings of a batch")) as read:
            async for _ in read:
                pass
        return [self._lacks.get(place) or list(rows.values()) for place, rows in enumerate(self._found)]

    async def _page(self, going: Offsets | None) -> tuple[None, Offsets | None]:
        going = going or ()
        size = self._calls.page_size
        entries, answer = await self._calls.batch(
            [self._asked[place].action(size, offset) for place, offset in going]
        )
        further = []
        for (place, _), (status, body) in zip(going, entries, strict=True):
            offset = await self._take(place, status, body, answer)
            further += [(place, offset)] if offset is not None else []
        return None, tuple(further) or None

    async def _take(self, place: int, status: int, body: object, answer: Answer) -> str | None:
        """The offset of what follows. What a batch could not answer is asked for by itself, for there it is
        known which refusals pass, and which pages are too heavy."""
        asked = self._asked[place]
        if status in self._refusable:
            self._lacks[place] = Lack(status, said(body))
            return None
        if status != 200:
            self._keep(place, await self._alone(asked))
            return None
        if asked.single:
            body = {"data": [body.get("data")]} if isinstance(body, dict) else body
        self._keep(place, rows_of(body, answer))
        return following(body, answer)

    async def _alone(self, asked: Listing) -> Sequence[Seen]:
        if asked.single:
            body, answer = await self._calls.one(asked.path, asked.fields)
            return (Seen(body, answer.asked_at),)
        unpaged = {} if asked.paged else {"limit": None}
        return await self._calls.listing(asked.path, asked.fields, **asked.params, **unpaged)

    def _keep(self, place: int, rows: Sequence[Seen]) -> None:
        self._found[place] |= {one.gid: one for one in rows}  # a row that moved meanwhile may come twice
