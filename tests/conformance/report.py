"""What became of one recorded file, and where the recordings are."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from connectors.base import Record
from normalizer.model import Item, Mapper, Rejection

ROOT = Path(__file__).resolve().parents[2]


@dataclass(kw_only=True)
class FileReport:
    """``records`` are those of kind item and ``items`` what they became; ``others`` are all other records.
    ``rejected`` gives the reasons; ``whole`` counts the item records of which nothing came."""

    file: str
    records: int = 0
    items: int = 0
    rejected: list[str] = field(default_factory=list)
    whole: int = 0
    others: int = 0

    @property
    def lost(self) -> int:
        """Item records that are neither an item nor a rejection. Never anything but 0."""
        return self.records - self.items - self.whole


def recordings() -> Path | None:
    """The folder of recordings, named by ``TSPMO_SHARED`` or beside the project; None where there is none."""
    return _shared_with("recorded")


def specifications() -> Path | None:
    """The same for the vendors' specifications, whose check needs the recordings, too."""
    return recordings() and _shared_with("specs")


def _shared_with(part: str) -> Path | None:
    shared = (ROOT / os.environ.get("TSPMO_SHARED", "../shared")).resolve()
    return shared if (shared / part).is_dir() else None


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() == "true"


def tally(file: str, mapper: Mapper, records: Iterable[Record]) -> tuple[FileReport, list[Item]]:
    """Run every record through the mapper and count."""
    report = FileReport(file=file)
    items: list[Item] = []
    for record in records:
        made = mapper(record)
        if record.kind == "item":
            report.records += 1
            report.items += len(made.items)
            report.whole += any(one.whole for one in made.rejections) and not made.items
        else:
            report.others += 1
        report.rejected.extend(map(reason, made.rejections))
        items.extend(made.items)
    return report, items


def reason(one: Rejection) -> str:
    extent = "whole record" if one.whole else "this field"
    return f"{one.kind} {one.remote_id}: {one.field} should be {one.expected}, found {one.found} ({extent})"
