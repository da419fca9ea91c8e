"""The envelope: what every answer under /v1 says about itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Generic, TypeVar
from urllib.parse import quote

from pydantic import Field

from portfolio.freshness import Coverage, Freshness, Reach, freshness
from store import views

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    """How fresh, how complete and where from. With ``complete`` below ``scopes``, or anything hidden,
    expected or restricted, the answer is a part of the truth."""

    as_of: Annotated[
        datetime | None,
        Field(
            description="When the last complete reading of the least recent scope began; null: none was read."
        ),
    ]
    freshness: Freshness
    coverage: Coverage
    receipt: Annotated[
        str | None,
        Field(
            description="The newest receipt of the scope that was compared with its tracker longest ago, of "
            "those touched: at /v1/receipts/{id} it says whether all was equal, and what was not. Null while "
            "one of them was never compared."
        ),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """How to go on: hand ``cursor`` in, or follow ``link``."""

    cursor: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Generic[T]):
    """One thing, with its envelope."""

    data: T
    meta: Meta


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """One page of a listing, with its envelope; ``next`` is null on the last page."""

    data: Sequence[T]
    meta: Meta
    next: Next | None = None


def reach(coverage: views.Coverage) -> Reach:
    """The store's words in the portfolio's."""
    return Reach(
        as_of=coverage.as_of,
        oldest_scope=coverage.oldest_scope,
        target_seconds=coverage.target_seconds,
        late=coverage.late,
        coverage=Coverage(
            scopes=coverage.scopes,
            complete=coverage.complete,
            hidden=coverage.hidden,
            expected=coverage.expected,
            restricted=coverage.restricted,
        ),
        receipt=coverage.receipt,
    )


def meta(told: Reach, now: datetime) -> Meta:
    return Meta(
        as_of=told.as_of, freshness=freshness(told, now), coverage=told.coverage, receipt=told.receipt
    )


def headers(told: Meta) -> Mapping[str, str]:
    """The envelope of a table: ``X-TSPMO-As-Of: 2026-11-23T10:00:00Z`` (absent: null),
    ``X-TSPMO-Freshness: age=12, target=3600, late=0, fresh=true, oldest=…`` and
    ``X-TSPMO-Coverage: scopes=3, complete=2, hidden=1, expected=0, restricted=0``, and
    ``X-TSPMO-Receipt`` (absent: null)."""
    age, cover = told.freshness, told.coverage
    fresh = [f"target={age.target_seconds}", f"late={age.late}", f"fresh={str(age.fresh).lower()}"]
    if age.age_seconds is not None:
        fresh = [f"age={age.age_seconds}", *fresh, f"oldest={quote(age.oldest_scope or '')}"]
    said = {
        "X-TSPMO-Freshness": ", ".join(fresh),
        "X-TSPMO-Coverage": f"scopes={cover.scopes}, complete={cover.complete}, hidden={cover.hidden}, "
        f"expected={cover.expected}, restricted={cover.restricted}",
    }
    if told.receipt is not None:
        said["X-TSPMO-Receipt"] = told.receipt
    return said if told.as_of is None else {"X-TSPMO-As-Of": f"{told.as_of:%Y-%m-%dT%H:%M:%SZ}", **said}
