"""Watches how fresh everything is: what turned late is told once, and once that it is late no more."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence

from store.open import Store
from store.outages import Outage, note_outages
from sync.source import Clock

LOG = logging.getLogger("tspmo")
NAMED = 5
"""Scopes that a line names before the rest is only counted."""


async def watch_freshness(store: Store, clock: Clock) -> Sequence[Outage]:
    """What began and what ended since the last look, whoever took it. The log has a line for each connection
    and direction, since what keeps one scope from being read mostly keeps its neighbours too."""
    changed = await note_outages(store, clock())
    grouped: dict[tuple[str, bool], list[Outage]] = defaultdict(list)
    for one in changed:
        grouped[one.connection, one.ended_at is None].append(one)
    for (connection, began), outages in grouped.items():
        first = min(outages, key=lambda one: (one.began_at, one.subject))
        since = f"{first.began_at:%Y-%m-%d %H:%M} UTC"
        if began:
            LOG.warning("%s: %s late since %s: %s", connection, _subjects(outages), since, first.reason)
        else:
            LOG.info("%s: %s late no more, after %s.", connection, _subjects(outages), since)
    return changed


def _subjects(outages: Sequence[Outage]) -> str:
    names = sorted(one.subject for one in outages)
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{', '.join(names[:NAMED])}{more} {'is' if len(names) == 1 else 'are'}"
