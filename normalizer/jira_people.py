"""Jira's users as accounts. A user rides along in every issue that names it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from normalizer.context import Context
from normalizer.jira_read import Misfit, Telling, obj, storable, word
from normalizer.model import Account


class People:
    """Reads embedded users, each spelling of one only once."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.account: Callable[[Any], Account] = Telling(_TELLING, self._read)
        """Raises Misfit when the value is no user."""
        self._ids: dict[str, str] = {}

    def id(self, remote_id: str) -> str:
        """Our id of an account, of which only Jira's id is known."""
        found = self._ids.get(remote_id)
        if found is None:
            found = self._ids[remote_id] = self._context.id("account", remote_id)
        return found

    def _read(self, value: Any) -> Account:
        user = obj(value)
        account_id, key, name, display, email, active, kind = (_plain(user.get(field)) for field in _TELLING)
        remote_id = account_id or key or name
        if not isinstance(remote_id, str):
            raise Misfit("a user with accountId, key or name", user)
        remote_id, address = word(remote_id), storable(email) if isinstance(email, str) and email else None
        handle = storable(name) if isinstance(name, str) and name else None
        visibility: Literal["shown", "hidden"] = "shown" if address else "hidden"
        return Account(
            id=self.id(remote_id),
            system=self._context.system,
            remote_id=remote_id,
            display_name=storable(display) if isinstance(display, str) and display else handle or remote_id,
            handle=handle,
            email=address,
            email_visibility=visibility,
            kind="bot" if kind == "app" else "human",
            active=active is not False,
        )


# Jira Cloud identifies a user by accountId, Jira Server by key and name.
_TELLING = ("accountId", "key", "name", "displayName", "emailAddress", "active", "accountType")


def _plain(value: object) -> object:
    """A list or an object in place of a simple value says nothing."""
    return None if isinstance(value, dict | list) else value
