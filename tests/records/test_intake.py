"""What is kept of figures that come in, also in the form from before records."""

import json
import math
from datetime import date

import pydantic
import pytest

from koers.analysis.clusters import PairsCell
from koers.records.intake import Categories, Lines, NearRepeats, Roles, TopicRepeats

CELL = PairsCell(0.0, 200.0, 0, 14, 40, 8.0, 5.0, 0.001)
# As these stood in the database of an installation.
OLDER = {
    "told": {
        "distance_from": 0.0,
        "distance_to": 200.0,
        "days_from": 0,
        "days_to": 14,
        "pairs": 40,
        "expected": 8.0,
        "ratio": 5.0,
        "p_value": 0.001,
    },
    "title": "Inbraak",
    "reports": 80,
    "first": "2025-01-03",
    "last": "2025-12-20",
}


def again(record):
    """The record as a database gives it back."""
    return type(record).read(json.loads(json.dumps(record.kept())))


def test_a_load_of_before_records_tells_the_same_lines():
    assert Lines.read(["47022NED: nieuw"]) == Lines(lines=("47022NED: nieuw",))
    assert not Lines.read([]) and len(Lines.read(["a", "b"])) == 2
    assert again(Lines(lines=("a", "b"))) == Lines(lines=("a", "b"))
    with pytest.raises(pydantic.ValidationError):
        Lines.read([1])


def test_columns_of_before_records_have_the_same_roles():
    assert Roles.read({"area": "Buurt"}).columns == {"area": "Buurt"}
    assert Roles.read({}) == Roles()
    assert again(Roles(columns={"area": "Buurt"})).columns == {"area": "Buurt"}


def test_categories_of_before_records_count_as_the_same():
    topics = {"Afval": "-", "Jongeren": "youth-reports"}
    assert Categories.read(topics).topics == topics
    assert again(Categories.of(topics)) == Categories.of(topics)


def test_a_category_that_is_called_schema_is_one_as_the_others():
    assert Categories.read({"schema": "-"}).topics == {"schema": "-"}
    assert again(Categories.of({"schema": "-"})).topics == {"schema": "-"}


def test_of_a_category_the_words_of_people_change_and_the_code_stays():
    changed = Categories.of({"Jan belt": "jan"}).reworded(lambda text: text.replace("Jan", "…"))
    assert changed.topics == {"… belt": "jan"}
    assert Categories.of({"jan": "jan"}).reworded(str.upper).topics == {"JAN": "jan"}


def test_near_repeats_of_before_records_are_the_same_numbers():
    kept = [{**OLDER, "cells": [OLDER["told"], {**OLDER["told"], "ratio": None}]}]
    (topic,) = NearRepeats.read(kept).topics
    assert topic.told == CELL
    assert (topic.title, topic.reports, topic.first) == ("Inbraak", 80, date(2025, 1, 3))
    assert topic.cells[0] == CELL and math.isnan(topic.cells[1].ratio)
    assert NearRepeats.read([]) == NearRepeats()


def test_pairs_of_which_none_were_expected_come_back_without_a_ratio():
    none = PairsCell(0.0, 200.0, 0, 14, 0, 0.0, math.nan, 1.0)
    days = {"first": date(2025, 1, 1), "last": date(2025, 2, 1)}
    kept = NearRepeats(
        topics=(TopicRepeats(title="T", reports=1, told=CELL, cells=(none,), **days),)
    )
    (cell,) = again(kept).topics[0].cells
    assert math.isnan(cell.ratio) and cell.pairs == 0
