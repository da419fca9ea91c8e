"""What is not there any more: told apart by reason, never assumed, never many at once; and undone again."""

from __future__ import annotations

import pytest

from connectors.base import Absence, Page
from connectors.errors import Unavailable
from store.open import Store
from store.principal import LOCAL
from tests.sync.stage import Bench, Stage, card, definition, done

MEANING = {"open": "todo", "shut": "done"}


def absent(id: str, reason: str, evidence: str = "the tracker said so") -> Absence:
    return Absence(id=id, reason=reason, evidence=evidence)  # type: ignore[arg-type]


def stage(*readings: list[Page | Exception], **single: Absence) -> Stage:
    first = done(definition(**MEANING), card("1"), card("2"), card("3"), card("4"), card("5"))
    return Stage([[first], *(list(steps) for steps in readings)], single=single)


async def open_items(bench: Bench) -> int:
    (project,) = await bench.store.reader(LOCAL, bench.clock).portfolio()
    return project.figures.categories.get("todo", 0)


async def test_what_a_listing_does_not_show_is_asked_for_and_told_apart(store: Store) -> None:
    told = {
        "2": absent("2", "not_found"),
        "3": absent("3", "moved"),
        "4": absent("4", "filtered"),
        "5": absent("5", "forbidden"),
    }
    bench = Bench(store, Stage([*stage([done(since=2, listed=["1"])]).readings], single=told))
    await bench.sync()
    level = (await bench.feed())[-1].seq
    report = await bench.sync()
    assert bench.stage.fetched == ["2", "3", "4", "5"]
    assert await bench.presence() == {
        "1": "present",
        "2": "gone",
        "3": "moved_out",
        "4": "filtered_out",
        "5": "present",
    }
    assert report.written == 3
    assert {event.remote_id: (event.fields, event.presence) for event in await bench.feed(level)} == {
        "2": (["presence"], "gone"),
        "3": (["presence"], "moved_out"),
        "4": (["presence"], "filtered_out"),
    }


async def test_what_the_tracker_says_is_deleted_is_so_at_once_and_keeps_content_and_history(
    store: Store,
) -> None:
    gone = [absent("2", "deleted", "action deleteCard 77")]
    bench = Bench(store, stage([Page(records=[], gone=gone, resume={"at": 1}), done(since=2)]))
    await bench.sync()
    await bench.sync()
    assert (await bench.presence())["2"] == "deleted"
    view = (await bench.items())["2"]
    assert view.item.title == "card 2"
    assert view.presence_since is not None
    whole = await store.reader(LOCAL, bench.clock).item(view.item.id, history=True)
    assert whole is not None
    assert whole.history is not None
    (change,) = whole.history
    assert (change.field, change.before, change.after) == ("presence", "present", "deleted")
    assert (change.original_after, change.source) == ("action deleteCard 77", "observed_diff")
    assert bench.stage.fetched == []
    assert await open_items(bench) == 4


async def test_a_deletion_that_was_told_before_the_cut_is_not_lost(store: Store) -> None:
    gone = [absent("2", "deleted")]
    first = Page(records=[card("1", "shut", minute=4, read=5)], gone=gone, resume={"at": 1})
    bench = Bench(store, stage([first, Unavailable("down")], [done(since=2)]))
    await bench.sync()
    assert (await bench.sync()).error == "down"
    assert (await bench.sync()).error is None
    assert (await bench.presence())["2"] == "deleted"
    assert (await bench.statuses())["1"] == "done"


async def test_an_item_that_a_listing_lost_and_the_tracker_has_is_read_and_stays(store: Store) -> None:
    single = {"2": card("2", "shut", minute=7, read=8)}
    bench = Bench(
        store, Stage([*stage([done(since=2, listed=["1", "3", "4", "5"])]).readings], single=single)
    )
    await bench.sync()
    await bench.sync()
    assert (await bench.presence())["2"] == "present"
    assert (await bench.statuses())["2"] == "done"


async def test_what_is_restored_is_there_again_with_the_next_reading(store: Store) -> None:
    bench = Bench(
        store,
        stage(
            [Page(records=[], gone=[absent("2", "deleted")], resume={"at": 1}), done(since=2)],
            [done(card("2", read=60 * 24), since=3)],
        ),
    )
    await bench.sync()
    await bench.sync()
    assert await open_items(bench) == 4
    await bench.sync()
    assert (await bench.presence())["2"] == "present"
    assert await open_items(bench) == 5


async def test_a_record_that_was_read_before_the_item_went_does_not_bring_it_back(store: Store) -> None:
    bench = Bench(
        store,
        stage(
            [done(since=2, listed=["1", "3", "4", "5"])],
            [done(card("2", read=0), since=3)],
        ),
    )
    bench.stage.single = {"2": absent("2", "not_found")}
    await bench.sync()
    await bench.sync()
    await bench.sync()
    assert (await bench.presence())["2"] == "gone"


async def test_a_tracker_that_does_not_answer_for_what_is_missing_changes_nothing(store: Store) -> None:
    class Down(Stage):
        async def fetch(self, scope, ids):  # type: ignore[no-untyped-def,override]
            raise Unavailable("down")
            yield

    bench = Bench(store, Down(stage([done(since=2, listed=["1"])]).readings))
    await bench.sync()
    before = await bench.complete_at()
    assert (await bench.sync()).error == "down"
    assert set((await bench.presence()).values()) == {"present"}
    assert await bench.complete_at() == before


@pytest.mark.parametrize(("vanished", "held"), [(20, False), (21, True)])
async def test_many_that_vanish_at_once_are_held_with_a_sentence(
    store: Store, vanished: int, held: bool
) -> None:
    names = [f"c{n:02}" for n in range(60)]
    kept = names[vanished:]
    single = {name: absent(name, "not_found") for name in names}
    first = done(definition(**MEANING), *(card(name) for name in names))
    bench = Bench(store, Stage([[first], [done(since=2, listed=kept)]], single=single))
    await bench.sync()
    report = await bench.sync()
    gone = [id for id, presence in (await bench.presence()).items() if presence == "gone"]
    assert len(gone) == (0 if held else vanished)
    assert [("too many at once" in note) for note in report.notes] == ([True] if held else [])
    (run, _) = await bench.runs()
    assert (run.note is not None) is held
    findings = await store.reader(LOCAL, bench.clock).findings()
    assert [(one.kind, one.count) for one in findings] == ([("mass_absence", vanished)] if held else [])


async def test_what_hung_on_a_deleted_item_is_read_again(store: Store) -> None:
    """Its tracker does not count that as a change of it."""
    parent = {"id": "2"}
    first = done(definition(**MEANING), card("1", parent=parent), card("2"), card("3"))
    second: list[Page | Exception] = [done(since=2, gone=[absent("2", "deleted")])]
    bench = Bench(store, Stage([[first], second], single={"1": card("1", read=9)}))
    await bench.sync()
    assert (await bench.items())["1"].item.parent_id is not None
    await bench.sync()
    assert bench.stage.fetched == ["1"]
    assert (await bench.items())["1"].item.parent_id is None


async def test_what_is_listed_again_is_asked_for_although_nobody_changed_it(store: Store) -> None:
    """A tracker that lets us see an item again does not count that as a change of it."""
    bench = Bench(
        store, stage([done(since=2, listed=["1", "3", "4", "5"])], [done(since=3, listed=["1", "2", "6"])])
    )
    told = {"2": absent("2", "not_found")}
    bench.stage.single = told
    await bench.sync()
    await bench.sync()
    assert (await bench.presence())["2"] == "gone"
    bench.stage.single = {id: card(id, read=60 * 24) for id in ("2", "3", "4", "5", "6")}
    await bench.sync()
    assert await bench.presence() == dict.fromkeys("123456", "present")
