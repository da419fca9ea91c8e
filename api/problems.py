"""Errors on the wire: RFC 9457 problem details, one base exception with a status, one way to write it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar, Literal

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from store.open import StoreError
from store.reader import CursorError

MEDIA_TYPE = "application/problem+json"
Location = Literal["query", "path", "header", "body"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterError:
    """One thing wrong with a request: where it stands, what was expected there, what came instead."""

    location: Location
    name: str
    expected: str
    got: str

    def __str__(self) -> str:
        return f"{self.location} parameter {self.name}: expected {self.expected}, got {self.got}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemDetails:
    """Problem details of RFC 9457. ``detail`` is a sentence for people, ``type`` a name for programs."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: Sequence[ParameterError] = ()


class Problem(Exception):
    """Base of all that the service refuses. The message becomes ``detail``."""

    status: ClassVar[int]
    name: ClassVar[str]

    def __init__(
        self, detail: str, *, errors: Sequence[ParameterError] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.errors = errors
        self.headers = headers or {}


class Invalid(Problem):
    """The request has a parameter that cannot be meant as it stands."""

    status = 422
    name = "invalid-request"

    def __init__(self, *errors: ParameterError) -> None:
        said = "; ".join(map(str, errors))
        super().__init__(f"{said[:1].upper()}{said[1:]}.", errors=errors)


class BadPreference(Problem):
    """A preference that is known here has a value that it cannot have."""

    status = 400
    name = "bad-preference"

    def __init__(self, error: ParameterError) -> None:
        super().__init__(
            f"Header field {error.name}: expected {error.expected}, got {error.got}.", errors=[error]
        )


class Unauthenticated(Problem):
    """Nobody known asks."""

    status = 401
    name = "unauthenticated"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": 'Bearer realm="tspmo"'})


class Forbidden(Problem):
    """Whoever asks may not."""

    status = 403
    name = "forbidden"


class Missing(Problem):
    """There is no such thing, or the caller may not see it: the answer is the same."""

    status = 404
    name = "not-found"


class Conflict(Problem):
    """What is asked for cannot be done as things stand now."""

    status = 409
    name = "conflict"


class NotFresh(Conflict):
    """What there is is older than was asked for."""

    name = "not-fresh"


class NotReady(Problem):
    """The service cannot answer now and somebody has to mend it."""

    status = 503
    name = "not-ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What is to be said of an error, whatever raised it."""

    status: int
    name: str
    detail: str
    errors: Sequence[ParameterError] = ()
    headers: Mapping[str, str] | None = None


def install(app: FastAPI) -> None:
    """Every error of ``app`` leaves it as problem+json."""
    for kind, told in TOLD.items():
        app.add_exception_handler(kind, _handler(told))


def _handler(told: Callable[[Request, Any], Refusal]) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def handle(request: Request, error: Exception) -> Response:
        refusal = told(request, error)
        details = ProblemDetails(
            type=f"urn:tspmo:problem:{refusal.name}",
            title=HTTPStatus(refusal.status).phrase,
            status=refusal.status,
            detail=refusal.detail,
            instance=request.url.path,
            errors=refusal.errors,
        )
        headers = {**(refusal.headers or {}), "Cache-Control": "no-store"}
        return Response(msgspec.json.encode(details), refusal.status, headers, MEDIA_TYPE)

    return handle


def _problem(_request: Request, error: Problem) -> Refusal:
    return Refusal(
        status=error.status, name=error.name, detail=str(error), errors=error.errors, headers=error.headers
    )


def _invalid(request: Request, error: RequestValidationError) -> Refusal:
    return _problem(request, Invalid(*(_parameter(entry) for entry in error.errors())))


def _bad_cursor(request: Request, error: CursorError) -> Refusal:
    got = repr(request.query_params.get("cursor", ""))[:100]
    wrong = ParameterError(location="query", name="cursor", expected="next.cursor unchanged", got=got)
    return Refusal(status=400, name="bad-cursor", detail=str(error), errors=[wrong])


def _no_store(_request: Request, error: StoreError) -> Refusal:
    return Refusal(status=503, name="not-ready", detail=str(error), headers={"Retry-After": "10"})


def _http(request: Request, error: HTTPException) -> Refusal:
    detail = {
        404: f"There is nothing at {request.url.path}; /openapi.json lists what there is.",
        405: f"{request.method} is not possible on {request.url.path}; the Allow header names what is.",
    }.get(error.status_code, str(error.detail))
    name = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
    return Refusal(status=error.status_code, name=name, detail=detail, headers=error.headers)


def _failure(_request: Request, _error: Exception) -> Refusal:
    """The error goes to the log and not out."""
    detail = "The service failed to answer; its log says why, and whoever runs it can mend it."
    return Refusal(status=500, name="internal-error", detail=detail)


TOLD: Mapping[type[Exception], Callable[[Request, Any], Refusal]] = {
    Problem: _problem,
    RequestValidationError: _invalid,
    CursorError: _bad_cursor,
    StoreError: _no_store,
    HTTPException: _http,
    Exception: _failure,
}


PLACES: Mapping[str, Location] = {"body": "body", "path": "path", "header": "header"}


def _parameter(entry: Mapping[str, Any]) -> ParameterError:
    """Pydantic's entry in our words."""
    location, *path = (str(part) for part in entry["loc"])
    missing = entry["type"] == "missing"
    return ParameterError(
        location=PLACES.get(location, "query"),
        name=path[0] if path else location,
        expected="a value" if missing else _expected(entry),
        got="nothing" if missing else repr(entry["input"])[:100],
    )


def _expected(entry: Mapping[str, Any]) -> str:
    """``Input should be a valid integer, unable to …`` becomes what was expected."""
    limits = entry.get("ctx", {})
    said = {
        "less_than_equal": f"at most {limits.get('le')}",
        "greater_than_equal": f"at least {limits.get('ge')}",
        "timezone_aware": "an instant with a zone, like 2026-11-01T00:00:00Z",
    }
    message = str(entry["msg"]).partition(", unable to")[0]
    for lead in ("Value error, ", "Input should be ", "Input should have ", "String should have "):
        message = message.removeprefix(lead)
    return said.get(entry["type"], message)
