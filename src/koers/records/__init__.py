"""What is kept as it was at a moment: frozen, typed, with a schema version."""

from koers.records.base import NewerRecordError, Part, Record
from koers.records.imports import ChangedLine, ImportRecord, KeptLine
from koers.records.plan import FieldValues, LineRecord, Onward, PlanRecord, Reference, Value

__all__ = [
    "ChangedLine",
    "FieldValues",
    "ImportRecord",
    "KeptLine",
    "LineRecord",
    "NewerRecordError",
    "Onward",
    "Part",
    "PlanRecord",
    "Record",
    "Reference",
    "Value",
]
