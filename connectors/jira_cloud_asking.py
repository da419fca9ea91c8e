"""Asking Jira Cloud: what its refusals mean, and whether an answer was made for us or for a stranger.

On a site's own address bad credentials are no error: they make the request anonymous, to whom every search is
empty and every project is missing. An answer made for an account names it in ``X-AAccountId``; where one does
not, only ``/myself`` tells. https://developer.atlassian.com/cloud/jira/platform/rest/v3/intro/#special-headers
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Collection
from typing import Any

from connectors.errors import TrackerError, Unauthorized
from connectors.http import Answer, Decode, Http, Params, decoded
from connectors.jira_answers import Row, refusal, whole
from connectors.jira_hooks import REFUSED, Method

API = "/rest/api/3"
NAME = "x-aaccountid"


class Asking:
    """One connection's requests."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self._nameless, self._vouched = 1, 0
        self._turn = asyncio.Lock()

    async def get(
        self, path: str, params: Params | None = None, *, budget: str, accept: Collection[int] = ()
    ) -> Answer:
        return await self._heard(self._http.get(path, params, budget=budget, accept={400, *accept}))

    async def query(self, path: str, body: Row, *, budget: str, decode: Decode = decoded) -> Answer:
        return await self._heard(
            self._http.query(f"{API}{path}", body, budget=budget, accept={400}, decode=decode)
        )

    async def hooks(self, method: Method, path: str, given: Any = None) -> Answer:
        """A question about webhooks, or a change of one; also a refusal, as it is."""
        accept = {400, *REFUSED}
        if method == "GET":
            request = self._http.get(path, given, budget="webhooks", accept=accept)
        else:
            request = self._http.write(method, path, given, budget="webhooks", accept=accept)
        answer = await self._heard(request)
        if answer.status == 401:
            await self.myself()  # a stranger is told so there
        return answer

    async def _heard(self, request: Awaitable[Answer]) -> Answer:
        """Counts what may have been said to a stranger: failures, and answers that name nobody."""
        try:
            answer = await request
        except TrackerError:
            self._nameless += 1
            raise
        self._nameless += NAME not in answer.headers
        if answer.status == 400:
            raise refusal(answer)
        return answer

    async def prove(self) -> None:
        """That all answers so far were made for us; before anything empty or missing is believed. Raises
        Unauthorized. Asks only where an answer did not say so itself."""
        async with self._turn:
            if self._nameless > self._vouched:
                await self.myself()

    async def myself(self) -> Row:
        """The one call that tells bad credentials."""
        heard = self._nameless
        answer = await self._http.get(f"{API}/myself", budget="myself", accept={401})
        if answer.status == 401:
            raise Unauthorized(
                f"{answer.call} does not accept the e-mail address and API token of this connection (401): "
                "its owner can make a new token at id.atlassian.com/manage-profile/security/api-tokens; a "
                "token with scopes works only with the base URL https://api.atlassian.com/ex/jira/CLOUDID"
                f"{answer.quoted()}"
            )
        account = whole(answer, "accountId")
        self._vouched = heard
        return account
