"""The one HTTP client of all trackers: paced, retried, judged, redacted. Writes nothing but by ``write``.

A tracker file makes one :class:`Http` a connection and calls ``get`` and ``query`` (a POST that only reads),
and ``write`` for our own webhooks. What they return is a 2xx answer with a JSON body, which ``decode`` reads;
everything else is raised as one of the four errors (the table is in :mod:`connectors.answers`), after as many
retries as are worthwhile. ``accept={404, 400}`` hands those statuses back as they are instead.

    limits = {"default": (token,), "members": (members, token)}

names for each kind of call the limiters that it has to pass; a 429 pauses the first of them, for every task
that shares it. A wait asked for by the tracker is never cut short; one that exceeds ``HttpOptions.patience``
raises ``Unavailable(retry_after)`` at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ipaddress import ip_address
from ssl import SSLContext
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type

from connectors.answers import Answer, Decode, decoded, judge, shaped
from connectors.errors import TrackerError, Unavailable, Unexpected
from connectors.limits import Budget, Budgets, Clock, Limiter, OnWait, Timing, Waits
from connectors.paging import both, ordered, pages
from connectors.redaction import excerpt, redact
from connectors.retry_after import Headers, Reset, asked_wait, backoff

__all__ = [
    "Answer", "Budget", "Budgets", "Clock", "Decode", "Headers", "Http", "HttpOptions", "Limiter", "OnWait",
    "Params", "Target", "Timing", "both", "checked_base_url", "decoded", "ordered", "pages", "redact",
    "shaped",
]  # fmt: skip

LARGE = 65_536
"""Bytes of a body from which on it is decoded off the event loop."""
Scalar = str | int | float | bool | None
Params = Mapping[str, Scalar | Sequence[Scalar]]
"""Query parameters; one that is None is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a connection asks, and as whom. Every value of ``secrets`` stays out of every error."""

    base_url: str
    headers: Mapping[str, str] = field(repr=False)
    secrets: Sequence[str] = field(repr=False)
    allow_plain_http: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpOptions:
    """``attempts`` for what passes by itself, ``few`` for a 500, both counting the first. ``reset`` reads the
    vendor's own header where a 429 has no Retry-After. ``patience`` is the longest single wait."""

    attempts: int = 5
    few: int = 3
    first_wait: timedelta = timedelta(seconds=1)
    patience: timedelta = timedelta(seconds=300)
    connect_timeout: timedelta = timedelta(seconds=5)
    read_timeout: timedelta = timedelta(seconds=60)
    reset: Reset | None = None
    on_wait: OnWait | None = None
    transport: httpx.AsyncBaseTransport | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ask:
    request: httpx.Request
    call: str
    limiters: Sequence[Limiter]
    accept: Collection[int]
    decode: Decode
    writes: bool = False


class _AgainError(Exception):
    """This attempt failed in a way that another may not. ``pause`` is the budget that a 429 is about."""

    def __init__(
        self, error: TrackerError, tries: int, *, asked: timedelta, pause: Limiter | None = None
    ) -> None:
        super().__init__(str(error))
        self.error, self.tries, self.asked, self.pause = error, tries, asked, pause


class Http:
    """One connection's client. Close it with ``aclose``."""

    def __init__(
        self,
        target: Target,
        limits: Mapping[str, Sequence[Limiter]],
        timing: Timing,
        options: HttpOptions | None = None,
    ) -> None:
        """Raises ValueError with a sentence when the base URL cannot be used."""
        self._options = options or HttpOptions()
        self._base = checked_base_url(target.base_url, allow_plain_http=target.allow_plain_http)
        self._secrets = (
            *target.secrets,
            *(v for k, v in target.headers.items() if k.lower() == "authorization"),
        )
        self._limits = limits
        self._timing = timing
        self._waits = Waits(timing, self._options.patience, self._options.on_wait)
        self._client = _client(self._base, target.headers, self._options)

    async def get(
        self,
        path: str,
        params: Params | None = None,
        *,
        budget: str = "default",
        accept: Collection[int] = (),
        decode: Decode = decoded,
    ) -> Answer:
        """Raises Unavailable, Unauthorized, NotFound or Unexpected."""
        given = {name: value for name, value in (params or {}).items() if value is not None}
        request = self._client.build_request("GET", f"{self._base}{path}", params=given)
        return await self._answer(self._ask(request, budget, accept, decode))

    async def query(
        self,
        path: str,
        body: Mapping[str, Any],
        *,
        budget: str = "default",
        accept: Collection[int] = (),
        decode: Decode = decoded,
    ) -> Answer:
        """A POST that changes nothing in the tracker, and is retried like a GET. Raises as ``get``."""
        request = self._client.build_request("POST", f"{self._base}{path}", json=body)
        return await self._answer(self._ask(request, budget, accept, decode))

    async def write(
        self,
        method: Literal["POST", "PUT", "DELETE"],
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        budget: str = "default",
        accept: Collection[int] = (),
    ) -> Answer:
        """Makes, changes or removes one of our own webhooks. It is asked again only after a 429, which says
        that nothing was done: what became of it otherwise, a listing tells. The body of the answer may be
        empty. Raises as ``get``."""
        request = self._client.build_request(method, f"{self._base}{path}", json=body)
        ask = self._ask(request, budget, accept, lambda told: decoded(told) if told else None)
        return await self._answer(replace(ask, writes=True))

    async def aclose(self) -> None:
        await self._client.aclose()

    def _ask(self, request: httpx.Request, budget: str, accept: Collection[int], decode: Decode) -> _Ask:
        call = redact(f"{request.method} {request.url.netloc.decode()}{request.url.path}", self._secrets)
        return _Ask(request=request, call=call, limiters=self._limits[budget], accept=accept, decode=decode)

    async def _answer(self, ask: _Ask) -> Answer:
        async def sleep(seconds: float) -> None:
            await self._waits.until(self._timing.clock() + timedelta(seconds=seconds), ask.call)

        retrying = AsyncRetrying(
            retry=retry_if_exception_type(_AgainError),
            stop=_used_up,
            wait=self._wait,
            sleep=sleep,
            reraise=True,
        )
        try:
            return await retrying(self._attempt, ask)
        except _AgainError as again:
            raise again.error from again.__cause__

    def _wait(self, state: RetryCallState) -> float:
        """Seconds until the next attempt: as long as was asked, and no less than our own backoff."""
        again = _failure(state)
        wait = max(
            again.asked, backoff(state.attempt_number, self._options.first_wait, self._timing.jitter())
        )
        moment = self._timing.clock() + wait
        if again.pause is not None:
            again.pause.pause_until(moment)
        if isinstance(again.error, Unavailable):
            again.error.retry_after = moment
        return wait.total_seconds()

    async def _attempt(self, ask: _Ask) -> Answer:
        for limiter in ask.limiters:
            await limiter.take(lambda moment: self._waits.until(moment, ask.call))
        answer = await self._send(ask)
        if answer.status in ask.accept:
            return answer
        # A large body is decoded here, which would keep every other call waiting.
        verdict = await asyncio.to_thread(judge, answer) if len(answer.body) > LARGE else judge(answer)
        if verdict is None:
            return answer
        tries = {"never": 1, "once": 2, "few": self._options.few, "often": self._options.attempts}[
            verdict.again
        ]
        if tries == 1 or (ask.writes and answer.status != 429):
            raise verdict.error
        raise self._again(answer, verdict.error, tries, ask.limiters)

    def _again(
        self, answer: Answer, error: TrackerError, tries: int, limiters: Sequence[Limiter]
    ) -> _AgainError:
        asked = asked_wait(
            answer.headers, self._timing.clock(), self._options.reset if answer.status == 429 else None
        )
        if answer.status != 429 or not limiters:
            return _AgainError(error, tries, asked=asked or timedelta(0))
        # A vendor that names no time (Trello) counts in windows: at the end of one the budget is whole again.
        wait = limiters[0].budget.per if asked is None else asked
        return _AgainError(error, tries, asked=wait, pause=limiters[0])

    async def _send(self, ask: _Ask) -> Answer:
        asked_at = self._timing.clock()
        tries = 1 if ask.writes else self._options.attempts
        try:
            response = await self._client.send(ask.request, stream=True)
        except httpx.TransportError as error:
            raise _AgainError(self._unreachable(ask, error), tries, asked=timedelta(0)) from error
        try:
            # httpx would keep it with the response, in a cycle that lives until a collector comes by.
            body = b"".join([part async for part in response.aiter_bytes()])
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise _AgainError(self._cut(ask, error), tries, asked=timedelta(0)) from error
        finally:
            await response.aclose()
        return Answer(
            call=ask.call, status=response.status_code, headers=dict(response.headers.items()), body=body,
            asked_at=asked_at, secrets=self._secrets, decode=ask.decode,
        )  # fmt: skip

    def _unreachable(self, ask: _Ask, error: httpx.TransportError) -> Unavailable:
        why = "no answer in time" if isinstance(error, httpx.TimeoutException) else self._plain(error)
        return Unavailable(
            f"{ask.call} cannot be reached ({why}): is the base URL {self._base} of this connection right, "
            "and is the tracker up?"
        )

    def _cut(self, ask: _Ask, error: httpx.RequestError) -> TrackerError:
        if isinstance(error, httpx.TimeoutException):
            return Unavailable(f"{ask.call} began to answer and then stalled; is the tracker overloaded?")
        return Unexpected(
            f"{ask.call} answered with a body that is cut short or damaged ({self._plain(error)})."
        )

    def _plain(self, error: Exception) -> str:
        return excerpt(str(error) or type(error).__name__, self._secrets).rstrip(".")


def checked_base_url(url: str, *, allow_plain_http: bool = False) -> str:
    """``url`` without a slash at its end. Raises ValueError with a sentence unless it is an ``https://`` URL,
    or an ``http://`` one of this machine or allowed by the operator; credentials go over this."""
    parts = urlsplit(url.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("the base URL must look like https://host or https://host/path, without ? or #")
    if parts.username is not None or parts.password is not None:
        raise ValueError("the base URL must hold no user name or password; these have settings of their own")
    if parts.scheme == "http" and not (allow_plain_http or _is_loopback(parts.hostname)):
        raise ValueError(
            f"the base URL must begin with https://; else the credentials go to {parts.hostname} unprotected"
        )
    return parts.geturl().rstrip("/")


def _client(base: str, headers: Mapping[str, str], options: HttpOptions) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        headers={"accept": "application/json", "accept-encoding": "gzip", "user-agent": "tspmo", **headers},
        timeout=httpx.Timeout(
            options.read_timeout.total_seconds(), connect=options.connect_timeout.total_seconds()
        ),
        # Session cookies would decide beside the credentials who we are to the tracker.
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        follow_redirects=False,
        http2=False,
        trust_env=not _is_loopback(urlsplit(base).hostname or ""),
        verify=_trust(),
        transport=options.transport,
    )


@cache
def _trust() -> SSLContext:
    """The certificates that this machine trusts. To load them takes 15 ms in which nobody else computes, and
    every job has a client of its own."""
    return httpx.create_ssl_context()


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _failure(state: RetryCallState) -> _AgainError:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, _AgainError):
        return error
    raise TypeError("only what may be asked again is waited for") from error


def _used_up(state: RetryCallState) -> bool:
    return state.attempt_number >= _failure(state).tries
