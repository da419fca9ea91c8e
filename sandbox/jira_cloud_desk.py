"""What stands behind every route: the world, who asks, and the burst limit."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.conditions import Conditions
from sandbox.jira_hook import CLOUD
from sandbox.jira_http import Refused, unauthorised
from sandbox.jira_index import Index
from sandbox.jira_jql_match import Sight
from sandbox.jira_site import Site
from sandbox.jira_webhooks import Hooks
from sandbox.options import SandboxOptions
from sandbox.quirks import Quirks
from sandbox.world import World

CREDENTIALS: Mapping[str, str] = MappingProxyType(
    {"email": "user01@northlight.example", "token": "ATATT3xFfGF0sandbox-reader=5E8A17C2"}
)
"""Of the story's reader."""
BURST = 100
"""Requests a second for one endpoint and method; also what the bucket holds."""


class Desk:
    """One per app. ``ticks`` is a monotonic clock in seconds, for the burst limit."""

    def __init__(self, world: World, options: SandboxOptions, ticks: Callable[[], float]) -> None:
        self.quirks: Quirks = options.quirks
        self._world = world
        self._budgets = options.budgets
        self._ticks = ticks
        self._buckets: dict[tuple[str, str], Bucket] = {}
        self._zone = options.account_zone
        self._index = Index(world, "jira_cloud", options.search_lag)
        self._kept: tuple[int, Site] = (-1, Site(world.story))
        self.hooks = Hooks(world, "jira_cloud", CLOUD, self._current)

    def now(self) -> datetime:
        return self._world.now("jira_cloud")

    @property
    def conditions(self) -> Conditions:
        return self._world.conditions["jira_cloud"]

    def signed_in(self, request: Request) -> bool:
        return _basic(request) == "{email}:{token}".format(**CREDENTIALS)

    def site(self, request: Request) -> Site:
        """As whoever asks sees it. Bad credentials are no error on a site's own address: they make the
        request anonymous, and an anonymous visitor finds nothing."""
        if self.signed_in(request):
            return self._current()
        if not self.quirks.anonymous_fallthrough:
            raise unauthorised()
        return Site(self._world.story, anonymous=True)

    def name(self, request: Request) -> str | None:
        """For whom an answer is made; nobody for a stranger."""
        return self._current().account.jira_id if self.signed_in(request) else None

    def sight(self, request: Request, reconciled: Collection[str] = ()) -> Sight:
        """What a search of theirs finds; issues with a ``reconciled`` id as they are now."""
        known = self._index.tasks(reconciled)
        return Sight(self.site(request), self.now(), known=known, conditions=self.conditions)

    def route(self, method: str, path: str, handler: Handler) -> Route:
        """The route under the burst limit of its endpoint and method."""

        async def answer(request: Request) -> Response:
            self._spend(method, path)
            return await handler(self, request)

        return Route(path, answer, methods=[method])

    def _current(self) -> Site:
        revision, site = self._kept
        if revision != self._world.revision:
            now = self.conditions
            site = Site(self._world.story, zone=now.zone or self._zone, suffix=now.suffix)
            self._kept = (self._world.revision, site)
        return site

    def _spend(self, method: str, path: str) -> None:
        if not self._budgets:
            return
        bucket = self._buckets.setdefault((method, path), Bucket(BURST, self._ticks()))
        if not bucket.take(self._ticks()):
            raise self._too_many()

    def _too_many(self) -> Refused:
        """developer.atlassian.com/cloud/jira/platform/rate-limiting"""
        reset = self.now() + timedelta(seconds=1)
        headers = {
            "Retry-After": "1",
            "X-RateLimit-Limit": str(BURST),
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": f"{reset:%Y-%m-%dT%H:%MZ}",
            "RateLimit-Reason": "jira-burst-based",
        }
        return Refused(429, {"errorMessages": ["Rate limit exceeded."], "errors": {}}, headers)


Handler = Callable[[Desk, Request], Awaitable[Response]]


@dataclass(slots=True)
class Bucket:
    """A token bucket: holds BURST requests and fills up at BURST a second."""

    left: float
    at: float

    def take(self, now: float) -> bool:
        self.left = min(BURST, self.left + (now - self.at) * BURST)
        self.at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True


def _basic(request: Request) -> str | None:
    """``email:token`` of the Authorization header, None without a readable one."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return b64decode(encoded, validate=True).decode()
    except (NotBase64, UnicodeDecodeError):
        return None
