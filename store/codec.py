"""Items, accounts and record bodies to and from what is stored of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from hashlib import blake2b
from typing import Any, TypeVar

import msgspec
import zstandard

from normalizer.model import Account, FieldValue, Item
from store.types import canonical, storable

T = TypeVar("T")
DIGEST_BYTES = 16


def digest(content: bytes) -> bytes:
    return blake2b(content, digest_size=DIGEST_BYTES).digest()


def item_text(item: Item) -> tuple[Item, str]:
    """The item, without what a database refuses in a text, and its canonical JSON."""
    try:
        text = msgspec.json.encode(item, order="deterministic").decode()
    except UnicodeEncodeError:  # half a surrogate pair somewhere
        item = msgspec.convert(_storable(msgspec.to_builtins(item)), Item)
        text = msgspec.json.encode(item, order="deterministic").decode()
    return item, text


def item_from(text: str) -> Item:
    item = msgspec.json.decode(text, type=Item)
    if not any(value.type == "number" for value in item.custom.values()):
        return item
    return replace(item, custom={key: _number(value) for key, value in item.custom.items()})


def _number(value: FieldValue) -> FieldValue:
    """JSON has no decimals: a number of ours was written as text."""
    if value.type != "number" or not isinstance(value.value, str):
        return value
    try:
        return replace(value, value=Decimal(value.value))
    except InvalidOperation:
        return value


def plain(entity: Any) -> Any:
    """A section, account … as it will be when it is read back from JSON."""
    return json.loads(canonical(_storable(msgspec.to_builtins(entity))))


def account_from(body: Mapping[str, Any]) -> Account:
    return msgspec.convert(body, Account)


def content(body: Mapping[str, Any]) -> bytes:
    """A record's body: equal content is equal bytes, whatever the order of its keys."""
    try:
        return msgspec.json.encode(body, order="deterministic", enc_hook=dict)
    except UnicodeEncodeError:  # half a surrogate pair somewhere
        return canonical(body).encode()


def unpack(packed: bytes) -> dict[str, Any]:
    """The body of a record whose content was compressed."""
    told = zstandard.ZstdDecompressor().decompress(packed)
    try:
        body: dict[str, Any] = msgspec.json.decode(told)
    except msgspec.DecodeError:  # half a surrogate pair somewhere
        body = json.loads(told)
    return body


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, Mapping):
        return {storable(key): _storable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(inner) for inner in value]
    return value
