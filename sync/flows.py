"""The one place with registered workflows: DBOS as scheduler, lease and hand-over of what :mod:`sync.worker`
does. Nothing of what was reached is in it; that stands in the store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from croniter import croniter
from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, ScheduleInput, run_dbos_database_migrations

from store.beside import prepare_jobs
from sync.errands import Errand
from sync.queue import APPLICATION, ERRAND, LINE
from sync.worker import TICKS, Schedule, Worker

PATIENCE = 60
"""Seconds for which DBOS waits for jobs that were told to end. The worker lets none take so long."""
Tick = Callable[[datetime, Any], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """Cron texts in a zone of the IANA. A schedule that is not in it does not run."""

    crons: Mapping[Schedule, str]
    zone: str


def prepare(url: str) -> None:
    """Makes the jobs' database, or brings it along."""
    prepare_jobs(url)
    run_dbos_database_migrations(url)


@asynccontextmanager
async def engaged(worker: Worker, url: str, timetable: Timetable) -> AsyncIterator[None]:
    """For the length of the block the worker does what is asked for in the jobs' database at the URL, on the
    loop that runs here, and lets the timetable ask. At the end it waits until the jobs have stopped."""
    config = DBOSConfig(
        name=APPLICATION,
        system_database_url=url,
        application_version=worker.version,
        executor_id=worker.place.store.party,
        serializer=DBOSPortableJSONSerializer(),
        enable_otlp=False,
        log_level="ERROR",
        notification_listener_polling_interval_sec=worker.pace.poll,
        scheduler_polling_interval_sec=worker.pace.poll,
    )
    DBOS(config=config)
    try:
        tick = _registered(worker)
        with worker.place.store.told():
            DBOS.launch()  # here, since the loop that runs now is the one it gives the jobs to
        # The version that started last does what nobody has begun, also after a way back to an older one.
        await DBOS.set_latest_application_version_async(worker.version)
        await DBOS.register_queue_async(
            LINE, partition_concurrency=1, polling_interval_sec=worker.pace.jobs, on_conflict="always_update"
        )
        await _schedule(timetable, tick)
        await _begin(worker, timetable)
        yield
    finally:
        await _ended(worker)


def _registered(worker: Worker) -> Tick:
    @DBOS.workflow(name=ERRAND)
    async def errand(kind: Any, connection: str, scopes: list[str]) -> bool:
        return await worker.do(Errand(kind, connection, tuple(scopes)), str(DBOS.workflow_id))

    @DBOS.workflow(name="tick")
    async def tick(_at: datetime, schedule: Any) -> None:
        await worker.tick(schedule)

    return tick


async def _schedule(timetable: Timetable, tick: Tick) -> None:
    await DBOS.apply_schedules_async(
        [
            ScheduleInput(
                schedule_name=name,
                workflow_fn=tick,
                schedule=cron,
                context=name,
                cron_timezone=timetable.zone,
            )
            for name, cron in timetable.crons.items()
        ]
    )
    for name in TICKS.keys() - timetable.crons.keys():
        await DBOS.delete_schedule_async(name)


async def _begin(worker: Worker, timetable: Timetable) -> None:
    """What cannot wait for its time: what was cut, what changed while nobody worked, what was missed."""
    await worker.rescue()
    now = worker.place.clock().astimezone(ZoneInfo(timetable.zone))
    for name, cron in timetable.crons.items():
        known = await DBOS.get_schedule_async(name)
        if name == "incremental" or (known and missed(known["last_fired_at"], cron, now)):
            await worker.tick(name)


def missed(last: str | None, cron: str, now: datetime) -> bool:
    """Whether its time came after the last time and while no worker lived. What never came is not missed.
    ``now`` is in the zone of the cron text."""
    due = croniter(cron, now, second_at_beginning=True).get_prev(datetime)
    return last is not None and datetime.fromisoformat(last) < due


async def _ended(worker: Worker) -> None:
    """DBOS begins nothing more and waits for its jobs, in a thread of its own since they end on this loop."""
    loop, threads = asyncio.get_running_loop(), ThreadPoolExecutor()
    ended = loop.run_in_executor(
        threads, lambda: DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=PATIENCE)
    )
    await worker.end()
    loop.set_default_executor(threads)  # DBOS had put its own there, and shuts that
    await ended
