"""Identity: ours is uuid5(system, site, kind, remote id), so that two connections to one site meet in one
item and a renamed connection re-keys nothing."""

from __future__ import annotations

from uuid import UUID, uuid5

NAMESPACE = UUID("6b0d5a52-4c53-5d0c-9f0e-8f6b3f1f2f77")


def entity_id(system: str, site: str, kind: str, remote_id: str) -> str:
    """The id of the ``kind`` (item, scope, section, account, iteration, release, change) as text."""
    return str(uuid5(NAMESPACE, f"{system}|{site}|{kind}|{remote_id}"))
