"""Trello: the settings of a connection, and the connector over :mod:`connectors.trello_calls`."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Literal

import httpx
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from connectors.base import (
    Absence,
    Capabilities,
    Connector,
    Fingerprint,
    Identity,
    JsonObject,
    Page,
    Permission,
    Record,
    ScopeRecord,
)
from connectors.http import (
    Answer,
    Budget,
    Budgets,
    Http,
    HttpOptions,
    Limiter,
    OnWait,
    Target,
    Timing,
    checked_base_url,
    pages,
)
from connectors.trello_calls import ACTION_PARAMS, BATCH, CARD_PARAMS, CENSUS_PARAMS, Calls, Row, oldest
from connectors.trello_capabilities import CAPABILITIES
from connectors.trello_reading import (
    Cursor,
    board_records,
    deletions,
    fingerprint,
    found_card,
    id_of,
    newest_of,
    records,
    resumed,
    since_id,
)

SITE = "trello.com"
TEN_SECONDS = timedelta(seconds=10)
QUARTER_HOUR = timedelta(seconds=900)


class TrelloSettings(BaseModel):
    """One Trello account: an API key, and a token that its owner granted to it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tracker: Literal["trello"] = "trello"
    key: SecretStr = Field(
        description="API key, from the API Key tab of a Power-Up at trello.com/power-ups/admin"
    )
    token: SecretStr = Field(description="token with the scope read, made by the link beside the API key")
    base_url: str = Field(default="https://api.trello.com", description="address of Trello's API")
    page_size: int = Field(
        default=1000, ge=1, le=1000, description="cards or actions in one answer (Trello gives 1000 at most)"
    )
    history: bool = Field(
        default=True, description="read the actions of each board, for the history of its cards"
    )
    rate_share: float = Field(
        default=0.8, gt=0, le=1, description="the part of Trello's rate limit that this connection may use"
    )

    @field_validator("key", "token")
    @classmethod
    def _copied_whole(cls, value: SecretStr) -> SecretStr:
        if not re.fullmatch(r"[A-Za-z0-9._-]+", value.get_secret_value()):
            raise ValueError("must be letters and digits, as Trello shows it; copy it again without spaces")
        return value

    @field_validator("base_url")
    @classmethod
    def _usable(cls, value: str) -> str:
        return checked_base_url(value)


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

    whose = settings.token.get_secret_value()

    def limiter(name: str, requests: int, per: timedelta, whose: str = whose) -> Limiter:
        allowed = max(1, int(requests * settings.rate_share))
        return budgets.limiter(Budget(name, allowed, per), whose)

    key = limiter("Trello key", 300, TEN_SECONDS, settings.key.get_secret_value())
    token = limiter("Trello token", 100, TEN_SECONDS)
    members = limiter("Trello /members", 100, QUARTER_HOUR)
    batch = limiter("Trello /batch", 100 // BATCH, TEN_SECONDS)
    return {"default": [token, key], "members": [members, token, key], "batch": [batch, token, key]}


class TrelloConnector:
    """Reads one account's boards. Never writes."""

    def __init__(self, settings: TrelloSettings, http: Http, calls: Calls) -> None:
        self._settings = settings
        self._http = http
        self._calls = calls

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
            yield ScopeRecord(
                id=board_id,
                kind="board",
                name=str(body.get("name") or board_id),
                url=str(body.get("url") or f"https://trello.com/b/{key or board_id}"),
                key=key if isinstance(key, str) else None,
                closed=body.get("closed") is True,
                body=body,
            )

    async def read(
        self, scope: ScopeRecord, since: JsonObject | None = None, resume: JsonObject | None = None
    ) -> AsyncIterator[Page]:
        """The board; then its cards, which are always read whole because Trello cannot be asked for changed
        ones; then its actions, with ``since`` only the new ones. The end of a listing is an empty page:
        a short one might be a cap that nobody told us of."""
        start = resumed(resume, since, self._settings.page_size)
        body, answer = await self._calls.board(scope.id)
        yield Page(records=board_records(scope.id, body, answer.asked_at), resume=start.token())

        async def step(at: Cursor | None) -> tuple[Page, Cursor | None]:
            return await self._step(scope.id, at or start, since)

        async for page, _ in pages(step, start, what=f"board {scope.name}"):
            yield page

    async def _step(self, board_id: str, at: Cursor, since: JsonObject | None) -> tuple[Page, Cursor | None]:
        cards = at.phase == "cards"
        params = CARD_PARAMS if cards else {**ACTION_PARAMS, "since": since_id(since)}
        found, answer, limit = await self._calls.page(
            board_id, "cards/all" if cards else "actions", {**params, "before": at.before}, at.limit
        )
        following = self._following(at, found, limit, answer)
        return Page(
            records=records("item" if cards else "change", board_id, found, answer.asked_at),
            gone=() if cards else tuple(deletions(found)),
            resume=following.token() if following else None,
            next_since=None if following else {"action": at.newest},
        ), following

    def _following(self, at: Cursor, found: Sequence[Row], limit: int, answer: Answer) -> Cursor | None:
        if found:
            before = oldest(found, answer)
            newest = at.newest if at.phase == "cards" else newest_of(found, at.newest)
            return replace(at, limit=limit, before=before, newest=newest)
        if at.phase == "cards" and self._settings.history:
            return Cursor(phase="actions", limit=self._settings.page_size, newest=at.newest)
        return None

    async def fetch(self, scope: ScopeRecord, ids: Sequence[str]) -> AsyncIterator[Record | Absence]:
        """Ten cards a call. Trello answers 404 both for a deleted card and for one on a board that is hidden
        from us, so not_found is no proof of a deletion."""
        for start in range(0, len(ids), BATCH):
            part = ids[start : start + BATCH]
            entries, answer = await self._calls.cards(part)
            for asked, (status, body) in zip(part, entries, strict=True):
                yield found_card(scope, asked, (status, body), answer)

    async def census(self, scope: ScopeRecord) -> AsyncIterator[Fingerprint]:
        """Every card that a reading would bring. Whole, or raises."""
        lists = {
            str(one.get("id")): (one.get("name"), one.get("closed"))
            for one in await self._calls.lists(scope.id)
        }

        async def step(at: Cursor | None) -> tuple[Sequence[Row], Cursor | None]:
            at = at or Cursor(phase="cards", limit=self._settings.page_size)
            params = {**CENSUS_PARAMS, "before": at.before}
            found, answer, limit = await self._calls.page(scope.id, "cards/all", params, at.limit)
            if not found:
                return found, None
            return found, replace(at, limit=limit, before=oldest(found, answer))

        async for found, _ in pages(step, what=f"the census of board {scope.name}"):
            for card in found:
                yield Fingerprint(id_of(card), fingerprint(card, lists))

    async def aclose(self) -> None:
        await self._http.aclose()
