"""Trello through py-trello. Its addresses are fixed, and it writes the key and the token into every URL; the
HTTP service that it lets one hand in sends the requests where the connection points, and moves both into the
header (https://developer.atlassian.com/cloud/trello/guides/rest-api/authorization/)."""

# mypy: disable-error-code="import-untyped"

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from functools import lru_cache
from typing import Any

import requests
import trello

from connectors.oracle_terms import (
    Fields,
    PacedAdapter,
    Pacer,
    Refused,
    Trouble,
    Witness,
    at,
    credential,
    each_once,
    instant,
)

ADDRESS = "https://api.trello.com"
TOO_MANY = 429
ATTEMPTS = 3
"""py-trello gives up at the first 429, and Trello's window is over after ten seconds."""
POINTS = ("points", "story points", "story point estimate", "estimate", "size")
GONE = (401, 403, 404)
"""What Trello says of a card that is not there, or on a board that this account does not see."""
TROUBLES: Mapping[int, Trouble] = {
    401: "unauthorized",
    403: "unauthorized",
    404: "not_found",
    TOO_MANY: "limited",
}


class _Header(requests.auth.AuthBase):
    """The credentials where no URL, and no log of URLs, shows them."""

    def __init__(self, key: str, token: str) -> None:
        self._value = f'OAuth oauth_consumer_key="{key}", oauth_token="{token}"'

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = self._value
        return request


class Service:
    """What py-trello takes for the module ``requests``."""

    def __init__(self, session: requests.Session, base_url: str, pacer: Pacer) -> None:
        self._session = session
        self._base = base_url
        self._pacer = pacer

    def request(self, method: str, url: str, *, params: dict[str, str], **more: Any) -> requests.Response:
        auth = _Header(params.pop("key"), params.pop("token"))
        moved = url.replace(ADDRESS, self._base)
        for attempt in range(1, ATTEMPTS + 1):
            answer = self._session.request(
                method, moved, params=params, headers=more["headers"], data=more["data"], auth=auth
            )
            if answer.status_code != TOO_MANY or attempt == ATTEMPTS:
                break
            self._pacer.rest()
        return answer


@contextmanager
def client(base_url: str, credentials: Mapping[str, str], pacer: Pacer) -> Iterator[trello.TrelloClient]:
    """py-trello as it is, but for where its requests go and how."""
    key, token = credential(credentials, "key"), credential(credentials, "token")
    with requests.Session() as session:
        adapter = PacedAdapter(pacer)
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        yield trello.TrelloClient(key, token, http_service=Service(session, base_url, pacer))


@contextmanager
def witness(base_url: str, credentials: Mapping[str, str], pacer: Pacer) -> Iterator[Witness]:
    """py-trello has one error for every status, and shows that of none but in its text."""
    try:
        with client(base_url, credentials, pacer) as made:
            yield Trello(made)
    except trello.ResourceUnavailable as error:
        raise Refused(TROUBLES.get(error._status, "failed"), str(error)) from error


@dataclass(frozen=True, slots=True)
class _Place:
    """A board with its lists, by id."""

    board: Any
    lists: Mapping[str, Any]


class Trello:
    """A witness. Its listing of a board ends at a thousand cards, and says nothing of the others."""

    def __init__(self, made: trello.TrelloClient) -> None:
        self._client = made
        self._place = lru_cache(maxsize=2)(self._read_place)

    def listed(self, scope: str) -> Iterator[tuple[str, Fields]]:
        place = self._place(scope)
        for card in place.board.all_cards():
            yield card.id, _fields(place, card)

    def one(self, scope: str, id: str) -> Fields | None:
        self._place(scope)  # while the board answers, a refusal is about the card
        try:
            body = self._client.fetch_json(f"/cards/{id}", query_params={"customFieldItems": "true"})
        except trello.ResourceUnavailable as error:
            if error._status in GONE:
                return None
            raise
        place = self._place(body["idBoard"])
        return _fields(place, trello.Card.from_json(place.board, body))

    def _read_place(self, board_id: str) -> _Place:
        """Trello says 401 both of a dead token and of a board that a good one may not see."""
        try:
            board = self._client.get_board(board_id)
        except trello.Unauthorized as error:
            self._client.fetch_json("/members/me")
            raise Refused("not_found", str(error)) from error
        return _Place(board, {one.id: one for one in board.all_lists()})


def _fields(place: _Place, card: Any) -> Fields:
    """What py-trello has no name for it keeps in the body that the card was made of."""
    body, column = card._json_obj, place.lists.get(card.idList)
    name = column.name if column else None
    said: Fields = {
        "scope": card.idBoard,
        "key": card.shortUrl.rpartition("/")[2],
        "title": card.name,
        "description": card.desc or None,
        "status": name,
        "section": name,
        "archived": bool(card.closed or place.board.closed or (column and column.closed)),
        "start": instant(body.get("start")),
        "due": instant(card.due),
        "created": at(card.card_created_date.astimezone(UTC)),
        "updated": at(card.dateLastActivity),
        "completed": instant(body.get("dateCompleted")) if card.is_due_complete else None,
        "assignees": each_once(card.idMembers),
        "reporter": body.get("idMemberCreator"),
        "labels": each_once(label.name or label.color for label in card.labels),
        "points": _points(card),
        "percent": _percent(card.badges["checkItemsChecked"], card.badges["checkItems"]),
    }
    return {**said, "closed": True} if card.is_due_complete else said


def _points(card: Any) -> float | None:
    told = [one.value for one in card.custom_fields if one.type == "number" and one.name.lower() in POINTS]
    return told[0] if told else None


def _percent(done: int, of: int) -> float | None:
    return round(100 * done / of, 2) if of else None
