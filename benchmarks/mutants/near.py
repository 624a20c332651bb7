"""Which tests are nearest to a fault: those whose text names what has it, or what calls that.

Asking these first takes minutes, where all tests that run a line take hours on a busy machine.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import pytest

from benchmarks.mutants.faults import SOURCE, Fault
from benchmarks.mutants.reach import made_of

FAR = 2
"""Callers of callers are named too; theirs are too many."""
WORD = re.compile(r"\w+")


class Near:
    def __init__(self, items: Iterable[pytest.Item]) -> None:
        self.users = _users()
        self.of_word: dict[str, list[pytest.Item]] = defaultdict(list)
        self.length: dict[str, int] = {}
        for item in items:
            words = words_of(item)
            self.length[item.nodeid] = len(words)
            for word in words:
                self.of_word[word].append(item)

    def tests_of(self, fault: Fault, most: int) -> list[str]:
        """The nearest, at most so many; of equals the shortest first."""
        scores: dict[str, float] = defaultdict(float)
        for distance, names in enumerate(self._names(fault)):
            for name in names:
                found = self.of_word.get(name, ())
                for item in found:
                    # A name that every test has says little.
                    scores[item.nodeid] += 4.0**-distance / (1 + len(found)) ** 0.5
        for word in {Path(fault.path).stem, *Path(fault.path).parts[2:-1]} - {"apps", "services"}:
            for test in scores:
                scores[test] *= 2 if word in test else 1
        best = sorted(scores, key=lambda t: (-scores[t], self.length[t], t))
        return best[:most]

    def _names(self, fault: Fault) -> list[set[str]]:
        """What has the fault, what names that, and what names those."""
        levels = [made_of(fault) if not fault.function else set(fault.function.split(".")[-1:])]
        if "." in fault.function:
            levels[0].add(fault.function.split(".")[0])
        levels[0] -= {"__init__", "of", "clean", "save"}
        for _ in range(FAR):
            levels.append({u for name in levels[-1] for u in self.users.get(name, ())})
        return levels


def _users() -> dict[str, set[str]]:
    """Of each name in the source the functions, and constants, that name it."""
    found: dict[str, set[str]] = defaultdict(set)
    for file in SOURCE.rglob("*.py"):
        for node in _definitions(ast.parse(file.read_text()).body):
            name = node.name if not isinstance(node, ast.Assign) else ast.unparse(node.targets[0])
            for inner in ast.walk(node):
                used = getattr(inner, "id", getattr(inner, "attr", None))
                if isinstance(used, str) and used != name:
                    found[used].add(name)
    return found


def _definitions(body: Sequence[ast.stmt]):  # type: ignore[no-untyped-def]
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _definitions(node.body)
        elif isinstance(node, ast.FunctionDef | ast.Assign):
            yield node


def words_of(item: pytest.Item) -> set[str]:
    """The words of a test, and of the functions of its own file that it names."""
    own = _functions_of(item.path)
    text = own.get(getattr(item, "originalname", item.name), "")
    words = set(WORD.findall(text))
    return words.union(*(WORD.findall(own[word]) for word in words & own.keys()))


@cache
def _functions_of(file: Path) -> dict[str, str]:
    """The text of each function in a file of tests."""
    lines = file.read_text().splitlines()
    return {
        node.name: "\n".join(lines[node.lineno - 1 : node.end_lineno])
        for node in ast.walk(ast.parse("\n".join(lines)))
        if isinstance(node, ast.FunctionDef)
    }
