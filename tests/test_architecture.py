"""Holds the import table of docs/decisions/0001 and the size budgets to the code."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from statistics import median

import pytest

from tests.tree import PACKAGES, ROOT, imports, module_name, parse, sources

TABLE = ROOT / "docs" / "decisions" / "0001-layout-and-arrows.md"
SHARED_CONNECTOR_FILES = {"base", "cursors", "errors", "http", "prints", "signing", "registry", "oracles"}
TRACKER_MAY_IMPORT = {"base", "cursors", "errors", "http", "prints", "signing"}


def table() -> dict[str, list[str]]:
    rows = re.findall(r"^\| (\w+) \| (.+) \|$", TABLE.read_text(encoding="utf-8"), re.MULTILINE)
    return {
        package: [word.strip() for word in rule.split(";")[0].split(",")]
        for package, rule in rows
        if package in PACKAGES
    }


def allowed(package: str, module: str, rules: list[str]) -> bool:
    own = module == package or module.startswith(f"{package}.")
    return own or any(module == rule or module.startswith(f"{rule}.") for rule in rules)


def inner_imports(path: Path) -> list[str]:
    return [name for name in imports(path) if name.split(".")[0] in PACKAGES]


def tracker_of(path: Path) -> str | None:
    """The tracker whose own file this is: ``jira_cloud_issues.py`` belongs to ``jira_cloud``."""
    trackers = sorted(p.stem for p in (ROOT / "docs" / "trackers").glob("*.md") if p.stem != "README")
    return next((t for t in trackers if path.stem == t or path.stem.startswith(f"{t}_")), None)


def is_sibling(name: str, tracker: str) -> bool:
    """Its own file, or one that the editions of a tracker share: ``jira_issues`` is ``jira_cloud``'s and
    ``jira_dc``'s, and no edition's alone."""
    family = tracker.split("_")[0]
    shared = name.startswith(f"{family}_") and tracker_of(Path(f"{name}.py")) is None
    return name == tracker or name.startswith(f"{tracker}_") or shared


def test_the_table_names_every_package() -> None:
    assert sorted(table()) == sorted(PACKAGES)


@pytest.mark.parametrize("package", [p for p in PACKAGES if p != "cli"])
def test_imports_follow_the_table(package: str) -> None:
    rules = table()[package]
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in sources(package)
        for module in inner_imports(path)
        if not allowed(package, module, rules)
    ]
    assert not wrong


def test_a_tracker_file_imports_only_the_shared_connector_files_and_its_own() -> None:
    wrong = []
    for path in sources("connectors"):
        tracker = tracker_of(path)
        if tracker is None:
            continue
        for module in inner_imports(path):
            name = module.removeprefix("connectors.").split(".")[0]
            if name not in TRACKER_MAY_IMPORT and not is_sibling(name, tracker):
                wrong.append(f"{path.name} imports {module}")
    assert not wrong


def test_what_editions_share_knows_none_of_them() -> None:
    wrong = [
        f"{path.name} imports {module}"
        for path in sources("connectors")
        if path.stem.startswith("jira_") and tracker_of(path) is None
        for module in inner_imports(path)
        if tracker_of(Path(f"{module.removeprefix('connectors.').split('.')[0]}.py"))
    ]
    assert not wrong


def test_only_the_http_client_speaks_http_to_trackers() -> None:
    wrong = [
        path.name
        for path in sources("connectors")
        if tracker_of(path) and any(name.split(".")[0] == "requests" for name in imports(path))
    ]
    assert not wrong
    for path in sources("connectors"):
        if tracker_of(path):
            assert "httpx.AsyncClient" not in path.read_text(encoding="utf-8"), path.name


def test_only_the_store_speaks_sql() -> None:
    inner = {"store.database", "store.session", "store.schema", "store.dialect"}
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for package in PACKAGES
        if package != "store"
        for path in sources(package)
        for module in imports(path)
        if module.split(".")[0] in {"sqlalchemy", "alembic", "psycopg", "aiosqlite"} or module in inner
    ]
    assert not wrong


def test_the_command_line_knows_no_tracker_file() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in sources("cli")
        for module in inner_imports(path)
        if module.split(".")[0] in {"connectors", "normalizer"}
        and tracker_of(Path(module.replace(".", "/") + ".py"))
    ]
    assert not wrong


def test_package_files_are_a_docstring() -> None:
    for package in PACKAGES:
        body = parse(ROOT / package / "__init__.py").body
        assert len(body) == 1, package
        assert isinstance(body[0], ast.Expr), package


def test_every_module_says_what_it_owns() -> None:
    silent = [str(p.relative_to(ROOT)) for p in sources() if not ast.get_docstring(parse(p))]
    assert not silent


def test_no_file_is_over_400_lines_and_the_median_is_at_most_150() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in sources()}
    tests = {p: len(p.read_text(encoding="utf-8").splitlines()) for p in sources("tests")}
    assert not [f"{p}: {n}" for p, n in {**lengths, **tests}.items() if n > 400]
    assert median(lengths.values()) <= 150


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [
        node for node in ast.walk(parse(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def test_functions_are_under_40_lines() -> None:
    long = [
        f"{module_name(path)}.{node.name}: {node.end_lineno - node.lineno + 1}"
        for path in sources()
        for node in functions(path)
        if node.end_lineno and node.end_lineno - node.lineno + 1 >= 40
    ]
    assert not long


def takes_options(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Commands and endpoints: their parameters are the options that a person or a client may give."""
    return any(
        isinstance(call := decorator, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in {"command", "get", "callback"}
        for decorator in node.decorator_list
    )


def test_functions_take_at_most_five_parameters() -> None:
    wide = []
    for path in sources():
        for node in functions(path):
            args = node.args
            names = [a.arg for a in (*args.posonlyargs, *args.args, *args.kwonlyargs)]
            count = len([name for name in names if name not in {"self", "cls"}])
            if count > 5 and not takes_options(node):
                wide.append(f"{module_name(path)}.{node.name}: {count}")
    assert not wide


DECLARATIONS = {"Table", "MetaData", "APIRouter", "_entity"}
"""What is declared once, at import, and never changed afterwards: tables and routes."""
ALEMBIC = {"revision", "down_revision", "branch_labels", "depends_on"}


def is_constant(node: ast.Assign | ast.AnnAssign) -> bool:
    """An upper-case name, a type alias (capitalised), a dunder, or a declaration."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    names = [target.id for target in targets if isinstance(target, ast.Name)]
    made_by = ast.unparse(node.value.func) if isinstance(node.value, ast.Call) else ""
    return made_by in DECLARATIONS or all(
        name in ALEMBIC or re.fullmatch(r"_?[A-Z]\w*|__\w+__", name) for name in names
    )


def test_there_is_no_module_level_state() -> None:
    state = [
        f"{module_name(path)}: {ast.unparse(node)[:60]}"
        for path in sources()
        for node in parse(path).body
        if isinstance(node, ast.Assign | ast.AnnAssign) and not is_constant(node)
    ]
    assert not state
