"""What Trello can and cannot tell, as the API serves it. Data only."""

from connectors.base import Capabilities

CAPABILITIES = Capabilities(
    tracker="trello",
    title="Trello",
    system="trello",
    history="bounded",
    webhooks="scope",
    deletions="an action deleteCard is proof; else a card that is not found may be deleted or hidden",
    fields={
        "parent_id": "none",
        "iteration_ids": "none",
        "release_ids": "none",
        "spent": "none",
        "remaining": "none",
        "links": "none",
        "hold_since": "none",
        "outcome": "none",
        "status_category": "partial",
        "type": "partial",
        "priority": "partial",
        "hold": "partial",
        "estimates": "partial",
        "completed_at": "partial",
    },
    losses=(
        "Power-Up data, votes, stickers, covers and locations stay in the record alone",
        "check items are counted for the progress; their own due dates and members stay in the record",
        "comments and attachments stay out, and so do the links that their addresses would make",
        "Trello keeps a bounded number of actions: older history of a card is not told",
    ),
)
