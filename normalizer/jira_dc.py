"""Jira Data Center's records in the common model.

The same as Jira Cloud's where both tell the same. What is told otherwise is read by its form: users by key,
sprints as printed text, epics by their keys (the definition ``epics`` has their ids), text as wiki markup.
"""

from __future__ import annotations

from normalizer.context import Context
from normalizer.jira_mapper import JiraMapper, desk
from normalizer.model import Mapper


def prepare(context: Context) -> Mapper:
    """A mapper for one Jira project; definitions that are missing or odd leave their fields ``unmapped``."""
    return JiraMapper(desk(context))
