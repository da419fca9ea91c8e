"""A verification as it is kept and served: what was compared, and every difference. Data only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Mode = Literal["sample", "all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field of one item, as the store holds it and as the vendor's own client reads it.

    ``read_at`` is when we read the item (null: the store has no such item), ``updated_at`` when the tracker
    last changed it, as its client tells. ``explained`` says that the tracker changed after our reading, so
    that a refresh brings the two together. ``field`` is ``presence`` where only one side has the item.
    """

    scope: str
    item_id: str | None
    remote_id: str
    remote_key: str | None
    title: str
    restricted: bool = False
    field: str
    ours: Any
    theirs: Any
    read_at: datetime | None
    updated_at: datetime | None
    explained: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationView:
    """``items`` and ``fields`` count what was compared, ``differing`` the differences and ``unexplained``
    those that a refresh does not explain. ``differences`` are those that the caller may see and ``hidden``
    counts the others; ``error`` is what ended the comparison before its time."""

    id: str
    connection: str
    mode: Mode
    started_at: datetime
    finished_at: datetime
    items: int
    fields: int
    differing: int
    unexplained: int
    error: str | None
    differences: Sequence[Difference]
    hidden: int = 0
