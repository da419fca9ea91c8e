"""Addresses as the file may have them."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator


def public_url(text: str) -> str:
    """Without a slash at its end. Raises ValueError with what was expected there."""
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and parts.hostname and (parts.port or 443) > 0
    except ValueError:
        good = False
    if not good or parts.username or parts.query or parts.fragment or not text.isascii() or " " in text:
        raise ValueError('an address such as "https://pmo.example.com", without a password or a query')
    return text.rstrip("/")


PublicUrl = Annotated[str, AfterValidator(public_url)]
