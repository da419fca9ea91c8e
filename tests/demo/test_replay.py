"""A replay of the whole demo: unchanged rules write nothing, one changed rule touches what it names."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from cli.demo import demo_settings
from config import wiring
from normalizer.rules import Rules
from sandbox.options import SandboxOptions
from sandbox.server import running
from store.open import Store
from sync.replay import Replayed, replay
from sync.runner import sync
from sync.source import Source
from tests.faketime import FakeTime
from tests.store.touched import watching

WORD = "With vendor"
"""A status that the story uses on two trackers and that no dictionary knows."""


class Demo:
    def __init__(self, store: Store, sources: list[Source], time: FakeTime) -> None:
        self.store, self.sources, self.time = store, sources, time

    async def replay(self, *, keep: bool = True) -> Replayed:
        return await replay(self.store, self.sources, self.time.clock, lambda _: None, keep=keep)

    def rule(self, **rules: dict[str, str]) -> None:
        given = Rules.model_validate(rules)
        self.sources = [replace(source, rules_for=lambda _: given) for source in self.sources]


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    time = FakeTime()
    options = SandboxOptions(items=240, budgets=False, clock=time.clock, today=time.now.date())
    with running(options) as sandbox:
        settings = demo_settings(sandbox, tmp_path)
        async with (
            wiring.opened_store(settings) as store,
            wiring.sources(settings, list(settings.connections), time.timing) as sources,
        ):
            reports = await sync(store, sources, time.clock, lambda _: None)
            assert [error for report in reports for error in report.errors] == []
            yield Demo(store, sources, time)


async def test_a_replay_of_the_demo_writes_no_row(demo: Demo) -> None:
    async with watching(demo.store) as touched:
        done = await demo.replay()
    assert touched == set()
    assert done.changed == []
    assert done.records > 1000
    assert done.scopes == 20


async def test_with_one_rule_changed_the_dry_run_and_the_real_run_name_the_same_items(demo: Demo) -> None:
    demo.rule(status={WORD: "in_progress"})
    dry = await demo.replay(keep=False)
    real = await demo.replay()
    assert len(dry.changed) >= 2
    assert dry.changed == real.changed
    assert {(one.before, one.after) for one in real.changed} == {("unknown", "in_progress")}
    assert all("status_category" in one.fields for one in real.changed)
    assert dry.after == real.after
    async with watching(demo.store) as touched:
        assert (await demo.replay()).changed == []
    assert touched == set()
