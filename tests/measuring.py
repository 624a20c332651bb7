"""Which lines and branches of Koers the tests in this process run, as a plugin: `pytest -p
tests.measuring`, with the file for what is found in TESTS_MEASURED.

SlipCover puts a probe at each line and branch when a module is read, where coverage.py follows
every call of every library: tests took half as long again. What is found is written as coverage.py
writes it, which follows the processes that a test starts (tests/processes.py): they count together.
"""

from __future__ import annotations

import ast
import os
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from importlib.abc import Loader
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

from coverage import CoverageData
from coverage.parser import PythonParser
from slipcover import Slipcover
from slipcover.branch import preinstrument

SOURCE = Path(__file__).resolve().parent.parent / "src" / "koers"
KERNELS = {"compiled", "inlined"}
# From this many calls on SlipCover would look through all modules for probes that it can take out.
NEVER = 2**31 - 1

Arc = tuple[int, int]


class Probes(Slipcover):
    """Probes everywhere but in kernels, of which Numba makes machine code as they stand."""

    def __init__(self) -> None:
        super().__init__(branch=True, d_miss_threshold=NEVER)
        self.kernels: set[tuple[str, int]] = set()

    def instrument(self, co: CodeType, parent: CodeType | None = None) -> CodeType:
        if parent is not None and (co.co_filename, co.co_firstlineno) in self.kernels:
            return co
        return super().instrument(co, parent)

    def read(self, file: str) -> CodeType:
        """The module in this file with probes in it."""
        tree = ast.parse(Path(file).read_bytes())
        places = [place for place, node in enumerate(tree.body) if _is_kernel(node)]
        kernels = [tree.body[place] for place in places]
        stand_ins: list[ast.stmt] = [ast.copy_location(ast.Pass(), kernel) for kernel in kernels]
        for place, kernel, stand_in in zip(places, kernels, stand_ins, strict=True):
            self.kernels.add((file, kernel.decorator_list[0].lineno))  # type: ignore[attr-defined]
            tree.body[place] = stand_in
        tree = preinstrument(tree)
        for kernel, stand_in in zip(kernels, stand_ins, strict=True):
            tree.body[tree.body.index(stand_in)] = kernel
        return self.instrument(compile(tree, file, "exec", dont_inherit=True))


def _is_kernel(node: ast.stmt) -> bool:
    decorators = node.decorator_list if isinstance(node, ast.FunctionDef) else []
    return any(isinstance(d, ast.Name) and d.id in KERNELS for d in decorators)


class Probing(Loader):
    """Reads a module of Koers with probes in it."""

    def __init__(self, probes: Probes, loader: SourceFileLoader) -> None:
        self._probes, self._loader = probes, loader

    def __getattr__(self, name: str) -> object:
        return getattr(self._loader, name)

    def exec_module(self, module: ModuleType) -> None:
        exec(self._probes.read(self._loader.path), module.__dict__)


class Finder:
    """Finds the modules of Koers before others do."""

    def __init__(self, probes: Probes) -> None:
        self._probes = probes

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name.partition(".")[0] != "koers" or ".migrations." in name:
            return None
        others = (finder for finder in sys.meta_path if finder is not self)
        found = (f.find_spec(name, path, target) for f in others)
        spec = next((s for s in found if s is not None), None)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = Probing(self._probes, spec.loader)
        return spec


def keep(coverage: dict, out: str) -> None:
    """Write what SlipCover found as coverage.py would."""
    data = CoverageData(out, suffix=True)
    data.add_arcs(
        {
            str(Path(file).resolve()): arcs(
                Path(file).read_text(encoding="utf-8"),
                found["executed_lines"],
                found["executed_branches"],
            )
            for file, found in coverage["files"].items()
            if found["executed_lines"]
        }
    )
    # What nobody read is there too, with nothing covered.
    data.touch_files(str(file) for file in SOURCE.rglob("*.py") if "migrations" not in file.parts)
    data.write()


def arcs(source: str, lines: Iterable[int], branches: Iterable[Sequence[int]]) -> set[Arc]:
    """What coverage.py would have noted: from which line to which, of the branches those that it
    tells apart, and of each line that it was reached."""
    parser = PythonParser(text=source)
    parser.parse_source()
    leaving: dict[int, set[int]] = defaultdict(set)
    for start, end in parser.arcs():
        leaving[start].add(end)
    cases = {
        node.lineno: [(case.pattern.lineno, case.body[0].lineno) for case in node.cases]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Match)
    }
    found = {(-1, line) for line in lines}
    for start, end in branches:
        for one, other in _tried(cases.get(start, []), start, end):
            known = leaving[parser.first_line(one)]
            to = parser.first_line(other) if other else other
            outside = [e for e in known if e < 0]
            if to in known:
                found.add((parser.first_line(one), to))
            elif len(outside) == 1:
                found.add((parser.first_line(one), outside[0]))
    return found


def _tried(cases: list[tuple[int, int]], start: int, end: int) -> Iterator[Arc]:
    """The branches taken: at a `match` each case is one, taken or passed by."""
    if not cases:
        yield start, end
    for (case, body), following in zip(cases, [*cases[1:], (end, end)], strict=bool(cases)):
        if body == end:
            yield case, body
            return
        yield case, following[0]


def begin() -> Probes:
    probes = Probes()
    if any(name.partition(".")[0] == "koers" for name in sys.modules):
        raise RuntimeError("koers was read before its probes were there")
    sys.meta_path.insert(0, Finder(probes))  # type: ignore[arg-type]
    return probes


OUT = os.environ.get("TESTS_MEASURED", "")
PROBES = begin() if OUT else None


def pytest_sessionfinish() -> None:
    if PROBES is not None:
        keep(PROBES.get_coverage(), OUT)
