"""Pages joined into batches: none lost, none out of order, and an error only after the pages before it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from connectors.base import Page
from connectors.errors import Unavailable
from sync.batches import AHEAD, MOST, batches
from tests.sync.stage import card


def page(number: int, records: int = 1) -> Page:
    return Page(records=[card(f"{number}-{n}") for n in range(records)], resume={"at": number})


class Pages:
    """Counts how far it was read; raises what it is told to at the end."""

    def __init__(self, count: int, records: int = 1, error: Exception | None = None) -> None:
        self.count, self.records, self.error = count, records, error
        self.read, self.closed = 0, False

    async def __call__(self) -> AsyncIterator[Page]:
        try:
            for number in range(self.count):
                self.read += 1
                yield page(number, self.records)
            if self.error:
                raise self.error
        finally:
            self.closed = True


async def gathered(pages: Pages) -> list[list[int]]:
    return [[one.resume["at"] for one in batch if one.resume] async for batch in batches(pages())]


@pytest.mark.parametrize("count", [0, 1, 2, AHEAD - 1, AHEAD, AHEAD + 1, 5 * AHEAD])
async def test_every_page_comes_once_and_in_order(count: int) -> None:
    pages = Pages(count)
    found = await gathered(pages)
    assert [number for batch in found for number in batch] == list(range(count))
    assert all(found)
    assert pages.closed


async def test_small_pages_are_joined_up_to_the_size_of_a_batch() -> None:
    found = await gathered(Pages(12, records=MOST // 4))
    assert found == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]


@pytest.mark.parametrize("count", [0, 1, 3 * AHEAD])
async def test_an_error_comes_after_the_pages_before_it(count: int) -> None:
    pages, seen = Pages(count, error=Unavailable("down")), list[int]()
    with pytest.raises(Unavailable):
        async for batch in batches(pages()):
            seen += [one.resume["at"] for one in batch if one.resume]
    assert seen == list(range(count))


async def test_a_reader_is_never_far_ahead_and_is_closed_when_nobody_wants_more() -> None:
    pages = Pages(10 * AHEAD, records=MOST)
    joined = batches(pages())
    async for _ in joined:
        break
    await joined.aclose()
    assert pages.read <= AHEAD + 2
    assert pages.closed
