"""What of an answer is JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from connectors.answers import Answer, Decode, decoded, shaped
from connectors.errors import Unexpected


class Named(msgspec.Struct):
    name: str


def told(body: bytes, decode: Decode = decoded, status: int = 200) -> Any:
    asked_at = datetime(2026, 1, 1, tzinfo=UTC)
    answer = Answer(call="GET x/y", status=status, headers={}, body=body, asked_at=asked_at, decode=decode)
    return answer.json()


@pytest.mark.parametrize("half", [r"\ud83d", r"\ud83d and more", r"\udc00", r"\ud83d\ud83d"])
def test_a_text_cut_in_the_middle_of_a_character_spoils_no_answer(half: str) -> None:
    (one,) = told(f'[{{"name": "Ship it {half}"}}]'.encode())
    assert one["name"].startswith("Ship it ")


@pytest.mark.parametrize("body", [b"[NaN]", b"[-Infinity]", b"[1,", b"", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_unexpected(body: bytes) -> None:
    with pytest.raises(Unexpected, match="not JSON"):
        told(body)


def test_of_a_good_answer_only_what_is_needed_is_read() -> None:
    decode = shaped(list[Named])
    assert told(b'[{"name": "Ada", "more": [1, 2]}]', decode) == [Named("Ada")]
    assert told(rb'[{"name": "half \ud83d", "more": 1}]', decode) == [Named("half \ud83d")]
    assert told(b'{"message": "No."}', decode, status=400) == {"message": "No."}


@pytest.mark.parametrize(
    ("body", "said"), [(b'[{"name": 7}]', r"another form .*\[0\].name"), (b'[{"name": "a"}', "not JSON")]
)
def test_a_good_answer_of_another_form_is_unexpected(body: bytes, said: str) -> None:
    with pytest.raises(Unexpected, match=said):
        told(body, shaped(list[Named]))
