"""Names as people write them in different tools: folded, and compared word by word in any order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import permutations
from typing import NamedTuple
from unicodedata import combining, normalize

from rapidfuzz.distance import OSA

Words = tuple[str, ...]

REMARK = re.compile(r"\([^)]*\)|\[[^\]]*\]|\{[^}]*\}|<[^>]*>")
WORD = re.compile(r"[^\W_]+")
LETTERS = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
    }
)
"""Letters that no decomposition makes plain."""
TITLES = frozenset(
    {
        "dr", "prof", "mr", "mrs", "ms", "jr", "sr", "phd", "ing", "dipl",
        "ext", "extern", "external", "contractor", "consultant", "freelance",
    }
)  # fmt: skip
SINGLE, INITIAL, SHORTENED, FURTHER = 0.5, 0.7, 0.75, 0.9
"""What is left of a name's strength: one word only, a letter for a word, a short form, a further word."""
NEARLY = 0.83
"""From this likeness on two words are spellings of one: one letter in six. So are they with two swapped."""
SHORT, SWAPPED, HANDLE = 3, 5, 4
"""Letters that a word must have to be a short form, to have two swapped, and to be a handle."""
FEMININE = ("a", "e", "ina", "ine", "le")
"""Martin and Martina are two people, and so are Daniel and Danielle."""


class Likeness(NamedTuple):
    """How much two names speak for one person, 0 to 1, and in what way."""

    strength: float
    way: str


NOTHING = Likeness(0.0, "")


def fold(text: str) -> str:
    """Without case, accents and special letters."""
    spread = normalize("NFKD", text.casefold())
    return "".join(char for char in spread if not combining(char)).translate(LETTERS)


def words_of(name: str) -> Words:
    """The words of a name, in no order of their own, without remarks and titles. Of an address that stands
    for a name, those before its @."""
    plain = fold(REMARK.sub(" ", name)).partition("@")[0]
    found = WORD.findall(plain) or WORD.findall(fold(name))
    return tuple(sorted([word for word in found if word not in TITLES] or found))


def squeezed(handle: str) -> str:
    """A handle without case and separators."""
    return "".join(WORD.findall(fold(handle)))


def handles_of(words: Sequence[str]) -> dict[str, bool]:
    """The handles that a name is commonly made into, and whether each holds two words whole."""
    made: dict[str, bool] = {}
    for first, second in permutations(words, 2):
        made |= {first[0] + second: False, first + second[0]: False}
    made |= {first + second: True for first, second in permutations(words, 2)}
    return {handle: whole for handle, whole in made.items() if len(handle) >= HANDLE}


def alike(one: Words, other: Words) -> Likeness:
    """The same whichever comes first."""
    few, many = sorted((one, other), key=lambda words: (len(words), words))
    if not few:
        return NOTHING
    if few == many:
        return Likeness(1.0, "the same name") if len(few) > 1 else Likeness(SINGLE, "the same single name")
    if len(few) == 1:
        return NOTHING
    met = _met(few, many)
    if met is None:
        return NOTHING
    return Likeness(met * (FURTHER if len(few) < len(many) else 1.0), _way(met))


def _met(few: Words, many: Words) -> float | None:
    """The weakest of the best pairs of words; None where a word has no partner, or none is met whole."""
    left, pairs = list(many), []
    for word in sorted(few, key=lambda word: (-len(word), word)):
        best = max(left, key=lambda partner: _word(word, partner))
        left.remove(best)
        pairs.append((_word(word, best), min(len(word), len(best))))
    whole = any(closeness > SHORTENED and length > 1 for closeness, length in pairs)
    weakest = min(closeness for closeness, _ in pairs)
    return weakest if whole and weakest > 0 else None


def _word(one: str, other: str) -> float:
    if one == other:
        return 1.0
    if min(len(one), len(other)) == 1:
        return INITIAL if one[0] == other[0] else 0.0
    shorter, longer = sorted((one, other), key=len)
    more = longer.removeprefix(shorter)
    if more in FEMININE:
        return 0.0
    if more != longer and len(shorter) >= SHORT:
        return SHORTENED
    close: float = OSA.normalized_similarity(one, other)
    return close if close >= NEARLY or _swapped(one, other) else 0.0


def _swapped(one: str, other: str) -> bool:
    return len(one) >= SWAPPED and sorted(one) == sorted(other) and OSA.distance(one, other) == 1


def _way(weakest: float) -> str:
    ways = {
        1.0: "the same name but for a further word",
        INITIAL: "a name and its initial",
        SHORTENED: "a name and its short form",
    }
    return ways.get(weakest, "names that are spelt nearly alike")
