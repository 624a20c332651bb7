"""What is kept of a plan, and what Koers kept before that had types."""

import json
from datetime import date
from decimal import Decimal

import pydantic
import pytest

from koers.records import FieldValues, LineRecord, PlanRecord, Reference

# As versions of a plan stood in the database before records: the values by the name "fields", days
# and amounts as text.
VERSION_ZERO = json.loads(
    """
    {"lines": [
      {"kind": "plan", "line": 3, "parent": null, "title": "Uitvoeringsplan", "example": false,
       "fields": {"title": "Uitvoeringsplan", "start_year": 2025, "end_year": 2027, "summary": "",
                  "frameworks": [{"id": 1, "name": "Veiligheidsagenda"}]}},
      {"kind": "doel", "line": 9, "parent": 4, "title": "Minder inbraken", "example": true,
       "fields": {"title": "Minder inbraken", "indicator": "woninginbraak", "area_code": "",
                  "start_value": 92.5, "start_period": "2026-10", "start_snapshot": "a1",
                  "target": 80.0, "due": "2027-12-31", "adoption": "example"}},
      {"kind": "maatregel", "line": 12, "parent": 4, "title": "Lichtplan", "example": false,
       "fields": {"title": "Lichtplan", "description": "Meer licht", "kind": "prevention",
                  "start": "2026-03-01", "end": null, "areas": ["VB010104"], "topics": [],
                  "budget": "1500.50", "hours": 120, "evidence": "", "evidence_source": "",
                  "partners": [{"id": 2, "name": "Politie"}], "adoption": "adopted",
                  "state": "running", "state_reason": "", "owner_department": "OOV",
                  "deputy_department": ""}},
      {"kind": "actie", "line": 40, "parent": 12, "title": "Meten", "example": false,
       "fields": {"title": "Meten", "due": "2026-07-01", "state": "open",
                  "owner_department": "", "adoption": "adopted"}}
    ]}
    """
)


def test_a_version_from_before_records_is_read_with_the_types_of_its_values():
    plan, goal, measure, action = PlanRecord.read(VERSION_ZERO).lines
    assert (plan.kind, plan.line, plan.parent, plan.title) == ("plan", 3, None, "Uitvoeringsplan")
    assert plan.values["frameworks"] == (Reference(id=1, name="Veiligheidsagenda"),)
    assert plan.values["start_year"] == 2025
    assert goal.example and goal.values["due"] == date(2027, 12, 31)
    assert goal.values["target"] == 80.0 and goal.values["start_period"] == "2026-10"
    assert measure.values["budget"] == Decimal("1500.50") and measure.values["end"] is None
    assert measure.values["start"] == date(2026, 3, 1) and measure.values["areas"] == ("VB010104",)
    assert action.parent == 12 and action.values["due"] == date(2026, 7, 1)


def test_a_version_is_kept_in_the_form_of_today_and_comes_back_the_same():
    record = PlanRecord.read(VERSION_ZERO)
    kept = json.loads(json.dumps(record.kept()))
    assert kept["schema"] == 1
    assert kept["lines"][2]["values"]["budget"] == {"amount": "1500.50"}
    assert kept["lines"][2]["values"]["start"] == {"day": "2026-03-01"}
    assert PlanRecord.read(kept) == record


@pytest.mark.parametrize(
    ("kept", "found"),
    [
        ({}, FieldValues()),
        (
            {"title": "Oud", "budget": "1500.00", "start": None},
            FieldValues(values={"title": "Oud", "budget": Decimal("1500.00"), "start": None}),
        ),
        (
            {"partners": [{"id": 2, "name": "Politie"}], "due": "2027-01-31"},
            FieldValues(
                values={
                    "partners": (Reference(id=2, name="Politie"),),
                    "due": date(2027, 1, 31),
                }
            ),
        ),
        ({"archived": True}, FieldValues(archived=True)),
        ({"archived": False}, FieldValues(archived=False)),
    ],
)
def test_an_adjustment_from_before_records_is_read(kept, found):
    assert FieldValues.read(kept) == found
    assert FieldValues.read(json.loads(json.dumps(found.kept()))) == found


def test_an_adjustment_that_puts_an_archived_line_back_holds_something():
    assert FieldValues(archived=False)
    assert not FieldValues()


@pytest.mark.parametrize("value", [{"x": 1}, object(), [1], ["a", {"id": 1}], {"day": "gisteren"}])
def test_what_is_no_value_of_a_field_is_refused(value):
    with pytest.raises(pydantic.ValidationError):
        LineRecord(kind="doel", line=1, title="x", values={"title": value})


def test_a_text_that_looks_like_a_day_stays_a_text():
    record = FieldValues(values={"title": "2026-01-01"})
    assert FieldValues.read(record.kept()).values["title"] == "2026-01-01"
