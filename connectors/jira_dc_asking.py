"""Asking Jira Data Center as the account of the connection, and what its refusals mean.

Every answer says in ``X-AUSERNAME`` for whom it was made. A server that has dropped our session answers as
to a stranger: with a 400, 401 or 404, or with an empty list.
https://support.atlassian.com/jira/kb/how-to-handle-http-400-bad-request-errors-on-jira-search-rest-api-endpoint/
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from connectors.errors import NotFound, Unauthorized, Unexpected
from connectors.http import Answer, Decode, Headers, Http, Params, decoded
from connectors.jira_answers import Row, refusal
from connectors.jira_hooks import REFUSED, Method

API = "/rest/api/2"
REFUSALS = frozenset({400, 401, 403, 404})
NAME = "x-ausername"
TRIES = 2
"""A dropped session is usually taken up again with the next request."""

_FAILED_LOGINS = ("AUTHENTICATED_FAILED", "AUTHENTICATION_DENIED")


class Unknown(Unexpected):
    """A query that is refused because an issue in it is not there, or not for us."""


class Asking:
    """One connection's requests. All but ``whatever`` answer what is good or raise one of the four errors.

    ``heed`` is shown the headers of every answer. ``named`` is whether all of them said for whom they were
    made, which a proxy may prevent; None before the first.
    """

    def __init__(self, http: Http, heed: Callable[[Headers], None]) -> None:
        self._http = http
        self._heed = heed
        self.named: bool | None = None

    async def get(self, path: str, params: Params) -> Answer:
        return good(await self.whatever(path, params))

    async def whatever(self, path: str, params: Params) -> Answer:
        """Also a 400, 403 or 404, as it is, unless it was said to a stranger."""
        return await self._ourselves(lambda: self._http.get(path, params, accept=REFUSALS))

    async def query(self, path: str, body: Row, decode: Decode = decoded) -> Answer:
        return good(
            await self._ourselves(lambda: self._http.query(path, body, accept=REFUSALS, decode=decode))
        )

    async def hooks(self, method: Method, path: str, given: Any = None) -> Answer:
        """A question about webhooks, or a change of one; also a refusal, as it is, unless it was said to a
        stranger: then nothing was changed."""

        def ask() -> Awaitable[Answer]:
            if method == "GET":
                return self._http.get(path, given, accept=REFUSALS)
            return self._http.write(method, path, given, accept=REFUSALS)

        answer = await self._ourselves(ask)
        return answer if answer.status in REFUSED else good(answer)

    async def anybody(self, path: str) -> Answer:
        """What is answered to strangers too."""
        return good(await self._http.get(path, accept=REFUSALS))

    async def _ourselves(self, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        for _ in range(TRIES):
            answer = await ask()
            self._heed(answer.headers)
            self.named = self.named is not False and NAME in answer.headers
            if not _as_a_stranger(answer):
                return answer
            if answer.headers.get("x-seraph-loginreason", "").startswith(_FAILED_LOGINS):
                break  # one more failed login may lock the account behind a CAPTCHA
        raise _stranger(answer)


def good(answer: Answer) -> Answer:
    """The answer, unless it is a refusal."""
    if answer.status not in REFUSALS:
        return answer
    if answer.is_html and answer.status == 404:
        raise Unexpected(
            f"{answer.call} found a page for people (404); the base URL in the configuration of this "
            "connection is probably not Jira's own, or lacks its context path, as the /jira in "
            "https://example.com/jira."
        )
    if answer.status == 401:
        raise _stranger(answer)
    if answer.status == 403:
        raise Unauthorized(
            f"{answer.call} does not let this account do that (403): passwords may be switched off (then "
            f"use a personal access token), or the account lacks a permission{answer.quoted()}"
        )
    if answer.status == 404:
        raise NotFound(f"{answer.call} found nothing there that we may see (404){answer.quoted()}")
    raise refusal(answer)


def _stranger(answer: Answer) -> Unauthorized:
    return Unauthorized(
        f"{answer.call} was answered as to a stranger (status {answer.status}): Jira does not accept the "
        "credentials of this connection; the owner of its account can make a new personal access token in "
        "the profile, and after failed logins may have to solve a CAPTCHA by logging in in a browser."
    )


def _as_a_stranger(answer: Answer) -> bool:
    return answer.status == 401 or answer.headers.get(NAME) == "anonymous"
