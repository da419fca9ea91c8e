"""What the second opinions said of the world's items: a difference in each kind of sharing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from normalizer.ids import entity_id
from store.verification_views import Difference, VerificationView


def difference(system: str, scope: str, remote: str, title: str, **more: Any) -> Difference:
    site = f"https://{system}.example"
    return Difference(
        **{
            "scope": entity_id(system, site, "scope", scope),
            "item_id": entity_id(system, site, "item", remote),
            "remote_id": remote,
            "remote_key": None,
            "title": title,
            "field": "title",
            "ours": title,
            "theirs": f"{title}, renamed",
            "read_at": None,
            "updated_at": None,
            "explained": False,
            **more,
        }
    )


def verification(connection: str, at: datetime, *found: Difference) -> VerificationView:
    return VerificationView(
        id=f"verification of {connection}", connection=connection, mode="all", started_at=at, finished_at=at,
        items=8, fields=80, differing=len(found), unexplained=sum(not one.explained for one in found),
        error=None, differences=found,
    )  # fmt: skip


def on_boards(at: datetime) -> VerificationView:
    return verification(
        "boards",
        at,
        difference("trello", "web", "w1", "Move the login page", explained=True, updated_at=at, read_at=at),
        difference("trello", "web", "w9", "Only there", item_id=None, ours=None, restricted=True),
        difference("trello", "ops", "o1", "Patch"),
        difference("trello", "red", "r1", "Secret", ours=["a", 1, None], theirs={"b": 2.5}),
    )


def on_issues(at: datetime) -> VerificationView:
    """The second is not marked, and the item is restricted all the same."""
    return verification(
        "issues",
        at,
        difference("jira", "APP", "10001", "Item 10001"),
        difference("jira", "APP", "10003", "Payroll leak"),
    )
