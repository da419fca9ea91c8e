"""Which normaliser reads which tracker's records, under the names of the trackers.

A third party adds its own under the entry-point group ``tspmo.normalizers``.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points

from normalizer import asana, jira_cloud, jira_dc, smartsheet, trello
from normalizer.context import Normalizer

GROUP = "tspmo.normalizers"

NORMALIZERS: Mapping[str, Normalizer] = {
    "asana": asana.prepare,
    "jira_cloud": jira_cloud.prepare,
    "jira_dc": jira_dc.prepare,
    "smartsheet": smartsheet.prepare,
    "trello": trello.prepare,
}


def normalizers() -> Mapping[str, Normalizer]:
    """The built-in normalisers and those of installed plug-ins, by the tracker's name.

    Raises ImportError with a sentence for a plug-in that cannot be used.
    """
    found = dict(NORMALIZERS)
    for entry in entry_points(group=GROUP):
        if entry.name in found:
            raise ImportError(_sentence(entry, f"there is already a normaliser for {entry.name}"))
        found[entry.name] = _load(entry)
    return found


def _load(entry: EntryPoint) -> Normalizer:
    try:
        prepare: Normalizer = entry.load()
    except (ImportError, AttributeError) as error:
        raise ImportError(_sentence(entry, f"it cannot be loaded ({error})")) from error
    if not callable(prepare):
        raise ImportError(_sentence(entry, f"{entry.value} is not a function that makes a mapper"))
    return prepare


def _sentence(entry: EntryPoint, why: str) -> str:
    package = entry.dist.name if entry.dist else "an unknown package"
    return (
        f"The normaliser for {entry.name} of the installed package {package} cannot be used: {why}; "
        "remove the package or ask its author to mend it."
    )
