"""How likely two accounts are one person's: pieces of evidence, each with its weight and in words.

A piece for it has a weight from 0 to 1, and of several what stays in doubt is multiplied: 0.75 and 0.6 make
1 - 0.25 x 0.4 = 0.9. A piece against it has a negative weight and takes that share away: -0.3 leaves 0.63.
So the score can be worked out again from the pieces that are shown with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from normalizer.model import Account
from portfolio.people_names import HANDLE, NOTHING, Likeness, Words, alike, handles_of, squeezed, words_of

Kind = Literal["email", "name", "handle", "address", "items", "same_site", "same_item", "names_differ"]

EMAIL, NAME, HANDLE_SAME, HANDLE_WHOLE, HANDLE_SHORT = 0.95, 0.75, 0.6, 0.55, 0.45
THREADS = (0.25, 0.4, 0.5)
"""For one, two, and three or more threads: never enough by itself, since tasks are handed from one person
to another."""
SAME_SITE, SAME_ITEM, NAMES_DIFFER = -0.3, -1.0, -0.6
COMMON = frozenset(
    {
        "admin", "administrator", "contact", "hello", "help", "info", "mail", "office", "service", "support",
        "team",
    }
)  # fmt: skip
"""Handles and addresses that stand for a task and nobody."""


@dataclass(frozen=True, slots=True)
class Profile:
    """An account, made ready to be compared. ``site`` is where it is an account."""

    account: Account
    site: str
    words: Words
    handle: str
    """Without separators; empty where there is none that tells."""
    local: str
    """The same of what stands before the @ of a shown address."""

    @property
    def email(self) -> str:
        return shown_address(self.account)


@dataclass(frozen=True, slots=True)
class Between:
    """What else is known of two accounts: how many people could as well be meant by the name, in how many
    threads (items, and those that they link or mention) both work, and whether they share one item."""

    rivals: int = 1
    threads: int = 0
    together: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece: for it with a weight above 0, against it below; ``words`` are for people."""

    kind: Kind
    weight: float
    words: str


def shown_address(account: Account) -> str:
    shown = account.email if account.email_visibility == "shown" else None
    return (shown or "").strip().casefold()


def profile(account: Account, site: str) -> Profile:
    return Profile(
        account=account,
        site=site,
        words=words_of(account.display_name),
        handle=_telling(account.handle or ""),
        local=_telling(shown_address(account).partition("@")[0]),
    )


def _telling(handle: str) -> str:
    """Of a handle, what can be compared; nothing where it could be anybody's."""
    plain = squeezed(handle)
    return "" if len(plain) < HANDLE or plain in COMMON else plain


def combined(evidence: Iterable[Evidence]) -> float:
    """The score: 0 to 1."""
    doubt, left = 1.0, 1.0
    for piece in evidence:
        if piece.weight > 0:
            doubt *= 1 - piece.weight
        else:
            left *= 1 + piece.weight
    return round((1 - doubt) * left, 4)


def likeness(one: Profile, other: Profile, between: Between) -> list[Evidence]:
    """All that speaks for and against it, the same whichever comes first."""
    one, other = sorted((one, other), key=lambda profile: profile.account.id)
    name = alike(one.words, other.words)
    found = [_email(one, other), _name(one, other, name, between.rivals)]
    found.append(_same_handle(one, other) or (None if name.strength else _handle_of_name(one, other)))
    found += [_items(between), _against(one, other, between), _differing(one, other, name)]
    return [piece for piece in found if piece is not None]


def _email(one: Profile, other: Profile) -> Evidence | None:
    if not one.email or one.email != other.email:
        return None
    return Evidence("email", EMAIL, f"both show the address {one.email}")


def _name(one: Profile, other: Profile, name: Likeness, rivals: int) -> Evidence | None:
    if name == NOTHING:
        return None
    shared = f", which could as well mean {rivals - 1} more" if rivals > 1 else ""
    words = f"{name.way}: {_names(one, other)}{shared}"
    return Evidence("name", round(NAME * name.strength / rivals, 4), words)


def _names(one: Profile, other: Profile) -> str:
    return " and ".join(dict.fromkeys((one.account.display_name, other.account.display_name)))


def _same_handle(one: Profile, other: Profile) -> Evidence | None:
    if one.handle and one.handle == other.handle:
        return Evidence("handle", HANDLE_SAME, f"the same handle: {one.account.handle}")
    for this, that in ((one, other), (other, one)):
        if this.handle and this.handle == that.local:
            words = f"the handle {this.account.handle} is how the address {that.email} begins"
            return Evidence("handle", HANDLE_SAME, words)
    if one.local and one.local == other.local and one.email != other.email:
        return Evidence("address", HANDLE_SAME, f"alike before the @: {one.email} and {other.email}")
    return None


def _handle_of_name(one: Profile, other: Profile) -> Evidence | None:
    """Only where the names tell nothing: a handle is made of its owner's name and adds little to it."""
    for this, that in ((one, other), (other, one)):
        made = handles_of(that.words)
        for handle in (this.handle, this.local, "".join(this.words)):
            if handle in made:
                weight = HANDLE_WHOLE if made[handle] else HANDLE_SHORT
                words = f"{handle} is what {that.account.display_name} makes as a handle"
                return Evidence("handle", weight, words)
    return None


def _items(between: Between) -> Evidence | None:
    if not between.threads:
        return None
    weight = THREADS[min(between.threads, len(THREADS)) - 1]
    count = "one item" if between.threads == 1 else f"{between.threads} items"
    return Evidence("items", weight, f"their work meets in {count}, by links or mentions")


def _against(one: Profile, other: Profile, between: Between) -> Evidence | None:
    if one.site != other.site:
        return None
    if between.together:
        return Evidence("same_item", SAME_ITEM, f"both are assigned to one item on {one.site}")
    return Evidence("same_site", SAME_SITE, f"both are accounts on {one.site}")


def _differing(one: Profile, other: Profile, name: Likeness) -> Evidence | None:
    full: Sequence[Words] = [tuple(w for w in p.words if len(w) > 1) for p in (one, other)]
    if name.strength or min(map(len, full)) < 2:
        return None
    return Evidence("names_differ", NAMES_DIFFER, f"the names differ: {_names(one, other)}")
