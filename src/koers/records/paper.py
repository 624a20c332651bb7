"""The paper of a meeting as it was when the meeting was closed."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from koers.records.base import CODE, Code, Codes, Part, Record


class OpenAction(Part):
    """An action that was open; ``owner`` as it was shown, "" for nobody."""

    title: str
    owner: str = ""
    due: date | None = None


class Memory(Part):
    """What a meeting remembers, so that the next one can say what changed since.

    ``chances`` by the key of a goal, ``snapshots`` by source and table; ``until`` is the last month
    that was screened.
    """

    chances: dict[str, float] = {}
    clusters: Codes = ()
    snapshots: Annotated[dict[str, str], CODE] = {}
    until: Code = ""


class Paper(Record):
    """Lines as they were read: new signals, goals off course, proposals, actions and decisions."""

    signals: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    proposals: tuple[str, ...] = ()
    actions: tuple[OpenAction, ...] = ()
    decisions: tuple[str, ...] = ()
    memory: Memory = Memory()

    @classmethod
    def older(cls, version: int, data: dict[str, Any]) -> dict[str, Any]:
        """Before records an action without a due date had the empty string."""
        actions = [{**a, "due": a.get("due") or None} for a in data.get("actions", ())]
        return {**data, "actions": actions}
