"""Asana's refusals. https://developers.asana.com/docs/errors

Not every wording is documented; those that are not are the ones that people report of the real service.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

HELP = (
    "For more information on API status codes and how to handle them, read the docs on errors: "
    "https://developers.asana.com/docs/errors"
)


class Refused(Exception):
    """An answer that is not 200. ``beside`` stands beside the errors in the body."""

    def __init__(
        self,
        status: int,
        message: str,
        headers: Mapping[str, str] | None = None,
        beside: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(status, message)
        self.status = status
        self.headers = dict(headers or {})
        self.body = {"errors": [{"message": message, "help": HELP}], **(beside or {})}


def not_authorized() -> Refused:
    return Refused(401, "Not Authorized")


def missing(name: str) -> Refused:
    return Refused(400, f"{name}: Missing input")


def invalid(name: str, why: str) -> Refused:
    return Refused(400, f"{name}: {why}")


def unknown(kind: str, gid: str) -> Refused:
    """What is no number can be no id: that is 400. A deleted object is as unknown as one that never was."""
    return Refused(404 if gid.isdecimal() else 400, f"{kind}: Not a recognized ID: {gid}")


def no_access(kind: str) -> Refused:
    return Refused(403, f"You do not have access to this {kind}.")


def no_route() -> Refused:
    return Refused(404, "No matching route for request")


def too_large() -> Refused:
    return Refused(
        400, "The result is too large. You should use pagination (may require specifying a workspace)!"
    )


def truncated() -> Refused:
    """The page on pagination: a listing of tens of thousands ends in an error."""
    return Refused(400, "The result set is too large and was truncated. Ask for a smaller set.")


def not_in_plan(feature: str) -> Refused:
    return Refused(402, f"{feature} are not available for free users.")


def too_many(seconds: float) -> Refused:
    """https://developers.asana.com/docs/rate-limits : always with Retry-After."""
    message = (
        "You've made too many requests and hit a rate limit. Please retry after the given amount of time."
    )
    return Refused(429, message, {"Retry-After": str(max(math.ceil(seconds), 1))})


def new_sync(token: str) -> Refused:
    message = (
        "Sync token invalid or too old. If you are attempting to keep resources in sync, you must fetch the "
        "full dataset for this query now and use the new sync token for the next sync."
    )
    return Refused(412, message, beside={"sync": token})
