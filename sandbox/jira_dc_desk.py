"""What stands behind every route of Jira Data Center: the installation, who asks, and the rate limit."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.jira_hook import CONFIGURED, SERVER
from sandbox.jira_http import Refused
from sandbox.jira_index import Index
from sandbox.jira_jql_match import Sight
from sandbox.jira_site import Site
from sandbox.jira_webhooks import Hooks
from sandbox.options import DataCenter, SandboxOptions
from sandbox.quirks import Quirks
from sandbox.world import World

CREDENTIALS: Mapping[str, str] = MappingProxyType(
    {"token": "NzIxODM1MTM5MDc1OsandboxReaderPAT", "username": "user01", "password": "sandbox-reader"}
)
"""Of the story's reader: a personal access token, and a login for Basic."""
ANONYMOUS = "anonymous"
BASIC_OFF_FROM = 11
CONFIGURING = 10
"""The version from which on webhooks have a place and a form of their own."""
UNLIMITED = ("/serverInfo",)
"""confluence.atlassian.com/jirakb, "REST API Endpoints that are not Rate Limited"."""


class Desk:
    """One per app. ``ticks`` is a monotonic clock in seconds, for the rate limit."""

    def __init__(self, world: World, options: SandboxOptions, ticks: Callable[[], float]) -> None:
        self.quirks: Quirks = options.quirks
        self.set: DataCenter = options.data_center
        self._world = world
        self._budgets = options.budgets
        self._ticks = ticks
        self._bucket = Bucket(self.set, self.set.bucket, ticks())
        self._zone = options.account_zone
        self._index = Index(world, "jira_dc", options.search_lag)
        self._kept: tuple[int, Site] = (-1, Site(world.story, "jira_dc"))
        form = CONFIGURED if self.set.numbers[0] >= CONFIGURING else SERVER
        self.hooks = Hooks(world, "jira_dc", form, self._current)

    def now(self) -> datetime:
        return self._world.now("jira_dc")

    def user(self, request: Request) -> str:
        """The login name of whoever asks. A token that is not valid makes the request anonymous; a wrong
        password is refused, as is every password where Basic is switched off."""
        scheme, _, rest = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            return self._by_password(rest)
        if scheme.lower() == "bearer" and rest == CREDENTIALS["token"]:
            return CREDENTIALS["username"]
        if scheme and not self.quirks.anonymous_fallthrough:
            raise unauthorised()
        return ANONYMOUS

    def signed_in(self, request: Request) -> bool:
        return self.user(request) != ANONYMOUS

    def site(self, request: Request) -> Site:
        """As whoever asks sees it; an anonymous visitor finds nothing."""
        if not self.signed_in(request):
            return Site(self._world.story, "jira_dc", anonymous=True)
        return self._current()

    def _current(self) -> Site:
        revision, site = self._kept
        if revision != self._world.revision:
            now = self._world.conditions["jira_dc"]
            site = Site(self._world.story, "jira_dc", zone=now.zone or self._zone, suffix=now.suffix)
            self._kept = (self._world.revision, site)
        return site

    def sight(self, request: Request, *, strict: bool) -> Sight:
        """What a search of theirs finds."""
        return Sight(self.site(request), self.now(), strict=strict, known=self._index.tasks())

    def route(self, method: str, path: str, handler: Handler) -> Route:
        """The route, under the rate limit; every answer names who asked."""

        async def answer(request: Request) -> Response:
            user = self.user(request)
            request.state.user = user
            request.state.budget = {}
            if self._budgets and user != ANONYMOUS and not path.endswith(UNLIMITED):
                request.state.budget = self._spend()
            response = await handler(self, request)
            response.headers.update(said_of(request))
            return response

        return Route(path, answer, methods=[method])

    def _by_password(self, encoded: str) -> str:
        allowed = self.set.basic
        if allowed is None:
            allowed = self.set.numbers[0] < BASIC_OFF_FROM
        if not allowed:
            raise Refused(403, {"message": "Basic Authentication has been disabled on this instance."})
        if _decoded(encoded) != "{username}:{password}".format(**CREDENTIALS):
            raise unauthorised()
        return CREDENTIALS["username"]

    def _spend(self) -> dict[str, str]:
        """confluence.atlassian.com/adminjiraserver, "Adjusting your code for rate limiting"."""
        wait = self._bucket.take(self._ticks())
        headers = {
            "X-RateLimit-Limit": str(self.set.bucket),
            "X-RateLimit-Remaining": str(int(self._bucket.left)),
            "X-RateLimit-Interval-Seconds": "1",
            "X-RateLimit-FillRate": str(self.set.fill),
        }
        if wait:
            raise Refused(429, {"message": "Rate limit exceeded."}, headers | {"retry-after": str(wait)})
        return headers | ({"retry-after": "0"} if self.quirks.zero_retry_after else {})


Handler = Callable[[Desk, Request], Awaitable[Response]]


@dataclass(slots=True)
class Bucket:
    """Of one user: holds ``bucket`` requests and is filled up at ``fill`` a second."""

    set: DataCenter
    left: float
    at: float

    def take(self, now: float) -> int:
        """Seconds to wait, 0 when the request is let through."""
        self.left = min(self.set.bucket, self.left + (now - self.at) * self.set.fill)
        self.at = now
        if self.left < 1:
            return ceil((1 - self.left) / self.set.fill) or 1
        self.left -= 1
        return 0


def said_of(request: Request) -> dict[str, str]:
    """The headers of every answer: who the server thinks asked, and what is left of the budget."""
    user = getattr(request.state, "user", ANONYMOUS)
    return {"X-AUSERNAME": user, **getattr(request.state, "budget", {})}


def unauthorised() -> Refused:
    """Seraph's refusal is a page, not an ErrorCollection."""
    return Refused(
        401,
        "<html><head><title>Unauthorized (401)</title></head><body>"
        "Encountered a &quot;401 - Unauthorized&quot; error while loading this page.</body></html>",
        {
            "WWW-Authenticate": 'OAuth realm="https%3A%2F%2Fjira.northlight.example%2Fjira"',
            "X-Seraph-LoginReason": "AUTHENTICATED_FAILED",
            "content-type": "text/html;charset=UTF-8",
        },
    )


def _decoded(encoded: str) -> str | None:
    try:
        return b64decode(encoded, validate=True).decode()
    except (NotBase64, UnicodeDecodeError):
        return None
