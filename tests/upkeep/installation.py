"""A home with its database, and what may be asked of it from outside."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from koers.upkeep.connecting import opened, url_of
from koers.upkeep.copying import copy
from tests.processes import alone, measured
from tests.upkeep.trial import quiet


@dataclass(frozen=True)
class Installation:
    """A home, and the address of its database."""

    home: Path
    url: str

    @property
    def environment(self) -> dict[str, str]:
        return {**alone(self.home), "DATABASE_URL": self.url}

    def koers(self, *arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
        """A command as a process of its own."""
        return subprocess.run(
            [*measured(), str(Path(sys.executable).with_name("koers")), *map(str, arguments)],
            env={**self.environment, **more},
            capture_output=True,
            text=True,
            timeout=300,
        )

    def trial(self, what: str, kills: int, seed: int, seconds: int = 300) -> dict[str, Any]:
        """What came of kills under writes; see ``trial``."""
        done = subprocess.run(
            [*measured(), "-m", "tests.upkeep.trial", what, self.home, str(kills), str(seed)],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=seconds,
        )
        assert done.returncode == 0, done.stderr
        said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return said


def on_server(home: Path, url: str) -> Installation:
    """This home, with what its database holds in an empty database of a server."""
    held = home / "koers.sqlite3"
    with opened("from", url_of(held)) as source, opened("to", url) as target:
        copy(source, target, quiet)
    held.unlink()
    return Installation(home, url)
