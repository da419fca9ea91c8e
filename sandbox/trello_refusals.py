"""Trello's refusals: mostly plain text, some JSON.

https://developer.atlassian.com/cloud/trello/guides/rest-api/status-codes/
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus


class Refused(Exception):
    """An answer that is not 200. ``body`` is text, or an object sent as JSON."""

    def __init__(self, status: int, body: str | Mapping[str, str]) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body

    @property
    def message(self) -> str:
        return self.body if isinstance(self.body, str) else self.body["message"]

    @property
    def name(self) -> str:
        """How /batch names it: ``NotFoundError``."""
        return HTTPStatus(self.status).phrase.title().replace(" ", "") + "Error"


def invalid_id() -> Refused:
    return Refused(400, "invalid id")


def invalid_value(name: str) -> Refused:
    return Refused(400, f"invalid value for {name}")


def not_found() -> Refused:
    return Refused(404, "The requested resource was not found.")


def no_route(method: str, path: str) -> Refused:
    return Refused(404, f"Cannot {method} {path}")


def unauthorized(text: str) -> Refused:
    return Refused(401, text)


def too_many_cards() -> Refused:
    return Refused(
        403,
        {
            "error": "API_TOO_MANY_CARDS_REQUESTED",
            "message": "Requested too many cards with nested resources; ask for fewer with limit",
        },
    )


def too_many_requests(error: str, message: str = "Rate limit exceeded") -> Refused:
    return Refused(429, {"error": error, "message": message})
