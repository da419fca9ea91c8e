"""A desk for each test, with sandboxes of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.desk import Desk, desk_in


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Desk]:
    with desk_in(tmp_path, capsys) as made:
        yield made


@pytest.fixture
def synced(desk: Desk) -> Desk:
    """A desk that has read both trackers."""
    desk.write()
    ended = desk.tspmo("sync")
    assert ended.code == 0, ended.err
    return desk
