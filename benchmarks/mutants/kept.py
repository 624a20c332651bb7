"""What became of each fault, kept in a file: a run that is broken off goes on, and tests that are
added are asked about what is left."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks.mutants.faults import ROOT

KILLED, SURVIVED, NOT_INJECTED = "killed", "survived", "not injected"
NOT_ENDED, NOT_REACHED, SAME = "not ended", "no test reaches it", "no other behaviour"


@dataclass
class Judged:
    """``files``: a digest of each test file that was asked; ``tests`` of them reached the fault and
    passed with it, in ``seconds`` of processor time."""

    outcome: str = NOT_REACHED
    by: str = ""
    tests: int = 0
    seconds: float = 0.0
    files: dict[str, str] = field(default_factory=dict)

    def is_open(self) -> bool:
        return self.outcome in (SURVIVED, NOT_REACHED, NOT_ENDED)

    def is_asked(self, test_file: str) -> bool:
        """Whether this file, as it is now, was asked before."""
        return self.files.get(test_file) == digest(test_file)


def read(file: Path) -> dict[str, Judged]:
    if not file.is_file():
        return {}
    return {name: Judged(**kept) for name, kept in json.loads(file.read_text()).items()}


def write(file: Path, judged: dict[str, Judged]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_suffix(".new")
    beside.write_text(json.dumps({name: asdict(one) for name, one in judged.items()}, indent=1))
    beside.replace(file)


def digest(test_file: str) -> str:
    return hashlib.sha256((ROOT / test_file).read_bytes()).hexdigest()[:16]
