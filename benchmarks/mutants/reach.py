"""Which faults a test reaches: while it runs, each statement that has one says so.

The functions that are there get code with a call before such a statement. It costs nothing where no
fault is, so no run of the suite with coverage has to come before.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from benchmarks.mutants.faults import ROOT, SOURCE, Fault
from benchmarks.mutants.inject import Functions, functions, load, put, switches

CALL = "koers_reached"
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Reached(set[int]):
    """The numbers of the faults that were reached since it was cleared."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__()
        setattr(builtins, CALL, self.add)
        marks: dict[str, list[tuple[ast.stmt, int]]] = defaultdict(list)
        self.permissions: dict[str, set[int]] = defaultdict(set)
        self.constants: dict[str, set[int]] = defaultdict(set)
        for number, fault in enumerate(faults):
            if fault.function:
                marks[fault.path].append((_statement(_tree(fault.path), fault.lines), number))
            else:
                self._of_names(number, fault, marks)
        for path in marks:
            load(path)
        there = functions()
        for path, found in marks.items():
            _mark(path, found, there)
        self._listen()

    def _of_names(self, number: int, fault: Fault, marks: dict) -> None:
        """Of a constant or a rule, which is made before any test runs: who names it."""
        names = made_of(fault)
        for name in names:
            self.constants[name].add(number)
        naming = re.compile(rf"\b({'|'.join(names)})\b") if names else None
        for file in SOURCE.rglob("*.py") if naming else ():
            path = str(file.relative_to(ROOT))
            if naming and naming.search(file.read_text()):
                marks[path] += [(f, number) for f in _functions_naming(_tree(path), names)]
        for permission in _permissions(fault, names):
            self.permissions[permission].add(number)

    def named(self, words: Iterable[str]) -> None:
        """What stands in the text of the test itself."""
        for word in self.constants.keys() & set(words):
            self.update(self.constants[word])

    def _listen(self) -> None:
        """A rule is reached where it is asked."""
        from rules.rulesets import RuleSet

        ask = RuleSet.test_rule

        def asked(rules: RuleSet, name: str, *about: object) -> bool:
            self.update(self.permissions.get(name, ()))
            return ask(rules, name, *about)

        RuleSet.test_rule = asked


@cache
def _tree(path: str) -> ast.Module:
    return ast.parse((ROOT / path).read_text())


def _bodies(node: ast.AST) -> Iterator[list[Any]]:
    for _, value in ast.iter_fields(node):
        if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
            yield value
        elif isinstance(value, list):
            for one in value:
                if isinstance(one, ast.ExceptHandler | ast.match_case):
                    yield from _bodies(one)


def _statement(node: ast.AST, lines: tuple[int, int]) -> ast.stmt:
    """The innermost statement that holds these lines."""
    for body in _bodies(node):
        for statement in body:
            if statement.lineno <= lines[0] and lines[1] <= (statement.end_lineno or 0):
                return _statement(statement, lines)
    assert isinstance(node, ast.stmt)
    return node


def _functions_naming(tree: ast.Module, names: set[str]) -> Iterator[ast.stmt]:
    """The first statement of each function that names one of these."""
    for node in ast.walk(tree):
        if isinstance(node, Function) and any(
            getattr(inner, "id", getattr(inner, "attr", "")) in names for inner in ast.walk(node)
        ):
            yield node.body[0]


def made_of(fault: Fault) -> set[str]:
    """The name of the constant, and those of others in the file that are made of it."""
    names: set[str] = set()
    for statement in _tree(fault.path).body:
        named = {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)}
        if isinstance(statement, ast.Assign | ast.AnnAssign) and (
            statement.lineno == fault.lines[0] or named & names
        ):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            names |= {t.id for t in targets if isinstance(t, ast.Name)}
    return names


def _permissions(fault: Fault, names: set[str]) -> Iterator[str]:
    for statement in _tree(fault.path).body:
        text = ast.unparse(statement)
        if text.startswith("rules.add_perm(") and (
            statement.lineno == fault.lines[0] or names & set(re.findall(r"\w+", text))
        ):
            yield text.split("'")[1]


def _mark(path: str, found: Sequence[tuple[ast.stmt, int]], there: Functions) -> None:
    """Put the calls in, and the code with them into the functions that are there."""
    numbers: dict[ast.stmt, list[int]] = defaultdict(list)
    for statement, number in found:
        numbers[statement].append(number)
    tree = _tree(path)
    marked = _Marking(numbers).visit(tree)
    code = compile(ast.fix_missing_locations(marked), str(ROOT / path), "exec", dont_inherit=True)
    put(switches(path, code, "", there))


class _Marking(ast.NodeTransformer):
    def __init__(self, numbers: dict[ast.stmt, list[int]]) -> None:
        self.numbers = numbers

    def visit(self, node: ast.AST) -> Any:
        self.generic_visit(node)
        calls = [
            ast.copy_location(
                ast.Expr(
                    ast.Call(ast.Name(CALL, ast.Load()), [ast.Constant(number)], []),
                ),
                node,
            )
            for number in self.numbers.get(node, ())  # type: ignore[call-overload]
        ]
        return [*calls, node] if calls else node
