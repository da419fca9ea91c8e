"""Where the reading of a scope begins, by what its checkpoint says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from connectors.base import JsonObject
from store.checkpoints import Checkpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """At ``since`` (None: a whole reading), and at ``resume`` where it was cut before, in the run
    ``paused``."""

    started_at: datetime
    since: JsonObject | None = None
    resume: JsonObject | None = None
    paused: str | None = None

    @property
    def kind(self) -> str:
        return "full" if self.since is None else "incremental"

    @property
    def anew(self) -> bool:
        """Whether it is whole and begins at the beginning, so that it relies on nothing that is held."""
        return self.since is None and self.resume is None


def start_of(checkpoint: Checkpoint | None, now: datetime, *, full: bool) -> Start:
    """A reading that was cut goes on, but for one of changes where a whole one is asked for."""
    if checkpoint is None:
        return Start(started_at=now)
    if checkpoint.resume is not None and (checkpoint.since is None or not full):
        return Start(
            since=checkpoint.since,
            resume=checkpoint.resume,
            started_at=checkpoint.started_at,
            paused=checkpoint.run_id,
        )
    return Start(since=None if full else checkpoint.since, started_at=now)
