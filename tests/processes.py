"""Koers as a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

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
    }
    environment.pop("DATABASE_URL", None)
    return environment


def prepare(program: str, home: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", program], env=alone(home), capture_output=True, check=True
    )
