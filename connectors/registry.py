"""Which trackers there are: one line each, and those that other distributions add.

A third party registers a :class:`Tracker` under the entry-point group ``tspmo.trackers`` and its normaliser,
under the same name, in ``tspmo.normalizers`` (:mod:`normalizer.registry`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Protocol

import httpx
from pydantic import BaseModel

from connectors import (
    asana,
    asana_webhooks,
    jira_cloud,
    jira_cloud_webhooks,
    jira_dc,
    jira_dc_webhooks,
    smartsheet,
    smartsheet_webhooks,
    trello,
    trello_webhooks,
)
from connectors.asana_capabilities import CAPABILITIES as ASANA
from connectors.asana_settings import AsanaSettings
from connectors.base import Capabilities, Connector, Receive
from connectors.http import Budgets, OnWait, Timing
from connectors.jira_cloud_capabilities import CAPABILITIES as JIRA_CLOUD
from connectors.jira_cloud_settings import JiraCloudSettings
from connectors.jira_dc_capabilities import CAPABILITIES as JIRA_DC
from connectors.jira_dc_settings import JiraDcSettings
from connectors.smartsheet_capabilities import CAPABILITIES as SMARTSHEET
from connectors.smartsheet_settings import SmartsheetSettings
from connectors.trello_capabilities import CAPABILITIES as TRELLO

GROUP = "tspmo.trackers"


class Connect(Protocol):
    """Makes a connector of a tracker's settings. ``on_wait`` is told of waits for a rate limit; ``budgets``
    holds those that connections share (None: this one has them to itself)."""

    def __call__(
        self,
        settings: Any,
        timing: Timing,
        transport: httpx.AsyncBaseTransport | None = None,
        on_wait: OnWait | None = None,
        budgets: Budgets | None = None,
    ) -> Connector: ...


@dataclass(frozen=True, slots=True)
class Tracker:
    """``settings`` has a field ``tracker`` whose only value is ``name``: the tag in the configuration.
    ``receive`` reads what its webhooks deliver, where it has any."""

    name: str
    settings: type[BaseModel]
    connect: Connect
    capabilities: Capabilities
    receive: Receive | None = None


TRACKERS: Mapping[str, Tracker] = {
    "asana": Tracker("asana", AsanaSettings, asana.connect, ASANA, asana_webhooks.receive),
    "jira_cloud": Tracker(
        "jira_cloud", JiraCloudSettings, jira_cloud.connect, JIRA_CLOUD, jira_cloud_webhooks.receive
    ),
    "jira_dc": Tracker("jira_dc", JiraDcSettings, jira_dc.connect, JIRA_DC, jira_dc_webhooks.receive),
    "smartsheet": Tracker(
        "smartsheet", SmartsheetSettings, smartsheet.connect, SMARTSHEET, smartsheet_webhooks.receive
    ),
    "trello": Tracker("trello", trello.TrelloSettings, trello.connect, TRELLO, trello_webhooks.receive),
}


def trackers() -> Mapping[str, Tracker]:
    """The built-in trackers and those of installed plug-ins, by name.

    Raises ImportError with a sentence for a plug-in that cannot be used.
    """
    found = dict(TRACKERS)
    for entry in entry_points(group=GROUP):
        if entry.name in found:
            raise ImportError(_sentence(entry, f"there is already a tracker named {entry.name}"))
        found[entry.name] = _load(entry)
    return found


def _load(entry: EntryPoint) -> Tracker:
    try:
        tracker = entry.load()
    except (ImportError, AttributeError) as error:
        raise ImportError(_sentence(entry, f"it cannot be loaded ({error})")) from error
    if not isinstance(tracker, Tracker) or tracker.name != entry.name:
        raise ImportError(_sentence(entry, f"{entry.value} is not a Tracker named {entry.name}"))
    return tracker


def _sentence(entry: EntryPoint, why: str) -> str:
    package = entry.dist.name if entry.dist else "an unknown package"
    return (
        f"The tracker {entry.name} of the installed package {package} cannot be used: {why}; "
        "remove the package or ask its author to mend it."
    )
