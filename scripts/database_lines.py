"""The lines of the source that PostgreSQL may take otherwise than SQLite, and whether the tests
that run on PostgreSQL run them.

They lock rows, speak SQL themselves, cast, ask which database it is, or go on after the database
refused something. A line that no test marked `postgres` runs is a failure of `make test`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from coverage import CoverageData

ROOT = Path(__file__).resolve().parent.parent
CALLS = {"select_for_update", "raw", "extra", "RawSQL", "Cast", "on_commit"}
CONFLICTS = {"ignore_conflicts", "update_conflicts"}
REFUSALS = {"IntegrityError", "OperationalError", "DatabaseError"}


def not_run(data: Path) -> list[str]:
    """Each such line that was not run, by file and line."""
    kept = CoverageData(str(data))
    kept.read()
    failed = []
    for file in sorted((ROOT / "src/koers/apps").rglob("*.py")):
        if "migrations" in file.parts:
            continue
        run = set(kept.lines(str(file)) or ())
        failed += [
            f"{file.relative_to(ROOT)}:{first} ({what}) door geen test op PostgreSQL: merk er een"
            " met pytest.mark.postgres"
            for what, first, last in lines_of(file.read_text(encoding="utf-8"))
            if run.isdisjoint(range(first, last + 1))
        ]
    return failed


def lines_of(source: str) -> Iterator[tuple[str, int, int]]:
    """What is special, and the first and last line of the statement with it."""
    tree = ast.parse(source)
    elsewhere = {id(node) for node in _on_sqlite_only(tree)}
    for node in ast.walk(tree):
        if id(node) in elsewhere:
            continue
        if isinstance(node, ast.ExceptHandler):
            names = (
                {n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)} if node.type else ()
            )
            for name in sorted(REFUSALS.intersection(names)):
                yield name, node.body[0].lineno, node.body[0].end_lineno or node.body[0].lineno
        elif isinstance(node, ast.Call):
            if name := _special(node):
                yield name, node.lineno, node.end_lineno or node.lineno
        elif isinstance(node, ast.Attribute) and ast.unparse(node) == "connection.vendor":
            yield "connection.vendor", node.lineno, node.lineno


def _on_sqlite_only(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "sqlite" in ast.unparse(node.test):
            for statement in node.body:
                yield from ast.walk(statement)


def _special(call: ast.Call) -> str:
    text = ast.unparse(call.func)
    name = text.rpartition(".")[2]
    if name in CALLS or text == "connection.cursor":
        return name
    if given := CONFLICTS.intersection(k.arg for k in call.keywords if k.arg):
        return given.pop()
    return ""
