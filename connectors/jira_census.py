"""What a census says of an issue: a digest of its cheap fields and of where it stands. An answer and a record
that is kept are read into the same form, so that of the same issue both say the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import msgspec

from connectors.base import JsonObject, Printing, ScopeRecord
from connectors.http import shaped
from connectors.jira_answers import Row
from connectors.jira_issues import epoch
from connectors.jira_shapes import Fields, Issue, Options, Ref, Sprints, Told
from connectors.prints import digest

COVERS = (
    "remote_key", "url", "title", "type", "original_type", "level", "parent_id", "status_category",
    "original_status", "outcome", "original_outcome", "completed_at", "hold", "hold_reason", "priority",
    "original_priority", "rank", "start", "start_source", "due", "estimates", "remaining", "spent",
    "progress", "assignments", "placements", "iteration_ids", "release_ids", "labels", "links", "visibility",
    "presence", "remote_created_at", "remote_updated_at",
)  # fmt: skip
_SPRINT = "com.pyxis.greenhopper.jira:gh-sprint"
_CHECKBOXES = "com.atlassian.jira.plugin.system.customfieldtypes:multicheckboxes"
_CUSTOM: Mapping[str, Any] = {
    _SPRINT: Sprints,
    _CHECKBOXES: Options,
    "com.pyxis.greenhopper.jira:gh-lexo-rank": Any,
    "com.pyxis.greenhopper.jira:jsw-story-points": Any,
    "com.pyxis.greenhopper.jira:gh-epic-link": Any,
    "com.atlassian.jpo:jpo-custom-field-baseline-start": Any,
    "com.atlassian.jira.plugin.system.customfieldtypes:float": Any,
    "com.atlassian.jira.plugin.system.customfieldtypes:datepicker": Any,
}
_ID = re.compile(r"customfield_\d+")
_TIMES = ("created", "updated", "resolutiondate", "statuscategorychangedate", "archiveddate")


class Census:
    """Of one scope, on a site that has its own ids of sprint, rank, epic, points and dates. ``fields`` are
    what to ask for, and ``decode`` reads what is answered."""

    def __init__(self, scope_id: str, fields: Sequence[Row]) -> None:
        custom = {str(field["id"]): form for field in fields if (form := _form(field)) is not None}
        own = [(id, form, None) for id, form in sorted(custom.items())]
        site = msgspec.defstruct("SiteFields", own, bases=(Fields,))
        issue, told = cast(Any, Issue), cast(Any, Told)
        self._scope_id = scope_id
        self._sprints = [id for id, form in custom.items() if form is Sprints]
        self._issue: type[Issue[Fields]] = issue[site]
        self.fields = site.__struct_fields__
        self.decode: Callable[[bytes], Told[Issue[Fields]]] = shaped(told[issue[site]])

    def of(self, body: JsonObject) -> bytes:
        """What a census says of an issue that is as ``body``."""
        return self.print(msgspec.convert(body, self._issue))

    def print(self, issue: Issue[Fields]) -> bytes:
        """Equal as long as nothing of it changes. Puts the issue's fields into a form that always is the same
        for the same: Jira writes instants in the zone of the account that asks."""
        if isinstance(fields := issue.fields, Fields):
            for name in _TIMES:
                if (told := getattr(fields, name)) is not None:
                    setattr(fields, name, epoch(told) or told)
            for name in self._sprints:
                if isinstance(told := getattr(fields, name), list):
                    setattr(fields, name, [_printed(one) for one in told])
        return digest(issue)

    def here(self, issue: Issue[Fields]) -> bool:
        """Whether it stands in this project, as far as it says where."""
        project = issue.fields.project if isinstance(issue.fields, Fields) else None
        return not isinstance(project, Ref) or project.id is None or str(project.id) == self._scope_id


def printing(scope: ScopeRecord, definitions: Mapping[str, JsonObject]) -> Printing:
    """By the site's fields as they were when the definitions were read."""
    fields = definitions.get("fields", {}).get("values", ())
    return Printing(of=Census(scope.id, fields).of, covers=COVERS)


def _form(field: Row) -> Any:
    """How a custom field is told that a census looks at; None for all others."""
    schema, name = field.get("schema"), str(field.get("name"))
    kind = str(schema.get("custom")) if isinstance(schema, dict) else ""
    if not _ID.fullmatch(str(field.get("id"))) or (kind == _CHECKBOXES and name.casefold() != "flagged"):
        return None
    return _CUSTOM.get(kind)


def _printed(sprint: Any) -> Any:
    """Data Center prints a sprint as an object of Java: before the bracket is an address, which changes."""
    return sprint.partition("[")[2] or sprint if isinstance(sprint, str) else sprint
