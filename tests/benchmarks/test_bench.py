"""Each benchmark to its end, on a dataset so small that its figures say nothing: what it counts is right."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks import normalize, sync
from benchmarks.running import Plan, measured, peak_rss_mb

SMALL = ("--scopes", "2", "--items", "20", "--latency", "0")
KEYS = {
    "requests", "least_requests", "wall_s", "limit_wall_s", "ratio_to_limit", "cpu_us_per_item",
    "cpu_us_per_change", "peak_rss_mb", "unchanged_requests", "unchanged_cpu_us_per_item",
    "incremental_requests", "incremental_cpu_us_per_changed", "sdk_wall_s", "speedup_vs_sdk",
}  # fmt: skip


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_sync_is_told_without_and_with_history(capsys: pytest.CaptureFixture[str]) -> None:
    sync.main(["--trackers", "trello", "--explain", *SMALL])
    without, how, with_history, _ = lines(capsys)
    assert without.keys() >= KEYS
    assert without.keys() == with_history.keys()
    assert (without["history"], with_history["history"]) == (False, True)
    assert (without["items"], without["changes"], without["cpu_us_per_change"]) == (40, 0, None)
    assert with_history["changes"] > 40
    assert with_history["cpu_us_per_change"] is not None
    assert (without["least_requests"], with_history["least_requests"]) == (6, 8)
    assert without["requests"] == sum(how["asked"].values())
    assert without["least_requests"] == sum(how["least"].values())


@pytest.mark.parametrize("tracker", ["asana", "jira_cloud", "jira_dc", "smartsheet"])
async def test_subject_limit_and_client_read_the_same_items(tracker: str) -> None:
    told = await measured(Plan(tracker=tracker, scopes=2, items=20, latency=0, history=True))
    assert told.facts.items == told.first["written"] == told.sdk["items"] == 40
    assert told.unchanged["written"] == 0
    assert told.changed["changed"] == 2
    assert told.changed["written"] >= 2
    assert told.limit["requests"] == told.first["requests"] == sum(told.first["paths"].values())
    assert told.limit["rows"] > 40 + told.first["changes"]


async def test_memory_is_told_of_a_first_sync() -> None:
    assert await peak_rss_mb(Plan(tracker="trello", scopes=1, items=5, latency=0)) > 20


def test_mapping_is_told_by_the_record_and_a_replay_by_the_second(
    capsys: pytest.CaptureFixture[str],
) -> None:
    small = ["--scopes", "1", "--items", "30", "--replay-scopes", "10"]
    normalize.main(["--trackers", "jira_cloud", "--replay", "trello", *small])
    mapped, replayed = lines(capsys)
    assert mapped["records"] == 30
    assert mapped["us_per_record"] > 0
    assert replayed["replay_records"] > 300
    assert replayed["replay_records_per_s"] > 0
    assert replayed["replay_changed"] == 0
    assert replayed["replay_peak_rss_mb"] > 20
    assert replayed["replay_peak_rss_mb_of_a_tenth"] > 20
