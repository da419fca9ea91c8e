"""What the service is built with. No value here is read from the environment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from connectors.base import Capabilities
from store.open import Store

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiOptions:
    """``freshness_target`` is the age in seconds up to which an answer counts as fresh. ``insecure_local``
    lets callers on this machine in as admin while no API key exists."""

    title: str = "TS PMO"
    version: str = "dev"
    freshness_target: int = 3600
    insecure_local: bool = True
    trackers: Sequence[Capabilities] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What every request needs; kept in ``app.state.service``."""

    store: Store
    clock: Clock
    options: ApiOptions
