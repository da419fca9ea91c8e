"""What Jira Data Center can and cannot tell, as the API serves it. Data only."""

from connectors.base import Capabilities

CAPABILITIES = Capabilities(
    tracker="jira_dc",
    title="Jira Data Center",
    system="jira",
    history="complete",
    webhooks="connection",
    deletions="an issue that is not found may be deleted or hidden: Jira answers 404 for both",
    fields={
        "hold_since": "none",
        "remote_version": "none",
        "former_keys": "partial",
        "start": "partial",
        "estimates": "partial",
        "progress": "partial",
        "parent_id": "partial",
        "hold": "partial",
        "completed_at": "partial",
    },
    losses=(
        "comments, work logs and attachments are not read; their time is in the time spent",
        "workflows, screens and field contexts are not read",
        "of a security level only that there is one is kept: the issue is restricted",
        "affected versions, environment, votes and watchers stay in the record alone",
        "text stays in wiki markup",
        "an issue that was closed without a resolution has no time of completion",
        "an Epic Link to an epic that is hidden from us stays a custom field: it holds a key, not an id",
        "the Parent Link of Advanced Roadmaps stays a custom field",
        "former keys are told by the changes of an issue, not by the issue",
        "links to other applications (remote links) are not read",
        "archived issues and those of archived projects are not listed by Jira's search",
    ),
)
