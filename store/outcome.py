"""What a record became, as a digest: equal to the one that is kept, mapping it again changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from operator import attrgetter
from typing import Any

import msgspec

from connectors.base import Record
from normalizer.model import Normalised
from store.codec import DIGEST_BYTES, plain
from store.items import incoming

BESIDE = tuple(name for name in Normalised.__dataclass_fields__ if name != "items")
"""Everything that a record may become besides items."""
PARTS = attrgetter(*BESIDE)


def outcome(became: Normalised, texts: Iterable[str]) -> bytes:
    """``texts`` are the canonical texts of its items."""
    state = blake2b(digest_size=DIGEST_BYTES)
    for text in texts:
        state.update(text.encode())
    beside = [(name, part) for name, part in zip(BESIDE, PARTS(became), strict=True) if part]
    if beside:
        state.update(_encoded(beside))
    return state.digest()


def outcome_of(became: Normalised, record: Record, scope_id: str) -> bytes:
    """The same, of a record of the scope."""
    return outcome(became, [incoming(item, record, scope_id).text for item in became.items])


def _encoded(beside: Any) -> bytes:
    try:
        return msgspec.json.encode(beside, order="deterministic")
    except UnicodeEncodeError:  # half a surrogate pair somewhere
        return msgspec.json.encode(plain(beside), order="deterministic")
