"""Built-in trackers, and those that another distribution adds: tried with a real one on a real path."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from connectors.registry import TRACKERS, trackers
from normalizer.registry import NORMALIZERS, normalizers

ROOT = Path(__file__).parents[2]
PLUGIN = """
from pydantic import BaseModel
from connectors import trello
from connectors.registry import Tracker

class Settings(BaseModel):
    tracker: str = "acme"

def connect(settings, timing, transport=None, on_wait=None):
    raise NotImplementedError

def prepare(context):
    raise NotImplementedError

acme = Tracker("acme", Settings, connect, trello.CAPABILITIES)
no_tracker = object()
"""
SHOW = "from connectors.registry import trackers as t; from normalizer.registry import normalizers as n; " + (
    "print(*sorted(t())); print(*sorted(n()))"
)


def with_plugin(folder: Path, entry_points: str) -> subprocess.CompletedProcess[str]:
    """What a process finds that has the distribution acme-tracker on its path."""
    (folder / "acme_tracker.py").write_text(PLUGIN)
    info = folder / "acme_tracker-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-tracker\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(entry_points)
    return subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", SHOW],
        cwd=ROOT,
        env={"PYTHONPATH": f"{folder}:{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_each_built_in_tracker_has_settings_tagged_with_its_name_and_a_normaliser() -> None:
    assert set(TRACKERS) == set(NORMALIZERS)
    for name, tracker in TRACKERS.items():
        assert tracker.name == tracker.capabilities.tracker == name
        assert tracker.settings.model_fields["tracker"].default == name
        assert all(
            field.description for key, field in tracker.settings.model_fields.items() if key != "tracker"
        )


def test_without_plug_ins_there_are_the_built_in_ones() -> None:
    assert trackers() == TRACKERS
    assert normalizers() == NORMALIZERS


def test_an_installed_package_adds_a_tracker_and_its_normaliser(tmp_path: Path) -> None:
    run = with_plugin(
        tmp_path,
        "[tspmo.trackers]\nacme = acme_tracker:acme\n[tspmo.normalizers]\nacme = acme_tracker:prepare\n",
    )
    known = " ".join(sorted(["acme", *TRACKERS]))
    assert run.stdout.split("\n")[:2] == [known] * 2, run.stderr


def test_a_plug_in_that_cannot_be_used_is_named_with_the_reason(tmp_path: Path) -> None:
    broken = {
        "[tspmo.trackers]\ntrello = acme_tracker:acme\n": "there is already a tracker named trello",
        "[tspmo.trackers]\nacme = acme_tracker:missing\n": "it cannot be loaded",
        "[tspmo.trackers]\nacme = no_such_module:acme\n": "it cannot be loaded",
        "[tspmo.trackers]\nacme = acme_tracker:no_tracker\n": "is not a Tracker named acme",
        "[tspmo.trackers]\nother = acme_tracker:acme\n": "is not a Tracker named other",
        "[tspmo.normalizers]\ntrello = acme_tracker:prepare\n": "already a normaliser for trello",
        "[tspmo.normalizers]\nacme = acme_tracker:missing\n": "it cannot be loaded",
        "[tspmo.normalizers]\nacme = acme_tracker:no_tracker\n": "is not a function",
    }
    for number, (entry_points, reason) in enumerate(broken.items()):
        folder = tmp_path / str(number)
        folder.mkdir()
        run = with_plugin(folder, entry_points)
        last = run.stderr.strip().splitlines()[-1]
        assert run.returncode == 1
        assert last.startswith("ImportError: The ")
        assert reason in last
        assert "acme-tracker" in last
