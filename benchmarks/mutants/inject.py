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
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

from benchmarks.mutants.faults import ROOT, Fault


class NotInjectedError(Exception):
    """The code that should change is nowhere in this process."""


def inject(fault: Fault) -> None:
    """Make this process behave as if the file had the fault.

    Raises
    ------
    NotInjectedError
        When nothing could be changed; such a fault says nothing about the tests.
    """
    file = str(ROOT / fault.path)
    # Pages are loaded when the first is asked for, which need not have happened yet.
    module = importlib.import_module(_dotted(fault.path))
    if fault.function:
        _swap(fault, file)
    else:
        _run_again(fault, module)
    _forget()


def _dotted(path: str) -> str:
    parts = Path(path).relative_to("src").with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _modules() -> list[ModuleType]:
    return [m for name, m in list(sys.modules.items()) if name.startswith("koers") and m]


def _swap(fault: Fault, file: str) -> None:
    wanted = {
        code.co_qualname: code
        for code in _codes(compile(fault.source, file, "exec", dont_inherit=True))
        if code.co_qualname == fault.function
        or code.co_qualname.startswith(f"{fault.function}.<locals>")
    }
    found = 0
    for function in [o for o in gc.get_objects() if type(o) is FunctionType]:
        code = function.__code__
        if code.co_filename != file or code.co_qualname not in wanted:
            continue
        other = wanted[code.co_qualname]
        if len(other.co_freevars) == len(code.co_freevars):
            function.__code__ = other
            found += 1
    if not found:
        raise NotInjectedError(f"{fault.where} {fault.function}")


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _run_again(fault: Fault, module: ModuleType) -> None:
    """A constant gets its other value here and wherever it was imported; a rule is set again."""
    import rules

    statement = next((s for s in ast.parse(fault.source).body if s.lineno == fault.lines[0]), None)
    if statement is None:
        raise NotInjectedError(fault.where)
    code = compile(ast.Module([statement], []), module.__file__ or "", "exec", dont_inherit=True)
    if isinstance(statement, ast.Expr):
        rules.add_perm, before = rules.set_perm, rules.add_perm
        try:
            exec(code, module.__dict__)
        finally:
            rules.add_perm = before
        return
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    for name in [t.id for t in targets if isinstance(t, ast.Name)]:
        old = module.__dict__.get(name)
        exec(code, module.__dict__)
        new = module.__dict__[name]
        for other in _modules():
            if other.__dict__.get(name) is old:
                other.__dict__[name] = new
        for permission, predicate in list(rules.permissions.permissions.items()):
            if predicate is old:
                rules.set_perm(permission, new)


_kept: list[object] = []


def leave_connections() -> None:
    """The threads of a database do not come along into a copy: it opens its own, and what was open
    is kept, as closing it would wait for them."""
    from koers.figures.store import FigureStore

    # By type: asking a lazy object what it is an instance of makes it.
    for store in [o for o in gc.get_objects() if type(o) is FigureStore]:
        _kept.append((store, dict(store._opened)))
        store._opened.clear()


def _forget() -> None:
    """What was remembered before the fault."""
    for one in gc.get_objects():
        if type(one) is functools._lru_cache_wrapper and str(one.__module__).startswith("koers"):
            _kept.append(gc.get_referents(one))
            one.cache_clear()
