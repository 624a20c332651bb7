"""What an import did, by which it is undone."""

from __future__ import annotations

from typing import Any

from koers.records.base import Code, Part, Record
from koers.records.plan import LineRecord, typed_before_records


class KeptLine(Part):
    """A line as it was made, by its kind and key; changed since when its revision is another."""

    kind: Code
    line: int
    revision: int


class ChangedLine(Part):
    """A line that was changed: the fields that were, as they stood before."""

    before: LineRecord
    revision: int


class ImportRecord(Record):
    """``partners`` and ``priorities`` came along with the lines; ``proposed`` are the adjustments
    of an adopted plan that it asked for; ``text`` is the version that an import made of the text
    of the plan."""

    municipality: Code
    plan: int
    made: tuple[KeptLine, ...] = ()
    changed: tuple[ChangedLine, ...] = ()
    partners: tuple[int, ...] = ()
    priorities: tuple[KeptLine, ...] = ()
    proposed: tuple[int, ...] = ()
    judgements: tuple[int, ...] = ()
    text: int | None = None

    @classmethod
    def older(cls, version: int, data: dict[str, Any]) -> dict[str, Any]:
        """Before records: lists by place, people and lines above by their keys."""
        if version:
            return data
        return {
            **data,
            "made": [{"kind": k, "line": pk, "revision": r} for k, pk, r in data["made"]],
            "changed": [
                {"before": _before(kind, pk, old), "revision": revision}
                for kind, pk, revision, old in data["changed"]
            ],
            "priorities": [
                {"kind": "prioriteit", "line": pk, "revision": r} for pk, r in data["priorities"]
            ],
        }


def _before(kind: str, key: int, old: dict[str, Any]) -> dict[str, Any]:
    values = dict(old)
    above = "priority" if kind == "maatregel" else "measure"
    line: dict[str, Any] = {"kind": kind, "line": key, "title": str(values.get("title", ""))}
    if above in values:
        line["parent"] = values.pop(above)
    for name in ("owner", "deputy"):
        if values.get(name) is not None:
            values[name] = {"id": values[name]}
    if "partners" in values:
        values["partners"] = [{"id": one} for one in values["partners"]]
    return {**line, "values": typed_before_records(values)}
