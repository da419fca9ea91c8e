"""What the sandbox's trackers tell, read once."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence

import pytest

from connectors.base import Record
from connectors.registry import TRACKERS
from normalizer.context import Context
from sandbox.options import SandboxOptions
from sandbox.server import Sandbox, running
from tests.faketime import FakeTime
from tests.normalizer.anything import Known

ITEMS = 60


@pytest.fixture(scope="session")
def told() -> Mapping[str, Sequence[Known]]:
    """By tracker, every scope of the story with its definitions and its records by kind."""
    with running(SandboxOptions(items=ITEMS, budgets=False)) as sandbox:
        return {name: asyncio.run(_read(sandbox, name)) for name in TRACKERS}


async def _read(sandbox: Sandbox, name: str) -> list[Known]:
    tracker = TRACKERS[name]
    history = {"history": True} if "history" in tracker.settings.model_fields else {}
    given = {"base_url": sandbox.bases[name], **sandbox.credentials[name], **history}
    connector = tracker.connect(tracker.settings.model_validate(given), FakeTime().timing)
    try:
        identity = await connector.check()
        found = []
        for scope in [one async for one in connector.scopes()]:
            records: dict[str, list[Record]] = defaultdict(list)
            async for page in connector.read(scope):
                for record in page.records:
                    records[record.kind].append(record)
            definitions = {one.id: one.body for one in records.pop("definition")}
            context = Context(
                system=identity.system, site=identity.site, scope=scope, definitions=definitions
            )
            found.append(Known(context=context, records=records))
        return found
    finally:
        await connector.aclose()
