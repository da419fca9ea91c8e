"""The truth is computed by code that shares nothing with what serves the trackers."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import sandbox

FOLDER = Path(next(iter(sandbox.__path__)))
ALLOWED = {"story"}


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


def test_the_truth_imports_the_story_and_the_standard_library_alone() -> None:
    outside = {name for name in imported("truth") if name.split(".")[0] not in sys.stdlib_module_names}
    assert outside == {f"sandbox.{name}" for name in ALLOWED}


def test_the_story_imports_nothing_of_the_sandbox() -> None:
    assert not {name for name in imported("story") if name.startswith("sandbox")}


def test_no_tracker_reads_the_truth() -> None:
    serving = [path.stem for path in FOLDER.glob("*.py") if path.stem.startswith(("trello", "jira_cloud"))]
    assert len(serving) > 10
    assert [name for name in serving if "sandbox.truth" in imported(name)] == []
