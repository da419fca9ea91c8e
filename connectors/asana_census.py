"""The fingerprint of a task: a digest of its cheap fields and of where it stands."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import msgspec

from connectors.asana_calls import Row

UNORDERED = frozenset({"memberships", "tags", "dependencies", "custom_fields"})
NOT_PRINTED = frozenset({"num_subtasks", "resource_type"})
"""A new subtask is an item of its own and changes nothing of its parent."""


def fingerprint(task: Row) -> str:
    """Equal as long as nothing of it changes. The names of its sections, tags and fields are part of it:
    renaming one changes many tasks and modifies none."""
    shown = {key: _shown(key, value) for key, value in task.items() if key not in NOT_PRINTED}
    return blake2b(msgspec.json.encode(shown, order="deterministic"), digest_size=16).hexdigest()


def _shown(key: str, value: Any) -> Any:
    if key in UNORDERED and isinstance(value, list):
        return sorted(msgspec.json.encode(one, order="deterministic").decode() for one in value)
    return value
