from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import aclosing
from typing import Any

import pytest

from connectors.errors import Unexpected
from connectors.paging import both, ordered, pages

Book = Mapping[str | None, tuple[list[int], str | None]]


def shelf(book: Book) -> Callable[[str | None], Awaitable[tuple[list[int], str | None]]]:
    fetches = 0

    async def fetch(cursor: str | None) -> tuple[list[int], str | None]:
        nonlocal fetches
        fetches += 1
        assert fetches < 20, "this would never end"
        return book[cursor]

    return fetch


WHOLE: Book = {None: ([1, 2], "a"), "a": ([], "b"), "b": ([3], None)}


async def test_every_page_comes_with_the_cursor_after_it_and_an_empty_page_does_not_end_it() -> None:
    assert [page async for page in pages(shelf(WHOLE))] == [([1, 2], "a"), ([], "b"), ([3], None)]


async def test_it_goes_on_from_a_cursor() -> None:
    assert [page async for page, _ in pages(shelf(WHOLE), "b")] == [[3]]


@pytest.mark.parametrize(
    ("book", "start", "before"),
    [
        ({None: ([1], "a"), "a": ([2], "a")}, None, [[1]]),
        ({None: ([1], "a"), "a": ([2], "b"), "b": ([3], "a")}, None, [[1], [2]]),
        ({"s": ([1], "s")}, "s", []),
    ],
)
async def test_a_cursor_that_comes_again_raises_before_its_page(
    book: Book, start: str | None, before: list[list[int]]
) -> None:
    seen = []
    with pytest.raises(Unexpected, match="the cards of board b1 twice"):
        async for page, _ in pages(shelf(book), start, what="the cards of board b1"):
            seen.append(page)
    assert seen == before


async def test_a_page_that_comes_again_under_a_new_cursor_raises_by_its_mark() -> None:
    async def ignores_the_cursor(cursor: int | None) -> tuple[list[int], int | None]:
        assert (cursor or 0) < 20, "this would never end"
        return [7, 8], (cursor or 0) + 2

    seen = []
    with pytest.raises(Unexpected):
        async for page, _ in pages(ignores_the_cursor, mark=lambda page: page[0] if page else None):
            seen.append(page)
    assert seen == [[7, 8]]


async def test_empty_pages_without_a_mark_are_not_the_same_page() -> None:
    found = [
        page async for page, _ in pages(shelf({**WHOLE, None: ([], "a")}), mark=lambda p: p[0] if p else None)
    ]
    assert found == [[], [], [3]]


class Works:
    """Jobs that end when told to, so that a test decides the order of their ends."""

    def __init__(self, count: int) -> None:
        self.gates = [asyncio.Event() for _ in range(count)]
        self.running: set[int] = set()
        self.most = 0
        self.cancelled: list[int] = []

    def job(self, number: int, error: Exception | None = None) -> Callable[[], Coroutine[Any, Any, int]]:
        async def work() -> int:
            self.running.add(number)
            self.most = max(self.most, len(self.running))
            try:
                await self.gates[number].wait()
                if error:
                    raise error
                return number
            except asyncio.CancelledError:
                self.cancelled.append(number)
                raise
            finally:
                self.running.remove(number)

        return work


async def test_results_come_in_order_whatever_ends_first_and_never_more_than_the_limit_run() -> None:
    works = Works(7)
    results: list[int] = []

    async def consume() -> None:
        async for result in ordered(3, [works.job(n) for n in range(7)]):
            results.append(result)

    task = asyncio.create_task(consume())
    for number in (2, 1, 0, 5, 4, 3, 6):
        works.gates[number].set()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    await task
    assert results == list(range(7))
    assert works.most == 3


async def test_a_failure_comes_after_the_results_before_it_and_cancels_the_rest() -> None:
    works = Works(4)
    works.gates[0].set()
    works.gates[1].set()
    results = []
    with pytest.raises(Unexpected, match="broken"):
        async for result in ordered(
            3, [works.job(0), works.job(1, Unexpected("broken")), works.job(2), works.job(3)]
        ):
            results.append(result)
    assert results == [0]
    assert works.cancelled == [2]  # the last one had not begun
    assert not works.running


async def test_closing_early_cancels_what_runs_and_waits_for_it() -> None:
    works = Works(3)
    works.gates[0].set()
    async with aclosing(ordered(3, [works.job(n) for n in range(3)])) as results:
        assert await anext(results) == 0
        await asyncio.sleep(0)
    assert works.cancelled == [1, 2]
    assert not works.running


async def test_jobs_are_drawn_only_when_there_is_room_for_them() -> None:
    works = Works(5)
    drawn = []

    def jobs() -> Any:
        for number in range(5):
            drawn.append(number)
            yield works.job(number)

    async with aclosing(ordered(2, jobs())) as results:
        works.gates[0].set()
        assert await anext(results) == 0
        assert drawn == [0, 1, 2]


async def test_two_questions_are_asked_at_the_same_time() -> None:
    met = asyncio.Barrier(2)

    async def ask(answer: str) -> str:
        await met.wait()
        return answer

    assert await both(ask("a"), ask("b")) == ("a", "b")


@pytest.mark.parametrize("fails", [0, 1])
async def test_where_one_of_two_fails_the_other_is_ended(fails: int) -> None:
    ended = []

    async def ask(number: int) -> None:
        if number == fails:
            raise Unexpected(f"{number}")
        try:
            await asyncio.Event().wait() if fails == 0 else None
        finally:
            ended.append(number)

    with pytest.raises(Unexpected, match=str(fails)):
        await both(ask(0), ask(1))
    assert ended == [1 - fails]
