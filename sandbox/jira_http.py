"""What every Jira route needs: who asks, parameters, refusals in the vendor's words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from sandbox.jira_catalogue import SITE, Body

NO_ISSUE = "Issue does not exist or you do not have permission to see it."


class Refused(Exception):
    """An answer that is not 2xx: an ErrorCollection, or plain text where the vendor sends that."""

    def __init__(self, status: int, body: Body | str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body
        self.headers = dict(headers or {})


def refuse(status: int, *messages: str) -> Refused:
    return Refused(status, {"errorMessages": list(messages), "errors": {}})


def unauthorised() -> Refused:
    """The vendor answers a 401 in plain text, not as an ErrorCollection."""
    headers = {
        "WWW-Authenticate": f'OAuth realm="{SITE}"',
        "X-Seraph-LoginReason": "AUTHENTICATED_FAILED",
    }
    return Refused(401, "Client must be authenticated to access this resource.", headers)


async def refused(_request: Request, error: Exception) -> Response:
    """Exception handler of the app."""
    if not isinstance(error, Refused):
        raise error
    if isinstance(error.body, str):
        return PlainTextResponse(error.body, error.status, error.headers)
    return JSONResponse(error.body, error.status, error.headers)


def version(request: Request) -> str:
    """``2`` or ``3``, out of ``/rest/api/3/…``."""
    return request.url.path.split("/")[3]


def number(request: Request, name: str, default: int) -> int:
    """A query parameter. The vendor refuses what is no whole number and takes a negative one for zero."""
    text = request.query_params.get(name)
    if not text:
        return default
    try:
        return max(int(text), 0)
    except ValueError as error:
        problem = {"type": "about:blank", "title": "Bad Request", "status": 400}
        detail = f"Failed to convert '{name}' with value: '{text}'"
        raise Refused(400, {**problem, "detail": detail, "instance": request.url.path}) from error


def listed(request: Request, name: str) -> list[str]:
    """A query parameter that may be repeated and may hold several values between commas."""
    texts = request.query_params.getlist(name)
    return [part.strip() for text in texts for part in text.split(",") if part.strip()]


async def payload(request: Request, allowed: Sequence[str]) -> Mapping[str, Any]:
    """The object in the body. A property that the vendor's bean does not declare is refused."""
    raw = await request.body()
    if not raw:
        raise Refused(400, {"errorMessages": ["No content to map to Object due to end of input"]})
    try:
        body = json.loads(raw)
    except ValueError as error:
        message = "There was an error parsing JSON. Check that your request body is valid."
        raise Refused(400, {"errorMessages": [message]}) from error
    if not isinstance(body, dict) or not body.keys() <= set(allowed):
        raise invalid_payload()
    return body


def invalid_payload() -> Refused:
    message = "Invalid request payload. Refer to the REST API documentation and try again."
    return Refused(400, {"errorMessages": [message]})


def texts(body: Mapping[str, Any], name: str) -> list[str]:
    """A list of texts or numbers in a body, or one text with commas; absent and null are empty."""
    value = body.get(name)
    if value is None:
        return []
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    if not isinstance(value, list) or not all(isinstance(part, str | int) for part in value):
        raise invalid_payload()
    return [str(part) for part in value]
