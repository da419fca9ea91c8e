"""The truth is computed by code that shares nothing with what serves the trackers."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import sandbox

FOLDER = Path(next(iter(sandbox.__path__)))
STORY = {"story", "story_resources"}
TRUTH = {"truth", "truth_items", "truth_reach", "truth_removed", "truth_resources"}


def imported(module: str) -> set[str]:
    """Every module that the file names in an import, anywhere in it."""
    tree = ast.parse((FOLDER / f"{module}.py").read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "sandbox":
            found |= {f"sandbox.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("module", sorted(TRUTH))
def test_the_truth_imports_itself_the_story_and_the_standard_library_alone(module: str) -> None:
    outside = {name for name in imported(module) if name.split(".")[0] not in sys.stdlib_module_names}
    assert outside <= {f"sandbox.{name}" for name in STORY | TRUTH}


@pytest.mark.parametrize("module", sorted(STORY))
def test_the_story_imports_nothing_but_itself(module: str) -> None:
    outside = {name for name in imported(module) if name.startswith("sandbox")}
    assert outside <= {f"sandbox.{name}" for name in STORY}


def test_every_part_of_story_and_truth_is_known_here() -> None:
    assert {path.stem for path in FOLDER.glob("truth*.py")} == TRUTH
    assert {path.stem for path in FOLDER.glob("story*.py")} == STORY


def test_nothing_but_the_admin_routes_reads_the_truth() -> None:
    readers = {
        path.stem
        for path in FOLDER.glob("*.py")
        if {name.split(".")[-1] for name in imported(path.stem)} & TRUTH
    }
    assert readers - TRUTH == {"admin", "server"}
