"""The two cursors of a reading: the place where it is, and the state of Jira that it reached.

All instants are in milliseconds since 1970 by Jira's own clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, TypeVar

import msgspec

from connectors.base import JsonObject
from connectors.cursors import opened, plan_of, sealed
from connectors.errors import StaleCursor
from connectors.jira_cloud_settings import JiraCloudSettings

MILLISECOND = timedelta(milliseconds=1)
OVERLAP = timedelta(minutes=5) // MILLISECOND
"""The search index lags behind, by up to minutes. https://developer.atlassian.com/cloud/jira/platform/search-and-reconcile/"""

C = TypeVar("C", bound="Since | Place")


class Ledger(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was handed over of the time that will be looked at again. ``began`` is when the reading began and
    ``newest`` the latest update handed over; ``seen`` are the issues updated from ``floor`` on, each with its
    update as it was handed over."""

    began: int
    newest: int | None = None
    seen: Mapping[str, int] = {}

    @property
    def floor(self) -> int:
        """From when on the next reading looks: before this one began, for an issue changes after it was
        handed over, and no later than what the search shows, for more may be on its way to it."""
        return min(self.began, self.began if self.newest is None else self.newest) - OVERLAP

    def noting(self, updates: Mapping[str, int]) -> Ledger:
        newest = max((*updates.values(), *(() if self.newest is None else (self.newest,))), default=None)
        noted = msgspec.structs.replace(self, newest=newest)
        seen = {id: at for id, at in {**self.seen, **updates}.items() if at >= noted.floor}
        return msgspec.structs.replace(noted, seen=seen)

    def knows(self, id: str, updated: int | None) -> bool:
        """Whether it was handed over as it is, or newer than the search has it."""
        return updated is not None and updated <= self.seen.get(id, -1)


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``done`` are the issues handed over with their changes, as well as all whose number is not above
    ``upto``; of the issues ``half`` the bodies were."""

    ledger: Ledger
    upto: int = 0
    done: tuple[str, ...] = ()
    half: tuple[str, ...] = ()

    def left(self, listed: Mapping[str, int | None], paged: bool) -> list[str]:
        """What is still to be handed over, in the order of the listing; in that of their numbers where it
        took several pages, for then one number tells what is done."""
        done, half = set(self.done), set(self.half)
        ids = [
            id
            for id, updated in listed.items()
            if id in half or not (id in done or int(id) <= self.upto or self.ledger.knows(id, updated))
        ]
        return sorted(ids, key=int) if paged else ids

    def after_bodies(self, ids: Iterable[str], updates: Mapping[str, int]) -> Place:
        return msgspec.structs.replace(self, half=(*self.half, *ids), ledger=self.ledger.noting(updates))

    def after_all(self, ids: Iterable[str], paged: bool) -> Place:
        chunk = set(ids)
        half = tuple(one for one in self.half if one not in chunk)
        if paged:
            return msgspec.structs.replace(self, half=half, upto=max(int(one) for one in chunk))
        return msgspec.structs.replace(self, half=half, done=(*self.done, *chunk))


class Insight(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the listing of projects says of one: how many issues, and when one was updated last."""

    count: int
    latest: int | None


class Since(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``defined`` is when the definitions were read; ``insight`` is told where it can be trusted to change
    with the next change."""

    ledger: Ledger
    defined: int
    insight: Insight | None = None


_FORMS: Mapping[type[msgspec.Struct], str] = {Since: "jira_cloud.since.2", Place: "jira_cloud.resume.2"}


def plan(settings: JiraCloudSettings) -> str:
    return plan_of({"history": settings.history, "filter": settings.filter})


def seal(cursor: Since | Place, plan: str) -> JsonObject:
    return sealed(_FORMS[type(cursor)], plan, msgspec.to_builtins(cursor))


def unseal(kind: type[C], plan: str, cursor: JsonObject | None) -> C | None:
    """Raises StaleCursor for one that we never gave."""
    if cursor is None:
        return None
    body = opened(_FORMS[kind], plan, cursor)
    try:
        found: Any = msgspec.convert(body, kind)
    except msgspec.ValidationError as error:
        raise StaleCursor(
            f"The place up to which this scope was read cannot be understood ({error}); the scope is read "
            "anew, whole."
        ) from error
    return found  # type: ignore[no-any-return]
