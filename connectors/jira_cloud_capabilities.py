"""What Jira Cloud can and cannot tell, as the API serves it. Data only."""

from connectors.base import Capabilities

CAPABILITIES = Capabilities(
    tracker="jira_cloud",
    title="Jira Cloud",
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
    },
    losses=(
        "comments, work logs and attachments are not read; their time is in the time spent",
        "workflows, screens and field contexts are not read",
        "of a security level only that there is one is kept: the issue is restricted",
        "affected versions, environment, votes and watchers stay in the record alone",
        "text loses colours, layouts and the contents of embedded media",
        "an Epic Link that is not also the parent stays a custom field: it holds a key, not an id",
        "former keys are told by the changes of an issue, not by the issue",
        "links to other applications (remote links) are not read",
        "archived issues and those of archived projects are not listed by Jira's search",
    ),
)
