"""Changelog histories as changes: one for each item of a history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from connectors.base import Record
from normalizer.jira_change_words import said, translations
from normalizer.jira_desk import Desk
from normalizer.jira_read import Misfit, Notes, Object, at, listing, moment, obj, storable, word
from normalizer.model import Account, Change, Normalised


@dataclass(frozen=True, slots=True)
class _History:
    id: str
    item_id: str
    at: datetime
    author: Account | None


class Changelog:
    """Reads the histories of one scope."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._fields = translations(desk)

    def __call__(self, record: Record) -> Normalised:
        notes, body, desk = Notes(record.kind, storable(record.id)), record.body, self._desk
        try:
            notes.item_id = desk.item_id(at("issueId", body.get("issueId"), word))
            when = at("created", body.get("created"), moment)
            at("items", body.get("items"), listing)
        except Misfit as misfit:
            return notes.refused("history", misfit)
        author = notes.read("author", body.get("author"), desk.people.account)
        history = _History(record.id, notes.item_id, when, author)
        changes = []
        for index, item in enumerate(body["items"]):
            try:
                changes.append(self._change(history, index, obj(item)))
            except Misfit as misfit:
                notes.reject(f"items[{index}]", misfit)
        return Normalised(changes=changes, accounts=[author] if author else [], rejections=notes.rejections)

    def _change(self, history: _History, index: int, item: Object) -> Change:
        desk = self._desk
        name = at("field", item.get("field"), word)
        known = item.get("fieldId")
        field = known if isinstance(known, str) else desk.plan.ids_by_name.get(name.casefold(), name)
        before = _plain(item, "from"), _plain(item, "fromString")
        after = _plain(item, "to"), _plain(item, "toString")
        ours, translate = self._fields.get(field) or self._fields.get(name) or (field, said)
        return Change(
            id=desk.context.id("change", f"{history.id}:{index}"),
            item_id=history.item_id,
            field=ours,
            before=translate(before),
            after=translate(after),
            original_before=said(before),
            original_after=said(after),
            at=history.at,
            author_id=history.author.id if history.author else None,
        )


def _plain(item: Object, key: str) -> str | None:
    value = item.get(key)
    if value is None or value == "":
        return None
    return storable(value) if isinstance(value, str) else at(key, value, word)
