"""What Smartsheet can and cannot tell, as the API serves it. Data only."""

from connectors.base import Capabilities

CAPABILITIES = Capabilities(
    tracker="smartsheet",
    title="Smartsheet",
    system="smartsheet",
    history="bounded",
    webhooks="scope",
    deletions="a row that is not found may be deleted or moved to another sheet, where it has a new id; a "
    "sheet that is not found may be deleted or no longer shared",
    fields={
        "former_keys": "none",
        "iteration_ids": "none",
        "release_ids": "none",
        "hold_since": "none",
        "outcome": "partial",
        "completed_at": "partial",
        "status_category": "partial",
        "type": "partial",
        "priority": "partial",
        "hold": "partial",
        "start": "partial",
        "due": "partial",
        "estimates": "partial",
        "spent": "partial",
        "remaining": "partial",
        "progress": "partial",
        "labels": "partial",
    },
    losses=(
        "formulas, conditional formats, cell links and cell images stay out; their values are read",
        "attachments, discussions, proofs, update requests and automations are not read",
        "reports and dashboards repeat rows of sheets and are not read",
        "every column belongs to its sheet alone: its meaning is found by tag, type and title, or by a rule",
        "the history of cells is read only on request; without it changes are seen by comparing readings",
        "a contact without an e-mail address is an account by its name alone",
        "money stays a number: a sheet does not tell its currency",
        "the Resource Management product has an API of its own, which is not read",
    ),
)
