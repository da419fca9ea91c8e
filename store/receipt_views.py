"""A comparison of a scope with its tracker, and the receipt that is kept and served of it. No database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal
from uuid import UUID, uuid5

import msgspec

from store.views import Coverage

Cause = Literal["missed", "late", "moved", "deleted", "gone", "filtered", "access"]
"""Why the store and the tracker differed."""
Fetched = Literal["differing", "missing", "absent", "deep"]
"""Why an item was asked for by name."""
RECEIPT = UUID("3d0f6f2e-52a1-5c0b-8d57-6a1f0e9b7c42")


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One scope compared with its tracker, item by item, and made equal to it.

    ``complete`` says that the census was whole, that nothing is held back, and that both digests are equal;
    else ``reason`` is the sentence that says why not. ``source_count`` is what the census listed (null: there
    was no whole census), ``elsewhere`` how many of those are at home in another scope, ``rejected`` the
    records that could not be read, ``held`` the absences that wait for a person's word. ``fetched`` counts
    the items asked for by name, ``deep`` says which share of the others was read whole (``3 of 7``), and
    ``covers`` names the fields of the items at home here in which no change escapes the census.
    """

    scope_id: str
    reconciliation_id: str
    started_at: datetime
    finished_at: datetime
    complete: bool
    reason: str | None
    source_count: int | None
    count_before: int
    count_after: int
    elsewhere: int
    rejected: int
    held: int
    differences: Mapping[Cause, int]
    fetched: Mapping[Fetched, int]
    covers: Sequence[str]
    deep: str
    source_digest: str | None
    our_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt(Comparison):
    """``hash`` is the SHA-256 of ``body``, which says all of the comparison, the ``number`` of the receipt in
    its scope's chain, and as ``previous`` the hash of the one before (null: it is the first)."""

    id: str
    number: int
    previous: str | None
    hash: str
    body: str


def read(body: str) -> Receipt:
    """A receipt, from the text that its hash is of. The id follows from the hash, so that no other text can
    be given out as the receipt of that name."""
    hash = sha256(body.encode()).hexdigest()
    own = {"id": str(uuid5(RECEIPT, hash)), "hash": hash, "body": body}
    return msgspec.convert({**msgspec.json.decode(body), **own}, Receipt)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """What became of a scope's receipts. ``broken`` are sentences, none for a chain that is whole. ``head``
    is the hash of the newest receipt (null: there is none). ``current`` says that what is stored now has the
    digest of that receipt; ``read_since`` counts the items that were read after it."""

    scope_id: str
    receipts: int
    head: str | None
    broken: Sequence[str]
    current: bool
    read_since: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptPage:
    receipts: Sequence[Receipt]
    next_cursor: str | None
    coverage: Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationView:
    """One pass over a connection's scopes: how many of those that may be seen came out ``complete`` and
    ``partial``, and their differences by cause, summed."""

    id: str
    connection: str
    state: str
    started_at: datetime
    finished_at: datetime | None
    error: str | None
    complete: int
    partial: int
    differences: Mapping[Cause, int]
