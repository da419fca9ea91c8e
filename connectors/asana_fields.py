"""What is asked of each kind of Asana object. A compact answer holds little more than a name.

https://developers.asana.com/docs/inputoutput-options
"""

from __future__ import annotations

_CUSTOM = (
    "", ".name", ".resource_subtype", ".type", ".representation_type", ".asana_created_field", ".enabled",
    ".display_value", ".text_value", ".number_value", ".enum_value", ".enum_value.name",
    ".multi_enum_values", ".multi_enum_values.name", ".date_value", ".date_value.date",
    ".date_value.date_time", ".people_value", ".people_value.name", ".reference_value",
    ".reference_value.name", ".precision", ".format", ".currency_code", ".id_prefix", ".is_formula_field",
)  # fmt: skip
_PLACE = (
    "parent", "memberships.project", "memberships.section", "memberships.section.name", "num_subtasks",
)  # fmt: skip
_STATE = (
    "name", "resource_subtype", "is_rendered_as_separator", "approval_status", "completed", "completed_at",
    "modified_at", "assignee", "due_on", "due_at", "start_on", "start_at", "tags", "tags.name",
    # The page calls these bare references, but a path through one is followed like any other.
    "dependencies", "dependencies.completed", "dependents", "actual_time_minutes", "custom_type",
    "custom_type.name", "custom_type_status_option", "custom_type_status_option.name",
)  # fmt: skip
TASK = (
    *_STATE, *_PLACE, "assignee.name", "completed_by", "completed_by.name", "created_at", "created_by",
    "notes", "permalink_url",
    *(f"custom_fields{end}" for end in _CUSTOM),
)  # fmt: skip
CENSUS = (
    *_STATE, *_PLACE, "custom_fields", "custom_fields.name", "custom_fields.display_value",
    "custom_fields.number_value", "custom_fields.enabled", "custom_fields.people_value",
    "custom_fields.reference_value", "custom_fields.reference_value.name",
)  # fmt: skip
ANCESTOR = ("parent", "memberships.project")
STORY = (
    "created_at", "created_by", "created_by.name", "resource_subtype", "type", "target", "assignee",
    "assignee.name", "old_name", "new_name", "old_dates", "old_dates.due_on", "old_dates.due_at",
    "old_dates.start_on", "new_dates", "new_dates.due_on", "new_dates.due_at", "new_dates.start_on",
    "old_section", "old_section.name", "new_section", "new_section.name", "project", "project.name",
    "tag", "tag.name", "task", "task.name", "dependency", "dependency.name", "duplicate_of",
    "duplicate_of.name", "old_resource_subtype", "new_resource_subtype", "old_approval_status",
    "new_approval_status", "custom_field", "custom_field.name", "old_text_value", "new_text_value",
    "old_number_value", "new_number_value", "old_enum_value", "old_enum_value.name", "new_enum_value",
    "new_enum_value.name", "old_multi_enum_values", "old_multi_enum_values.name", "new_multi_enum_values",
    "new_multi_enum_values.name", "old_date_value", "new_date_value", "old_people_value",
    "old_people_value.name", "new_people_value", "new_people_value.name",
)  # fmt: skip
"""Without ``text``: what people write in comments never leaves Asana."""
PROJECT = (
    "name", "archived", "completed", "completed_at", "created_at", "modified_at", "default_view", "due_on",
    "start_on", "owner", "members", "members.name", "privacy_setting", "team", "team.name", "workspace",
    "workspace.name", "permalink_url", "current_status_update", "current_status_update.title",
)  # fmt: skip
SCOPE = (
    "name", "archived", "completed", "team", "team.name", "workspace", "workspace.name", "permalink_url",
    "privacy_setting", "modified_at",
)  # fmt: skip
SECTION = ("name", "created_at", "project")
SETTING = (
    "custom_field", "custom_field.name", "custom_field.resource_subtype", "custom_field.type",
    "custom_field.representation_type", "custom_field.asana_created_field", "custom_field.enum_options",
    "custom_field.enum_options.name", "custom_field.enum_options.enabled", "custom_field.precision",
    "custom_field.format", "custom_field.currency_code", "custom_field.id_prefix",
    "custom_field.is_formula_field", "is_important",
)  # fmt: skip
CUSTOM_TYPE = (
    "name", "status_options", "status_options.name", "status_options.completion_state",
    "status_options.enabled",
)  # fmt: skip
USER = ("name", "email")
STATUS_UPDATE = (
    "title", "text", "status_type", "resource_subtype", "author", "author.name", "created_at", "created_by",
    "created_by.name", "modified_at", "parent",
)  # fmt: skip
TIME_ENTRY = (
    "duration_minutes", "entered_on", "created_by", "created_by.name", "attributable_to",
    "attributable_to.name",
    # Of the entry's own fields, but not among the listing's examples.
    "task", "billable_status", "approval_status",
)  # fmt: skip
ALLOCATION = (
    "assignee", "assignee.name", "effort", "effort.type", "effort.value", "start_date", "end_date", "parent",
    "resource_subtype",
)  # fmt: skip
ABSENCE = ("start_date", "end_date", "user", "user.name")
