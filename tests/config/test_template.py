"""The configuration that ``tspmo init`` writes is one, also with its comments taken away."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config.template import FirstConnection, first
from connectors.base import ScopeRecord
from tests.config.paper import complaints, read

VALUES = {"owner": 'Ada "the" Boss\\', "token": "env:PAPER_TOKEN"}
CONNECTION = FirstConnection(name="desk", tracker="paper", values=VALUES)
BOARD = ScopeRecord(id="1", kind="board", name='Köln "office" \\ fit-out', url="", key="kof")


@pytest.mark.parametrize("example", [BOARD, None], ids=["with a scope", "without"])
def test_what_is_written_is_read_again(example: ScopeRecord | None) -> None:
    settings = read(first(CONNECTION, example))
    assert settings.connections["desk"].settings.model_dump(include={"owner"}) == {
        "owner": 'Ada "the" Boss\\'
    }
    assert settings.projects == ()


@pytest.mark.parametrize("example", [BOARD, None], ids=["with a scope", "without"])
def test_every_commented_setting_is_one(example: ScopeRecord | None) -> None:
    """Whoever takes the # away gets a configuration that is right."""
    text = re.sub(
        r"^# (?=\[|[a-z_]+ = |sources|    \{|\])", "", first(CONNECTION, example), flags=re.MULTILINE
    )
    assert complaints(text) == []
    settings = read(text)
    assert settings.projects[0].parent == settings.portfolios[0].id
    assert settings.rules[0].status == {"Waiting for vendor": "in_progress"}
    assert settings.server.port == 8470


def test_no_secret_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hidden")
    values = VALUES | {"token": "file:secret"}
    text = first(FirstConnection(name="desk", tracker="paper", values=values), None)
    assert "hidden" not in text
    assert (
        read(text, {}, tmp_path).connections["desk"].settings.model_dump()["token"].get_secret_value()
        == "hidden"
    )
