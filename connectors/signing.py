"""Reading deliveries: whether the secret of a webhook signed one, and what its body says. Asks nothing."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Sequence

from connectors.answers import decoded
from connectors.base import Delivery, Hint, JsonObject, Received
from connectors.errors import Unauthorized, Unexpected

NAME = 80
"""Characters of an event's name that are kept: it is shown to people."""


def verify(told: str | None, secret: str | None, spell: Callable[[bytes], str], title: str) -> None:
    """That ``told`` is the signature which ``spell`` makes with the secret. Raises Unauthorized, also where
    there is no secret: an empty one signs for nobody. ``title`` is the tracker's."""
    if not secret or not told or not _same(told, spell(secret.encode())):
        raise Unauthorized(
            f"A delivery that claims to come from {title} is not signed with the secret of its webhook: it "
            "is forged, or somebody changed the webhook there; once it is gone, tspmo watch makes a new one."
        )


def mac(secret: bytes, *parts: bytes, method: str = "sha256") -> bytes:
    """The HMAC over the parts, one after the other."""
    return hmac.new(secret, b"".join(parts), method).digest()


def opened(delivery: Delivery, title: str) -> JsonObject:
    """The object in a delivery's body. Raises Unexpected."""
    try:
        body = decoded(delivery.body)
    except (ValueError, RecursionError):
        raise unreadable(title, "is not JSON") from None
    if not isinstance(body, dict):
        raise unreadable(title, "is not an object")
    return body


def unreadable(title: str, what: str) -> Unexpected:
    return Unexpected(f"The body of a delivery from {title} {what}; nothing is looked at because of it.")


def tallied(told: Iterable[tuple[str, Sequence[Hint] | None]]) -> Received:
    """What came of several events, by their names: none of an event's hints means that it needs no look, None
    that we do not know it."""
    events = list(told)
    return Received(
        hints=tuple(dict.fromkeys(hint for _, hints in events for hint in hints or ())),
        unknown=shown([name for name, hints in events if hints is None]),
        ignored=sum(hints is not None and not hints for _, hints in events),
    )


def shown(names: Sequence[str]) -> Sequence[str]:
    """Names of events that a stranger may have thought of, as they may be kept and shown."""
    return tuple(dict.fromkeys("".join(c for c in name if c.isprintable())[:NAME] for name in names))


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(errors="replace"), other.encode())
