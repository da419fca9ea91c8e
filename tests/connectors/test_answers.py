"""What of an answer is JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.answers import Answer
from connectors.errors import Unexpected


def told(body: bytes) -> Any:
    asked_at = datetime(2026, 1, 1, tzinfo=UTC)
    return Answer(call="GET x/y", status=200, headers={}, body=body, asked_at=asked_at).json()


@pytest.mark.parametrize("half", [r"\ud83d", r"\ud83d and more", r"\udc00", r"\ud83d\ud83d"])
def test_a_text_cut_in_the_middle_of_a_character_spoils_no_answer(half: str) -> None:
    (one,) = told(f'[{{"name": "Ship it {half}"}}]'.encode())
    assert one["name"].startswith("Ship it ")


@pytest.mark.parametrize("body", [b"[NaN]", b"[-Infinity]", b"[1,", b"", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_unexpected(body: bytes) -> None:
    with pytest.raises(Unexpected, match="not JSON"):
        told(body)
