"""Networks as the file may have them."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Annotated

from pydantic import AfterValidator


def network(text: str) -> str:
    """Raises ValueError for what is none."""
    try:
        ip_network(text)
    except ValueError:
        raise ValueError('a network, such as "10.0.0.0/8" or "fd00::/8"') from None
    return text


Network = Annotated[str, AfterValidator(network)]
