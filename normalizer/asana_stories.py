"""An Asana story becomes changes: what the system wrote down when somebody changed a field of a task.

https://developers.asana.com/reference/stories : ``resource_subtype`` says what happened; the text of a story
is in the language of whoever asks and is not read.
"""

from __future__ import annotations

from normalizer.asana_project import Project
from normalizer.asana_read import Body, gid_of
from normalizer.asana_tellers import TELLERS, Told
from normalizer.model import Change
from normalizer.reading import Reading

IGNORED = frozenset(
    {
        "comment_added", "comment_liked", "comment_mentioned", "follower_added", "follower_removed", "liked",
        "mentioned", "attachment_added", "attachment_removed", "attachment_liked", "completion_liked",
        "dependency_due_date_changed", "dependency_marked_complete", "dependency_marked_incomplete",
        "dependency_duplicated", "due_today", "duplicated", "added_to_task", "removed_from_task",
        "subtask_added", "subtask_removed", "duplicate_merged", "duplicate_unmerged", "proofing_added",
        "sticker_added", "created",
    }
)  # fmt: skip
"""What changes no field of the task itself, or only echoes what another task's story tells."""


def story_changes(project: Project, body: Body, reading: Reading) -> list[Change]:
    """The changes that a story tells of; what cannot be read is noted in ``reading``."""
    kind = reading.text(body, "resource_subtype")
    if kind in IGNORED or body.get("type") == "comment":
        return []
    teller = TELLERS.get(kind or "")
    if teller is None:
        if kind is not None:
            reading.unknown("change", kind)
        else:
            reading.reject("resource_subtype", "text", body.get("resource_subtype"), whole=True)
        return []
    task, at = gid_of(reading, body, "target"), reading.moment(body, "created_at")
    if at is None:
        reading.reject(
            "created_at", "an ISO 8601 instant with its offset", body.get("created_at"), whole=True
        )
        return []
    if not task:
        reading.reject("target", "the task that the story is about", body.get("target"), whole=True)
        return []
    author = gid_of(reading, body, "created_by")
    reading.item_id = project.context.id("item", task)
    told = Told(
        project=project, reading=reading, body=body, item_id=reading.item_id, at=at,
        author_id=project.account_id(author) if author else None,
    )  # fmt: skip
    return list(teller(told))
