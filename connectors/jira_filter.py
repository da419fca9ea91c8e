"""A connection's own condition on issues, in JQL, laid over every query; the same on both editions."""

from __future__ import annotations

import re

_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"|' r"'(?:\\.|[^'\\])*'")
_ORDER = re.compile(r"\border\s+by\b", re.IGNORECASE)


def checked_filter(text: str) -> str:
    """Raises ValueError unless the condition can stand between brackets of ours and keeps within them."""
    bare = _QUOTED.sub("x", text.strip())
    if _ORDER.search(bare):
        raise ValueError("must be a condition in JQL without ORDER BY: the order is ours to choose")
    if '"' in bare or "'" in bare:
        raise ValueError("must be a condition in JQL whose quotation marks are all closed")
    depth = 0
    for sign in bare:
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            break
    if depth:
        raise ValueError("must be a condition in JQL whose brackets are all closed, each after it was opened")
    return text.strip()


def restricted(clause: str, condition: str) -> str:
    """``clause``, and the condition if there is one."""
    return f"{clause} AND ({condition})" if condition else clause
