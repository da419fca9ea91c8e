"""Text search: one folding for what is stored and what is asked, so that both databases find the same."""

from __future__ import annotations

import re
from itertools import filterfalse
from unicodedata import combining, normalize

from normalizer.model import Item
from store.types import storable

WORD = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    """The words without case and accents."""
    spread = normalize("NFKD", storable(text).casefold())
    return WORD.findall(spread if spread.isascii() else "".join(filterfalse(combining, spread)))


def searchable(item: Item) -> str:
    """The words of what people look for in an item."""
    keys = [item.remote_key or "", *item.former_keys]
    return spaced("\n".join([*keys, item.title, item.description_md or ""]))


def spaced(text: str) -> str:
    """The words of a text, each with a space before it: where a word starts, a space stands."""
    return " ".join(["", *words(text)])


def sort_text(text: str) -> str:
    """Titles and names in an order that ignores case; cut, since an index takes no long keys."""
    return storable(text).casefold()[:200]


def sort_key(key: str) -> str:
    """OPS-9 before OPS-10."""
    return re.sub(r"\d+", lambda number: number.group().zfill(12), sort_text(key))[:400]
