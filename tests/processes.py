"""Koers as a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

NOWHERE = "http://nergens.invalid"
SOURCES = ("POLICE", "STATLINE", "STATLINE_V4", "PDOK", "PDOK_WFS", "BRON")


def alone(home: Path) -> dict[str, str]:
    """The environment of a process with this home and no network."""
    environment = {
        **os.environ,
        "KOERS_HOME": str(home),
        **{f"KOERS_SOURCE_{name}": NOWHERE for name in SOURCES},
        "DJANGO_SETTINGS_MODULE": "koers.web.settings",
        "COLUMNS": "200",
        # Each takes seconds of processor time; a test of several asks for them.
        "KOERS_PROCESSES": "1",
    }
    environment.pop("DATABASE_URL", None)
    return environment


def measured() -> list[str]:
    """How a process starts Python: where coverage is measured, so that its lines count too. Not for
    one that gets a Ctrl-C, which may fall in the closing lines of coverage itself."""
    found = os.environ.get("TESTS_MEASURED")
    if not found:
        return [sys.executable]
    return [
        *(sys.executable, "-m", "coverage", "run", "--rcfile", str(ROOT / "pyproject.toml")),
        *("--parallel-mode", f"--data-file={found}"),
    ]


def prepare(program: str, home: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", program], env=alone(home), capture_output=True, check=True
    )
