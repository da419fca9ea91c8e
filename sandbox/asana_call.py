"""One call to a route: what was asked for, found on the site or refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sandbox.asana_budgets import Limits
from sandbox.asana_events import Journal
from sandbox.asana_paging import Pager
from sandbox.asana_refusals import invalid, missing, not_in_plan
from sandbox.asana_site import Site
from sandbox.asana_things import LISTED_WHOLE, Body, Show, Thing, Tree, split_paths, tree_of
from sandbox.conditions import Conditions
from sandbox.quirks import Quirks

Key = Callable[[Thing], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What is the same for every call."""

    quirks: Quirks
    limits: Limits
    journal: Journal
    conditions: Conditions = field(default_factory=Conditions)


@dataclass(slots=True, kw_only=True)
class Call:
    house: House
    site: Site
    path: str
    params: Mapping[str, str]
    now: datetime
    ids: Sequence[str] = ()
    show: Show = field(default_factory=Show)

    def get(self, name: str) -> str | None:
        return self.params.get(name) or None

    def need(self, name: str) -> str:
        value = self.get(name)
        if value is None:
            raise missing(name)
        return value

    def flag(self, name: str) -> bool | None:
        text = self.get(name)
        if text is None:
            return None
        if text.lower() not in ("true", "false"):
            raise invalid(name, "Not a valid boolean")
        return text.lower() == "true"

    def moment(self, name: str) -> datetime | None:
        text = self.get(name)
        if text is None:
            return None
        if text == "now" and name == "completed_since":
            return self.now
        try:
            at = datetime.fromisoformat(text)
        except ValueError as error:
            raise invalid(name, "Not a valid datetime") from error
        return at if at.tzinfo else at.replace(tzinfo=UTC)

    def paid(self, feature: str) -> None:
        """Raises Refused where the workspace's plan is without it."""
        if not self.house.quirks.paid_plan:
            raise not_in_plan(feature)

    def named(self, kind: str, param: str) -> Thing | None:
        """The object whose id a parameter gives."""
        gid = self.get(param)
        return None if gid is None else self.site.find(kind, gid, param)

    def one(self, thing: Thing) -> Body:
        tree = self._tree()
        return {"data": self.show.whole(thing) if tree is None else self.show.chosen(thing, tree)}

    def all(self, found: Iterable[Thing]) -> Body:
        """Without pages."""
        return {"data": [self._listed(one) for one in found]}

    def page(self, found: Iterable[Thing]) -> Body:
        pager = Pager(
            path=self.path,
            params=self.params,
            now=self.now,
            quirks=self.house.quirks,
            limits=self.house.limits,
            conditions=self.house.conditions,
        )
        page, beside = pager.page(list(found))
        return {**self.all(page), **beside}

    def _listed(self, thing: Thing) -> Body:
        tree = self._tree()
        if tree is not None:
            shown: Body = self.show.chosen(thing, tree)
            return shown
        whole = thing.kind in LISTED_WHOLE or not self.house.quirks.compact_answers
        return self.show.whole(thing) if whole else self.show.compact(thing)

    def _tree(self) -> Tree | None:
        text = self.get("opt_fields")
        return None if text is None else tree_of(split_paths(text))
