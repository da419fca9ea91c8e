"""Trello: the connector over :mod:`connectors.trello_calls`. A scope is a board, an item a card."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta

import httpx
from pydantic import SecretStr

from connectors.base import (
    Absence,
    Capabilities,
    Connector,
    Delivery,
    Fingerprint,
    Identity,
    JsonObject,
    Page,
    Permission,
    Printing,
    Received,
    Record,
    ScopeRecord,
    Watch,
    WatchState,
)
from connectors.cursors import Listing, not_set_back, plan_of
from connectors.http import Budget, Budgets, Http, HttpOptions, Limiter, OnWait, Target, Timing, pages
from connectors.trello_board import BoardReading
from connectors.trello_calls import BATCH, Calls, Row, oldest
from connectors.trello_capabilities import CAPABILITIES
from connectors.trello_census import CENSUS_PARAMS, COVERS, Prints
from connectors.trello_cursors import activity, cursor_of, moment, since_of, state_of
from connectors.trello_fetch import named_cards
from connectors.trello_hooks import Hooks
from connectors.trello_reading import board_definitions, objects
from connectors.trello_settings import TrelloSettings
from connectors.trello_webhooks import receive

__all__ = ["TrelloConnector", "TrelloSettings", "connect"]

SITE = "trello.com"
TEN_SECONDS = timedelta(seconds=10)
QUARTER_HOUR = timedelta(seconds=900)


def connect(
    settings: TrelloSettings,
    timing: Timing,
    transport: httpx.AsyncBaseTransport | None = None,
    on_wait: OnWait | None = None,
    budgets: Budgets | None = None,
) -> Connector:
    """A connector that has asked Trello nothing yet. Close it with ``aclose``."""
    key, token = settings.key.get_secret_value(), settings.token.get_secret_value()
    # https://developer.atlassian.com/cloud/trello/guides/rest-api/authorization/ : the header keeps both
    # credentials out of URLs, and so out of every log between us and Trello.
    authorization = f'OAuth oauth_consumer_key="{key}", oauth_token="{token}"'
    http = Http(
        Target(base_url=settings.base_url, headers={"authorization": authorization}, secrets=(token, key)),
        _limits(settings, budgets or Budgets(timing.clock)),
        timing,
        HttpOptions(on_wait=on_wait, transport=transport),
    )
    return TrelloConnector(settings, http, Calls(http, timing.clock))


def _limits(settings: TrelloSettings, budgets: Budgets) -> dict[str, list[Limiter]]:
    """https://developer.atlassian.com/cloud/trello/guides/rest-api/rate-limits/

    The vendor does not say whether the parts of a batch count one by one, so we let them.
    """

    def limiter(name: str, requests: int, per: timedelta, whose: SecretStr) -> Limiter:
        allowed = max(1, int(requests * settings.rate_share))
        return budgets.limiter(Budget(name, allowed, per), whose.get_secret_value())

    token = limiter("Trello token", 100, TEN_SECONDS, settings.token)
    key = limiter("Trello key", 300, TEN_SECONDS, settings.key)
    members = limiter("Trello /members", 100, QUARTER_HOUR, settings.token)
    batches = {f"batch of {parts}": [token, key] * parts for parts in range(1, BATCH + 1)}
    return {"default": [token, key], "members": [members, token, key], **batches}


class TrelloConnector:
    """Reads one account's boards. Writes nothing but their webhooks."""

    def __init__(self, settings: TrelloSettings, http: Http, calls: Calls) -> None:
        self._settings = settings
        self._http = http
        self._calls = calls
        self._listing = Listing()
        self._plan = plan_of({"history": settings.history})
        self._hooks = Hooks(http, settings.secret.get_secret_value() if settings.secret else None)

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    async def check(self) -> Identity:
        """When the token expires is not read: the only call that tells has the token in its URL."""
        answer = await self._calls.me()
        body = answer.json()
        if not isinstance(body, dict) or not isinstance(body.get("id"), str):
            raise answer.unexpected("something that is not a member")
        return Identity(
            system="trello",
            site=SITE,
            account_id=body["id"],
            account_name=str(body.get("fullName") or body.get("username") or body["id"]),
            clock_skew=answer.clock_skew,
            permissions=(
                Permission(
                    name="read", held=True, mend="the token's owner makes it with scope=read, at the API key"
                ),
            ),
        )

    async def scopes(self) -> AsyncIterator[ScopeRecord]:
        """Every board that the account is a member of, closed ones too. Trello gives them in one answer."""
        for body in await self._calls.boards():
            board_id = str(body.get("id", ""))
            key = body.get("shortLink")
            scope = ScopeRecord(
                id=board_id,
                kind="board",
                name=str(body.get("name") or board_id),
                url=str(body.get("url") or f"https://trello.com/b/{key or board_id}"),
                key=key if isinstance(key, str) else None,
                closed=body.get("closed") is True,
                body=body,
            )
            self._listing.note(scope.id, body, moment(activity(scope)), self._calls.now())
            yield scope

    async def read(
        self, scope: ScopeRecord, since: JsonObject | None = None, resume: JsonObject | None = None
    ) -> AsyncIterator[Page]:
        """A board of which the list of boards tells nothing new costs no request, and one in an hour for what
        that list does not tell. Else its new actions say which cards to read."""
        size, now = self._settings.page_size, self._calls.now()
        past, at = since_of(since, self._plan), cursor_of(resume, self._plan, size)
        if past and now and at is None and (floor := past.floor):
            not_set_back(floor, now)
        reading = BoardReading(
            calls=self._calls,
            scope=scope,
            plan=self._plan,
            size=size,
            history=self._settings.history,
            reaches=state_of(scope, self._listing.mark(scope.id), now),
        )
        if past and at is None and self._listing.unchanged(scope.id, past.mark, now):
            yield await reading.rested(past)
            return
        async for page in (
            reading.whole(at) if past is None or past.after is None else reading.changes(past, at)
        ):
            yield page

    async def fetch(self, scope: ScopeRecord, ids: Sequence[str]) -> AsyncIterator[Record | Absence]:
        """Not found is no proof of a deletion."""
        for found in await named_cards(self._calls, scope, ids, self._settings.page_size):
            yield found

    async def census(self, scope: ScopeRecord) -> AsyncIterator[Fingerprint]:
        """Every card that a reading would bring. Whole, or raises."""
        prints = Prints(await self._calls.lists(scope.id), closed=scope.closed)
        limit = self._settings.page_size

        async def step(before: str | None) -> tuple[Sequence[Row], str | None]:
            nonlocal limit
            params = {**CENSUS_PARAMS, "before": before}
            found, answer, limit = await self._calls.page(scope.id, "cards/all", params, limit, prints.page)
            return found, oldest(found, answer) if found else None

        async for found, _ in pages(step, what=f"the census of board {scope.name}"):
            for card in found:
                yield Fingerprint(card["id"], card["print"])

    async def definitions(self, scope: ScopeRecord) -> AsyncIterator[Record]:
        """The board with its lists, in one request."""
        body, answer = await self._calls.board(scope.id)
        for record in board_definitions(scope.id, body, answer.asked_at):
            yield record

    def printing(self, scope: ScopeRecord, definitions: Mapping[str, JsonObject]) -> Printing:
        lists = objects(definitions.get("board", {}), "lists")
        return Printing(of=Prints(lists, closed=scope.closed).of, covers=COVERS)

    async def watch(self, scope: ScopeRecord | None, watch: Watch) -> WatchState:
        """One webhook a board."""
        if scope is None:
            raise ValueError("Trello keeps a webhook of one board, not of a whole connection")
        return await self._hooks.watch(scope, watch)

    async def watches(self) -> AsyncIterator[WatchState]:
        async for state in self._hooks.every():
            yield state

    async def unwatch(self, id: str) -> None:
        await self._hooks.remove(id)

    def receive(self, delivery: Delivery, watch: Watch) -> Received:
        return receive(delivery, watch)

    async def aclose(self) -> None:
        await self._http.aclose()
