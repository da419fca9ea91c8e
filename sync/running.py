"""A run from its beginning to its end: however the work ends, the run says so."""

from __future__ import annotations

from asyncio import CancelledError
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from connectors.errors import TrackerError
from store import runs
from store.open import Store
from store.runs import Ending
from sync.halt import Halted
from sync.source import Clock

Note = Callable[[], str | None]


@asynccontextmanager
async def running(store: Store, clock: Clock, run_id: str, note: Note) -> AsyncIterator[None]:
    """Closes the run at the end of the block, with what ``note`` says then. What ended it early is raised
    again: a halt, the end of the process (which pauses it), a tracker's error, or a defect of ours."""
    try:
        yield
    except Halted as halted:
        await runs.finish(store, run_id, Ending(halted.stop, note=note()), clock())
        raise
    except CancelledError:
        await runs.finish(store, run_id, Ending("paused", note=note()), clock())
        raise
    except TrackerError as error:
        await runs.finish(store, run_id, Ending("failed", error=str(error), note=note()), clock())
        raise
    except BaseException as defect:
        sentence = f"{type(defect).__name__}: {defect}"
        await runs.finish(store, run_id, Ending("failed", error=sentence, note=note()), clock())
        raise
    await runs.finish(store, run_id, Ending("done", note=note()), clock())
