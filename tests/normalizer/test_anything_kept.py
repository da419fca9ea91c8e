"""Whatever a tracker sends is kept as it came, and what of it cannot be read is counted."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from connectors.base import JsonObject, Record
from normalizer.model import Normalised
from normalizer.registry import NORMALIZERS
from store import runs
from store.catalogue import Declared, SeenScope, declare, save_scopes
from store.declared import ConnectionSpec
from store.kept import kept_records
from store.open import Store, open_store
from store.principal import Principal
from store.put import Batch, CompleteReading, PutResult, put
from store.types import canonical
from tests.normalizer.anything import Known, spoilt_page
from tests.payloads.case import READ_AT

ADMIN = Principal(role="admin", name="admin")
PAGE = 50


@pytest.fixture(scope="module", params=NORMALIZERS)
def tracker(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def pages(tracker: str, told: Mapping[str, Sequence[Known]]) -> st.SearchStrategy[Known]:
    return spoilt_page([one for one in told[tracker] if one.records], PAGE)


@given(data=st.data())
@settings(max_examples=500 // PAGE, phases=[Phase.generate])
def test_a_page_of_spoilt_records_is_kept_and_its_rejections_are_counted(
    tracker: str, pages: st.SearchStrategy[Known], sqlite_template: Path, data: st.DataObject
) -> None:
    asyncio.run(kept(tracker, data.draw(pages), sqlite_template))


async def kept(tracker: str, known: Known, template: Path) -> None:
    mapper = NORMALIZERS[tracker](known.context)
    records = {(one.kind, one.id): one for many in known.records.values() for one in many}
    made = [mapper(record) for record in records.values()]
    with TemporaryDirectory() as folder:
        shutil.copyfile(template, Path(folder) / "store.db")
        store = await open_store(f"sqlite:///{folder}/store.db")
        try:
            result = await written(store, known, list(records.values()), made)
            kept_now = [one async for page in kept_records(store, known.context.scope_id) for one in page]
            (connection,) = await store.reader(ADMIN, lambda: READ_AT).connections()
        finally:
            await store.aclose()
    assert {(one.kind, one.remote_id): told(one.body()) for one in kept_now} == {
        key: told(record.body) for key, record in records.items()
    }
    refused = sum(bool(became.rejections) for became in made)
    reasons = {(one.kind, one.field, one.expected, one.whole) for became in made for one in became.rejections}
    assert result.rejected == refused
    assert connection.scopes[0].rejected == refused
    assert connection.rejected == len(reasons)
    assert result.items == len({item.id for became in made for item in became.items})


def told(body: JsonObject) -> str:
    """NaN and its like are no JSON: no connector lets them through, and the store keeps nothing for them."""
    return canonical(json.loads(canonical(body), parse_constant=lambda _: None))


async def written(
    store: Store, known: Known, records: Sequence[Record], made: Sequence[Normalised]
) -> PutResult:
    context = known.context
    specs = [ConnectionSpec(id="one", tracker="any", system=context.system)]
    await declare(store, Declared(connections=specs, scopes=(), projects=()), READ_AT)
    await save_scopes(store, "one", [SeenScope(id=context.scope_id, record=context.scope)], READ_AT)
    run_id = await runs.begin(store, "reconcile", "one", context.scope_id, READ_AT)
    batch = Batch(
        scope_id=context.scope_id, run_id=run_id, connection="one", records=records, normalised=made,
        now=READ_AT, started_at=READ_AT, complete=CompleteReading(),
    )  # fmt: skip
    result = await put(store, batch)
    again = await put(store, batch)
    assert again.written == 0
    return result
