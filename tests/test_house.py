"""How the house is built: no circles, and SQL in one room."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import grimp
import pytest

SOURCE = Path(__file__).resolve().parent.parent / "src" / "koers"
ALLOWED: dict[frozenset[str], str] = {}
"""Circles that stay, each with its reason."""


@pytest.fixture(scope="module")
def imports() -> dict[str, set[str]]:
    """What each module imports of Koers, also within a function or for the type checker only."""
    graph = grimp.build_graph("koers", cache_dir=None)
    return {m: graph.find_modules_directly_imported_by(m) for m in graph.modules}


def circles(imports: dict[str, set[str]]) -> list[frozenset[str]]:
    """The groups of modules that reach each other (Tarjan, SIAM Journal on Computing 1972,
    1:146-160)."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    path: list[str] = []
    found: list[frozenset[str]] = []

    def visit(module: str) -> None:
        number[module] = lowest[module] = len(number)
        path.append(module)
        for other in imports[module]:
            if other not in number:
                visit(other)
            if other in path:
                lowest[module] = min(lowest[module], lowest[other])
        if lowest[module] == number[module]:
            group = frozenset(path[path.index(module) :])
            del path[path.index(module) :]
            if len(group) > 1:
                found.append(group)

    for module in imports:
        if module not in number:
            visit(module)
    return found


def test_a_circle_is_seen():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == [frozenset("bc")]


def test_no_modules_import_each_other_in_a_circle(imports):
    assert [sorted(c) for c in circles(imports) if c not in ALLOWED] == []


SQL = re.compile(
    r"\bSELECT\b.+\bFROM\b|\bCOPY \(|\bCREATE (OR REPLACE )?(TEMP )?(TABLE|VIEW)\b", re.S
)
ROOM = "figures/queries/"


def texts(file: Path) -> list[str]:
    """The texts in a file that are no docstring."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said
    ]


def files() -> list[Path]:
    return [f for f in sorted(SOURCE.rglob("*.py")) if "migrations" not in f.parts]


def test_sql_stands_in_one_room():
    found = [
        str(file.relative_to(SOURCE))
        for file in files()
        if any(SQL.search(text) for text in texts(file))
    ]
    assert [name for name in found if not name.startswith(ROOM)] == []


def test_a_question_is_one_public_function_with_a_docstring():
    for file in sorted((SOURCE / ROOM).glob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        public = [
            node
            for node in tree.body
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        ]
        assert len(public) <= 1, file.name
        assert all(ast.get_docstring(node) for node in public), file.name


def test_whoever_writes_figures_says_who_looks_whether_they_can_be_right():
    """Invented figures need no look."""
    silent = []
    for file in sorted(SOURCE.rglob("*.py")):
        if "example" in file.parts or file.name == "store.py":
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            to_store = ast.unparse(node.func.value) in ("store", "store()", "archive")
            writes = node.func.attr == "write_stream" or (node.func.attr == "write" and to_store)
            if writes and "look" not in {keyword.arg for keyword in node.keywords}:
                silent.append(f"{file.name}:{node.lineno}")
    assert silent == []
