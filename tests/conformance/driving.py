"""Everything that we ask of a tracker, asked of its sandbox, with every exchange written down."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from connectors.base import ScopeRecord
from connectors.errors import NotFound, Unauthorized
from sandbox.options import SandboxOptions
from sandbox.server import APPS, Apps, running
from tests.conformance.exchanges import Exchange, Recorder
from tests.contract.bench import OPERATIONS, Bench, Reading, counted, fetched, read
from tests.contract.cases import Case

Client = Callable[[str, Mapping[str, str]], None]
"""A vendor's own client at work: given the base URL and the credentials."""
CLIENT = "the vendor's client"
"""Where the exchanges of such a client say that they are from."""
# Always the same day, so that every run finds the same.
OPTIONS = SandboxOptions(items=120, budgets=False, today=date(2026, 3, 2))


def exchanges(case: Case, settings: Mapping[str, Any], client: Client | None) -> list[Exchange]:
    """All that passes while the connector goes through its contract and the vendor's client reads."""
    recorder = Recorder()
    apps: Apps = {name: recorder.around(make) for name, make in APPS.items() if name == case.name}
    with running(OPTIONS, apps=apps) as sandbox:
        asyncio.run(_contract(Bench(case, sandbox), settings, recorder))
        if client is not None:
            recorder.step = CLIENT
            client(sandbox.bases[case.name], sandbox.credentials[case.name])
    return recorder.exchanges


async def _contract(bench: Bench, settings: Mapping[str, Any], recorder: Recorder) -> None:
    async with bench.connector(**settings) as connector:
        recorder.step = "check"
        await connector.check()
        recorder.step = "scopes"
        scopes = [scope async for scope in connector.scopes()]
        for scope in scopes:
            recorder.step = f"read {scope.name}"
            whole = _whole(await read(connector, scope))
            recorder.step = f"read {scope.name} since"
            _whole(await read(connector, scope, since=whole.pages[-1].next_since))
            recorder.step = f"census {scope.name}"
            await counted(connector, scope)
            recorder.step = f"fetch {scope.name}"
            await fetched(connector, scope, [*whole.ids("item"), bench.case.nowhere])
    await _refusals(bench, recorder, replace(scopes[0], id=bench.case.nowhere))


async def _refusals(bench: Bench, recorder: Recorder, nowhere: ScopeRecord) -> None:
    for name in ("read", "census"):
        recorder.step = f"{name} a scope that never was"
        async with bench.connector() as connector:
            with pytest.raises(NotFound):
                await OPERATIONS[name](connector, nowhere, nowhere.id)
    recorder.step = "check with wrong credentials"
    for bad in bench.case.bad:
        async with bench.connector(**bad) as connector:
            with pytest.raises(Unauthorized):
                await connector.check()


def _whole(reading: Reading) -> Reading:
    if reading.error is not None:
        raise reading.error
    return reading
