"""Every text of every model is one in which words are taken out, or is said to hold nobody's words;
and words that stand in every one of them are nowhere afterwards."""

import datetime as dt
import json
from itertools import pairwise

import pytest
from django.apps import apps
from django.db import models

from koers.apps.consultation.models import Suggestion, Survey, SurveyCount
from koers.apps.decisions.models import DecisionStep
from koers.apps.decisions.services.document import latest_decision
from koers.apps.described import Type
from koers.apps.evaluation.models import (
    DesignChange,
    EffectDesign,
    Evaluation,
    Proposal,
)
from koers.apps.exchange import drafts
from koers.apps.intake.archive import public_shelf
from koers.apps.intake.models import (
    ColumnMapping,
    FiguresDecision,
    LoadRun,
    OwnIndicator,
    OwnTable,
    Upload,
)
from koers.apps.meetings.models import (
    Attendance,
    Event,
    Meeting,
    MeetingDecision,
    MeetingSeries,
    PriorityProposal,
    Redaction,
    SeriesMember,
    SignalOutcome,
)
from koers.apps.meetings.services import redaction
from koers.apps.meetings.services.agenda import rows
from koers.apps.meetings.services.paper import close
from koers.apps.people.models import Invitation, Role
from koers.apps.people.places import NO_FREE_TEXT
from koers.apps.picture.models import Cluster
from koers.apps.plan.kinds import KINDS
from koers.apps.plan.models import Judgement, PlanVersion, SavedView
from koers.apps.plan.services.adjustments import propose_change
from koers.apps.plan.services.versions import adopt
from koers.apps.publication.services.publishing import publish
from koers.apps.recorded import RecordField, TextsField
from koers.records import ImportRecord, Record
from koers.records.evaluation import Parameters
from koers.records.figure import DecisionFigure
from koers.records.plan import CHOSEN
from tests.apps.rules.conftest import furnish
from tests.apps.test_redaction import where

NAME = "Karel van Dälen"
SLUG = "karel-van-dalen"
PARAMETERS = Parameters(
    method="wdd",
    indicator="woninginbraak",
    areas=(),
    ring=(),
    comparison=(),
    start=dt.date(2026, 1, 1),
    planned_change=-0.1,
    horizon=12,
)
TEXTS = (models.CharField, models.TextField, models.JSONField)
# What others made: nothing in it is typed in a municipality, or it goes by itself.
OF_OTHERS = {
    "auth": "names of permissions and groups, which are not used",
    "contenttypes": "names of models",
    "sessions": "goes with the session",
    "account": "addresses that are not used",
    "mfa": "secrets of the second step",
    "django_tasks_database": "the numbers of runs, and where a fault stands in the code",
    "simple_history": "",
}


def is_text(field):
    return isinstance(field, TEXTS) and not field.choices


def own_models():
    return [
        m
        for m in apps.get_models(include_auto_created=True)
        if m._meta.app_label not in OF_OTHERS
        and not hasattr(m, "history_object")
        and m.__module__.startswith("koers.")
    ]


def reasons():
    return {m: r for more in NO_FREE_TEXT.all() for m, r in more.items()}


def test_every_text_is_walked_or_has_a_reason():
    walked, exempt = redaction.texts_of_all(), reasons()
    missing, twice = [], []
    for model in own_models():
        for field in filter(is_text, model._meta.concrete_fields):
            says = (field.name in walked.get(model, ())) + (field.name in exempt.get(model, {}))
            where_it_is = f"{model._meta.label}.{field.name}"
            missing += [where_it_is] * (says == 0)
            twice += [where_it_is] * (says == 2)
    assert (missing, twice) == ([], [])
    assert all(reason for found in exempt.values() for reason in found.values())


def test_what_is_walked_exists_and_belongs_to_a_municipality():
    for model, fields in redaction.texts_of_all().items():
        names = {f.name for f in model._meta.concrete_fields}
        assert {*fields, "municipality"} <= names, model
    for model, found in reasons().items():
        assert set(found) <= {f.name for f in model._meta.concrete_fields}, model


def test_nothing_of_the_libraries_is_a_text_of_ours():
    labels = {m._meta.app_label for m in apps.get_models()}
    ours = {a.label for a in apps.get_app_configs() if a.name.startswith("koers.")}
    assert labels - ours <= set(OF_OTHERS)


def test_of_what_a_version_keeps_each_field_is_written_or_chosen():
    read = {t for t in Type if t not in (Type.TEXT, Type.TEXTS)}
    for kind in KINDS.values():
        if not kind.in_plan:
            continue
        for name in kind.kept:
            field = kind.by_name[name]
            if is_text(field.field) or field.field.choices:
                chosen = field.type in read or not field.typed
                assert chosen == (name in CHOSEN), (kind.name, name)


@pytest.fixture
def everything(plan, municipality, person):
    """A row of every model with a text."""
    mine = {"municipality": municipality}
    ours, adviser = furnish(municipality, plan), person(Role.ADVISER)
    decision = latest_decision(plan)
    DecisionStep.objects.create(**mine, decision=decision, from_state="draft", to_state="draft")
    figure = dict.fromkeys(("observed", "expected", "lower", "upper"), (1.0,))
    decision.figures = DecisionFigure(
        indicator="woninginbraak",
        title="Titel",
        labels=("2026",),
        provisional=(False,),
        verdict="Oordeel",
        source="Bron",
        snapshots=("a",),
        **figure,
    )
    decision.proposed = None
    decision.save()
    Suggestion.objects.create(**mine, decision=decision, text="Idee")
    survey = Survey.objects.create(**mine, plan=plan, title="Peiling")
    SurveyCount.objects.create(**mine, survey=survey, theme="T", group="g", count=1, respondents=2)
    series = MeetingSeries.objects.create(**mine, name="Reeks")
    SeriesMember.objects.create(**mine, series=series, organisation="X", part="police")
    meeting = Meeting.objects.create(**mine, date=dt.date(2026, 12, 2))
    Attendance.objects.create(**mine, meeting=meeting, organisation="X", part="police")
    item = rows.add_own(meeting, "Punt")
    MeetingDecision.objects.create(**mine, meeting=meeting, item=item, text="Besluit")
    close(public_shelf(), meeting)
    Event.objects.create(**mine, name="Feest", start=dt.date(2026, 12, 5))
    SignalOutcome.objects.create(**mine, signal=ours.signal, usefulness="useful")
    PriorityProposal.objects.create(**mine, plan=plan, signal=ours.signal, title="P", reason="R")
    Redaction.objects.create(**mine, why="Reden", model="x.y", object_id=1, field="z")
    design = EffectDesign.objects.create(
        **mine,
        measure=ours.measure,
        indicator="woninginbraak",
        start="2026-01-01",
        expected_change=-0.1,
    )
    DesignChange.objects.create(**mine, design=design, reason="R", was={"schema": 1})
    judged = Evaluation.objects.create(**mine, measure=ours.measure, parameters=PARAMETERS)
    Proposal.objects.create(**mine, evaluation=judged, course="keep", why="w")
    LoadRun.objects.create(**mine, held=["c"], refused=["a"], notes=["b"])
    FiguresDecision.objects.create(**mine, source="s", table="t", title="T", snapshot="a")
    OwnTable.objects.create(**mine, kind="counts", table="t", title="T")
    OwnIndicator.objects.create(**mine, slug="eigen-proef", title="T")
    read = {"columns": {"area": "Wijk"}, "topics": {"Afval": "-"}}
    ColumnMapping.objects.create(**mine, kind="counts", header="h", title="T", **read)
    Upload.objects.create(**mine, kind="counts", suffix=".csv")
    Judgement.objects.create(
        **mine, goal=ours.goal, on=dt.date(2026, 12, 1), answer="A", reason="R", judges="J"
    )
    SavedView.objects.create(**mine, user=adviser, page="plan:measures", name="N", query="zoek=a")
    Cluster.objects.create(
        **mine,
        indicator="i",
        title="C",
        first="2026-01",
        last="2026-02",
        observed=1,
        expected=1,
        radius=1,
        p_value=1,
        q_value=1,
    )
    Invitation.objects.create(**mine, email="x@example.org", name="N", role="police", digest="d")
    publish(PlanVersion.objects.filter(plan=plan).first() or adopted(plan), None)
    propose_change(ours.measure, {"title": "Anders"}, "Reden", None)
    return municipality


def adopted(plan):
    return adopt(plan, dt.date(2026, 1, 6), "het college")


def with_name(model, name, value):
    field = model._meta.get_field(name)
    if isinstance(field, RecordField) and value is None:
        return None
    if isinstance(field, models.SlugField):
        return SLUG
    if name == "query":
        return "zoek=Karel+van+D%C3%A4len&staat=open"
    if isinstance(value, Record):
        return value.reworded(lambda text: f"{text} {NAME}")
    if isinstance(field, TextsField):
        return [f"Gebeld met {NAME.upper()}."]
    return f"{NAME}."


def plant(municipality):
    """The name in every text of one row of every model, and in its history."""
    for model, fields in redaction.texts_of_all().items():
        history = getattr(model, "history", None)
        for table in (model, *((history.model,) if history else ())):
            rows = table._base_manager.filter(municipality=municipality)
            row = max(rows, key=lambda r: sum(getattr(r, name) is not None for name in fields))
            for name in fields:
                value = with_name(model, name, getattr(row, name))
                if value is not None:
                    table._base_manager.filter(pk=row.pk).update(**{name: value})


def test_words_in_every_text_of_every_model_are_nowhere_afterwards(everything, settings, tmp_path):
    settings.HOME = tmp_path
    plant(everything)
    view = SavedView.objects.get()
    drafts.keep_undo(
        "abc",
        ImportRecord.read(
            {
                "schema": 1,
                "municipality": everything.code,
                "plan": 1,
                "changed": [
                    {
                        "before": {
                            "kind": "actie",
                            "line": 1,
                            "title": NAME,
                            "values": {"note": NAME, "state": "open"},
                        },
                        "revision": 1,
                    }
                ],
            }
        ),
    )
    tables = where("Dälen")
    assert len(tables) > 55, tables
    found = redaction.redact(everything, NAME, "naam", None)
    assert where("karel") == []
    assert where("dälen") == [] and where("dalen") == []
    walked = {(m._meta.label, f) for m, fields in redaction.texts_of_all().items() for f in fields}
    seen = {(h.model._meta.label, h.field) for h in found}
    assert walked - seen <= {("decisions.Decision", "proposed")}
    view.refresh_from_db()
    assert view.query == "zoek=%5Bweggelaten%5D&staat=open"
    kept = (drafts.undo_home() / "abc.json").read_text()
    assert "Karel" not in kept and json.loads(kept)["changed"][0]["before"]["kind"] == "actie"
    for model in redaction.texts_of_all():
        for row in model._base_manager.all():
            row.refresh_from_db()


def test_what_koers_reads_stays_when_its_words_are_taken_out(plan, municipality):
    version = adopted(plan)
    for words in ("maatregel", "prioriteit", "woninginbraak", "planned", "paragraph", "day"):
        redaction.redact(municipality, words, "woord", None)
    again = PlanVersion.objects.get(pk=version.pk).content
    assert [line.kind for line in again.lines] == [line.kind for line in version.content.lines]
    for was, now in zip(version.content.lines, again.lines, strict=True):
        assert {k: v for k, v in was.values.items() if k in CHOSEN} == {
            k: v for k, v in now.values.items() if k in CHOSEN
        }
    for decision in plan.decisions.all():
        assert [b.id for b in decision.texts.blocks]


def test_two_that_may_not_be_the_same_stay_two(municipality, person):
    adviser = person(Role.ADVISER)
    for name in ("Karel", "karel"):
        SavedView.objects.create(
            user=adviser, municipality=municipality, page="plan:measures", name=name
        )
    redaction.redact(municipality, "Karel", "naam", None)
    assert all(one.name != two.name for one, two in pairwise(SavedView.objects.all()))
    assert all(view.name.startswith("[weggelaten]") for view in SavedView.objects.all())


def test_each_place_has_a_name_in_dutch():
    labels = {model._meta.label_lower for model in redaction.texts_of_all()}
    assert labels == set(redaction.IN_WORDS)
    assert redaction.in_words("meetings.meeting", 3, "notes") == "overleg 3: aantekeningen"
