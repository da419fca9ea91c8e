"""Jira Cloud's records in the common model."""

from __future__ import annotations

from normalizer.context import Context
from normalizer.jira_mapper import JiraMapper, desk
from normalizer.model import Mapper


def prepare(context: Context) -> Mapper:
    """A mapper for one Jira project; definitions that are missing or odd leave their fields ``unmapped``."""
    return JiraMapper(desk(context))
