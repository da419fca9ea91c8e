"""Findings: what a person should look at. A finding is open while any record raises it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from normalizer.model import Normalised, Unmapped
from store.records import Key, Naming
from store.schema import finding_records, findings
from store.session import Session
from store.types import storable

FINDING = UUID("8f0f2f5c-7f0b-5d29-9c0e-3a8c1d0be6a4")

NAMING = Naming(finding_records.c.scope_id, finding_records.c.record_kind, finding_records.c.record_id)


@dataclass(frozen=True, slots=True)
class Raised:
    """What one record raises. Records that raise the same share one finding."""

    kind: str
    subject: str
    value: str
    detail: str

    def id(self, scope_id: str) -> str:
        return str(uuid5(FINDING, storable(f"{scope_id}|{self.kind}|{self.subject}|{self.value}")))


def raised(of: Normalised) -> list[Raised]:
    if not (of.unmapped or of.rejections):
        return []
    unmapped = [
        Raised(
            "unmapped_value",
            one.field,
            one.value,
            _no_meaning(one),
        )
        for one in of.unmapped
    ]
    rejected = [
        Raised(
            "rejected_record" if one.whole else "rejected_field",
            f"{one.kind}.{one.field}",
            one.expected,
            f"expected {one.expected}, found {one.found} (first in {one.kind} {one.remote_id})",
        )
        for one in of.rejections
    ]
    return [*unmapped, *rejected]


def _no_meaning(one: Unmapped) -> str:
    """What to do about it: the key of a rule is the field's name, but for the status."""
    key = "status" if one.field == "status_category" else one.field
    return f"{one.value!r} has no meaning yet; give it one with a rule in tspmo.toml ({key})"


async def write_findings(
    session: Session,
    scope_id: str,
    read: Mapping[Key, Collection[Raised]],
    now: datetime,
) -> None:
    """The records read raise exactly these findings from now on."""
    held: dict[Key, set[str]] = defaultdict(set)
    for row in await NAMING.fetch(session, list(finding_records.c), scope_id, read):
        held[row.record_kind, row.record_id].add(row.finding_id)
    told = {one.id(scope_id): one for many in read.values() for one in many}
    current = {key: {one.id(scope_id) for one in many} for key, many in read.items() if many}
    await session.drop(
        finding_records,
        [_raising(one, key) for key, there in held.items() for one in there - current.get(key, set())],
    )
    rows = [_row(scope_id, finding, one, now) for finding, one in told.items()]
    await session.upsert(findings, rows, keep=["detail", "first_seen"])
    await session.add(
        finding_records,
        [
            {**_raising(one, key), "scope_id": scope_id}
            for key, raising in current.items()
            for one in raising - held.get(key, set())
        ],
    )


def _raising(finding: str, key: Key) -> dict[str, str]:
    return {"finding_id": finding, "record_kind": key[0], "record_id": key[1]}


def _row(scope_id: str, finding_id: str, one: Raised, now: datetime) -> dict[str, Any]:
    return {
        "id": finding_id,
        "scope_id": scope_id,
        "kind": one.kind,
        "subject": one.subject,
        "detail": one.detail,
        "first_seen": now,
        "last_seen": now,
    }
