"""Who is who on a sheet: contacts in cells, writers of rows, people and groups with access.

A contact cell tells an e-mail address and a name and no id, so an account is known by its address without
case, and by its name where there is no address.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from normalizer.context import Context
from normalizer.model import Account
from normalizer.reading import clean
from normalizer.smartsheet_cells import Cell, objects
from normalizer.smartsheet_words import NOBODY, word


class People:
    """Reads the people of one sheet, each spelling of one only once: every row repeats them."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._known: dict[tuple[str, str], Account | None] = {}

    def contact(self, email: object, name: object) -> Account | None:
        """The account of an address or, without one, of a name; None for neither."""
        seen = email if isinstance(email, str) else "", name if isinstance(name, str) else ""
        if seen not in self._known:
            self._known[seen] = self._contact(*seen)
        return self._known[seen]

    def _contact(self, email: str, name: str) -> Account | None:
        address, shown = clean(email.strip()) if "@" in email else None, clean(name.strip()) or None
        if address is None and (shown is None or word(shown) in NOBODY):
            return None
        remote_id = address.lower() if address else f"name:{word(shown or '')}"
        return Account(
            id=self._context.id("account", remote_id),
            system=self._context.system,
            remote_id=remote_id,
            display_name=shown or address or remote_id,
            email=address,
            email_visibility="shown" if address else "hidden",
        )

    def of_cell(self, cell: Cell) -> list[Account]:
        """The people in a contact cell, each once. Below level 2 several come as their names between commas.
        Raises ValueError."""
        value = cell.value
        if isinstance(value, dict):
            found = objects(cell, "values") if "values" in value else iter((value,))
            people = [self.contact(one.get("email"), one.get("name")) for one in found]
        elif isinstance(value, str) and "," in value:
            people = [self.contact(part, part) for part in value.split(",")]
        elif isinstance(value, str):
            people = [self.contact(value, cell.shown)]
        else:
            raise ValueError(f"{value!r} is no contact")
        return list({one.id: one for one in people if one is not None}.values())

    def writer(self, who: object) -> Account | None:
        """Who ``createdBy`` or ``modifiedBy`` names."""
        return self.contact(who.get("email"), who.get("name")) if isinstance(who, dict) else None

    def of_share(self, share: Mapping[str, Any]) -> Account | None:
        """https://developers.smartsheet.com/api/smartsheet/openapi/sharing/list-asset-shares"""
        if share.get("type") != "GROUP":
            return self.contact(share.get("email"), share.get("name"))
        group, name = share.get("groupId"), share.get("name")
        if group is None:
            return None
        remote_id = f"group:{group}"
        return Account(
            id=self._context.id("account", remote_id),
            system=self._context.system,
            remote_id=remote_id,
            display_name=clean(name) if isinstance(name, str) and name else remote_id,
            kind="group",
        )

    def listed(self, shares: Sequence[Any]) -> frozenset[str]:
        """The ids of those who are told as accounts of their own; cells need not tell them again."""
        found = (self.of_share(one) for one in shares if isinstance(one, dict))
        return frozenset(one.id for one in found if one is not None)
