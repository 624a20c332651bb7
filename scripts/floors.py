"""The floors under what the tests cover, in lines and branches: one under the whole of the source,
and one of 100 % under the files that decide.

Both stand in pyproject.toml: `[tool.coverage.report] fail_under` and `[tool.koers] covered_whole`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHOWN = 40


def below(measured: Sequence[Path], out: Path) -> list[str]:
    """What is below its floor in these measurements together; prints which files miss most. ``out``
    is the file for them together."""
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    floor, whole = tool["coverage"]["report"]["fail_under"], tool["koers"]["covered_whole"]
    report = _report(measured, out)
    files = {name: found["summary"] for name, found in report["files"].items()}
    missing = {name: _missing(found) for name, found in files.items() if _missing(found)}
    for name in sorted(missing, key=missing.__getitem__, reverse=True)[:SHOWN]:
        print(f"{files[name]['percent_covered']:5.1f} % {missing[name]:4d} niet  {name}")
    total = report["totals"]["percent_covered"]
    print(f"Gedekt: {total:.2f} % van regels en takken, de vloer is {floor} %.")
    failed = [f"dekking {total:.2f} % is minder dan {floor} %"] if total < floor else []
    for pattern in whole:
        if not any(fnmatch(name, pattern) for name in files):
            failed.append(f"{pattern} in covered_whole is geen bestand")
    for name in missing:
        if any(fnmatch(name, pattern) for pattern in whole):
            lines = report["files"][name]["missing_lines"] or report["files"][name].get(
                "missing_branches"
            )
            failed.append(f"{name} moet helemaal gedekt zijn en is dat niet: {lines}")
    return failed


def together(data: Path) -> list[str]:
    """Add up what each process left beside this file, in it."""
    command = ["combine", "-q", f"--data-file={data}"]
    done = subprocess.run([sys.executable, "-m", "coverage", *command], cwd=ROOT, check=False)
    return ["dekking is niet op te tellen"] if done.returncode else []


def _report(measured: Sequence[Path], out: Path) -> dict:
    found = out.with_suffix(".json")
    for command in (
        ["combine", "--keep", "-q", f"--data-file={out}", *map(str, measured)],
        ["json", "-q", f"--data-file={out}", "-o", str(found)],
    ):
        subprocess.run([sys.executable, "-m", "coverage", *command], cwd=ROOT, check=False)
    return json.loads(found.read_text(encoding="utf-8"))


def _missing(summary: dict) -> int:
    return summary["missing_lines"] + summary.get("missing_branches", 0)
