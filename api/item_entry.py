"""An item on the wire: the model's words, the tracker's own beside them, and why a field is empty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from api.parameters import Include
from api.problems import Invalid, ParameterError
from normalizer import model
from store.views import ItemView, Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentEntry:
    """Who holds an item, as what; ``name`` as the tracker shows it."""

    account_id: str
    name: str
    role: model.Role


def _sparse(schema: dict[str, Any]) -> None:
    schema["required"] = ["id"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemEntry:
    """A work item. With `fields=` only the named ones are there; the last five come when asked for."""

    __pydantic_config__ = ConfigDict(json_schema_extra=_sparse)

    id: Annotated[str, Field(description="Ours, for ever: made of the tracker's site and its immutable id.")]
    tracker: str
    connection: Annotated[str, Field(description="The connection that read it last.")]
    scope: Annotated[str, Field(description="The scope of the primary placement.")]
    section: Annotated[str | None, Field(description="The list, section or component it stands in.")]
    projects: Annotated[Sequence[str], Field(description="The projects that it belongs to.")]
    remote_id: str
    remote_key: Annotated[str | None, Field(description="The tracker's key for people; it may change.")]
    former_keys: Sequence[str]
    url: str
    title: str
    description_md: str | None
    description_format: Annotated[
        model.DescriptionFormat | None, Field(description="The form that the tracker holds.")
    ]
    type: model.ItemType
    original_type: model.Named | None
    level: Annotated[int, Field(description="-1 below a base item, 0 base, 1 epic, 2 and more above.")]
    parent_id: str | None
    status_category: model.StatusCategory
    original_status: model.Named | None
    outcome: model.Outcome | None
    original_outcome: model.Named | None
    hold: Annotated[model.HoldKind, Field(description="Blocked, waiting or paused, whatever the status.")]
    hold_reason: str | None
    hold_since: datetime | None
    priority: model.PriorityLevel
    original_priority: model.Named | None
    rank: Annotated[str | None, Field(description="Order, comparable within one scope only.")]
    start: Annotated[model.DateValue | None, Field(description="A day or an instant.")]
    start_source: model.StartSource | None
    due: Annotated[model.DateValue | None, Field(description="A day or an instant.")]
    actual_start: Annotated[datetime | None, Field(description="When it first was in progress.")]
    completed_at: datetime | None
    estimates: Annotated[Sequence[model.Quantity], Field(description="The primary one first.")]
    remaining: model.Quantity | None
    spent: model.Quantity | None
    progress: Annotated[model.Progress | None, Field(description="Percent complete, and how it was found.")]
    assignments: Sequence[AssignmentEntry]
    reporter_account_id: str | None
    placements: Sequence[model.Placement]
    iteration_ids: Annotated[
        Sequence[str], Field(description="All it was planned into, the current one last.")
    ]
    release_ids: Sequence[str]
    labels: Sequence[str]
    custom: Annotated[Mapping[str, model.FieldValue], Field(description="By the tracker's id of the field.")]
    flags: model.Flags
    counted: Annotated[bool, Field(description="False for templates, separators and mirrors.")]
    visibility: Annotated[str, Field(description="`restricted`: fewer may see it than the scope.")]
    presence: model.Presence
    presence_since: datetime | None
    remote_created_at: datetime | None
    remote_updated_at: datetime | None
    remote_version: str | None
    links: Annotated[Sequence[model.Link] | None, Field(description="With `include=links`.")] = None
    history: Annotated[Sequence[model.Change] | None, Field(description="With `include=history`.")] = None
    raw: Annotated[
        Mapping[str, Any] | None,
        Field(description="With `include=raw`: the record exactly as the tracker sent it."),
    ] = None
    provenance: Annotated[Provenance | None, Field(description="With `include=provenance`.")] = None
    absent: Annotated[
        Mapping[str, model.NullReason] | None,
        Field(description="With `absent=1`: why a field is empty, by its name."),
    ] = None


OPTIONAL = ("links", "history", "raw", "provenance", "absent")
COLUMNS = tuple(entry.name for entry in fields(ItemEntry) if entry.name not in OPTIONAL)
MIRROR = frozenset(entry.name for entry in fields(model.Item)) & frozenset(COLUMNS)
"""The fields that trackers tell, so that their being empty has a reason."""


def item_entry(view: ItemView, names: Sequence[str]) -> ItemEntry:
    """The whole entry; why a field is empty is said of ``names`` alone."""
    item = view.item
    own = {name: getattr(item, name) for name in MIRROR - {"assignments", "presence", "completed_at"}}
    return ItemEntry(
        **own,
        tracker=view.tracker,
        connection=view.connection,
        scope=view.scope,
        section=view.section,
        projects=view.projects,
        assignments=[
            AssignmentEntry(account_id=held.account_id, name=name, role=held.role)
            for held, name in zip(item.assignments, view.assignees, strict=True)
        ],
        actual_start=view.actual_start,
        completed_at=view.completed_at,
        counted=item.flags.counted,
        presence=view.presence,
        presence_since=view.presence_since,
        links=item.links,
        history=view.history,
        raw=view.raw,
        provenance=view.provenance,
        absent=_reasons(view, names) if "absent" in names else None,
    )


def _reasons(view: ItemView, names: Sequence[str]) -> Mapping[str, model.NullReason]:
    """A null is ``unset`` unless the scope has another reason; an empty list or ``none`` is a value of its
    own, and is explained only where the scope has a reason for it."""
    reasons: dict[str, model.NullReason] = {}
    for name in MIRROR.intersection(names):
        value = view.completed_at if name == "completed_at" else getattr(view.item, name, None)
        if name in view.absent and value in (None, (), [], {}, "none"):
            reasons[name] = view.absent[name]
        elif value is None:
            reasons[name] = "unset"
    return dict(sorted(reasons.items()))


def wanted(named: Sequence[str], include: Iterable[Include], *, absent: bool = False) -> tuple[str, ...]:
    """The fields to send, in the order of the entry. Raises Invalid on a name that no field has."""
    unknown = [name for name in named if name not in COLUMNS]
    if unknown:
        raise Invalid(*(_no_field(name) for name in unknown))
    chosen = {"id", *named} if named else set(COLUMNS)
    chosen.update(include)
    if absent:
        chosen.add("absent")
    return tuple(name for name in (*COLUMNS, *OPTIONAL) if name in chosen)


def _no_field(name: str) -> ParameterError:
    near = get_close_matches(name, COLUMNS, n=3, cutoff=0.4) or COLUMNS
    return ParameterError(location="query", name="fields", expected=" or ".join(near), got=repr(name))


def row(entry: ItemEntry, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in names}
