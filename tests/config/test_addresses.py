"""Where trackers reach the service: an address, or a sentence that says what was expected."""

from __future__ import annotations

import pytest

from tests.config.paper import CONNECTION, complaints, read


def configured(text: str) -> str:
    return f'[server]\npublic_url = "{text}"\n{CONNECTION}'


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://pmo.example.com", "https://pmo.example.com"),
        ("https://pmo.example.com/behind/", "https://pmo.example.com/behind"),
        ("http://127.0.0.1:8470", "http://127.0.0.1:8470"),
    ],
)
def test_an_address_is_taken_without_its_last_slash(text: str, url: str) -> None:
    assert read(configured(text)).server.public_url == url


@pytest.mark.parametrize(
    "text",
    [
        "pmo.example.com", "ftp://pmo.example.com", "https://", "https://u:p@pmo.example.com",
        "https://pmo.example.com?a=b", "https://pmo.example.com#x", "https://pmo.example.com:x",
        "https://pmo example.com", "https://[", "",
    ],
)  # fmt: skip
def test_what_no_tracker_could_reach_is_refused_in_words(text: str) -> None:
    (sentence,) = complaints(configured(text))
    assert sentence.startswith("tspmo.toml, [server] public_url: expected an address such as")


def test_without_one_nobody_is_told() -> None:
    assert read(CONNECTION).server.public_url is None
