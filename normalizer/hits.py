"""Which rules applied: rules that note every entry of theirs that a normaliser met."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, get_args

from pydantic import PrivateAttr

from normalizer.rules import Fold, Rules, Table

Rule = tuple[Table, str]
"""The table and the word in it; of ``fields`` the role."""


class NotingRules(Rules):
    """Give them to a normaliser in place of ``rules``, map records, then ask.

    A rule is met when its word stands in the records or in the definitions, whether or not an item came of
    it: what no tracker says any more, or was misspelt, is never met.
    """

    _met: set[Rule] = PrivateAttr(default_factory=set)

    @classmethod
    def of(cls, rules: Rules) -> NotingRules:
        return cls(**dict(rules))

    def lookup(
        self, table: Table, *folds: Fold, defaults: Mapping[str, Any] | None = None
    ) -> Callable[[str], Any]:
        ours = super().lookup(table, *folds, defaults=defaults)
        told = {key: word for key, word, _ in self._folded(table, folds)}

        def noting(key: str) -> Any:
            if key in told:
                self.met(table, told[key])
            return ours(key)

        return noting

    def met(self, table: Table, word: str) -> None:
        self._met.add((table, word))

    @property
    def hit(self) -> frozenset[Rule]:
        return frozenset(self._met)

    @property
    def never_hit(self) -> list[Rule]:
        """In the order in which they are written."""
        written = [(table, word) for table in get_args(Table) for word in getattr(self, table)]
        return [rule for rule in written if rule not in self._met]
