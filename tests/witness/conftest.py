from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.server import Sandbox
from tests.witness.sites import SITES, Site


@pytest.fixture(params=SITES, ids=lambda site: site.tracker, scope="module")
def site(request: pytest.FixtureRequest) -> Site:
    assert isinstance(request.param, Site)
    return request.param


@pytest.fixture(scope="module")
def sandbox(site: Site) -> Iterator[Sandbox]:
    with site.sandbox() as made:
        yield made
