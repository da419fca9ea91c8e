"""What the service is built with. No value here is read from the environment."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from api.intake import Intake
from api.news import News
from config.preflight import Preflight
from connectors.base import Capabilities
from store.open import Store
from sync.requests import Requests
from sync.targets import Guard

Clock = Callable[[], datetime]
Sleep = Callable[[float], Awaitable[None]]
Check = Callable[[str], Awaitable[Preflight]]
"""Asks the tracker of a connection, by its name, who we are there and what we may see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiOptions:
    """``insecure_local`` lets callers on this machine in as admin while no API key exists. Without
    ``check`` nobody can be told how a connection is at this moment; without ``requests`` nothing can be
    asked of workers. ``sleep`` is for whoever waits until something was read. ``guard`` says
    whom subscriptions may tell something."""

    title: str = "TS PMO"
    version: str = "dev"
    insecure_local: bool = True
    trackers: Sequence[Capabilities] = ()
    check: Check | None = None
    requests: Requests | None = None
    intake: Intake | None = None
    guard: Guard = field(default_factory=Guard)
    sleep: Sleep = asyncio.sleep


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What every request needs; kept in ``app.state.service``."""

    store: Store
    clock: Clock
    options: ApiOptions
    news: News
