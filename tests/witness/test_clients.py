"""The vendors' own clients, unmodified, find in every sandbox what is true, and say how they are refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from connectors.oracle_terms import Pacer, Refused, Witness
from sandbox.server import Sandbox
from tests.witness.sites import Site

pytestmark = pytest.mark.filterwarnings(r"ignore:ssl\.OP_NO_SSL:DeprecationWarning")
"""Smartsheet's client raises it where it is made: it forbids old protocols in an old way."""

QUICK = (1000, 0.01)
"""No vendor's limit: that of the tracker is tested where it refuses."""


@contextmanager
def reading(site: Site, sandbox: Sandbox, **credentials: str) -> Iterator[Witness]:
    given = {**sandbox.credentials[site.tracker], **credentials}
    with site.witness(site.base(sandbox), given, Pacer(*QUICK)) as witness:
        yield witness


def scopes(site: Site, sandbox: Sandbox) -> list[dict[str, Any]]:
    return list(sandbox.truth()["trackers"][site.tracker]["scopes"])


@pytest.fixture
def failing(site: Site, sandbox: Sandbox) -> Iterator[Sandbox]:
    """Mended again at the end."""
    yield sandbox
    sandbox.wires[site.tracker].planned.clear()


def test_it_discovers_every_scope(site: Site, sandbox: Sandbox) -> None:
    held = sandbox.credentials[site.tracker]
    with site.client(site.base(sandbox), held, Pacer(*QUICK)) as client:
        found = site.discover(client)
    assert found == {scope["id"]: scope["name"] for scope in scopes(site, sandbox)}


def test_it_reads_every_item_with_every_field(site: Site, sandbox: Sandbox) -> None:
    met: set[str] = set()
    with reading(site, sandbox) as witness:
        for scope in scopes(site, sandbox):
            told = dict(witness.listed(scope["id"]))
            true = {item["id"]: item for item in scope["items"]}
            assert set(told) == set(true), scope["name"]
            met |= set(told)
            for id, item in true.items():
                found = {word: told[id][word] for word in site.tells}
                assert found == {word: item[name] for word, name in site.tells.items()}, item["title"]
                home = item["placements"][0][0]
                assert told[id].get("scope", home) == home
                archived = item["presence"] == "archived"
                assert told[id].get("archived", archived) is archived
    assert len(met) == sandbox.truth()["trackers"][site.tracker]["counts"]["items"]


def test_one_by_name_is_as_in_the_listing(site: Site, sandbox: Sandbox) -> None:
    for scope in scopes(site, sandbox)[:2]:
        with reading(site, sandbox) as witness:
            listed = dict(witness.listed(scope["id"]))
            for id in list(listed)[:3]:
                assert witness.one(scope["id"], id) == listed[id]


def test_a_missing_item_is_none(site: Site, sandbox: Sandbox) -> None:
    with reading(site, sandbox) as witness:
        assert witness.one(scopes(site, sandbox)[0]["id"], site.nowhere) is None


def test_a_wrong_token_is_refused(site: Site, sandbox: Sandbox) -> None:
    with pytest.raises(Refused) as refused, reading(site, sandbox, **site.wrong) as witness:
        list(witness.listed(scopes(site, sandbox)[0]["id"]))
    assert refused.value.trouble == "unauthorized"


def test_a_rate_limit_is_told_for_what_it_is(site: Site, failing: Sandbox) -> None:
    refusal = {"status": 429, "headers": {"retry-after": site.retry_after}, "body": site.refusal}
    scope = scopes(site, failing)[0]["id"]
    with pytest.raises(Refused) as refused, reading(site, failing) as witness:
        failing.fail_next(site.tracker, "/", refusal, times=1000)
        list(witness.listed(scope))
    assert refused.value.trouble == "limited"


def test_no_credential_is_in_a_url(site: Site, sandbox: Sandbox) -> None:
    with reading(site, sandbox) as witness:
        list(witness.listed(scopes(site, sandbox)[0]["id"]))
    seen = sandbox.requests(site.tracker)
    assert seen
    assert not {key for one in seen for key in one.keys} & {"key", "token", "access_token"}
    secrets = set(sandbox.credentials[site.tracker].values())
    assert not [one.path for one in seen if any(secret in one.path for secret in secrets)]
