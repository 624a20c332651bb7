"""What is found with probes is what coverage.py finds when it follows each line."""

import json
from pathlib import Path

import coverage

from tests.measuring import Probes, keep

MODULE = '''
"""A module with every kind of branch."""
from __future__ import annotations

from math import (
    floor,
)


def compiled(function):
    return function


def sign(value: int) -> str:
    if value < 0:
        return "-"
    elif value == 0:
        return ""
    return "+"


def added(values: list) -> int:
    """Values that are numbers."""
    found = 0
    for value in values:
        try:
            number = int(value)
        except ValueError:
            continue
        if number:
            found += number
    else:
        found += 1
    while found > 100:
        found = floor(
            found / 2
        )
        if found == 77:
            break
    return found


def kind(value: object) -> str:
    match value:
        case int() if value > 3:
            return "many"
        case str() | bytes():
            said = "text"
        case [first, *_]:
            said = (
                f"list of {first}"
            )
        case _:
            said = "else"
    with open("/dev/null") as nothing:
        if value == "read":
            nothing.read()
    return said


def passed(value: object) -> None:
    match value:
        case 1:
            print(value)
        case 2:
            print(value)


@compiled
def kernel(values: list) -> float:
    total = 0.0
    for value in values:
        total += value
    return total


def unread() -> None:
    for each in (1, 2):
        print(each)


class Kept:
    field: int = 3

    @property
    def shown(self) -> str:
        return "" if self.field else "none"


sign(-1), sign(3), added(["1", "x", "0", "400"]), kind(4), kind([1]), kind("text"), passed(3)
'''


def test_probes_find_what_following_finds(tmp_path):
    file = tmp_path / "module.py"
    file.write_text(MODULE)
    probes = Probes()
    exec(probes.read(str(file)), {"__name__": "module"})
    keep(probes.get_coverage(), str(tmp_path / "probes"))

    follower = coverage.Coverage(
        str(tmp_path / "followed"), branch=True, include=[str(file)], config_file=False
    )
    with follower.collect():
        exec(compile(MODULE, file, "exec"), {"__name__": "module"})
    follower.save()

    probed, followed = report(tmp_path, "probes", file), report(tmp_path, "followed", file)
    assert probed["executed_branches"] and probed["missing_branches"]
    for what in ("executed_lines", "missing_lines", "executed_branches", "missing_branches"):
        assert probed[what] == followed[what], what


def report(folder: Path, name: str, file: Path) -> dict:
    """What coverage.py says of this file; of kernels nobody asks it."""
    data = next(path for path in folder.glob(f"{name}*"))
    said = coverage.Coverage(str(data), branch=True, include=[str(file)], config_file=False)
    said.config.exclude_list.append("^@compiled$")
    said.load()
    out = folder / f"{name}.json"
    said.json_report(outfile=str(out))
    return json.loads(out.read_text())["files"][str(file)]
