"""Which tests reach which line: measured once by coverage with a context a test, kept in a file.

Lines are kept by the function in which they stand and by their text, so that what was measured
still holds when lines above them came or went. Of a test file that changed, the tests are measured
again.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from coverage import CoverageData

from benchmarks.mutants.faults import ROOT, SOURCE

PORTION = 20
"""Test files that are measured at once."""
PERMISSION = re.compile(r'"([a-z]+\.[a-z_]+)"')


@dataclass
class Reach:
    """``files``: a digest of each test file as it was measured; ``seconds`` of each test;
    ``lines``: of a source file, by function and text, the tests that ran that line."""

    files: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    lines: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    @classmethod
    def read(cls, file: Path) -> Reach:
        return cls(**json.loads(file.read_text())) if file.is_file() else cls()

    def write(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(self.__dict__))

    def tests_of(self, path: str, lines: tuple[int, int]) -> list[str]:
        """The tests that reach any of these lines, quickest first."""
        here, kept = keys(ROOT / path), self.lines.get(path, {})
        found = {
            test
            for number in range(lines[0], lines[1] + 1)
            for test in kept.get(here.get(number, ""), ())
        }
        return sorted(found & self.seconds.keys(), key=lambda t: (self.seconds[t], t))

    def tests_of_names(self, path: str, lines: tuple[int, int]) -> list[str]:
        """Of a constant or a rule, which is made before any test runs: the tests that reach a line
        that names it, and of a permission those whose file speaks of it."""
        text = (ROOT / path).read_text().splitlines()
        statement = "\n".join(text[lines[0] - 1 : lines[1]])
        names = set(re.findall(r"^(\w+)\b(?=[^(\n]*=)", statement))
        rules = [
            line for f in SOURCE.glob("apps/*/rules.py") for line in f.read_text().splitlines()
        ]
        naming = [x for x in [*text, *rules] if any(re.search(rf"\b{n}\b", x) for n in names)]
        permissions = set(PERMISSION.findall("\n".join([statement, *naming])))
        found = {
            test
            for kept in self.lines.values()
            for key, tests in kept.items()
            if any(re.search(rf"\b{name}\b", key.partition("|")[2]) for name in names)
            for test in tests
        }
        speaking = {f for f in self.files if any(p in (ROOT / f).read_text() for p in permissions)}
        found |= {test for test in self.seconds if _file_of(test) in speaking}
        return sorted(found & self.seconds.keys(), key=lambda t: (self.seconds[t], t))

    def forget(self, files: Iterable[str]) -> None:
        gone = set(files)
        self.files = {f: d for f, d in self.files.items() if f not in gone}
        self.seconds = {t: s for t, s in self.seconds.items() if _file_of(t) not in gone}
        for kept in self.lines.values():
            for key, tests in kept.items():
                kept[key] = [t for t in tests if _file_of(t) not in gone]


def _file_of(test: str) -> str:
    return test.partition("::")[0]


def keys(file: Path) -> dict[int, str]:
    """Of each line of a source file its function and text."""
    return _keys(file.read_text())


@cache
def _keys(text: str) -> dict[int, str]:
    names = dict(_functions(ast.parse(text).body, ""))
    return {
        number: f"{names.get(number, '')}|{line.strip()}"
        for number, line in enumerate(text.splitlines(), 1)
    }


def _functions(body: Sequence[ast.stmt], within: str) -> Iterator[tuple[int, str]]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            name = f"{within}.{node.name}".lstrip(".")
            for number in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                yield number, name
            yield from _functions(node.body, name)


def measured(file: Path, tests: Sequence[str], workers: int) -> Reach:
    """What is kept, with the test files measured that are new or changed since."""
    reach = Reach.read(file)
    now = {f: _digest(ROOT / f) for f in _test_files(tests)}
    stale = [f for f, digest in now.items() if reach.files.get(f) != digest]
    gone = [f for f in reach.files if not (ROOT / f).is_file()]
    reach.forget([*stale, *gone])
    if stale:
        print(f"measuring which lines the tests of {len(stale)} files reach", flush=True)
    for at in range(0, len(stale), PORTION):
        # Kept each time: on a busy machine this takes hours, and may be broken off.
        portion = stale[at : at + PORTION]
        _measure(reach, portion, workers, file.with_name("coverage"))
        reach.files |= {f: now[f] for f in portion}
        reach.write(file)
    return reach


def _test_files(tests: Sequence[str]) -> list[str]:
    found = []
    for name in tests:
        path = ROOT / name
        files = sorted(path.rglob("test_*.py")) if path.is_dir() else [path]
        found += [str(f.relative_to(ROOT)) for f in files]
    return found


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:16]


def _measure(reach: Reach, files: Sequence[str], workers: int, data: Path) -> None:
    data.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        seconds = Path(folder) / "seconds.json"
        spread = ["-n", str(workers)] if workers > 1 else []
        # As they are when the tests begin: somebody may go on working meanwhile.
        lines = {str(f): keys(f) for f in SOURCE.rglob("*.py")}
        options = ["--cov=koers", "--cov-branch", "--cov-context=test", "--cov-report="]
        options += ["--cov-fail-under=0"]
        pytest([*files, *options, *spread, f"--seconds={seconds}"], COVERAGE_FILE=str(data))
        if not seconds.is_file():
            raise SystemExit("the tests could not be run")
        reach.seconds |= json.loads(seconds.read_text())
        _take_over(reach, CoverageData(str(data)), lines)


def _take_over(reach: Reach, data: CoverageData, lines: dict[str, dict[int, str]]) -> None:
    data.read()
    for name in sorted(data.measured_files() & lines.keys()):
        here = lines[name]
        kept = reach.lines.setdefault(str(Path(name).relative_to(ROOT)), {})
        for number, contexts in data.contexts_by_lineno(name).items():
            tests = {context.partition("|")[0] for context in contexts} - {""}
            if number in here and tests:
                kept[here[number]] = sorted({*kept.get(here[number], ()), *tests})


def pytest(arguments: Sequence[str], **more: str) -> int:
    """Run pytest on the tree with our plugin, in a home of its own."""
    with tempfile.TemporaryDirectory() as home:
        known = {
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
            "DJANGO_SETTINGS_MODULE": "koers.web.settings",
            "KOERS_HOME": home,
        }
        call = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        call += ["-p", "benchmarks.mutants.plugin", *arguments]
        return subprocess.run(call, cwd=ROOT, env=os.environ | known | more, check=False).returncode
