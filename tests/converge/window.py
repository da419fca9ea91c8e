"""What the API shows at one moment, by the trackers' own ids."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, get_args

import httpx
from sqlalchemy import select

from api.app import create_app
from api.options import ApiOptions
from normalizer.model import Presence
from store.open import Store
from store.presence import SEEN
from store.receipts import Receipt, read
from store.schema import scopes
from store.schema_reconciling import receipts
from tests.asks.town import Town
from tests.converge.places import Key

Json = Any
EVERYTHING = "limit=500&" + "&".join(f"presence={one}" for one in get_args(Presence))


@dataclass(frozen=True, slots=True)
class View:
    """``items`` whatever their presence, ``scopes`` as ``/v1/connections`` has them, ``meta`` the envelope of
    the items."""

    items: Mapping[Key, Json]
    scopes: Mapping[Key, Json]
    meta: Json

    @property
    def there(self) -> Mapping[Key, Json]:
        """The items that are shown as being where they are said to be."""
        return {key: item for key, item in self.items.items() if item["presence"] in SEEN}


class Window:
    def __init__(self, client: httpx.AsyncClient, store: Store) -> None:
        self._client = client
        self._store = store

    async def view(self, include: str = "links") -> View:
        """The claims first: what is read after them is at least as new, also while a job goes on."""
        meta = (await self._page("/v1/items?limit=1"))["meta"]
        scopes = [scope for one in await self._all("/v1/connections") for scope in one["scopes"]]
        items = await self._all(f"/v1/items?{EVERYTHING}&include={include}")
        return View(
            items={(item["tracker"], item["remote_id"]): item for item in items},
            scopes={(scope["tracker"], scope["remote_id"]): scope for scope in scopes},
            meta=meta,
        )

    async def people(self) -> list[Json]:
        return await self._all("/v1/people?limit=500")

    async def news(self, after: int) -> tuple[list[Json], int]:
        """The events of the feed, and the number from which the next ones follow."""
        found: list[Json] = []
        while True:
            page = await self._page(f"/v1/changes?after={after}&limit=500")
            found += page["data"]
            if int(page["next"]["cursor"]) == after:
                return found, after
            after = int(page["next"]["cursor"])

    async def receipts(self) -> Mapping[str, Receipt]:
        """The newest of each scope, by our id of it."""
        chosen = select(receipts.c.body).join(scopes, scopes.c.receipt_id == receipts.c.id)
        async with self._store.database.reading() as session:
            newest = [read(row.body) for row in await session.all(chosen)]
        return {receipt.scope_id: receipt for receipt in newest}

    async def _all(self, path: str) -> list[Json]:
        found: list[Json] = []
        following: str | None = path
        while following:
            page = await self._page(following)
            found += page["data"]
            following = page.get("next") and page["next"]["link"]
        return found

    async def _page(self, path: str) -> Json:
        return (await self._client.get(path)).raise_for_status().json()


@asynccontextmanager
async def opened(town: Town) -> AsyncIterator[Window]:
    transport = httpx.ASGITransport(create_app(town.store, town.time.clock, ApiOptions()))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield Window(client, town.store)
