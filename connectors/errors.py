"""The four errors of a tracker, named for what the caller must do.

TrackerError
├── Unavailable    requeue at ``retry_after``
├── Unauthorized   a person must act
├── NotFound       ask for presence
└── Unexpected     keep the record, report it, go on
    └── StaleCursor    begin the reading anew, whole
"""

from __future__ import annotations

from datetime import datetime


class TrackerError(Exception):
    """Base. The message is one sentence: the thing, what was expected, who can mend it."""


class Unavailable(TrackerError):
    """The tracker is down, slow or asks us to wait. ``retry_after`` is the earliest useful moment."""

    def __init__(self, message: str, retry_after: datetime | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unauthorized(TrackerError):
    """The credentials are refused, or do not reach what was asked for."""


class NotFound(TrackerError):
    """The tracker says that it has no such thing, or that we may not see it."""


class Unexpected(TrackerError):
    """An answer that breaks the tracker's own protocol."""


class StaleCursor(Unexpected):
    """A ``resume`` or ``since`` from which no reading can go on any more: it is of another version, it
    expired, or what is read has changed. Raised before the first page; the message says which."""
