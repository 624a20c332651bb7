"""By what an import is undone, also one from before records had types."""

import json
from datetime import date
from decimal import Decimal

from koers.records import ChangedLine, ImportRecord, KeptLine, LineRecord, Reference

# As such a file stood in the home of an installation.
VERSION_ZERO = json.loads(
    """
    {"made": [["maatregel", 12, 0], ["actie", 40, 1]],
     "changed": [["maatregel", 7, 3, {"title": "Oud", "budget": "1500.50", "end": null,
                                      "start": "2026-03-01", "owner": 5, "deputy": null,
                                      "partners": [2, 9], "priority": 4, "hours": 12}],
                 ["actie", 8, 1, {"state": "open", "due": "2026-07-01"}]],
     "partners": [9], "priorities": [[4, 0]], "municipality": "VB01", "plan": 3}
    """
)


def test_an_import_from_before_records_can_be_undone():
    record = ImportRecord.read(VERSION_ZERO)
    assert record.made == (
        KeptLine(kind="maatregel", line=12, revision=0),
        KeptLine(kind="actie", line=40, revision=1),
    )
    measure, action = record.changed
    assert (measure.before.line, measure.revision, measure.before.parent) == (7, 3, 4)
    assert measure.before.values == {
        "title": "Oud",
        "budget": Decimal("1500.50"),
        "end": None,
        "start": date(2026, 3, 1),
        "owner": Reference(id=5),
        "deputy": None,
        "partners": (Reference(id=2), Reference(id=9)),
        "hours": 12,
    }
    assert action.before.values["due"] == date(2026, 7, 1)
    assert "parent" not in action.before.model_fields_set, "where it stood was not kept: it stays"
    assert (record.partners, record.priorities[0].line) == ((9,), 4)


def test_what_an_import_keeps_comes_back_the_same():
    before = LineRecord(kind="actie", line=8, parent=None, title="Bel", values={"state": "open"})
    record = ImportRecord(
        municipality="VB01", plan=3, changed=(ChangedLine(before=before, revision=2),)
    )
    again = ImportRecord.read(json.loads(json.dumps(record.kept())))
    assert again == record
    assert "parent" in again.changed[0].before.model_fields_set
