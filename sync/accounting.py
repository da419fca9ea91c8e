"""What a reconciliation of one scope came to, as its receipt says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from store.census import Ours
from store.prints import digest_of
from store.receipt_views import Comparison
from sync.census import Difference
from sync.tally import Reckoning


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What was compared, and when. ``covers`` is empty where it was not known yet."""

    scope_id: str
    reconciliation_id: str
    started_at: datetime
    finished_at: datetime
    covers: Sequence[str]


def compared(
    occasion: Occasion, tally: Reckoning, source: Mapping[str, bytes], difference: Difference
) -> Comparison:
    """To its end. ``source`` is what the tracker said last of each item, ``difference`` what is so after
    everything was put."""
    away = difference.elsewhere
    here = {id: print for id, print in source.items() if id not in away} if away else source
    ours, equal = digest_of(difference.prints), here == difference.prints
    reason = _reason(tally, here, difference)
    return Comparison(
        scope_id=occasion.scope_id,
        reconciliation_id=occasion.reconciliation_id,
        started_at=occasion.started_at,
        finished_at=occasion.finished_at,
        complete=reason is None,
        reason=reason,
        source_count=tally.listed,
        count_before=tally.before,
        count_after=difference.items,
        elsewhere=len(difference.elsewhere),
        rejected=len(difference.prints) - difference.items,
        held=len(tally.held),
        differences=tally.differences,
        fetched=tally.fetched,
        covers=occasion.covers,
        deep=tally.share,
        source_digest=ours if equal else digest_of(here),
        our_digest=ours,
    )


def hidden(occasion: Occasion, held: Ours, reason: str) -> Comparison:
    """Of a scope that is not shown to us: nothing was compared, and no item touched."""
    told = failed(occasion, None, held, reason)
    return replace(told, differences={"access": held.items})


def failed(occasion: Occasion, tally: Reckoning | None, held: Ours, reason: str) -> Comparison:
    """Ended by the tracker's error: what was put stays, and nothing was noted as absent."""
    return Comparison(
        scope_id=occasion.scope_id,
        reconciliation_id=occasion.reconciliation_id,
        started_at=occasion.started_at,
        finished_at=occasion.finished_at,
        complete=False,
        reason=reason,
        source_count=tally.listed if tally else None,
        count_before=tally.before if tally else held.items,
        count_after=held.items,
        elsewhere=0,
        rejected=len(held.prints) - held.items,
        held=len(tally.held) if tally else 0,
        differences=tally.differences if tally else {},
        fetched=tally.fetched if tally else {},
        covers=occasion.covers,
        deep=tally.share if tally else "",
        source_digest=None,
        our_digest=digest_of(held.prints),
    )


def _reason(tally: Reckoning, here: Mapping[str, bytes], difference: Difference) -> str | None:
    """Why it is not complete; None: it is."""
    said = []
    if tally.held:
        said.append(
            f"{len(tally.held)} items that are not to be found any more are shown as before, since too many "
            "vanished at once, or a person said so (tspmo findings)."
        )
    if tally.forbidden:
        said.append(
            f"{len(tally.forbidden)} items may not be read by the account of this connection; an "
            "administrator of the tracker can see why."
        )
    if rest := _differing(here, difference.prints) - tally.held - tally.forbidden:
        said.append(
            f"{len(rest)} items differ still, since the tracker changed them meanwhile; the next "
            "reconciliation compares them again."
        )
    return " ".join(said) or None


def _differing(one: Mapping[str, bytes], other: Mapping[str, bytes]) -> set[str]:
    if one == other:
        return set()
    return {id for id in one.keys() | other.keys() if one.get(id) != other.get(id)}
