"""A field that cannot be read is in quarantine: the item keeps the value that it had. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from normalizer.model import Item

BESIDE: Mapping[str, Sequence[str]] = {
    "description_md": ("description_format",),
    "type": ("original_type",),
    "status_category": ("original_status",),
    "outcome": ("original_outcome",),
    "hold": ("hold_reason",),
    "priority": ("original_priority",),
    "start": ("start_source",),
}
"""What is said with a field, and stays with it."""
WORDS = ("type", "status_category", "outcome", "priority")
"""Where the tracker's word is missing, ours is only what stands for a missing one."""
NOTHING = ("none", "unknown")


def keeping(item: Item, held: Item, lost: Collection[str]) -> Item:
    """The item with what is held of the fields that are ``lost`` and have no value now. A field that the
    tracker emptied is not lost."""
    kept: dict[str, Any] = {}
    for name in lost:
        if name.startswith("custom."):
            continue
        if name == "estimates":
            kept[name] = _estimates(item, held)
        elif _is_empty(item, name):
            kept |= {one: getattr(held, one) for one in (name, *BESIDE.get(name, ()))}
    custom = {
        key: held.custom[key]
        for name in lost
        if (key := name.removeprefix("custom.")) != name and key in held.custom and key not in item.custom
    }
    if custom:
        kept["custom"] = {**item.custom, **custom}
    return replace(item, **kept)


def _estimates(item: Item, held: Item) -> Sequence[Any]:
    """One a unit, in the order that is held."""
    told = {one.unit: one for one in (*held.estimates, *item.estimates)}
    return tuple(told.values())


def _is_empty(item: Item, name: str) -> bool:
    value = getattr(item, name)
    if name in WORDS:
        return value in NOTHING or getattr(item, f"original_{name.removesuffix('_category')}") is None
    return not value or value in NOTHING
