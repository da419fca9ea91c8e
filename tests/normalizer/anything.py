"""True records and what may befall them on their way: strategies. No test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any, get_args

from hypothesis import strategies as st

from connectors.base import Kind, Record
from normalizer.context import Context
from tests.payloads.case import READ_AT

KINDS: Sequence[Kind] = [kind for kind in get_args(Kind) if kind != "definition"]

DEEPEST = 9
ODD_TEXTS = (
    "",
    " ",
    "\0",
    "a\0b",
    "\ud83d",
    "\udc00\ud800",
    "👩🏽‍🚀🏴󠁧󠁢󠁷󠁬󠁳󠁿",
    "\u202eمشروع الشبكة\u202c",
    "שלב שני",
    "プロジェクト計画",
    "Ünïcödé ﬁ ǅ ẞ İ",
    "a\u0301\u0323" * 40,
    "x" * 20_000,
    "🧱" * 5_000,
    "\r\n\t\x1b[31m",
    "<script>alert(1)</script>",
    "'; DROP TABLE items; --",
    "|".join(["a"] * 1_000),
    "NaN",
    "-Infinity",
    "1e999999",
    "٣",
    "1_000",
    "-0",
    "true",
    "null",
)
ODD_TIMES = (
    "0000-00-00",
    "0000-01-01T00:00:00.000Z",
    "0001-01-01",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31",
    "9999-12-31T23:59:59.999-14:00",
    "10000-01-01T00:00:00Z",
    "-2026-01-01",
    "2026-02-30",
    "2026-13-01T00:00:00Z",
    "2026-W05-1",
    "20260102",
    "2026-01-02T24:00:00Z",
    "2026-01-02T10:00:00",
    "2026-01-02T10:00:00+25:00",
    "2026-01-02T10:00:00.123456789Z",
    "2026-01-02T10:00:00+00:00:30",
    "yesterday",
)
ODD_NUMBERS = (
    0,
    -1,
    -(10**18),
    10**400,
    -(10**400),
    2**63,
    2**53 + 1,
    0.1 + 0.2,
    1e308,
    5e-324,
    -0.0,
    float("nan"),
    float("inf"),
    float("-inf"),
    253402300800000,
    -62135596800001,
)


def nested(levels: int, wrap: Callable[[Any], Any], inner: Any = None) -> Any:
    for _ in range(levels):
        inner = wrap(inner)
    return inner


ODD_WHOLES: Sequence[Any] = (
    None,
    True,
    False,
    [],
    {},
    [None],
    [[]],
    [{}],
    {"": ""},
    {"\ud800": 1},
    {"id": None, "gid": None, "name": None},
    {"id": [], "gid": {}, "name": 3},
    {"value": {"value": {"value": "x"}}},
    ["x"] * 1_000,
    [{"id": "1", "gid": "1", "name": "x", "value": "x"}] * 100,
    nested(300, lambda inner: [inner]),
    nested(300, lambda inner: {"content": [inner], "type": "paragraph"}),
    {"type": "doc", "content": [nested(200, lambda inner: {"type": "bulletList", "content": [inner]})]},
)


def one_of(values: Sequence[Any]) -> st.SearchStrategy[Any]:
    """A copy of one of them. By its place, for Hypothesis prints what it samples from."""
    return st.integers(0, len(values) - 1).map(lambda n: deepcopy(values[n]))


TEXTS, TIMES = one_of(ODD_TEXTS), one_of(ODD_TIMES)
ODD = one_of((*ODD_TEXTS, *ODD_TIMES, *ODD_NUMBERS, *ODD_WHOLES))
ANY_TEXT = st.text(st.characters(), max_size=8)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT | ODD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=6,
)


class Known:
    """A scope as it was truly read: its context and its records by kind. No dataclass, for Hypothesis would
    print all that is in one."""

    __slots__ = ("context", "records")

    def __init__(self, context: Context, records: Mapping[str, Sequence[Record]]) -> None:
        self.context = context
        self.records = records

    def __repr__(self) -> str:
        return self.context.scope.name


def mutated(draw: st.DrawFn, whole: Any, most: int = 4) -> Any:
    """The value with one to ``most`` places of it, at any depth, spoilt."""
    holder = [deepcopy(whole)]
    for _ in range(draw(st.integers(1, most))):
        places = [*_places(holder)]
        if not places:
            return None
        _spoil(draw, *places[draw(st.integers(0, len(places) - 1))])
    return holder[0] if holder else None


@st.composite
def spoilt_record(draw: st.DrawFn, choice: Sequence[Known]) -> Known:
    """One record, and it is spoilt."""
    known = draw(st.sampled_from(choice))
    kind = draw(st.sampled_from(sorted(known.records)))
    record = draw(st.sampled_from(known.records[kind]))
    return Known(known.context, {kind: [replace(record, body=mutated(draw, record.body))]})


@st.composite
def spoilt_page(draw: st.DrawFn, choice: Sequence[Known], size: int) -> Known:
    """Records of one scope, each of them spoilt; an id may come twice."""
    known = draw(st.sampled_from(choice))
    page: dict[str, list[Record]] = {kind: [] for kind in sorted(known.records)}
    for _ in range(size):
        kind = draw(st.sampled_from(sorted(page)))
        record = draw(st.sampled_from(known.records[kind]))
        page[kind].append(replace(record, body=mutated(draw, record.body)))
    return Known(known.context, page)


@st.composite
def spoilt_definitions(draw: st.DrawFn, choice: Sequence[Known]) -> Known:
    """One true record of each kind under definitions that are spoilt: they are answers as well. A body that
    is no object is none of a record."""
    known = draw(st.sampled_from(choice))
    definitions = {
        name: body if isinstance(body := mutated(draw, whole, most=2), dict) else {}
        for name, whole in known.context.definitions.items()
        if draw(st.integers(0, 9))
    }
    records = {kind: [draw(st.sampled_from(many))] for kind, many in known.records.items()}
    return Known(replace(known.context, definitions=definitions), records)


@st.composite
def any_record(draw: st.DrawFn, choice: Sequence[Known]) -> Known:
    """Anything at all in place of a record of any kind."""
    known = draw(st.sampled_from(choice))
    kind = draw(st.sampled_from(KINDS))
    body = draw(ANY_JSON)
    record = Record(kind, "1", known.context.scope.id, body, READ_AT)
    return Known(known.context, {kind: [record]})


def _places(holder: Any, depth: int = 0) -> Iterator[tuple[Any, Any]]:
    """Every object or list with each key into it, as deep as trackers nest theirs."""
    keys: Any = ()
    if isinstance(holder, dict):
        keys = holder
    elif isinstance(holder, list):
        keys = range(min(len(holder), 50))
    for key in keys if depth < DEEPEST else ():
        yield holder, key
        yield from _places(holder[key], depth + 1)


def _spoil(draw: st.DrawFn, holder: Any, key: Any) -> None:
    how = draw(st.integers(0, 9))
    value = holder[key]
    if how == 0:
        del holder[key]
    elif how == 1:
        holder[key] = None
    elif how == 2:
        holder[key] = _of_another_type(draw, value)
    elif how == 3 and isinstance(value, str):
        holder[key] = value + draw(TEXTS)
    elif how == 3 and isinstance(value, list):
        holder[key] = value * draw(st.integers(2, 30))
    elif how == 3 and isinstance(value, dict):
        value[draw(ANY_TEXT)] = draw(ANY_JSON)
    elif how == 4:
        holder[key] = draw(TIMES)
    elif how == 5:
        holder[key] = draw(ANY_JSON)
    else:
        holder[key] = draw(ODD)


def _of_another_type(draw: st.DrawFn, value: Any) -> Any:
    """The same, said otherwise: a number as text, a text as an object …"""
    shown = str(value)[:50]
    said: Sequence[Any] = (
        [value], {"value": value}, {"id": value, "name": value, "gid": value}, shown, len(shown),
        bool(value), len(shown) / 3, -1,
    )  # fmt: skip
    return said[draw(st.integers(0, len(said) - 1))]
