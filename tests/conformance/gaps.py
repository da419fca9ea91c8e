"""Where we follow the vendor and not the vendor's description, each with the proof.

A gap is exact: the same place breaking another rule is a violation, and so is a gap that nothing needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.conformance.specifications import Part


@dataclass(frozen=True, slots=True)
class Page:
    """The vendor's page that says so; the description is older, or poorer."""

    url: str


@dataclass(frozen=True, slots=True)
class Recording:
    """A recorded answer that breaks the same rule. ``call`` is what it answers and ``at`` the place of the
    answer in the file; neither is needed for a cassette, which knows its calls. Of a log, ``at`` begins with
    the number of the line."""

    file: str
    call: str = ""
    at: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """The example that the description itself gives of this answer breaks the same rule."""


Proof = Page | Recording | Example


@dataclass(frozen=True, slots=True)
class Gap:
    """``where`` and ``expected`` are those of the problems that are forgiven; no operations are all."""

    why: str
    proof: Proof
    part: Part
    where: tuple[str, ...]
    expected: str
    operations: tuple[str, ...] = ()


UNKNOWN = "a parameter that the vendor describes"
_PATH = "a path that the vendor describes"
_VCR = "trello/ruby-trello-vcr"
_CARD = Recording(f"{_VCR}/can_get_cards_of_member.yml")
_BOARDS = Recording(f"{_VCR}/get_boards_of_member.yml")
_EXPORTED = "trello/board-humberto/trello-export.json"
_TRELLO = "https://developer.atlassian.com/cloud/trello"
_NESTED = Page(f"{_TRELLO}/guides/rest-api/nested-resources/")
_PAGING = Page(f"{_TRELLO}/guides/rest-api/api-introduction/")
_STATUSES = Page(f"{_TRELLO}/guides/rest-api/status-codes/")
_CARDS_OF_BOARD = ("GET /boards/{id}/cards/{filter}",)


def _either(*names: str) -> tuple[str, ...]:
    """Paths into an answer that is one object, or a list of them."""
    return (*(f"$.{name}" for name in names), *(f"$[*].{name}" for name in names))


_TRELLO_REQUESTS = (
    Gap("a board's lists, labels and members have parameters of their own", _NESTED, "query",
        ("labels_limit", "list_fields", "member_fields"), UNKNOWN, ("GET /boards/{id}",)),
    Gap("the cards of a board take the parameters of cards", _NESTED, "query",
        ("fields", "customFieldItems", "checklists", "checklist_fields", "checkItem_fields"), UNKNOWN,
        _CARDS_OF_BOARD),
    Gap("the check items of a card have parameters of their own", _NESTED, "query",
        ("checkItem_fields",), UNKNOWN, ("GET /cards/{id}",)),
    Gap("cards are paged like actions", _PAGING, "query", ("limit", "before"), UNKNOWN, _CARDS_OF_BOARD),
    Gap("fields of actions are names with commas, not an Action",
        Page(f"{_TRELLO}/guides/rest-api/object-definitions/"), "query",
        ("fields",), "Query parameter error: fields", ("GET /boards/{boardId}/actions",)),
    Gap("fields of members are names with commas, and more than id",
        Recording(f"{_VCR}/member_find_with_id_and_get_specific_fields.yml"), "query",
        ("fields",), "enum: ['id']", ("GET /members/{id}",)),
    Gap("fields of boards are names with commas",
        Recording(f"{_VCR}/can_get_boards_with_filter_of_organization.yml"), "query", ("fields",),
        "enum: ['id', 'name', 'desc', 'descData', 'closed', 'idMemberCreator', 'idOrganization', 'pinned', "
        "'url', 'shortUrl', 'prefs...", ("GET /members/{id}/boards",)),
    Gap("a member goes by name, too", Recording(f"{_VCR}/can_success_return_all_boards_of_current_user.yml"),
        "path", ("id",), "pattern: ^[0-9a-fA-F]{24}$", ("GET /members/{id}/boards",)),
)  # fmt: skip
_TRELLO_STATUSES = (
    Gap("what is not there is 404", Recording(f"{_VCR}/label_delete.yml"), "status", ("404",), "one of 200"),
    Gap("wrong credentials are 401", _STATUSES, "status", ("401",), "one of 200"),
    Gap("errors are plain text", _STATUSES, "answer", ("content-type",), "one of application/json",
        ("GET /boards/{id}",)),
)  # fmt: skip
_TRELLO_ANSWERS = (
    Gap("dates of boards have a time", _BOARDS, "answer", _either("dateLastActivity"), "format: date"),
    Gap("dates of cards have a time", _CARD, "answer", _either("due", "badges.due", "badges.start"),
        "format: date"),
    Gap("memberships are objects", _BOARDS, "answer", _either("memberships"), "type: string"),
    Gap("tags and Power-Ups are lists", _BOARDS, "answer", _either("idTags", "powerUps"), "type: string"),
    Gap("boards that nobody described or looked at have null", _BOARDS, "answer",
        _either("descData", "dateLastView"), "type: string"),
    Gap("boards can be private", _BOARDS, "answer", _either("prefs.permissionLevel"),
        "enum: ['org', 'board']"),
    Gap("lists without a limit have null", Recording(f"{_VCR}/can_get_lists_of_board.yml"), "answer",
        _either("softLimit"), "type: string"),
    Gap("labels are objects", _CARD, "answer", _either("labels[*]"), "type: string"),
    Gap("cards without a cover have null", _CARD, "answer",
        _either("cover.idAttachment", "idAttachmentCover"), "type: string"),
    Gap("cards without a cover have no colour", _CARD, "answer", _either("cover.color"),
        "enum: ['yellow', 'purple', 'blue', 'red', 'green', 'orange', 'black', 'sky', 'pink', 'lime']"),
    Gap("plain cards have no role", Recording(_EXPORTED, "GET /1/cards/1", ("cards", 0)), "answer",
        _either("cardRole"), "enum: ['separator', 'board', 'mirror', 'link']"),
    Gap("cards that mirror none have null", Recording(_EXPORTED, "GET /1/cards/1", ("cards", 0)), "answer",
        _either("mirrorSourceId"), "type: string"),
    Gap("what a member has not is null", Recording(f"{_VCR}/member_find_with_id_and_get_all_fields.yml"),
        "answer", _either("avatarHash", "avatarUrl", "idEnterprise", "idMemberReferrer"), "type: string"),
)  # fmt: skip
_STREAM = Recording(
    "faros-streams/jira/all-streams.log", "GET /rest/api/3/issue/10456", (106, "record", "data")
)
_HISTORY = Recording(_STREAM.file, "GET /jira/rest/api/2/issue/10456", _STREAM.at)
_HISTORIES = ("$.changelog.histories[*]", "$.issueChangeLogs[*].changeHistories[*]")
_JIRA = (
    Gap("priorities are listed here, though since 2024-05-22 the vendor says not for ever",
        Page("https://developer.atlassian.com/cloud/jira/platform/changelog/#CHANGE-1655"), "operation",
        ("deprecated",), "an operation that will stay", ("GET /rest/api/3/priority/search",)),
    Gap("times have an offset without a colon", Example(), "answer",
        ("$.buildDate", "$.serverTime"), "format: date-time", ("GET /rest/api/3/serverInfo",)),
    Gap("times have an offset without a colon", Example(), "answer",
        ("$.values[*].insight.lastIssueUpdateTime",), "format: date-time",
        ("GET /rest/api/3/project/search",)),
    Gap("times have an offset without a colon", _STREAM, "answer",
        (f"{_HISTORIES[0]}.created",), "format: date-time"),
    Gap("the bulk answer has times as numbers", Example(), "answer",
        (f"{_HISTORIES[1]}.created",), "type: string"),
    Gap("what was or became nothing is null", _STREAM, "answer",
        tuple(f"{one}.items[*].{side}" for one in _HISTORIES for side in
              ("from", "fromString", "to", "toString")), "type: string"),
    Gap("a board's place has a name, a key and an id",
        Recording("jira/go-jira/board_configuration.json", "GET /rest/agile/1.0/board/35/configuration"),
        "answer", ("$.location",), "additionalProperties: False"),
)  # fmt: skip
_DC_HISTORIES = ("$.changelog.histories[*]", "$.issues[*].changelog.histories[*]")
_JIRA_DC = (
    # Histories are told as by Jira Cloud, of which there is a recording.
    Gap("times have an offset without a colon", _HISTORY, "answer",
        tuple(f"{one}.created" for one in _DC_HISTORIES), "format: date-time"),
    Gap("what was or became nothing is null", _HISTORY, "answer",
        tuple(f"{one}.items[*].{side}" for one in _DC_HISTORIES for side in
              ("from", "fromString", "to", "toString")), "type: string"),
)  # fmt: skip
_ASANA = "https://developers.asana.com"
_TASK = Recording("faros-streams/asana/all-streams.log", "GET /api/1.0/tasks/1201076013221043", (4, "record"))
_FIELDS_OF_TASKS = (
    "enum: ['actual_time_minutes', 'approval_status', 'assigned_by', 'assigned_by.name', 'assignee', "
    "'assignee.name', 'assignee_..."
)
_FIELDS_OF_ENTRIES = (
    "enum: ['attributable_to', 'attributable_to.name', 'categories', 'categories.color', 'categories.name', "
    "'created_by', 'creat..."
)
_TASKS = (
    "GET /projects/{project_gid}/tasks", "GET /tasks/{task_gid}/subtasks", "GET /tasks/{task_gid}",
    "GET /sections/{section_gid}/tasks", "GET /tasks",
)  # fmt: skip


def _data(*names: str) -> tuple[str, ...]:
    """Paths into what stands under ``data``, one object or a list of them."""
    return _either(*(f"data.{name}" for name in names), *(f"data[*].{name}" for name in names))


_ASANA_GAPS = (
    Gap("what a dependency tells is asked for by its path, as of any object",
        Page(f"{_ASANA}/docs/inputoutput-options"), "query", ("opt_fields=dependencies.completed",),
        _FIELDS_OF_TASKS, _TASKS),
    Gap("the listing tells all fields of an entry", Page(f"{_ASANA}/reference/time-tracking-entries"),
        "query", ("opt_fields=task", "opt_fields=billable_status", "opt_fields=approval_status"),
        _FIELDS_OF_ENTRIES, ("GET /time_tracking_entries",)),
    Gap("the parameters of an action are a map of any names", Page(f"{_ASANA}/reference/batch-api"), "body",
        ("$.data.actions[*].data",), "type: object", ("POST /batch",)),
    Gap("the offset of an action is a text, as in the description's own example",
        Page(f"{_ASANA}/reference/batch-api"), "body", ("$.data.actions[*].options.offset",),
        "type: integer", ("POST /batch",)),
    # The description says nullable of all these, beside the type and not in it, where that means nothing.
    Gap("who is nobody is null", _TASK, "answer", _data("assignee", "completed_by"), "type: object"),
    Gap("tasks below no other have null", _TASK, "answer", _data("parent"), "type: object"),
    Gap("tasks without a custom type have null", Page(f"{_ASANA}/reference/tasks"), "answer",
        _data("custom_type", "custom_type_status_option"), "type: object"),
    Gap("without an option chosen the value is null", Page(f"{_ASANA}/reference/custom-fields"), "answer",
        _data("custom_fields[*].enum_value"), "type: object"),
    Gap("dates without a time have null", Page(f"{_ASANA}/reference/custom-fields"), "answer",
        _data("custom_fields[*].date_value.date_time"), "type: string"),
)  # fmt: skip
_SMARTSHEET = "https://developers.smartsheet.com/api/smartsheet"
_REPORT = Recording(
    "smartsheet/simple-smartsheet-vcr/crud/cassettes/test_reports/TestGetReport.test_get_report.yaml"
)
_ONE_SHEET = (
    "oneOf: [{'$ref': '#/components/schemas/Folder/properties/sheets/items'}, {'type': 'object', "
    "'properties': {'version': {'desc..."
)
_SMARTSHEET_GAPS = (
    Gap("all shares are listed by one call", Page(f"{_SMARTSHEET}/openapi/sharing/list-asset-shares"),
        "operation", ("/2.0/shares",), _PATH),
    Gap("the object of plain text or a number is itself", _REPORT, "answer",
        ("$.data[*].objectValue", "$.fields[*].objectValue"), "type: object"),
    Gap("a sheet is a sheet and has a version",
        Recording("smartsheet/java-sdk/getSheet.json", "GET /2.0/sheets/295123319904012164"),
        "answer", ("$",), _ONE_SHEET, ("GET /sheets/{sheetId}",)),
)  # fmt: skip
GAPS: Mapping[str, tuple[Gap, ...]] = {
    "asana": _ASANA_GAPS,
    "jira_dc": _JIRA_DC,
    "smartsheet": _SMARTSHEET_GAPS,
    "trello": (*_TRELLO_REQUESTS, *_TRELLO_STATUSES, *_TRELLO_ANSWERS),
    "jira_cloud": _JIRA,
}
