"""API keys: made once, shown once, kept as a hash."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from secrets import token_hex, token_urlsafe

from sqlalchemy import select, update

from store.open import Store
from store.people import person_of_email
from store.principal import Principal, Role
from store.schema import keys
from store.types import storable

PREFIX = "tspmo_"
ID_BYTES = 6
SECRET_BYTES = 32
USE_NOTED_EVERY = timedelta(minutes=1)
"""``last_used_at`` is no finer than this, so that a request is seldom a write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySpec:
    """Whom a key stands for. ``person`` is a person's id or e-mail address."""

    role: Role
    name: str
    person: str | None = None
    team: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyView:
    """A key without its secret. ``id`` is the part between ``tspmo_`` and the secret."""

    id: str
    name: str
    role: Role
    person: str | None
    team: str | None
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


async def create_key(store: Store, spec: KeySpec, at: datetime) -> str:
    """Make a key and answer its plain text, which nothing can show again."""
    key_id, secret = token_hex(ID_BYTES), token_urlsafe(SECRET_BYTES)
    person = person_of_email(spec.person) if spec.person and "@" in spec.person else spec.person
    row = {
        "id": key_id,
        "hash": _hash(secret),
        "name": spec.name,
        "role": spec.role,
        "person": person,
        "team": spec.team,
        "created_at": at,
    }
    async with store.database.writing() as session:
        await session.add(keys, [row])
    return f"{PREFIX}{key_id}_{secret}"


async def find_principal(store: Store, plain: str, at: datetime) -> Principal | None:
    """Whom this key stands for; None for an unknown, malformed or revoked one."""
    key_id, _, secret = plain.removeprefix(PREFIX).partition("_")
    async with store.database.reading() as session:
        found = await session.all(select(keys).where(keys.c.id == storable(key_id)))
    row = found[0] if found else None
    # A comparison is made for an unknown id too, so that the time taken does not tell which ids exist.
    right = compare_digest(row.hash if row else b"", _hash(secret))
    if row is None or not right or not plain.startswith(PREFIX) or row.revoked_at:
        return None
    if row.last_used_at is None or at - row.last_used_at >= USE_NOTED_EVERY:
        async with store.database.writing() as session:
            await session.run(update(keys).where(keys.c.id == key_id).values(last_used_at=at))
    return Principal(role=row.role, person=row.person, team=row.team, name=row.name)


def _hash(secret: str) -> bytes:
    """One round is enough: a secret of 256 random bits cannot be guessed, so that slowing the guesser down
    as for a password would only slow every request."""
    return sha256(secret.encode("utf-8", "replace")).digest()


async def any_keys(store: Store) -> bool:
    """Whether a key was ever made (a revoked one counts: revoking the last must not open the door)."""
    async with store.database.reading() as session:
        return bool(await session.all(select(keys.c.id).limit(1)))


async def list_keys(store: Store) -> list[KeyView]:
    """All keys, oldest first."""
    columns = [keys.c[field.name] for field in fields(KeyView)]
    async with store.database.reading() as session:
        found = await session.all(select(*columns).order_by(keys.c.created_at, keys.c.id))
    return [KeyView(**row._mapping) for row in found]


async def revoke_key(store: Store, key_id: str, at: datetime) -> bool:
    """Stop a key from now on. False when there is no such key or it was revoked before."""
    async with store.database.writing() as session:
        done = await session.run(
            update(keys).where(keys.c.id == key_id, keys.c.revoked_at.is_(None)).values(revoked_at=at)
        )
    return done.rowcount == 1
