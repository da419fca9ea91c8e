"""One item as the store holds it beside the same item as the vendor's own client tells it: pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from normalizer.ids import entity_id
from normalizer.model import DateValue, Quantity
from normalizer.rules import Rules
from store.verification_views import Difference
from store.views import ItemView

Told = Mapping[str, Any]
"""An item in the words of :mod:`connectors.oracle_terms`."""

CLOSED = ("done", "cancelled")
CLOCKS_APART = timedelta(minutes=1)
"""A change that the tracker dates up to so long before our reading may still have come after it."""
RULED: Mapping[str, Collection[str]] = {
    "estimate": ("points", "estimate_minutes"),
    "start": ("start",),
    "due": ("due",),
    "priority": ("priority",),
    "type": ("type",),
    "percent_complete": ("percent",),
}


def ruled(rules: Rules) -> frozenset[str]:
    """The words that mean something else here than the tracker's defaults: no client knows of our rules."""
    words = {word for role in rules.fields for word in RULED[role]}
    return frozenset(words | {"closed"} if rules.status else words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """An item of ours with what is told of it. Ids of the tracker are compared as ours, and shown as its."""

    view: ItemView
    told: Told
    system: str
    site: str

    def remote(self, kind: str, ours: str | None, theirs: Sequence[str]) -> str | None:
        """The tracker's id of ours, where it is among those that are told; else ours as it is."""
        known = {entity_id(self.system, self.site, kind, id): id for id in theirs}
        return None if ours is None else known.get(ours, ours)

    def remotes(self, word: str, kind: str, ours: Collection[str]) -> list[str]:
        return sorted({self.remote(kind, one, self.told[word]) or one for one in ours})

    def one(self, word: str, kind: str, ours: str | None) -> str | None:
        told = self.told[word]
        return self.remote(kind, ours, [] if told is None else [told])


def compare(beside: Beside, left_out: Collection[str] = ()) -> list[tuple[str, Any, Any]]:
    """(field, ours, theirs) of each word that is told and says another thing than the store."""
    found = []
    for word, theirs in beside.told.items():
        if word in left_out:
            continue
        ours = OURS[word](beside)
        if _folded(ours) != _folded(theirs):
            found.append((word, ours, theirs))
    return found


def differences(beside: Beside, left_out: Collection[str] = ()) -> list[Difference]:
    """The same, each with its age."""
    return [
        difference(beside.view, beside.told, word, ours, theirs)
        for word, ours, theirs in compare(beside, left_out)
    ]


def difference(view: ItemView, told: Told, field: str, ours: Any, theirs: Any) -> Difference:
    updated = moment(told.get("updated"))
    return Difference(
        scope=view.scope,
        item_id=view.item.id,
        remote_id=view.item.remote_id,
        remote_key=view.item.remote_key,
        title=view.item.title,
        restricted=view.item.visibility == "restricted",
        field=field,
        ours=ours,
        theirs=theirs,
        read_at=view.provenance.read_at,
        updated_at=updated,
        explained=newer(updated, view),
    )


def newer(updated: datetime | None, view: ItemView) -> bool:
    """Whether the tracker changed the item after we read it: then a refresh explains any difference."""
    if updated is None or updated <= view.provenance.read_at - CLOCKS_APART:
        return False
    held = moment(_instant(view.item.remote_updated_at))
    return held is None or updated > held


def moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _instant(at: datetime | None) -> str | None:
    return (
        None if at is None else at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    )


def _when(value: DateValue | None) -> str | None:
    if value is None:
        return None
    return value.date.isoformat() if value.date else _instant(value.at)


def _amount(quantities: Sequence[Quantity | None], unit: str) -> float | None:
    return next((float(one.value) for one in quantities if one is not None and one.unit == unit), None)


def _folded(value: Any) -> Any:
    """Spaces aside: Asana's client makes plain ones of those that do not break."""
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, list):
        return [_folded(one) for one in value]
    return round(value, 2) if isinstance(value, float) else value


def _closed(b: Beside) -> bool:
    """Where nobody has mapped the status there is a finding of its own."""
    category = b.view.item.status_category
    return bool(b.told["closed"]) if category == "unknown" else category in CLOSED


def _percent(b: Beside) -> float | None:
    progress = b.view.item.progress
    return None if progress is None else float(progress.percent)


def _linked(b: Beside) -> list[str]:
    item = b.view.item
    ends = {
        link.to_id if link.from_id == item.id else link.from_id
        for link in item.links
        if link.origin == "tracker" and link.type != "child_of"
    }
    return b.remotes("linked", "item", ends)


def _said(name: str) -> Callable[[Beside], str | None]:
    """The tracker's own word, as we keep it beside ours."""

    def read(b: Beside) -> str | None:
        named = getattr(b.view.item, name)
        return None if named is None else str(named.name)

    return read


OURS: Mapping[str, Callable[[Beside], Any]] = {
    "scope": lambda b: b.one("scope", "scope", b.view.scope),
    "key": lambda b: b.view.item.remote_key,
    "title": lambda b: b.view.item.title,
    "description": lambda b: b.view.item.description_md,
    "status": _said("original_status"),
    "type": _said("original_type"),
    "priority": _said("original_priority"),
    "resolution": _said("original_outcome"),
    "section": lambda b: b.view.section,
    "closed": _closed,
    "archived": lambda b: b.view.presence == "archived",
    "parent": lambda b: b.one("parent", "item", b.view.item.parent_id),
    "start": lambda b: _when(b.view.item.start),
    "due": lambda b: _when(b.view.item.due),
    "completed": lambda b: _instant(b.view.item.completed_at),
    "created": lambda b: _instant(b.view.item.remote_created_at),
    "updated": lambda b: _instant(b.view.item.remote_updated_at),
    "assignees": lambda b: b.remotes("assignees", "account", [a.account_id for a in b.view.item.assignments]),
    "reporter": lambda b: b.one("reporter", "account", b.view.item.reporter_account_id),
    "labels": lambda b: sorted(set(b.view.item.labels)),
    "points": lambda b: _amount(b.view.item.estimates, "points"),
    "estimate_minutes": lambda b: _amount(b.view.item.estimates, "minutes"),
    "spent_minutes": lambda b: _amount([b.view.item.spent], "minutes"),
    "remaining_minutes": lambda b: _amount([b.view.item.remaining], "minutes"),
    "percent": _percent,
    "iterations": lambda b: b.remotes("iterations", "iteration", b.view.item.iteration_ids),
    "linked": _linked,
}
"""How each word is read off our item."""
