"""One reading of one board: whole, or what its actions say has changed since an earlier reading."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from connectors.base import Absence, Page, Record, ScopeRecord
from connectors.errors import StaleCursor
from connectors.http import Answer, both, pages
from connectors.trello_calls import ACTION_PARAMS, CARD_PARAMS, NEWS_PARAMS, Calls, Row, oldest
from connectors.trello_cursors import Cursor, Since
from connectors.trello_fetch import named_cards
from connectors.trello_news import deletions, departed, told_changes, touched
from connectors.trello_reading import board_records, id_of, records

MOST_BY_ID = 30
"""More cards than this come faster by pages of a thousand than by batches of ten."""
MOST_NEWS = 10_000
"""A board on which more happened than this is read anew."""
HOUR = timedelta(hours=1)
"""For so long the definitions hold of a board on which nothing happens: renaming a label or a custom field
may be no activity of its board."""
Step = tuple[Page, Cursor | None]
News = tuple[list[Row], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardReading:
    """``reaches`` is the state that was there when it began. The end of every listing is an empty page: a
    short one might be a cap that nobody told us of."""

    calls: Calls
    scope: ScopeRecord
    plan: str
    size: int
    history: bool
    reaches: Since
    listed: list[str] = field(default_factory=list)

    async def rested(self, since: Since) -> Page:
        """Where the list of boards tells nothing new: nothing, or the board alone."""
        now = self.calls.now()
        if since.defined and now and now - since.defined < HOUR:
            return Page(records=(), next_since=since.token(self.plan))
        body, answer = await self.calls.board(self.scope.id)
        return Page(
            records=board_records(self.scope.id, body, answer.asked_at),
            next_since=replace(since, defined=self.calls.now()).token(self.plan),
        )

    async def whole(self, resume: Cursor | None) -> AsyncIterator[Page]:
        """The board beside the first cards; then the other cards, and the actions."""
        start = resume or Cursor(phase="cards", limit=self.size, reaches=self.reaches)
        (body, answer), begun = await both(self.calls.board(self.scope.id), self._step(start))
        yield Page(records=board_records(self.scope.id, body, answer.asked_at), resume=start.token(self.plan))
        async for page in self._pages(start, begun, from_the_start=resume is None):
            yield page

    async def changes(self, since: Since, resume: Cursor | None) -> AsyncIterator[Page]:
        """The board beside its new actions; then the cards that these touched, or all cards where they are
        many, or where the board was active and no action says how. A resumed call tells its news again."""
        (body, answer), (news, read_at) = await both(self.calls.board(self.scope.id), self._news(since))
        known = set(since.known)
        fresh = [one for one in news if id_of(one) not in known]
        told = told_changes(fresh) if self.history else []
        head = Page(
            records=[
                *board_records(self.scope.id, body, answer.asked_at),
                *records("change", self.scope.id, told, read_at),
            ],
            gone=tuple(departed(fresh)),
        )
        start = resume or self._after(news)
        cards = None if resume or self._unexplained(since, fresh) else touched(fresh)
        if cards is not None and len(cards) <= MOST_BY_ID:
            yield await self._with_cards(head, cards, start.reaches)
            return
        yield replace(head, resume=start.token(self.plan))
        async for page in self._pages(start, None, from_the_start=resume is None):
            yield page

    def _after(self, news: Sequence[Row]) -> Cursor:
        """Where a reading of cards begins that knows this news."""
        ids = tuple(sorted(id for one in news if (id := id_of(one)) >= (self.reaches.after or "")))
        return Cursor(phase="cards", limit=self.size, told=True, reaches=replace(self.reaches, known=ids))

    def _unexplained(self, since: Since, fresh: Sequence[Row]) -> bool:
        return not fresh and self.reaches.active != since.active

    async def _news(self, since: Since) -> News:
        """Every action since then, of whatever kind, and when they were asked for."""
        found: list[Row] = []
        asked: list[datetime] = []

        async def step(before: str | None) -> tuple[list[Row], str | None]:
            params = {**NEWS_PARAMS, "since": since.after, "before": before}
            page, answer, _ = await self.calls.page(self.scope.id, "actions", params, self.size)
            asked.append(answer.asked_at)
            return page, oldest(page, answer) if page else None

        async for page, _ in pages(step, what=f"the new actions of board {self.scope.name}"):
            found += page
            if len(found) > MOST_NEWS:
                raise StaleCursor(
                    f"More than {MOST_NEWS} things happened on board {self.scope.name} since it was last "
                    "read; it is read anew, whole."
                )
        return found, asked[0]

    async def _with_cards(self, head: Page, cards: Sequence[str], reaches: Since) -> Page:
        found = await named_cards(self.calls, self.scope, cards, self.size)
        return replace(
            head,
            records=[*head.records, *(one for one in found if isinstance(one, Record))],
            gone=(*head.gone, *(one for one in found if isinstance(one, Absence))),
            next_since=reaches.token(self.plan),
        )

    async def _pages(self, start: Cursor, begun: Step | None, *, from_the_start: bool) -> AsyncIterator[Page]:
        async def step(at: Cursor | None) -> Step:
            return begun if begun and at is start else await self._step(at or start)

        async for page, following in pages(step, start, what=f"board {self.scope.name}"):
            listed = self.listed if from_the_start and following is None else None
            yield replace(page, listed=listed)

    async def _step(self, at: Cursor) -> Step:
        cards = at.phase == "cards"
        params = {**(CARD_PARAMS if cards else ACTION_PARAMS), "before": at.before}
        path = "cards/all" if cards else "actions"
        found, answer, limit = await self.calls.page(self.scope.id, path, params, at.limit)
        if cards:
            self.listed.extend(map(id_of, found))
        following = self._following(at, found, limit, answer)
        return Page(
            records=records("item" if cards else "change", self.scope.id, found, answer.asked_at),
            gone=() if cards else tuple(deletions(found)),
            resume=following.token(self.plan) if following else None,
            next_since=None if following else at.reaches.token(self.plan),
        ), following

    def _following(self, at: Cursor, found: Sequence[Row], limit: int, answer: Answer) -> Cursor | None:
        if found:
            return replace(at, limit=limit, before=oldest(found, answer))
        if at.phase == "cards" and self.history and not at.told:
            return replace(at, phase="actions", limit=self.size, before=None)
        return None
