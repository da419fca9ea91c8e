"""Rules: what a configuration lays over a normaliser's defaults, per scope."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from normalizer.model import (
    HoldKind,
    ItemType,
    LinkType,
    Outcome,
    PriorityLevel,
    StatusCategory,
)

FieldRole = Literal["estimate", "start", "due", "priority", "percent_complete", "type"]


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
