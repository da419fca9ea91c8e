from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.redaction import excerpt, redact

SECRET = 'ATTA+9f/"e7='


@pytest.mark.parametrize(
    "text",
    [
        f"the token {SECRET} is wrong",
        "GET /1/tokens/ATTA%2B9f%2F%22e7%3D",
        json.dumps({"echo": SECRET}),
        "sent " + base64.b64encode(SECRET.encode()).decode(),
        f"https://x/1/boards?key=abc&token={SECRET}&limit=5",
    ],
)
def test_a_secret_goes_in_every_spelling(text: str) -> None:
    clean = redact(text, [SECRET])
    assert "9f" not in clean
    assert "[secret]" in clean


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("?key=0123abcd&token=ffff&limit=5", "?key=[secret]&token=[secret]&limit=5"),
        ("Authorization: Bearer eyJhbGciOi.x-y", "Authorization: Bearer [secret]"),
        ("authorization: basic dXNlcjpwYXNz", "authorization: basic [secret]"),
        ('OAuth oauth_consumer_key="k1", oauth_token="t1"', None),
        ('{"access_token":"abc","expires_in":3600}', '{"access_token":"[secret]","expires_in":3600}'),
        ("invalid token", "invalid token"),
        ("the issue key ABC-1 is unknown", "the issue key ABC-1 is unknown"),
    ],
)
def test_what_is_named_like_a_credential_goes_even_when_we_do_not_know_it(
    text: str, clean: str | None
) -> None:
    redacted = redact(text, [])
    if clean is None:
        assert "k1" not in redacted
        assert "t1" not in redacted
    else:
        assert redacted == clean


@given(secret=st.text("abcdef0123456789", min_size=8, max_size=64), before=st.text(), after=st.text())
def test_no_secret_survives_wherever_it_stands(secret: str, before: str, after: str) -> None:
    assert secret not in redact(f"{before}{secret}{after}", ["", secret]).replace("[secret]", "")
    assert secret not in excerpt(f"{before}{secret}{after}", [secret])


def test_a_secret_inside_another_does_not_save_the_longer_one() -> None:
    assert redact("abcdefgh-secret-tail", ["abcdefgh", "abcdefgh-secret-tail"]) == "[secret]"


def test_an_excerpt_is_one_short_line_and_cut_after_the_secrets_are_gone() -> None:
    text = "x" * 195 + SECRET + "\n\n tail" * 100
    short = excerpt(text, [SECRET])
    assert len(short) == 200
    assert "ATTA" not in short
    assert "\n" not in short
