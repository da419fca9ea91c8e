"""The two cursors of a reading: the place where it is, and the state of Jira that it reached."""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from datetime import timedelta
from heapq import nlargest
from itertools import accumulate, pairwise
from typing import TypeVar

import msgspec

from connectors.base import JsonObject
from connectors.cursors import opened, sealed
from connectors.errors import StaleCursor
from connectors.jira_dc_entries import Entry

OVERLAP = timedelta(minutes=10) // timedelta(milliseconds=1)
"""The search index lags behind, on other nodes of a cluster by more."""
RECENT = 1000
"""Issues of the overlap that are remembered at most; one more than these is read again, and is the same."""

C = TypeVar("C", bound="Since | Place")


class Slice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was created before ``minute``, in milliseconds since 1970, and the issues ``seen`` of that minute.
    A minute, because Jira's index keeps times less exactly than its answers tell them."""

    minute: int | None = None
    seen: tuple[str, ...] = ()

    def holds(self, one: Entry) -> bool:
        if self.minute is None:
            return False
        return one.minute < self.minute or (one.minute == self.minute and one.id in self.seen)

    def after(self, entries: Iterable[Entry]) -> Slice:
        """With these as well, which come in the order of their creation."""
        told = list(entries)
        if not told:
            return self
        minute = told[-1].minute
        before = self.seen if minute == self.minute else ()
        fresh = (one.id for one in told if one.minute == minute)
        return Slice(minute, tuple(dict.fromkeys((*before, *fresh))))


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Up to where issues were handed over, the open and the closed ones each in the order of their creation.

    ``began`` is when the reading began by Jira's clock and ``newest`` the latest update seen; ``recent`` is
    what was handed over of the overlap before the earlier of them, with its update. All in milliseconds
    since 1970.
    """

    began: int
    open: Slice = Slice()
    closed: Slice = Slice()
    newest: int | None = None
    recent: Mapping[str, int] = {}

    def holds(self, one: Entry) -> bool:
        return (self.closed if one.closed else self.open).holds(one)

    def after(self, entries: Iterable[Entry]) -> Place:
        told = list(entries)
        return msgspec.structs.replace(
            self,
            open=self.open.after(one for one in told if not one.closed),
            closed=self.closed.after(one for one in told if one.closed),
        )

    def noting(self, updates: Mapping[str, int], newest: int | None = None) -> Place:
        """With the updates of issues as they were handed over, and with the newest that was seen."""
        told = [one for one in (self.newest, newest, *updates.values()) if one is not None]
        noted = msgspec.structs.replace(self, newest=max(told, default=None))
        fresh = ((at, id) for id, at in {**self.recent, **updates}.items() if at >= noted.bound)
        return msgspec.structs.replace(noted, recent={id: at for at, id in nlargest(RECENT, fresh)})

    @property
    def bound(self) -> int:
        """From when on the next reading looks: before this one began, for what was changed since in an issue
        already passed is not seen; and no later than what the index showed, for more may be on its way."""
        return min(self.began, self.newest or self.began) - OVERLAP


class Since(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``updated`` is from when on there may be something new, but for the issues ``recent`` as they were
    then; ``ids`` are all issues, ``epics`` the ids of epics by key (None: hidden) and ``links`` the fields
    that name them, and ``defined`` is when the definitions were read."""

    updated: int
    ids: str
    recent: Mapping[str, int]
    epics: Mapping[str, str | None]
    links: tuple[str, ...]
    defined: int

    def known(self) -> set[str]:
        return unpacked(self.ids)


_FORMS: Mapping[type[msgspec.Struct], str] = {Since: "jira_dc.since.2", Place: "jira_dc.resume.2"}


def seal(cursor: Since | Place, plan: str) -> JsonObject:
    return sealed(_FORMS[type(cursor)], plan, msgspec.json.decode(msgspec.json.encode(cursor)))


def unseal(kind: type[C], plan: str, cursor: JsonObject | None) -> C | None:
    """Raises StaleCursor for one that we never gave."""
    if cursor is None:
        return None
    body = opened(_FORMS[kind], plan, cursor)
    try:
        found = msgspec.convert(body, type=kind)
        if isinstance(found, Since):
            found.known()
    except (msgspec.ValidationError, ValueError, zlib.error) as error:
        raise StaleCursor(
            f"The place up to which this scope was read cannot be understood ({error}); the scope is read "
            "anew, whole."
        ) from error
    return found


def packed(ids: Iterable[str]) -> str:
    """A byte or two for each: the steps from one number to the next, compressed."""
    steps = (high - low for low, high in pairwise([0, *sorted(int(one) for one in ids)]))
    return b64encode(zlib.compress(" ".join(map(str, steps)).encode())).decode()


def unpacked(text: str) -> set[str]:
    steps = zlib.decompress(b64decode(text, validate=True)).split()
    return {str(one) for one in accumulate(int(step) for step in steps)}
