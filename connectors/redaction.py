"""The one place that takes secrets out of a text before anybody sees it."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Sequence
from urllib.parse import quote, quote_plus

MASK = "[secret]"
_NAMED = re.compile(
    r"(?i)\b((?:access_|refresh_|api_)?(?:token|key)|(?:client_|shared_?)?secret|password|oauth_consumer_key|oauth_token)"
    r"(=\"?|\":\s*\"|:\s*)[^\s&\"',;}]+"
)
_SCHEME = re.compile(r"(?i)\b(basic|bearer)\s+[a-z0-9+/=._~-]{8,}")


def redact(text: str, secrets: Sequence[str]) -> str:
    """``text`` without any of ``secrets``, in whatever spelling a URL, a header or JSON gives them, and
    without anything that is named like a credential (``token=…``, ``Bearer …``)."""
    spellings = {spelling for secret in secrets if secret for spelling in _spellings(secret)}
    for spelling in sorted(spellings, key=len, reverse=True):
        text = text.replace(spelling, MASK)
    text = _SCHEME.sub(lambda found: f"{found[1]} {MASK}", text)
    return _NAMED.sub(lambda found: f"{found[1]}{found[2]}{MASK}", text)


def excerpt(text: str, secrets: Sequence[str], limit: int = 200) -> str:
    """The redacted beginning of ``text`` on one line, for the end of an error's sentence."""
    line = " ".join(redact(text, secrets).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _spellings(secret: str) -> Iterator[str]:
    yield secret
    yield quote(secret, safe="")
    yield quote_plus(secret)
    yield json.dumps(secret)[1:-1]
    yield base64.b64encode(secret.encode()).decode()
