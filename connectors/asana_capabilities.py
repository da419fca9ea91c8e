"""What Asana can and cannot tell, as the API serves it. Data only."""

from connectors.base import Capabilities

CAPABILITIES = Capabilities(
    tracker="asana",
    title="Asana",
    system="asana",
    history="bounded",
    webhooks="scope",
    deletions="an event tells of a deletion for a day; without it a task that is not found may be deleted, "
    "in the trash or hidden from this account",
    fields={
        "iteration_ids": "none",
        "release_ids": "none",
        "remaining": "none",
        "rank": "none",
        "hold_since": "none",
        "remote_version": "none",
        "former_keys": "none",
        "status_category": "partial",
        "type": "partial",
        "priority": "partial",
        "hold": "partial",
        "estimates": "partial",
        "progress": "partial",
        "remote_key": "partial",
        "outcome": "partial",
    },
    losses=(
        "comments, attachments, likes and followers are not read",
        "rules, forms, portfolios, goals and the private sections of people's own lists are not read",
        "the order of the tasks in a section is not kept: Asana gives no rank, only the order of a listing",
        "of a formula its result is kept, and of a reference the names it points to",
        "out-of-office is read for the members of a project only",
        "stories tell one value at a time: of tags and dependencies what came or went, not the whole set",
        "a tag, an option or a field that is renamed comes with the next whole reading: Asana tells no event",
    ),
)
