"""The faults: what could be written otherwise in a file, and how the file reads then.

mutmut's operators do the work where they exist (comparisons by their boundary, and/or, not, is,
in, True, arithmetic, dropped arguments, dropped cases, ternaries). mutmut itself makes every fault
of every function, texts included, and takes no sample; so only its operators are used. Added here
is what goes wrong in this house: a filter or the scope of a municipality that is left out, another
state, a threshold that moves, a result that is not given.

Not touched, as they are no rules: texts for people, what is raised and logged, annotations,
decorators, default values of arguments, kernels that numba compiles, tables that a benchmark wrote.
"""

from __future__ import annotations

import ast
import difflib
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import libcst as cst
from libcst import metadata
from mutmut.mutation import mutators

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "koers"
STATE = re.compile(r"[a-z][a-z_]+")
NARROWING = ("filter", "exclude", "of", "adopted")
SILENT = ("log", "logger", "messages", "warnings")
# How a row is locked cannot be seen on SQLite; tests of it run on PostgreSQL.
LOCKS = ("select_for_update", "atomic")
LOCK = "lock"
# Begins what a benchmark measured and wrote into the source: no test repeats that.
MEASURED = "# measured: begin"
LEFT_ALONE = (cst.Annotation, cst.Decorator, cst.Raise, cst.Assert, cst.Param, cst.FormattedString)


@dataclass(frozen=True)
class Fault:
    """One change in a file: on ``lines`` (first and last of the statement), within ``function``
    (its qualified name, '' at the level of the module); ``source`` is the file with the fault,
    ``diff`` what differs."""

    name: str
    path: str
    lines: tuple[int, int]
    function: str
    operator: str
    source: str
    diff: str

    @property
    def where(self) -> str:
        return f"{self.path}:{self.lines[0]}"


def _difference(before: str, after: str) -> str:
    """The lines that differ, without what stands around them."""
    found = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return "\n".join(line for line in list(found)[2:] if not line.startswith("@@"))


@dataclass(frozen=True)
class Place:
    """A fault before it is written out: which node of a file becomes which other; ``name``
    says which fault it is, wherever its lines go when others come or go."""

    path: str
    lines: tuple[int, int]
    function: str
    operator: str
    node: cst.CSTNode
    other: cst.CSTNode
    module: cst.Module
    name: str = ""

    @property
    def like(self) -> tuple[str, ...]:
        before, after = (self.module.code_for_node(n) for n in (self.node, self.other))
        return self.path, self.function, self.operator, before, after

    def write(self) -> Fault:
        code = self.module.deep_replace(self.node, self.other).code
        diff = _difference(self.module.code, code)
        return Fault(self.name, self.path, self.lines, self.function, self.operator, code, diff)


def moved(node: cst.BaseNumber) -> Iterator[cst.BaseNumber]:
    """One more and one less; of a share half as much again, and a quarter less; one for nothing."""
    if isinstance(node, cst.Integer):
        for value in (node.evaluated_value + 1, node.evaluated_value - 1):
            if value >= 0:
                yield node.with_changes(value=str(value))
    elif isinstance(node, cst.Float):
        share = node.evaluated_value
        for value in (share * 1.5, share * 0.75) if share else (1.0,):
            yield node.with_changes(value=repr(value))


def another_state(node: cst.Attribute) -> Iterator[cst.Attribute]:
    """Another member of the same choices."""
    members = choices().get(getattr(node.value, "value", ""), ())
    if node.attr.value in members:
        at = members.index(node.attr.value)
        yield node.with_changes(attr=cst.Name(members[(at + 1) % len(members)]))


def no_state(node: cst.SimpleString) -> Iterator[cst.SimpleString]:
    """A state or name that does not exist; sentences are left alone."""
    value = node.evaluated_value
    if isinstance(value, str) and STATE.fullmatch(value):
        yield node.with_changes(value=f'"not_{value}"')


def not_narrowed(node: cst.Call) -> Iterator[cst.CSTNode]:
    """What a query leaves out is not left out."""
    if not isinstance(node.func, cst.Attribute) or node.func.attr.value not in NARROWING:
        return
    whole = node.func.value
    if isinstance(whole, cst.Attribute) and whole.attr.value in ("objects", "_default_manager"):
        whole = cst.Call(cst.Attribute(whole, cst.Name("all")))
    yield whole


def dropped(node: cst.Call) -> Iterator[cst.Call]:
    """A call without one of its named arguments, or without one of several roles or conditions."""
    name = node.func.attr.value if isinstance(node.func, cst.Attribute) else ""
    plain = getattr(node.func, "value", "") == "has_role" or name in NARROWING
    for found in mutators.operator_arg_removal(node):
        gone = [a for a in node.args if a not in found.args]
        if len(found.args) != len(node.args) - 1:
            continue
        if not _is_lock(gone[0]) and (plain or gone[0].keyword is not None):
            yield found


def _is_lock(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Arg) and getattr(node.keyword, "value", "") == LOCK


def nothing(node: cst.Return) -> Iterator[cst.Return]:
    """The function gives nothing."""
    if node.value is not None and not isinstance(node.value, cst.Name | cst.SimpleString):
        yield node.with_changes(value=cst.Name("None"))


Operator = tuple[type, Callable[[cst.CSTNode], Iterable[cst.CSTNode]]]
OPERATORS: tuple[Operator, ...] = (
    (cst.BaseNumber, moved),
    (cst.SimpleString, no_state),
    (cst.Attribute, another_state),
    (cst.Call, not_narrowed),
    (cst.Call, dropped),
    (cst.Call, mutators.operator_symmetric_string_methods_swap),
    (cst.Return, nothing),
    (cst.Name, mutators.operator_name),
    (cst.UnaryOperation, mutators.operator_remove_unary_ops),
    (cst.CSTNode, mutators.operator_keywords),
    (cst.CSTNode, mutators.operator_swap_op),
    (cst.Match, mutators.operator_match),
    (cst.IfExp, mutators.operator_if_exp),
)


@lru_cache(maxsize=1)
def choices() -> dict[str, tuple[str, ...]]:
    """The members of every class of choices of Koers."""
    found = {}
    for file in SOURCE.rglob("*.py"):
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.ClassDef) and any(
                "Choices" in ast.unparse(b) or "Enum" in ast.unparse(b) for b in node.bases
            ):
                names = [
                    t.id
                    for line in node.body
                    if isinstance(line, ast.Assign)
                    for t in line.targets
                    if isinstance(t, ast.Name)
                ]
                if len(names) > 1:
                    found[node.name] = tuple(names)
    return found


def places(file: Path) -> list[Place]:
    """Every fault that one file can have."""
    wrapper = metadata.MetadataWrapper(cst.parse_module(file.read_text()))
    visitor = _Visitor(wrapper.module, str(file.relative_to(ROOT)))
    wrapper.visit(visitor)
    seen: Counter[tuple[str, ...]] = Counter()
    found = []
    for place in visitor.found:
        seen[like := place.like] += 1
        said = "|".join((*like, str(seen[like])))
        found.append(replace(place, name=hashlib.sha256(said.encode()).hexdigest()[:12]))
    return found


def _is_kernel(decorator: str) -> bool:
    return any(word in decorator for word in ("compiled", "inlined", "njit"))


def _constants_of_kernels(module: ast.Module) -> set[str]:
    """What only kernels name: it is a part of them from when they are compiled."""
    inside: set[str] = set()
    outside: set[str] = set()
    for statement in module.body:
        kernel = isinstance(statement, ast.FunctionDef) and any(
            _is_kernel(ast.unparse(d)) for d in statement.decorator_list
        )
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                (inside if kernel else outside).add(node.id)
    return inside - outside


class _Visitor(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (metadata.PositionProvider, metadata.ParentNodeProvider)

    def __init__(self, module: cst.Module, path: str) -> None:
        self.module, self.path, self.found = module, path, []
        self.of_kernels = _constants_of_kernels(ast.parse(module.code))

    def on_visit(self, node: cst.CSTNode) -> bool:
        if self._left_alone(node):
            return False
        for kind, operator in OPERATORS:
            if isinstance(node, kind):
                self.found += [
                    place
                    for other in operator(node)
                    if (place := self._place(node, other, operator.__name__)) is not None
                ]
        return True

    def _left_alone(self, node: cst.CSTNode) -> bool:
        if isinstance(node, LEFT_ALONE) or _is_lock(node):
            return True
        if isinstance(node, cst.Call):
            called = node.func
            whole = called.value if isinstance(called, cst.Attribute) else called
            name = getattr(whole, "value", "")
            if isinstance(called, cst.Attribute) and called.attr.value in LOCKS:
                return True
            return isinstance(name, str) and (name in SILENT or name.endswith("Error"))
        if isinstance(node, cst.FunctionDef):
            return any(_is_kernel(self.module.code_for_node(d)) for d in node.decorators)
        if isinstance(node, cst.AnnAssign):
            return MEASURED in self.module.code_for_node(node)
        if isinstance(node, cst.Assign):
            return any(getattr(t.target, "value", "") in self.of_kernels for t in node.targets)
        return isinstance(node, cst.ImportFrom | cst.Import)

    def _place(self, node: cst.CSTNode, other: cst.CSTNode, operator: str) -> Place | None:
        names, statement, at = [], None, node
        while (at := self.get_metadata(metadata.ParentNodeProvider, at, None)) is not None:
            if statement is None and isinstance(at, cst.SimpleStatementLine):
                statement = at
            if isinstance(at, cst.FunctionDef | cst.ClassDef):
                names.append(at)
        function = _qualified(list(reversed(names)))
        if function is None or (not function and not _can_run_again(statement)):
            return None
        where = self.get_metadata(metadata.PositionProvider, statement or node)
        lines = (where.start.line, where.end.line)
        return Place(self.path, lines, function, operator, node, other, self.module)


def _qualified(outer: list[cst.CSTNode]) -> str | None:
    """The name of the outermost function; '' outside of any, None in the body of a class."""
    names = []
    for node in outer:
        names.append(node.name.value)
        if isinstance(node, cst.FunctionDef):
            return ".".join(names)
    return None if names else ""


def _can_run_again(statement: cst.SimpleStatementLine | None) -> bool:
    """At the level of a module: a constant, or a rule."""
    if statement is None or len(statement.body) != 1:
        return False
    body = statement.body[0]
    if isinstance(body, cst.Assign):
        return all(isinstance(t.target, cst.Name) for t in body.targets)
    if isinstance(body, cst.AnnAssign):
        return isinstance(body.target, cst.Name) and body.value is not None
    return (
        isinstance(body, cst.Expr)
        and isinstance(body.value, cst.Call)
        and getattr(getattr(body.value.func, "attr", None), "value", "") == "add_perm"
    )
