"""All that is kept as JSON has a type: a record, or a list of texts."""

from datetime import date

import pytest
from django.apps import apps
from django.db import models, transaction

from koers.apps.picture.models import ClusterSearch, PeerChoice
from koers.apps.plan.models import Measure, PlanVersion
from koers.apps.plan.services.versions import adopt
from koers.apps.recorded import RecordField, TextsField
from koers.records import Record

LISTS = {
    "areas": "codes of areas",
    "ring": "codes of areas",
    "comparison": "codes of areas",
    "codes": "codes of municipalities",
    "names": "areas as the figures call them",
    "snapshots": "ids of snapshots",
    "indicators": "ids of indicators",
    "topics": "ids of indicators",
    "path": "years with a number",
    "peers": "codes of municipalities",
    "sub_themes": "the parts of a priority",
    "scale": "answers to choose from",
    "secondary": "ids of indicators",
    "themes": "ids of themes; of a framework the lines of a list",
}
"""Fields that are no record: a list of texts has one form, which nothing can be added to."""


def json_fields():
    own = [m for m in apps.get_models() if m.__module__.startswith("koers.")]
    return [
        field
        for model in own
        for field in model._meta.concrete_fields
        if isinstance(field, models.JSONField)
    ]


def test_each_field_of_json_names_its_record_or_is_a_list_of_texts():
    fields = json_fields()
    assert {hasattr(f.model, "history_object") for f in fields} == {True, False}
    untyped = []
    for field in fields:
        recorded = isinstance(field, RecordField) and field.record is not Record
        listed = isinstance(field, TextsField) and field.name in LISTS
        untyped += [] if recorded or listed else [str(field)]
    assert untyped == []
    assert {f.name for f in fields if isinstance(f, TextsField)} == set(LISTS)


@pytest.mark.parametrize("wrong", [{"a": 1}, "VB01", [1], [["VB01"]]])
def test_a_list_of_texts_takes_nothing_else(municipality, wrong):
    choice = PeerChoice.objects.create(municipality=municipality, codes=["VB02"])
    choice.codes = wrong
    with pytest.raises(TypeError, match="codes keeps a list of texts"), transaction.atomic():
        choice.save()
    with pytest.raises(TypeError, match="codes keeps a list of texts"), transaction.atomic():
        PeerChoice.objects.update(codes=wrong)
    choice.refresh_from_db()
    assert choice.codes == ["VB02"]


def test_a_list_of_texts_comes_back_and_is_asked_for(plan):
    measure = Measure.objects.of(plan.municipality).first()
    measure.areas = ("VB010101",)
    measure.save()
    measure.refresh_from_db()
    assert measure.areas == ["VB010101"]
    assert measure.history.first().areas == ["VB010101"]
    assert list(Measure.objects.filter(areas=["VB010101"])) == [measure]
    assert ClusterSearch().snapshots == []


def test_a_large_record_is_read_once_and_again_when_its_text_changed(plan, monkeypatch):
    monkeypatch.setattr("koers.apps.recorded.LARGE", 100)
    version = adopt(plan, date(2026, 1, 1), "raadsvergadering")

    def content():
        return PlanVersion.objects.get(pk=version.pk).content

    first = content()
    assert first == version.content and content() is first
    renamed = first.reworded(lambda text: text.replace("Uitvoeringsplan", "Voornemen"))
    assert renamed != first
    PlanVersion.objects.filter(pk=version.pk).update(content=renamed)
    assert content() == renamed
