from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.options import SandboxOptions
from sandbox.server import Sandbox, running
from tests.contract.bench import Bench
from tests.contract.cases import CASES, Case

# The vendors' rate limits count real time, in which nobody here waits; waiting has tests of its own.
OPTIONS = SandboxOptions(items=120, budgets=False)


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    assert isinstance(request.param, Case)
    return request.param


@pytest.fixture(scope="session")
def shared() -> Iterator[Sandbox]:
    """For tests that change nothing in the story."""
    with running(OPTIONS) as sandbox:
        yield sandbox


@pytest.fixture
def bench(case: Case, shared: Sandbox) -> Iterator[Bench]:
    bench = Bench(case, shared)
    bench.forget()
    yield bench
    bench.mend()


@pytest.fixture
def editable(case: Case) -> Iterator[Bench]:
    """A sandbox of its own, whose story a test may change."""
    with running(OPTIONS) as sandbox:
        yield Bench(case, sandbox)
