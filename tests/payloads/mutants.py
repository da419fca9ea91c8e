"""Which mapping lines no case would miss.

``python -m tests.payloads.mutants [tracker…]`` takes one line at a time out of the normalisers' tables (an
entry of a dictionary, a word of a list, a branch of a ``match`` on a word), reads the cases of the trackers
whose normaliser uses that file, and names every line whose loss no case notices. Exit status 1 if there is
any, or a case that fails anyway.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from itertools import chain
from os import cpu_count
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.payloads.case import Case, cases, differences, trackers

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "normalizer"
NOT_VALUES = frozenset({"annotation", "returns", "decorator_list", "slice", "bases"})
"""Parts of the syntax in which texts are types."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a table. ``without`` are the fields of ``node`` once it is lost."""

    module: str
    number: int
    says: str
    node: ast.AST
    without: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.module.replace('.', '/')}.py:{self.number}: {self.says}"


# -- the lines of a file -------------------------------------------------------------------------------------


def lines(module: str, tree: ast.Module) -> list[Line]:
    """Every line of the file's tables, those that are told in several places of it too."""
    make = partial(Line, module=module)
    return [line for node in _values(tree) for line in _of(node, make)] + list(_tables(tree, make))


def _values(node: ast.AST) -> Iterator[ast.AST]:
    """The node and all inside it that is not about types."""
    yield node
    for name, value in ast.iter_fields(node):
        if name not in NOT_VALUES:
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, ast.AST):
                    yield from _values(one)


def _of(node: ast.AST, make: Callable[..., Line]) -> Iterator[Line]:
    match node:
        case ast.Dict(keys=keys, values=values):
            for n, key in enumerate(keys):
                if isinstance(key, ast.Constant):
                    lost = {"keys": _but(keys, n), "values": _but(values, n)}
                    yield make(number=key.lineno, says=repr(key.value), node=node, without=lost)
        case ast.Set():
            yield from _listed(node, make)
        case ast.Compare(comparators=[ast.Tuple() | ast.List() as told]):
            yield from _listed(told, make)
        case ast.For(iter=ast.Tuple() | ast.List() as told):
            yield from _listed(told, make)
        case ast.comprehension(iter=ast.Tuple() | ast.List() as told):
            yield from _listed(told, make)
        case ast.Match(cases=branches) if len(branches) > 1:
            for n, branch in enumerate(branches):
                if isinstance(branch.pattern, ast.MatchValue | ast.MatchOr):
                    says = f"case {ast.unparse(branch.pattern)}"
                    without = {"cases": _but(branches, n)}
                    yield make(number=branch.pattern.lineno, says=says, node=node, without=without)


def _tables(tree: ast.Module, make: Callable[..., Line]) -> Iterator[Line]:
    """Constants of the file: lists of texts, and dictionaries whose values are texts with words in them."""
    for statement in tree.body:
        value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
        if isinstance(value, ast.Tuple | ast.List):
            yield from _listed(value, make)
        elif isinstance(value, ast.Dict):
            told = [one.elts if isinstance(one, ast.Tuple) else [one] for one in value.values]
            for text in chain.from_iterable(told):
                if isinstance(text, ast.Constant) and isinstance(text.value, str) and "," in text.value:
                    yield from _words(text, text.value.split(","), make)


def _listed(node: ast.Set | ast.Tuple | ast.List, make: Callable[..., Line]) -> Iterator[Line]:
    texts = [one.value for one in node.elts if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    if len(texts) == len(node.elts) > 1:
        for n, text in enumerate(texts):
            lost = {"elts": _but(node.elts, n)}
            yield make(number=node.elts[n].lineno, says=repr(text), node=node, without=lost)


def _words(node: ast.Constant, words: list[str], make: Callable[..., Line]) -> Iterator[Line]:
    for n, one in enumerate(words):
        lost = {"value": ",".join(_but(words, n))}
        number = node.lineno + ",".join([*words[:n], one.removesuffix(one.lstrip())]).count("\n")
        yield make(number=number, says=repr(one.strip()), node=node, without=lost)


def _but(values: Sequence[Any], n: int) -> list[Any]:
    return [*values[:n], *values[n + 1 :]]


# -- the package without a line ------------------------------------------------------------------------------


class Sources:
    """The package's files, who imports whom, and the package with one line less."""

    def __init__(self) -> None:
        files = sorted((ROOT / PACKAGE).glob("*.py"))
        self.trees = {f"{PACKAGE}.{one.stem}": ast.parse(one.read_text(encoding="utf-8")) for one in files}
        self.imports = {name: self._imported(tree) for name, tree in self.trees.items()}
        self.code = {name: compile(tree, name, "exec") for name, tree in self.trees.items()}

    def needed(self, module: str) -> list[str]:
        """The module and all it imports of the package, each after those it imports."""
        found: dict[str, None] = {}

        def visit(name: str) -> None:
            if name not in found:
                for other in self.imports[name]:
                    visit(other)
                found[name] = None

        visit(module)
        return list(found)

    def lines(self, asked: Sequence[str]) -> list[Line]:
        """The lines of all files that the normalisers of those trackers use."""
        files = sorted({name for tracker in asked for name in self.needed(f"{PACKAGE}.{tracker}")})
        return [line for name in files for line in lines(name, self.trees[name])]

    @contextmanager
    def without(self, line: Line, tracker: str) -> Iterator[None]:
        """The tracker's normaliser made anew without the line; what does not import its file stays."""
        order = self.needed(f"{PACKAGE}.{tracker}")
        anew = [name for name in order if line.module in self.needed(name)]
        kept = {name: import_module(name) for name in anew}
        with _lost(line):
            code = {**self.code, line.module: compile(self.trees[line.module], line.module, "exec")}
        try:
            for name in anew:
                module = ModuleType(name)
                _install(name, module)
                exec(code[name], module.__dict__)  # noqa: S102 (our own file, less a line)
            yield
        finally:
            for name, former in kept.items():
                _install(name, former)

    def _imported(self, tree: ast.Module) -> list[str]:
        told = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
        found = [f"{node.module}.{one.name}" for node in told for one in node.names]
        names = [str(node.module) for node in told] + found
        return sorted({name for name in names if name in self.trees})


def _install(name: str, module: ModuleType) -> None:
    """Where both ``import normalizer.x`` and ``from normalizer import x`` find it."""
    sys.modules[name] = module
    setattr(sys.modules[PACKAGE], name.removeprefix(f"{PACKAGE}."), module)


@contextmanager
def _lost(line: Line) -> Iterator[None]:
    kept = {name: getattr(line.node, name) for name in line.without}
    _set(line.node, line.without)
    try:
        yield
    finally:
        _set(line.node, kept)


def _set(node: ast.AST, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(node, name, value)


# -- the run -------------------------------------------------------------------------------------------------


def noticed(sources: Sources, line: Line, tracker: str, told: Sequence[Case]) -> bool:
    """Whether a case of the tracker fails without the line, or the normaliser does not even start."""
    try:
        with sources.without(line, tracker):
            return any(differences(case) for case in told)
    except Exception:  # whatever breaks has been noticed
        return True


def unnoticed(asked: Sequence[str], part: int, parts: int) -> tuple[int, list[tuple[str, int, str]]]:
    """How many lines were tried of that part of them, and where those stand that no case misses."""
    sources = Sources()
    order = sorted(trackers(), key=lambda tracker: tracker not in asked)
    told = {tracker: [case for case in cases(tracker) if not differences(case)] for tracker in order}
    tried = sources.lines(asked)[part::parts]
    found = [
        (line.module, line.number, str(line))
        for line in tried
        if not any(
            noticed(sources, line, tracker, told[tracker])
            for tracker in order
            if line.module in sources.needed(f"{PACKAGE}.{tracker}")
        )
    ]
    return len(tried), found


def main(arguments: Sequence[str]) -> int:
    asked = list(arguments) or trackers()
    if strange := sorted({*asked} - {*trackers()}):
        _say(f"There are no cases for {', '.join(strange)}; there are for {', '.join(trackers())}.")
        return 2
    broken = [f"{case.tracker}-{case.name}" for case in cases() if differences(case)]
    if broken:
        _say(f"Left out, for they fail with every line in place: {', '.join(broken)}")
    parts = cpu_count() or 1
    with ProcessPoolExecutor(parts) as pool:
        done = list(pool.map(unnoticed, [asked] * parts, range(parts), [parts] * parts))
    survivors = sorted(one for _, found in done for one in found)
    for _, _, line in survivors:
        _say(line)
    _say(f"{sum(tried for tried, _ in done)} lines of {', '.join(asked)}, {len(survivors)} unnoticed.")
    return 1 if survivors or broken else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
