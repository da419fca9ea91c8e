"""What people do is told by the tracker itself: every edit hints at where it was made, and no forged one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.base import Connector, Delivery, Hint, Received, ScopeRecord, Watch
from connectors.errors import TrackerError, Unauthorized
from sandbox.server import running
from sandbox.trello_webhooks import SECRET
from tests.contract.bench import Bench
from tests.contract.cases import CASES, Case
from tests.contract.conftest import OPTIONS
from tests.contract.test_edits import change, create
from tests.loopback import serving

MORE: Mapping[str, Mapping[str, Any]] = {"trello": {"secret": SECRET}}


@dataclass
class Desk:
    """Receives as the application does, for one webhook."""

    bench: Bench
    connector: Connector
    scope: ScopeRecord
    watch: Watch
    taken: list[Received] = field(default_factory=list)
    refused: list[TrackerError] = field(default_factory=list)

    async def answer(self, request: Request) -> Response:
        delivery = Delivery(
            method=request.method,
            path=request.url.path,
            headers={name.lower(): value for name, value in request.headers.items()},
            body=await request.body(),
        )
        try:
            received = self.connector.receive(delivery, self.watch)
        except TrackerError as error:
            self.refused.append(error)
            return Response(status_code=401)
        self.taken.append(received)
        self.watch = replace(self.watch, secret=received.new_secret or self.watch.secret)
        return Response(received.body, received.status, dict(received.headers))

    async def made(self) -> None:
        """The webhook, as a caller keeps it who remembers what came of it. What comes before its secret is
        known is refused, and tried again by its tracker."""
        covers = None if self.connector.capabilities.webhooks == "connection" else self.scope
        self.watch = replace(self.watch, making=True)
        state = await self.connector.watch(covers, self.watch)
        assert state.active, state.health
        secret = self.watch.secret if state.secret is None else state.secret
        self.bench.sandbox.webhooks.quiet()
        self.refused.clear()
        self.watch = replace(self.watch, making=False, remote_id=state.id, secret=secret)

    def told(self) -> set[Hint]:
        """What was hinted at since the last time. Fails where anything was refused or is not known."""
        self.bench.sandbox.webhooks.quiet()
        assert self.refused == []
        taken, self.taken = self.taken, []
        assert [name for one in taken for name in one.unknown] == []
        return {hint for one in taken for hint in one.hints}

    def covers(self, id: str | None, hints: set[Hint]) -> bool:
        """Whether somebody who looks there sees what was done to the item, or to the scope."""
        return bool({Hint(scope_id=self.scope.id, item_id=one) for one in (id, None)} & hints)


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def telling(request: pytest.FixtureRequest) -> Iterator[Bench]:
    case: Case = request.param
    with running(OPTIONS) as sandbox:
        yield Bench(case, sandbox)


@asynccontextmanager
async def watching(bench: Bench) -> AsyncIterator[Desk]:
    async with bench.connector(**MORE.get(bench.case.name, {})) as connector:
        scope = await bench.scope()
        desk = Desk(bench, connector, scope, Watch(callback_url="", scope_id=scope.id, secret="fresh"))
        app = Starlette(routes=[Route("/{path:path}", desk.answer, methods=["HEAD", "POST"])])
        with serving(app) as base:
            desk.watch = replace(desk.watch, callback_url=f"{base}/webhooks/here/token")
            await desk.made()
            desk.told()
            yield desk


async def test_every_edit_hints_at_its_item(telling: Bench) -> None:
    async with watching(telling) as desk:
        id = create(telling, desk.scope)
        assert desk.covers(id, desk.told())
        member = telling.sandbox.world.project(telling.slug(desk.scope)).members[1]
        for fields in (*telling.case.printed, {"assignees": [member]}):
            change(telling, id, fields)
            assert Hint(scope_id=desk.scope.id, item_id=id) in desk.told(), fields
        telling.sandbox.edit({"op": "delete", "task": id})
        assert desk.covers(id, desk.told())


async def test_what_changes_around_items_hints_at_the_scope_or_at_those_that_show_it(telling: Bench) -> None:
    async with watching(telling) as desk:
        for op in telling.case.around:
            telling.sandbox.edit({**op, "project": telling.slug(desk.scope)})
            assert {hint.scope_id for hint in desk.told()} == {desk.scope.id}, op


async def test_what_happens_elsewhere_hints_at_nothing_here(telling: Bench) -> None:
    """A webhook of a whole connection tells of all scopes."""
    async with watching(telling) as desk:
        other = await telling.scope(1)
        create(telling, other)
        covers_all = desk.connector.capabilities.webhooks == "connection"
        assert {hint.scope_id for hint in desk.told()} == ({other.id} if covers_all else set())


async def test_a_webhook_is_found_again_and_tells_nothing_when_it_is_gone(telling: Bench) -> None:
    async with watching(telling) as desk:
        known = desk.watch
        await desk.made()
        assert desk.watch == known
        ours = [one async for one in desk.connector.watches() if one.callback_url == known.callback_url]
        assert [one.id for one in ours] == [known.remote_id]
        assert known.remote_id is not None
        await desk.connector.unwatch(known.remote_id)
        create(telling, desk.scope)
        assert desk.told() == set()
        await desk.made()
        desk.told()
        assert desk.covers(create(telling, desk.scope), desk.told())


async def test_no_letter_of_somebody_else_is_let_in(telling: Bench) -> None:
    async with watching(telling) as desk:
        create(telling, desk.scope)
        assert desk.told()
        letter = telling.sandbox.webhooks.sent[-1].letter
        for headers in ({**letter.headers, **letter.forgery}, {"content-type": "application/json"}):
            forged = Delivery(method="POST", path="/", headers=headers, body=letter.body)
            with pytest.raises(Unauthorized):
                desk.connector.receive(forged, desk.watch)
