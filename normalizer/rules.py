"""Rules: what a configuration lays over a normaliser's defaults, per scope."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from normalizer.model import (
    HoldKind,
    ItemType,
    LinkType,
    Outcome,
    PriorityLevel,
    StatusCategory,
)

V = TypeVar("V")
FieldRole = Literal["estimate", "start", "due", "priority", "percent_complete", "type"]
Table = Literal["status", "type", "priority", "outcome", "link", "hold", "fields"]
FIELDS: Mapping[FieldRole, str] = {"estimate": "estimates", "percent_complete": "progress"}
"""What a role is called among the fields of an item, where that is another word."""
Fold = Callable[[str], str]
Lookup = Callable[[str], V | None]


class Rules(BaseModel):
    """Each mapping goes from the tracker's word (compared without case) to ours.

    ``hold`` maps labels and status names; ``fields`` names the custom field that plays a role.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: dict[str, StatusCategory] = {}
    type: dict[str, ItemType] = {}
    priority: dict[str, PriorityLevel] = {}
    outcome: dict[str, Outcome] = {}
    link: dict[str, LinkType] = {}
    hold: dict[str, HoldKind] = {}
    fields: dict[FieldRole, str] = {}

    def lookup(
        self, table: Table, *folds: Fold, defaults: Mapping[str, Any] | None = None
    ) -> Callable[[str], Any]:
        """Ours for a word as ``folds`` leave it, None where nobody mapped it: the rules over ``defaults``.
        A rule stands under each way of folding its word; where two meet, the later way wins."""
        return {**(defaults or {}), **{key: ours for key, _, ours in self._folded(table, folds)}}.get

    def met(self, table: Table, word: str) -> None:
        """A normaliser tells that it found what the rule is about; :mod:`normalizer.hits` wants to know."""

    def _folded(self, table: Table, folds: tuple[Fold, ...]) -> list[tuple[str, str, Any]]:
        """What is compared, the rule's word, and ours for it."""
        rules: Mapping[str, Any] = getattr(self, table)
        return [(key, word, ours) for fold in folds for word, ours in rules.items() if (key := fold(word))]
