"""How a case is read and compared. No test.

    {"source": where the vendor says so, "fact": the one thing in which this case differs from the others,
     "scope": {"id", "name", "url", "kind", "system", "site", "key"?, "closed"?, "definitions"?, "rules"?},
     "record": {"kind", "id", "body"},
     "expected": {"items": [{"status_category": "todo", …}], "rejections": […], …}}

``expected`` names parts of what the record became, and of each thing in them only the fields that the case
is about. A part is compared whole: as many things as are named, in their order. Values are in JSON terms:
numbers that are exact as text, days and instants in ISO 8601. ``"@item 7:1"`` stands for our id of that item.
The part ``absent`` is the mapper's: why a field is None throughout the scope.

A case about a dictionary has ``"words": {"their word": ours, …}`` too, and is read once for each of them:
``"<word>"`` and ``"<ours>"`` in its scope, record and expectation stand for the two.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from connectors.base import Record, ScopeRecord
from normalizer.context import Context, Normalizer
from normalizer.rules import Rules

FOLDER = Path(__file__).resolve().parent
READ_AT = datetime(2026, 1, 1, tzinfo=UTC)
OUR_ID = re.compile(r"@([a-z_]+) (.+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    tracker: str
    file: str
    word: str | None = None
    told: Mapping[str, Any]

    @property
    def name(self) -> str:
        return self.file if self.word is None else f"{self.file}[{self.word}]"

    @property
    def context(self) -> Context:
        scope = self.told["scope"]
        return Context(
            system=scope["system"],
            site=scope["site"],
            scope=ScopeRecord(
                id=scope["id"],
                kind=scope["kind"],
                name=scope["name"],
                url=scope["url"],
                key=scope.get("key"),
                closed=scope.get("closed", False),
            ),
            definitions=scope.get("definitions", {}),
            rules=Rules.model_validate(scope.get("rules", {})),
        )

    @property
    def record(self) -> Record:
        given = self.told["record"]
        return Record(given["kind"], given["id"], self.context.scope.id, given["body"], READ_AT)


def cases(tracker: str | None = None) -> list[Case]:
    return [case for path in sorted(FOLDER.glob(f"{tracker or '*'}/*.json")) for case in _of(path)]


def _of(path: Path) -> list[Case]:
    told = json.loads(path.read_text(encoding="utf-8"))
    words = told.pop("words", None)
    make = partial(Case, tracker=path.parent.name, file=path.stem)
    if words is None:
        return [make(told=told)]
    fact = f"{told['fact']}: <word>"
    return [make(word=one, told=_filled({**told, "fact": fact}, one, ours)) for one, ours in words.items()]


def _filled(value: Any, word: str, ours: Any) -> Any:
    """The case about one word of a dictionary."""
    if isinstance(value, dict):
        return {_filled(key, word, ours): _filled(one, word, ours) for key, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, word, ours) for one in value]
    if value == "<ours>":
        return ours
    return value.replace("<word>", word).replace("<ours>", str(ours)) if isinstance(value, str) else value


def trackers() -> list[str]:
    return sorted({path.parent.name for path in FOLDER.glob("*/*.json")})


def normalizer(tracker: str) -> Normalizer:
    found: Normalizer = import_module(f"normalizer.{tracker}").prepare
    return found


def differences(case: Case) -> list[str]:
    """What of ``expected`` is not so, one line each."""
    context = case.context
    mapper = normalizer(case.tracker)(context)
    made = {**plain(mapper(case.record)), "absent": plain(mapper.absent)}
    found: list[str] = []
    for part, wanted in case.told["expected"].items():
        if part == "absent":
            found += [] if made[part] == wanted else [f"absent: expected {wanted!r}, found {made[part]!r}"]
        else:
            found += _compared(part, _resolved(wanted, context), made[part])
    return found


def _compared(at: str, wanted: Any, found: Any) -> list[str]:
    """Objects by the fields that are named, lists element by element, all else by equality."""
    if isinstance(wanted, dict) and isinstance(found, dict) and wanted:
        missing = [f"{at}.{key}: there is no such field" for key in wanted if key not in found]
        return missing + [
            line
            for key, value in wanted.items()
            if key in found
            for line in _compared(f"{at}.{key}", value, found[key])
        ]
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        pairs = enumerate(zip(wanted, found, strict=True))
        return [line for n, (one, other) in pairs for line in _compared(f"{at}[{n}]", one, other)]
    return [] if wanted == found else [f"{at}: expected {wanted!r}, found {found!r}"]


def _resolved(value: Any, context: Context) -> Any:
    """``@kind remote id`` as our id; ``@scope_id`` as that of the scope."""
    if value == "@scope_id":
        return context.scope_id
    if isinstance(value, str) and (named := OUR_ID.match(value)):
        return context.id(named[1], named[2])
    if isinstance(value, dict):
        return {key: _resolved(one, context) for key, one in value.items()}
    return [_resolved(one, context) for one in value] if isinstance(value, list) else value


def plain(value: Any) -> Any:
    """Ours in JSON terms."""
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else value
