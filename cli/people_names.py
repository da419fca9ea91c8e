"""What somebody at a terminal calls an account or a person: an id or its beginning, a name, a handle, an
address; with the tracker before a colon where several go by it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from cli.shell import Failure
from store.people_views import Identity, PersonAccount

SHORT = 8
"""Characters of an id that are shown, and at least to be given."""


def short(id: str) -> str:
    return id[:SHORT]


def title(account: PersonAccount) -> str:
    return f"{account.system}: {account.display_name} ({short(account.id)})"


def find_account(identities: Sequence[Identity], called: str) -> str:
    """Raises Failure for none and for several."""
    found = [one for one in identities if _is(one.account.id, called)] or _called(identities, called)
    return _one(identities, called, {one.account.id: title(one.account) for one in found}, "account")


def find_person(identities: Sequence[Identity], called: str) -> str:
    """By whatever one of the person's accounts goes by too. Raises Failure for none and for several."""
    found = [one for one in identities if _is(one.person, called)] or _called(identities, called)
    named = {one.person: f"{one.account.display_name} ({short(one.person)})" for one in reversed(found)}
    return _one(identities, called, named, "person")


def _is(id: str, called: str) -> bool:
    return len(called) >= SHORT and id.startswith(called.lower())


def _called(identities: Sequence[Identity], called: str) -> list[Identity]:
    return [one for one in identities if called.casefold() in _names(one.account)]


def _names(account: PersonAccount) -> Iterator[str]:
    for name in (account.display_name, account.handle, account.email, account.remote_id):
        if name:
            yield name.casefold()
            yield f"{account.system}:{name}".casefold()


def _one(identities: Sequence[Identity], called: str, found: dict[str, str], kind: str) -> str:
    if len(found) == 1:
        return next(iter(found))
    if found:
        those = ", ".join(sorted(found.values()))
        raise Failure(f'"{called}" could be any of {those}. Mend: name the {kind} by its id.')
    names = sorted({one.account.display_name for one in identities})
    known = {name.casefold(): name for name in names}
    near = [known[name] for name in get_close_matches(called.casefold(), known, n=3, cutoff=0.5)]
    hint = f"Did you mean {', '.join(near)}? " if near else ""
    raise Failure(f'There is no {kind} "{called}". {hint}Mend: tspmo people lists whom there is.')
