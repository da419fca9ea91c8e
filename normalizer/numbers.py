"""Numbers as trackers write them: exact decimals out, ValueError for what is none or cannot be kept."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

LARGEST_EXPONENT = 20
"""Beyond this a number is a typing error. Up to it, hundredths and sums are exact in 28 digits."""


def exact(value: float | str) -> Decimal:
    """A number with the digits it was sent with."""
    try:
        found = Decimal(value if isinstance(value, int) else str(value))
    except InvalidOperation as error:
        raise ValueError(f"{value!r} is not a number") from error
    if not found.is_finite() or (found and abs(found.adjusted()) > LARGEST_EXPONENT):
        raise ValueError(f"{value!r:.40} is not a number that can be kept")
    return found
