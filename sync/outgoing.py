"""Tells subscribers what happens, after the Standard Webhooks convention
(https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md): thin messages,
signed, tried again later and later, given up in the end and then shown."""

from __future__ import annotations

import asyncio
import hmac
import logging
from base64 import b64decode, b64encode
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx
import msgspec

from store.leases import Lease, Taken, held
from store.open import Store, StoreError
from store.outgoing import Due, Message, Tried, behind, due, enqueue, note, sweep
from store.subscriptions import SECRET_PREFIX
from store.views import FeedEvent
from sync.settle import settle
from sync.source import Clock
from sync.targets import Guard, Refused

LOG = logging.getLogger("tspmo")
AGAIN = tuple(timedelta(seconds=seconds) for seconds in (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600))
"""After how long the next attempt is made. After the last one nothing is tried any more."""
QUIET = timedelta(minutes=1)
"""After a failure nothing else is sent to the same subscriber for so long, or until its next attempt: one
that is away costs few attempts, however much waits for it, and holds up nobody."""
GIVEN_UP = timedelta(days=5)
"""A subscription to which nothing could be delivered for so long is disabled."""
KEPT = timedelta(days=7)
"""How long is shown what was delivered."""
EVERY = 1.0
PATIENCE = 15.0
"""Seconds for one attempt, however slowly its answer trickles."""
AT_ONCE = 500
GONE = 410


def client(transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """Follows no redirect, keeps no cookie, asks no proxy."""
    return httpx.AsyncClient(
        headers={"User-Agent": "tspmo", "Content-Type": "application/json"},
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        trust_env=False,
        timeout=PATIENCE,
        transport=transport,
    )


def message(event: FeedEvent) -> Message:
    """Names what happened, and tells nothing that its receiver would not have to be let in for: the rest is
    asked of the API."""
    kind = f"item.{event.kind}"
    data = {
        "seq": event.seq,
        "item_id": event.item_id,
        "tracker": event.tracker,
        "scope": event.scope,
        "remote_id": event.remote_id,
        "fields": event.fields,
        "presence": event.presence,
    }
    body = {"type": kind, "timestamp": event.recorded_at.astimezone(UTC), "data": data}
    return Message(seq=event.seq, type=kind, body=msgspec.json.encode(body).decode())


def signed(one: Due, at: datetime) -> dict[str, str]:
    """The header fields that prove, to whoever has the secret, who sent this and when."""
    moment = str(int(at.timestamp()))
    key = b64decode(one.secret.removeprefix(SECRET_PREFIX))
    digest = hmac.digest(key, f"{one.id}.{moment}.{one.body}".encode(), "sha256")
    return {
        "webhook-id": one.id,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{b64encode(digest).decode()}",
    }


def outcome(one: Due, at: datetime, status: int | None, error: str | None) -> Tried:
    """What follows from an attempt."""
    tried = Tried(delivery=one.id, subscription=one.subscription, at=at, status=status, error=error)
    if error is None:
        return tried
    wait = AGAIN[one.attempts] if one.attempts < len(AGAIN) else None
    return replace(
        tried,
        next_at=at + wait if wait else None,
        quiet_until=at + min(wait or QUIET, QUIET),
        disabled_because=_why_over(one, at, status, error),
    )


def _why_over(one: Due, at: datetime, status: int | None, error: str) -> str | None:
    since = one.failing_since or at
    if status == GONE:
        return f"Its receiver answered {GONE}, which says that it is there no more."
    if at - since >= GIVEN_UP:
        return f"Nothing could be delivered since {since:%Y-%m-%d %H:%M} UTC. {error}"
    return None


@dataclass(slots=True)
class Teller:
    """One in each worker; who holds the lease tells. ``stop`` set: no attempt is begun any more."""

    store: Store
    clock: Clock
    client: httpx.AsyncClient
    guard: Guard
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    swept_at: datetime | None = None

    async def tell(self) -> int:
        """Makes and sends what is to be sent now. Says how many attempts were made. Raises StoreError."""
        if not (await behind(self.store) or await due(self.store, self.clock(), 1)):
            return 0
        try:
            async with held(self.store, "outgoing") as lease:
                await self._make()
                waiting: dict[str, list[Due]] = defaultdict(list)
                for one in await due(self.store, self.clock(), AT_ONCE):
                    waiting[one.subscription].append(one)
                made = await settle(self._send(many, lease) for many in waiting.values())
                await self._sweep()
        except Taken:
            return 0
        return sum(made)

    async def _make(self) -> None:
        for one in await behind(self.store):
            reader = self.store.reader(one.who, self.clock)
            events, reached = await reader.changes(one.after, AT_ONCE, one.chosen)
            await enqueue(self.store, one, reached, [message(event) for event in events], self.clock())

    async def _send(self, many: Sequence[Due], lease: Lease) -> int:
        """To one subscriber, in order, until something fails."""
        for number, one in enumerate(many, 1):
            if lease.lost or self.stop.is_set():
                return number - 1
            tried = await self._try(one)
            await note(self.store, tried)
            if tried.disabled_because:
                LOG.warning("The subscription of %s is disabled: %s", one.url, tried.disabled_because)
            if tried.error:
                return number
        return len(many)

    async def _try(self, one: Due) -> Tried:
        status, at = None, self.clock()
        try:
            async with asyncio.timeout(PATIENCE):
                status = await self._post(one, at)
            error = None if 200 <= status < 300 else f"Its receiver answered {status}: expected 2xx."
        except TimeoutError:
            error = f"Its receiver did not answer within {PATIENCE:g} seconds."
        except Refused as refused:
            error = str(refused)
        except (httpx.HTTPError, OSError) as trouble:
            error = f"Its receiver cannot be reached: {trouble or type(trouble).__name__}."
        return outcome(one, at, status, error)

    async def _post(self, one: Due, at: datetime) -> int:
        """The status. The body of the answer is nobody's business, and is not read."""
        target = self.guard.check(one.url)
        address = await self.guard.address(target)
        request = self.client.build_request(
            "POST",
            target.copy_with(host=str(address)),
            headers={"Host": target.netloc.decode("ascii"), **signed(one, at)},
            content=one.body.encode(),
            extensions={"sni_hostname": target.host},
        )
        response = await self.client.send(request, stream=True)
        await response.aclose()
        return response.status_code

    async def _sweep(self) -> None:
        now = self.clock()
        if self.swept_at is None or now - self.swept_at >= timedelta(hours=1):
            await sweep(self.store, now - KEPT)
            self.swept_at = now


@asynccontextmanager
async def telling(teller: Teller) -> AsyncIterator[None]:
    """For the length of the block. At its end the attempts under way come to their end."""
    task = asyncio.create_task(_again_and_again(teller))
    try:
        yield
    finally:
        teller.stop.set()
        await task


async def _again_and_again(teller: Teller) -> None:
    while not teller.stop.is_set():
        try:
            await teller.tell()
        except StoreError as error:
            LOG.debug("Nobody is told: %s", error)  # the worker's heart tells of it, and of its end
        except Exception:
            LOG.exception("Subscribers could not be told of what happened; it is tried again.")
        with suppress(TimeoutError):
            async with asyncio.timeout(EVERY):
                await teller.stop.wait()
