"""A finding with what it holds back. Data only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from normalizer.model import Presence
from store.views import FindingView


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldItem:
    """An item that is shown as before, though its tracker says of it what ``evidence`` tells, asked ``at``:
    ``presence`` is what it becomes when that is approved."""

    item_id: str
    remote_id: str
    remote_key: str | None
    title: str
    url: str
    presence: Presence
    evidence: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingDetail(FindingView):
    """``held`` are the items that may be seen, by title, as many as were asked for; ``hidden`` counts those
    that may not."""

    held: Sequence[HeldItem]
    hidden: int
