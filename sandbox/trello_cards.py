"""A task of the story as a card: the full body, with its checklists, attachments and custom field items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sandbox import trello_names as names
from sandbox.planted import TRELLO_SITE
from sandbox.quirks import Quirks
from sandbox.story import Project, Story, Task
from sandbox.times import iso, midnight

Body = dict[str, Any]


UNUSED: Body = {
    "address": None,
    "checkItemStates": [],
    "coordinates": None,
    "cover": {"idAttachment": None, "color": None, "size": "normal", "brightness": "dark"},
    "creationMethod": None,
    "descData": {"emoji": {}},
    "dueReminder": None,
    "email": None,
    "idAttachmentCover": None,
    "idMembersVoted": [],
    "limits": {"attachments": {"perCard": {"status": "ok", "disableAt": 1000, "warnAt": 800}}},
    "locationName": None,
    "manualCoverAttachment": False,
    "pinned": False,
    "subscribed": False,
}
"""What real cards carry and the story never says."""


def card_body(story: Story, board: Project, task: Task, quirks: Quirks) -> Body:
    """All fields, and the nested resources that the routes show only where they are asked for."""
    checklists = _checklists(board, task)
    attachments = list(_attachments(task))
    labels = [names.label_body(board, name) for name in card_labels(task)]
    return {
        **UNUSED,
        **_identity(board, task),
        **_dates(task),
        "badges": _badges(task, attachments),
        "cardRole": _role(task),
        "closed": task.archived,
        "desc": task.description,
        "idChecklists": [one["id"] for one in checklists],
        "idLabels": [label["id"] for label in labels],
        "idList": names.list_id(board, task.ticked_in or task.stage),
        "idMemberCreator": story.people[task.reporter].trello_id,
        "idMembers": [story.people[id].trello_id for id in task.assignees],
        "isTemplate": task.template,
        "labels": labels,
        "mirrorSourceId": None if task.mirror_of is None else story.tasks[task.mirror_of].remote_id,
        "name": task.title,
        "pos": task.position * names.STEP,
        "attachments": attachments,
        "checklists": checklists,
        "customFieldItems": list(_field_items(board, task, quirks)),
    }


def _identity(board: Project, task: Task) -> Body:
    url = f"{TRELLO_SITE}/c/{task.key}"
    return {
        "id": task.remote_id,
        "idBoard": board.remote_id,
        "idOrganization": names.ORGANIZATION,
        "idShort": task.position,
        "nodeId": f"ari:cloud:trello::card/workspace/{names.ORGANIZATION}/{task.remote_id}",
        "shortLink": task.key,
        "shortUrl": url,
        "url": f"{url}/{task.position}",
    }


def _dates(task: Task) -> Body:
    """All instants; a start day is its midnight in UTC."""
    complete = task.ticked_in is not None
    return {
        "dateClosed": _archived_at(task),
        "dateCompleted": iso(task.done_at) if complete and task.done_at else None,
        "dateLastActivity": iso(task.updated),
        "due": iso(task.due) if isinstance(task.due, datetime) else None,
        "dueComplete": complete,
        "start": iso(midnight(task.start)) if task.start else None,
    }


def card_labels(task: Task) -> list[str]:
    return [*task.labels, names.BLOCKED] if task.hold else task.labels


def checklist_id(task: Task) -> str:
    return names.part_id(task.remote_id, "checklist")


def check_item_id(task: Task, number: int) -> str:
    return names.part_id(task.remote_id, "check", number)


def field_value(board: Project, kind: names.FieldKind, value: object, quirks: Quirks) -> Body:
    """Every value is text; a choice is the id of an option."""
    if value is None:
        return {"value": None, "idValue": None}
    if not kind.options:
        number = f"{value:g}" if isinstance(value, float) and value.is_integer() else str(value)
        told = number if quirks.text_values or kind.type(board) == "text" else value
        return {"value": {kind.type(board): told}, "idValue": None}
    if not quirks.text_values:
        return {"value": {"text": value}, "idValue": None}
    return {"value": None, "idValue": kind.option_id(board, str(value))}


def _field_items(board: Project, task: Task, quirks: Quirks) -> Iterator[Body]:
    held: Mapping[names.FieldKind, object] = {
        names.PRIORITY: names.PRIORITY_OPTIONS.get(task.priority),
        names.CUSTOMER: task.customer,
        names.COST: task.cost,
        names.POINTS: task.points,
    }
    for kind, value in held.items():
        if value is not None:
            yield field_item(board, task, kind, field_value(board, kind, value, quirks))


def field_item(board: Project, task: Task, kind: names.FieldKind, value: Body) -> Body:
    return {
        "id": names.part_id(task.remote_id, "item", kind.name),
        **value,
        "idCustomField": kind.id(board),
        "idModel": task.remote_id,
        "modelType": "card",
    }


def _role(task: Task) -> str | None:
    if task.separator:
        return "separator"
    return None if task.mirror_of is None else "mirror"


def _archived_at(task: Task) -> str | None:
    moments = [event.at for event in task.history if event.field == "archived" and event.after]
    return iso(moments[-1]) if task.archived and moments else None


def _badges(task: Task, attachments: list[Body]) -> Body:
    dates = _dates(task)
    return {
        "attachments": len(attachments),
        "attachmentsByType": {"trello": {"board": 0, "card": 0}},
        "checkItems": len(task.checklist),
        "checkItemsChecked": sum(check.done for check in task.checklist),
        "checkItemsEarliestDue": None,
        "comments": 0,
        "description": bool(task.description),
        "due": dates["due"],
        "dueComplete": dates["dueComplete"],
        "fogbugz": "",
        "location": False,
        "start": dates["start"],
        "subscribed": False,
        "viewingMemberVoted": False,
        "votes": 0,
    }


def _attachments(task: Task) -> Iterator[Body]:
    for number, url in enumerate(task.attachments, 1):
        yield {
            "id": names.part_id(task.remote_id, "attachment", number),
            "bytes": None,
            "date": iso(task.updated),
            "edgeColor": None,
            "idMember": None,
            "isUpload": False,
            "mimeType": "",
            "name": url,
            "pos": number * names.STEP,
            "previews": [],
            "url": url,
        }


def _checklists(board: Project, task: Task) -> list[Body]:
    if not task.checklist:
        return []
    id = checklist_id(task)
    return [
        {
            "id": id,
            "name": "Steps",
            "idBoard": board.remote_id,
            "idCard": task.remote_id,
            "pos": names.STEP,
            "checkItems": [
                {
                    "id": check_item_id(task, check.id),
                    "name": check.text,
                    "nameData": {"emoji": {}},
                    "pos": place * names.STEP,
                    "state": "complete" if check.done else "incomplete",
                    "due": None,
                    "dueReminder": None,
                    "idMember": None,
                    "idChecklist": id,
                }
                for place, check in enumerate(task.checklist, 1)
            ],
        }
    ]
