"""What a tracker answered, and which of the four errors a bad answer is. The one place that reads a status.

2xx with JSON      the Answer
2xx, not JSON      Unexpected    asked once more: something between us may have mangled it
HTML               Unexpected    but 401, 402, 403, 429 and 5xx mean the same in HTML
3xx                Unauthorized  to a login page; else Unexpected
401, 402, 403      Unauthorized
404, 410           NotFound
408, 425, 429      Unavailable   asked again
502, 503, 504      Unavailable   asked again
other 5xx          Unavailable   asked again, a few times
any other          Unexpected
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

import msgspec

from connectors.errors import NotFound, TrackerError, Unauthorized, Unavailable, Unexpected
from connectors.redaction import excerpt
from connectors.retry_after import http_date

_REFUSED = {401, 402, 403}
_MISSING = {404, 410}
_BUSY = {408, 425, 429, 502, 503, 504}
_LOGIN = re.compile(
    r"\b(login|logon|signin|sign-in|sso|saml|authorize)\b|^id\.atlassian\.com\b", re.IGNORECASE
)

T = TypeVar("T")
Decode = Callable[[bytes], Any]
"""Reads a body. Raises ValueError or RecursionError for one that is not what it reads."""


def decoded(body: bytes) -> Any:
    """Raises ValueError or RecursionError. Trackers cut texts in the middle of a character, and only the
    slower reader takes the half."""
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:
        return json.loads(body, parse_constant=_no_json)


def shaped(kind: type[T]) -> Callable[[bytes], T]:
    """Reads a body straight into what is needed of it, which costs a fraction of reading it all."""
    decoder = msgspec.json.Decoder(kind)

    def decode(body: bytes) -> T:
        try:
            return decoder.decode(body)
        except msgspec.ValidationError:
            raise
        except msgspec.DecodeError:  # no JSON, or half a character, as above
            return msgspec.convert(decoded(body), kind)

    return decode


def _no_json(word: str) -> Any:
    raise ValueError(f"{word} is no value of JSON")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One HTTP answer. ``call`` is method, host and path, as error sentences name it; ``asked_at`` is when
    the request began; ``headers`` go by lower-case name. ``secrets`` are only kept out of sentences.
    ``decode`` reads the body of a good answer; a refusal is read whole."""

    call: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    asked_at: datetime
    secrets: Sequence[str] = ()
    decode: Decode = field(default=decoded, repr=False)

    def json(self) -> Any:
        """The body, read. Raises Unexpected when it is no JSON, or not of the form that ``decode`` reads."""
        return self._decoded

    @cached_property
    def _decoded(self) -> Any:
        try:
            return (self.decode if 200 <= self.status < 300 else decoded)(self.body)
        except msgspec.ValidationError as error:
            raise self.unexpected(f"something of another form ({error})") from None
        except (ValueError, RecursionError):
            raise self.unexpected("a body that is not JSON") from None

    @property
    def clock_skew(self) -> timedelta | None:
        """The tracker's clock less ours, to the second; None when the answer carries no ``Date``."""
        theirs = http_date(self.headers.get("date", ""))
        return theirs - self.asked_at.replace(microsecond=0) if theirs else None

    @property
    def is_html(self) -> bool:
        start = self.body[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        return "html" in self.headers.get("content-type", "") or start.startswith(
            (b"<!doctype html", b"<html")
        )

    def unexpected(self, what: str) -> Unexpected:
        """The error for an answer that breaks the protocol: ``what`` says what came, in a noun phrase."""
        return Unexpected(f"{self.call} answered {what} (status {self.status}){self.quoted()}")

    def quoted(self) -> str:
        """The beginning of the body for the end of a sentence; nothing of an HTML page."""
        said = "" if self.is_html else excerpt(self.body.decode(errors="replace"), self.secrets)
        return f': "{said}"' if said else "."


Again = Literal["never", "once", "few", "often"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A bad answer's error. ``again`` says how worthwhile it is to ask again."""

    error: TrackerError
    again: Again = "never"


def judge(answer: Answer) -> Verdict | None:
    """What is wrong with ``answer``, or None if it is a JSON answer that can be used."""
    status = answer.status
    if status in _BUSY:
        return Verdict(
            Unavailable(f"{answer.call} is not available ({_reason(answer)}){answer.quoted()}"), "often"
        )
    if status >= 500:
        return Verdict(Unavailable(f"{answer.call} failed in the tracker ({status}){answer.quoted()}"), "few")
    if status in _REFUSED:
        return Verdict(_refused(answer))
    if 300 <= status < 400:
        return Verdict(_redirected(answer))
    if answer.is_html:
        return Verdict(Unexpected(
            f"{answer.call} answered an HTML page (status {status}) where JSON was expected; the base URL in "
            "the configuration of this connection is probably not that of the tracker's API."
        ))  # fmt: skip
    if status in _MISSING:
        return Verdict(
            NotFound(f"{answer.call} found nothing there that we may see ({status}){answer.quoted()}")
        )
    if not 200 <= status < 300:
        return Verdict(answer.unexpected("a refusal that we do not know"))
    try:
        answer.json()
    except Unexpected as error:
        return Verdict(error, "once")
    return None


def _reason(answer: Answer) -> str:
    return "429, its rate limit is reached" if answer.status == 429 else str(answer.status)


def _refused(answer: Answer) -> Unauthorized:
    meaning = (
        "does not accept the credentials" if answer.status == 401 else "does not let this account do that"
    )
    return Unauthorized(
        f"{answer.call} {meaning} ({answer.status}): check the credentials of this connection and what its "
        f"account may see{answer.quoted()}"
    )


def _redirected(answer: Answer) -> TrackerError:
    target = urlsplit(answer.headers.get("location", ""))
    where = f"{target.netloc}{target.path}" or "nowhere"
    if _LOGIN.search(where):
        return Unauthorized(
            f"{answer.call} sends us to a login page ({where}): the tracker does not accept the credentials "
            "of this connection, or its base URL is a page for people and not the API's."
        )
    return Unexpected(
        f"{answer.call} redirects to {where} (status {answer.status}), which is not followed; set the base "
        "URL of this connection to the tracker's own address."
    )
