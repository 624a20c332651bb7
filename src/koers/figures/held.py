"""Figures that are held: stored whole, but not in the order of what is in use, until a person has
looked at what is odd about them.

What is odd stands in the manifest, under its seal; what a person decided in a file of its own
beside it. A snapshot with doubts and without a decision to use it is held, so nothing that is lost
puts doubtful figures in use.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path

from koers.figures.doubts.doubt import Doubt
from koers.figures.folders import flush
from koers.figures.manifest import Snapshot

DECISION = "decision.json"


class HeldState(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Decision:
    """``order`` is the place among the loads of the archive that figures with doubts have by what
    was decided last; None is that of their manifest."""

    state: HeldState = HeldState.WAITING
    order: int | None = None


def decision_of(snapshot: Snapshot) -> Decision:
    """What was decided; what cannot be read is no decision."""
    try:
        said = json.loads((snapshot.path / DECISION).read_text(encoding="utf-8"))
        order = said["order"]
        return Decision(HeldState(said["state"]), None if order is None else int(order))
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return Decision()


def write_decision(folder: Path, decision: Decision) -> None:
    """Through to the disk, in one step; the table's folder changes with it, so that every process
    that listed it looks again."""
    draft = folder / f".{DECISION}"
    draft.write_text(json.dumps(asdict(decision)), encoding="utf-8")
    flush(draft)
    draft.rename(folder / DECISION)
    flush(folder)
    os.utime(folder.parent)


@dataclass(frozen=True)
class Held:
    """Figures with doubts. ``instead`` is the snapshot of the table that is in use."""

    snapshot: Snapshot
    decision: Decision
    instead: Snapshot | None = None

    @property
    def id(self) -> str:
        return self.snapshot.manifest.id

    @property
    def state(self) -> HeldState:
        return self.decision.state

    @property
    def order(self) -> int:
        given = self.decision.order
        return self.snapshot.manifest.order if given is None else given

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        return tuple(Doubt.of(said) for said in self.snapshot.manifest.doubts)

    @property
    def used(self) -> bool:
        """Whether somebody decided to use it."""
        return self.state is HeldState.ACCEPTED

    def beside(self, instead: Snapshot | None) -> Held:
        return replace(self, instead=instead)
