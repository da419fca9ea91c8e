"""Mapping kept records again: nothing where nothing differs, else exactly what a rule touches."""

from __future__ import annotations

import pytest

from connectors.base import Absence
from normalizer.context import Context
from normalizer.model import Change, Mapper, Normalised
from normalizer.rules import Rules
from store.open import Store
from store.principal import LOCAL
from sync.replay import Replayed, replay
from tests.store.touched import watching
from tests.sync.stage import Bench, Stage, Words, card, definition, done

MEANING = {"open": "todo", "shut": "done"}
PARKED = Rules(status={"Parked": "backlog", "never said": "done"})


@pytest.fixture
async def bench(store: Store) -> Bench:
    first = done(
        definition(**MEANING), card("1"), card("2", "parked"), card("3", "parked"), card("4", "shut")
    )
    bench = Bench(store, Stage([[first]]))
    await bench.sync()
    return bench


async def replayed(bench: Bench, *, keep: bool = True) -> Replayed:
    return await replay(bench.store, [bench.source], bench.clock, lambda _: None, keep=keep)


async def test_unchanged_rules_write_nothing(bench: Bench) -> None:
    async with watching(bench.store) as touched:
        result = await replayed(bench)
    assert touched == set()
    assert (result.records, result.changed) == (4, [])
    assert result.unmapped == {}


async def test_a_dry_run_names_what_a_real_run_changes_and_writes_nothing(bench: Bench) -> None:
    bench.rules = PARKED
    before = await bench.statuses()
    dry = await replayed(bench, keep=False)
    assert await bench.statuses() == before
    assert [run.kind for run in await bench.runs()] == ["full"]
    real = await replayed(bench)
    assert [one.remote_id for one in dry.changed] == ["2", "3"]
    assert dry.changed == real.changed
    assert (dry.before, dry.after) == (real.before, real.after)
    assert dry.before == {"todo": 1, "unknown": 2, "done": 1}
    assert dry.after == {"todo": 1, "backlog": 2, "done": 1}
    assert dry.never_met == real.never_met == [("status", "never said")]
    assert await bench.statuses() == {"1": "todo", "2": "backlog", "3": "backlog", "4": "done"}
    assert (await replayed(bench)).changed == []


async def test_a_change_is_a_data_correction_in_history_and_feed(bench: Bench) -> None:
    level = (await bench.feed())[-1].seq
    bench.rules = Rules(status={"parked": "done"})
    await replayed(bench)
    view = await bench.store.reader(LOCAL, bench.clock).item((await bench.items())["2"].item.id, history=True)
    assert view is not None
    assert view.history is not None
    (change,) = view.history
    assert (change.field, change.before, change.after) == ("status_category", "unknown", "done")
    assert change.source == "data_correction"
    assert view.completed_at is None  # nobody finished it then
    assert {(event.remote_id, event.kind) for event in await bench.feed(level)} == {
        ("2", "corrected"),
        ("3", "corrected"),
    }
    assert [run.kind for run in await bench.runs()] == ["replay", "full"]


async def test_what_is_gone_stays_gone(bench: Bench) -> None:
    bench.stage.readings = [[done(since=2, listed=["1", "3", "4"])]]
    bench.stage.single = {"2": Absence(id="2", reason="deleted", evidence="said so")}
    await bench.sync()
    bench.rules = PARKED
    result = await replayed(bench)
    assert [one.remote_id for one in result.changed] == ["3"]
    assert (await bench.presence())["2"] == "deleted"


async def test_a_rule_reaches_an_item_whose_definitions_changed_since_it_was_read(bench: Bench) -> None:
    """The item was written later than its record was read, and is told by it all the same."""
    bench.stage.readings = [[done(definition(open="in_progress", shut="done"), since=2)]]
    await bench.sync()
    bench.rules = Rules(status={"open": "backlog"})
    result = await replayed(bench)
    assert [(one.remote_id, one.before, one.after) for one in result.changed] == [
        ("1", "in_progress", "backlog")
    ]
    assert (await bench.statuses())["1"] == "backlog"


class History(Words):
    """Tells of every card that it came into its word an hour after it was made."""

    def __call__(self, record):  # type: ignore[no-untyped-def,override]
        became = super().__call__(record)
        (item,) = became.items
        change = Change(
            id=f"c{record.id}",
            item_id=item.id,
            field="status_category",
            before="todo",
            after=item.status_category,
            original_before="open",
            original_after=record.body["word"],
            at=item.remote_updated_at,
        )
        return Normalised(items=became.items, changes=(change,))


async def test_history_is_told_in_the_new_words_and_times_follow_from_it(store: Store) -> None:
    class Bench2(Bench):
        @staticmethod
        def prepare(context: Context) -> Mapper:
            return History(context)

    bench = Bench2(store, Stage([[done(definition(**MEANING), card("2", "parked", minute=30))]]))
    await bench.sync()
    assert (await bench.items())["2"].completed_at is None
    bench.rules = Rules(status={"parked": "done"})
    await replayed(bench)
    view = await store.reader(LOCAL, bench.clock).item((await bench.items())["2"].item.id, history=True)
    assert view is not None
    assert view.history is not None
    told = {change.source: (change.after, change.original_after) for change in view.history}
    assert told["tracker_history"] == ("done", "parked")
    assert view.completed_at == view.item.remote_updated_at


async def test_a_sync_lays_changed_rules_over_what_is_kept_before_it_reads(bench: Bench) -> None:
    """Else what changed since would go by the new rules, and all else by the old ones."""
    bench.stage.readings = [[done(card("2", "parked", minute=9, read=9), since=2)], [done(since=3)]]
    bench.rules = PARKED
    report = await bench.sync()
    assert await bench.statuses() == {"1": "todo", "2": "backlog", "3": "backlog", "4": "done"}
    assert report.notes == ["2 items mean something else by the rules as they are now (a data correction)."]
    assert report.kind == "incremental"
    assert (await bench.sync()).notes == []
    assert [run.kind for run in await bench.runs()] == ["incremental", "incremental", "replay", "full"]
