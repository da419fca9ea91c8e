"""The line of errands, one a connection over all workers. Asking is all that most processes do with it."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from dbos import DBOSClient, DBOSPortableJSONSerializer, EnqueueOptions, WorkflowStatus

from store.executors import known
from store.kept import connections_of
from store.open import Store
from sync.errands import PRIORITIES, Errand, Link, link_of
from sync.requests import Ticket, TicketState

LOG = logging.getLogger("tspmo")
APPLICATION = "tspmo"
LINE = "connections"
"""The queue's name. It is partitioned by connection, and of each partition one job runs at a time."""
ERRAND = "errand"
"""What the workflow that does an errand is called."""
ACTIVE = ["ENQUEUED", "DELAYED", "PENDING"]
STATES: Mapping[str, TicketState] = {
    "ENQUEUED": "waiting",
    "DELAYED": "waiting",
    "PENDING": "running",
    "SUCCESS": "done",
}
KEPT = timedelta(days=7)
"""How long it is remembered what was done."""
ENOUGH = 1000
LATEST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Orphan:
    """A job that nobody will do any more. ``errand`` None: a tick of a schedule."""

    id: str
    errand: Errand | None
    executor: str | None
    version: str | None


@dataclass(frozen=True, slots=True)
class Queue:
    """Asks through the jobs' database alone, so it works beside a worker and without one."""

    store: Store
    client: DBOSClient

    async def refresh(self, scopes: Collection[str]) -> Sequence[Ticket]:
        by_connection: dict[str, list[str]] = {}
        for scope, connection in (await connections_of(self.store, scopes)).items():
            by_connection.setdefault(connection, []).append(scope)
        return [
            await self.ask(Errand("refresh", connection, tuple(sorted(ids))))
            for connection, ids in sorted(by_connection.items())
        ]

    async def read(self, connection: str) -> Ticket:
        return await self.ask(Errand("incremental", connection))

    async def reconcile(self, connection: str) -> Ticket:
        return await self.ask(Errand("reconcile", connection))

    async def drain(self, connection: str) -> Ticket:
        return await self.ask(Errand("drain", connection))

    async def look(self, ticket: Ticket) -> Ticket:
        """A job that goes on in another is as far as that one."""
        with self.store.told():
            (found,) = await self.client.list_workflows_async(workflow_ids=[ticket.id], load_input=False)
        if found.status == "SUCCESS" and found.output:
            return await self.look(replace(ticket, id=link_of(ticket.id).following.id))
        return _ticket(found)

    async def attended(self) -> bool:
        return any(not one.silent for one in await known(self.store) if one.role != "api")

    async def ask(self, errand: Errand) -> Ticket:
        """The ticket of the one that waits or runs already, or else of a new one."""
        last = await self._last(errand.chain)
        if last is not None and last.status in ACTIVE:
            if errand.kind not in ("drain", "reread"):
                LOG.info("%s of %s is not asked for again: it %s.", *_told(errand, last))
            return _ticket(last)
        link = Link(errand.chain, 1) if last is None else link_of(last.workflow_id).following
        return await self._put(link, errand)

    async def again(self, job: str, errand: Errand, delay: float = 0) -> Ticket:
        """Lets the errand that a job was on be gone on with by the next of its chain."""
        return await self._put(link_of(job).following, errand, delay)

    async def outranked(self, errand: Errand) -> bool:
        """Whether something more urgent waits for the connection."""
        with self.store.told():
            waiting = await self.client.list_workflows_async(
                queue_name=LINE, status="ENQUEUED", load_input=False, load_output=False
            )
        return any(
            one.queue_partition_key == errand.connection and (one.priority or 0) < PRIORITIES[errand.kind]
            for one in waiting
        )

    async def orphans(self, version: str) -> list[Orphan]:
        """Jobs of processes that do not live, and jobs that only another version of us would do."""
        with self.store.told():
            active = await self.client.list_workflows_async(status=ACTIVE, load_output=False)
        # Asked after the jobs: whoever began one of them has told before that it lives.
        living = {one.id for one in await known(self.store) if not one.silent}
        return [
            _orphan(one)
            for one in active
            if (one.status == "PENDING" and one.executor_id not in living)
            or (one.status != "PENDING" and one.app_version not in (None, version))
        ]

    async def given(self, executor: str) -> list[Orphan]:
        """The errands that the process does, as far as the engine knows."""
        with self.store.told():
            found = await self.client.list_workflows_async(
                status="PENDING", name=ERRAND, executor_id=executor, load_output=False
            )
        return [_orphan(one) for one in found]

    async def adopt(self, orphan: Orphan, version: str) -> None:
        """Lets the job be done by whoever comes to it. One of another version is asked for anew: all that it
        had reached is in the store."""
        with self.store.told():
            if orphan.version in (None, version):
                queue = LINE if orphan.errand else None
                await self.client.resume_workflows_async([orphan.id], queue_name=queue)
                return
            if orphan.errand:
                await self.again(orphan.id, orphan.errand)
            await self.client.cancel_workflow_async(orphan.id)

    async def clean(self, now: datetime) -> None:
        """Forgets what was done long ago."""
        with self.store.told():
            old = await self.client.list_workflows_async(
                completed_before=(now - KEPT).isoformat(), limit=ENOUGH, load_input=False, load_output=False
            )
            await self.client.delete_workflows_async([one.workflow_id for one in old])

    async def _last(self, chain: str) -> WorkflowStatus | None:
        """The latest of the chain."""
        with self.store.told():
            found = await self.client.list_workflows_async(
                workflow_id_prefix=f"{chain}#",
                sort_desc=True,
                limit=LATEST,
                load_input=False,
                load_output=False,
            )
        of_it = [one for one in found if link_of(one.workflow_id).chain == chain]
        return max(of_it, key=lambda one: link_of(one.workflow_id).number, default=None)

    async def _put(self, link: Link, errand: Errand, delay: float = 0) -> Ticket:
        options = EnqueueOptions(
            workflow_name=ERRAND,
            queue_name=LINE,
            workflow_id=link.id,
            queue_partition_key=errand.connection,
            priority=PRIORITIES[errand.kind],
        )
        if delay > 0:
            options["delay_seconds"] = delay
        with self.store.told():
            await self.client.enqueue_async(options, errand.kind, errand.connection, list(errand.scopes))
            (put,) = await self.client.list_workflows_async(workflow_ids=[link.id], load_input=False)
        return _ticket(put)


@contextmanager
def asking(store: Store, url: str) -> Iterator[Queue]:
    """A queue over the jobs' database at the URL, which a worker, now or once, has made."""
    client = DBOSClient(
        system_database_url=url,
        serializer=DBOSPortableJSONSerializer(),
        application_name=APPLICATION,
        lazy=True,
        retry_connection_errors=False,
    )
    try:
        yield Queue(store, client)
    finally:
        client.destroy()


def _ticket(found: WorkflowStatus) -> Ticket:
    waits = found.delay_until_epoch_ms if found.status == "DELAYED" else None
    return Ticket(
        id=found.workflow_id,
        connection=found.queue_partition_key or "",
        state=STATES.get(found.status, "failed"),
        asked_at=_instant(found.created_at or 0),
        until=None if waits is None else _instant(waits),
    )


def _orphan(found: WorkflowStatus) -> Orphan:
    errand = None
    if found.name == ERRAND and found.input:
        kind, connection, scopes = found.input["args"]
        errand = Errand(kind, connection, tuple(scopes))
    return Orphan(id=found.workflow_id, errand=errand, executor=found.executor_id, version=found.app_version)


def _instant(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _told(errand: Errand, found: WorkflowStatus) -> tuple[str, str, str]:
    how = "runs since" if found.status == "PENDING" else "waits since"
    return errand.kind.capitalize(), errand.connection, f"{how} {_instant(found.created_at or 0):%H:%M} UTC"
