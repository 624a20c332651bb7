"""Putting a fault into the process at hand: the functions that are there get the code of the file
with the fault.

A process with everything loaded and the tables made is copied (``fork``) for each fault, so that a
fault costs what its tests cost and not a start.
"""

from __future__ import annotations

import ast
import functools
import gc
import importlib
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING

from benchmarks.mutants.faults import ROOT, Fault

if TYPE_CHECKING:
    from koers.figures.store import FigureStore


class NotInjectedError(Exception):
    """The code that should change is nowhere in this process."""


Switches = list[tuple[FunctionType, CodeType]]
Functions = dict[str, list[FunctionType]]


def prepare(fault: Fault, there: Functions | None = None) -> Switches:
    """Which functions of this process get which code; nothing for a constant or a rule.

    Raises
    ------
    NotInjectedError
        When nothing would change; such a fault says nothing about the tests.
    """
    if not fault.function:
        return []
    load(fault.path)
    code = compile(fault.source, str(ROOT / fault.path), "exec", dont_inherit=True)
    found = switches(fault.path, code, fault.function, there)
    if not found:
        raise NotInjectedError(f"{fault.where} {fault.function}")
    return found


def inject(fault: Fault, prepared: Switches | None = None) -> None:
    """Make this process behave as if the file had the fault."""
    put(prepare(fault) if prepared is None else prepared)
    if not fault.function:
        _run_again(fault, load(fault.path))


def load(path: str) -> ModuleType:
    """Pages are loaded when the first is asked for, which need not have happened yet."""
    parts = Path(path).relative_to("src").with_suffix("").parts
    return importlib.import_module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))


def put(found: Switches) -> None:
    for function, code in found:
        function.__code__ = code


def switches(path: str, code: CodeType, within: str, there: Functions | None = None) -> Switches:
    """The functions of the file that are there, with their code in another text of it; only one
    and what stands in it, or with '' all."""
    file = ROOT / path
    before = list(_codes(compile(file.read_text(), str(file), "exec", dont_inherit=True)))
    after = list(_codes(code))
    if [one.co_qualname for one in before] != [one.co_qualname for one in after]:
        # A lambda less: which of the others is which cannot be told.
        once = _named_once(before) & _named_once(after)
        before, after = ([c for c in codes if c.co_qualname in once] for codes in (before, after))
    others = {
        _place(old): new
        for old, new in zip(before, after, strict=True)
        if not within
        or old.co_qualname == within
        or old.co_qualname.startswith(f"{within}.<locals>")
    }
    return [
        (function, other)
        for function in (functions() if there is None else there).get(str(file), ())
        if (other := others.get(_place(function.__code__))) is not None
        and len(other.co_freevars) == len(function.__code__.co_freevars)
    ]


def _place(code: CodeType) -> tuple[str, int]:
    return code.co_qualname, code.co_firstlineno


def _named_once(codes: list[CodeType]) -> set[str]:
    return {name for name, times in Counter(c.co_qualname for c in codes).items() if times == 1}


def functions() -> Functions:
    """All of this process, by file."""
    found: Functions = {}
    # A command of Koers keeps what it read out of sight (koers.uncollected).
    gc.unfreeze()
    for one in gc.get_objects():
        if type(one) is FunctionType:
            found.setdefault(one.__code__.co_filename, []).append(one)
    return found


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _run_again(fault: Fault, module: ModuleType) -> None:
    """A constant gets its other value here and wherever it was imported, and with it what this
    file makes of it; a rule is set again."""
    import rules

    changed: set[str] = set()
    begun = False
    rules.add_perm, before = rules.set_perm, rules.add_perm
    try:
        for statement in ast.parse(fault.source).body:
            named = {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)}
            if statement.lineno == fault.lines[0] or named & changed:
                begun = begun or statement.lineno == fault.lines[0]
                changed |= _run_one(statement, module)
    finally:
        rules.add_perm = before
    if not begun:
        raise NotInjectedError(fault.where)


def _run_one(statement: ast.stmt, module: ModuleType) -> set[str]:
    """Run a constant or a rule; the names that have another value now."""
    if isinstance(statement, ast.Expr):
        exec(_alone(statement, module), module.__dict__)
        return set()
    if not isinstance(statement, ast.Assign | ast.AnnAssign):
        return set()
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    names = {t.id for t in targets if isinstance(t, ast.Name)}
    old = {name: module.__dict__.get(name) for name in names}
    exec(_alone(statement, module), module.__dict__)
    for name in names:
        for other in _modules():
            if other.__dict__.get(name) is old[name]:
                other.__dict__[name] = module.__dict__[name]
    return names


def _alone(statement: ast.stmt, module: ModuleType) -> CodeType:
    alone = ast.Module([statement], [])
    return compile(alone, module.__file__ or "", "exec", dont_inherit=True)


def _modules() -> list[ModuleType]:
    return [m for name, m in list(sys.modules.items()) if name.startswith(("koers", "tests")) and m]


_kept: list[object] = []


def stores() -> list[FigureStore]:
    from koers.figures.store import FigureStore

    # By type: asking a lazy object what it is an instance of makes it.
    return [o for o in gc.get_objects() if type(o) is FigureStore]


def leave_connections(found: list[FigureStore] | None = None) -> None:
    """The threads of a database do not come along into a copy: it opens its own, and what was open
    is kept, as closing it would wait for them."""
    for store in stores() if found is None else found:
        _kept.append((store, dict(store._opened)))
        store._opened.clear()


def remembering() -> list[functools._lru_cache_wrapper]:
    """The functions of Koers that remember their answers."""
    return [
        one
        for one in gc.get_objects()
        if type(one) is functools._lru_cache_wrapper and str(one.__module__).startswith("koers")
    ]


def forget(found: list[functools._lru_cache_wrapper]) -> None:
    """What was remembered before the fault."""
    for one in found:
        _kept.append(gc.get_referents(one))
        one.cache_clear()
