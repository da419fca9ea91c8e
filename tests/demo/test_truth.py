"""The whole way, from the trackers' wire to the API's, against the story before any tracker told it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from sandbox.options import SandboxOptions
from sandbox.server import running
from tests.demo.comparison import differences
from tests.tree import PACKAGES, ROOT

ITEMS, SEED = 240, 7

BROKEN_LINES = {
    "asana_task.py": ("asana",),
    "jira_item.py": ("jira_cloud", "jira_dc"),
    "smartsheet_row.py": ("smartsheet",),
    "trello_card.py": ("trello",),
}
"""The file of a normaliser whose line for ``due`` is broken, and the trackers that it is for."""


def demo_in(folder: Path) -> Any:
    """``tspmo demo --once --json`` of the sources in a folder, as a process of its own."""
    ended = subprocess.run(  # noqa: S603 - our own command
        [
            sys.executable,
            "-m",
            "cli.main",
            "demo",
            "--once",
            "--json",
            "--items",
            str(ITEMS),
            "--seed",
            str(SEED),
        ],
        cwd=folder,
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr.decode()
    return msgspec.json.decode(ended.stdout)


def truth_of(today: str) -> Any:
    options = SandboxOptions(seed=SEED, items=ITEMS, today=date.fromisoformat(today))
    with running(options) as sandbox:
        answer = httpx.get(f"{sandbox.admin}/_sandbox/truth", trust_env=False)
    return answer.raise_for_status().json()


def test_the_demo_equals_the_truth() -> None:
    demo = demo_in(ROOT)
    truth = truth_of(demo["today"])
    assert differences(demo, truth) == []
    for tracker, told in truth["trackers"].items():
        assert told["counts"]["items"] > 50, tracker
    names = {tracker for item in demo["items"] for tracker in [item["tracker"]]}
    assert names == set(truth["trackers"])


def test_the_portfolio_counts_what_the_truth_counts() -> None:
    """Each project that is one whole scope has the scope's counts, and overdue as the story has it."""
    demo = demo_in(ROOT)
    truth = truth_of(demo["today"])
    scopes = {scope["id"]: scope for told in truth["trackers"].values() for scope in told["scopes"]}
    projects = [p for p in demo["portfolio"]["data"]["projects"] if p["kind"] == "project"]
    whole = [p for p in projects if len(p["scopes"]) == 1]
    assert len(whole) >= 8
    for project in whole:
        items = scopes[project["scopes"][0]["remote_id"]]["items"]
        counted = [item for item in items if item["counted"] and item["presence"] == "present"]
        still = [item for item in counted if item["status_category"] not in ("done", "cancelled")]
        summary = project["summary"]
        assert summary["total"] == len(counted), project["name"]
        assert summary["open"] == len(still), project["name"]
        overdue = [item for item in still if item["due"] and item["due"][:10] < demo["today"]]
        assert summary["overdue"] == len(overdue), project["name"]
        assert summary["blocked"] == sum(item["hold"] == "blocked" for item in still), project["name"]
        assert summary["unassigned"] == sum(not item["assignees"] for item in still), project["name"]


@pytest.mark.parametrize("file", sorted(BROKEN_LINES))
def test_one_broken_line_in_a_normaliser_is_seen(file: str, tmp_path: Path) -> None:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    break_line(tmp_path / "normalizer" / file, "due")
    demo = demo_in(tmp_path)
    lines = differences(demo, truth_of(demo["today"]))
    assert lines
    assert all(" due: shown None" in line for line in lines)
    assert {line.split()[0] for line in lines} == set(BROKEN_LINES[file])


def break_line(path: Path, field: str) -> None:
    """Makes the one keyword argument ``field=…`` None, whatever stands behind it."""
    source = path.read_text(encoding="utf-8")
    broken, number = re.subn(rf"(?<=[ (]){field}=", f"{field}=None if True else ", source)
    assert number == 1, f"{path.name} sets {field} {number} times"
    path.write_text(broken, encoding="utf-8")
