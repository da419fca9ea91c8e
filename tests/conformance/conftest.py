from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.report import in_ci, recordings


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recordings. Without it these tests cannot run, and in CI that is a failure."""
    found = recordings()
    if found is None and in_ci():
        pytest.fail("there are no recordings: TSPMO_SHARED must name their folder")
    if found is None:
        pytest.skip("there are no recordings (TSPMO_SHARED names their folder)")
    return found
