from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.report import in_ci, recordings, specifications


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recordings. Without it these tests cannot run, and in CI that is a failure."""
    return _needed(recordings(), "recordings")


@pytest.fixture(scope="session")
def described(shared: Path) -> Path:
    """The same folder, where it has the vendors' specifications, too."""
    return _needed(specifications(), "specifications")


def _needed(found: Path | None, what: str) -> Path:
    if found is None and in_ci():
        pytest.fail(f"there are no {what}: TSPMO_SHARED must name their folder")
    if found is None:
        pytest.skip(f"there are no {what} (TSPMO_SHARED names their folder)")
    return found
