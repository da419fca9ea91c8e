import pytest

from store.open import Store
from tests.store.kit import World


@pytest.fixture
async def world(store: Store) -> World:
    """Two connections declared; the site lists OPS and WEB."""
    made = World(store)
    await made.declare()
    await made.list("site", "OPS", "WEB")
    return made
