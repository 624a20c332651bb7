"""A line of the plan is described once: each of its fields stands in every place where fields
stand, unless it is said, with a reason, that it does not."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import models
from django.http import QueryDict

from koers.apps.described import (
    Keeps,
    Type,
    described,
    exempt,
    exemption_of,
    fields_of,
    said_of,
    undescribed,
)
from koers.apps.exchange import export
from koers.apps.exchange.columns import (
    ACTION_COLUMNS,
    BY_KEY,
    GOAL_LINE_COLUMNS,
    MEASURE_COLUMNS,
    PLAN_COLUMNS,
    PRIORITY_COLUMNS,
)
from koers.apps.exchange.known import Known
from koers.apps.people.places import FREE_TEXT
from koers.apps.plan.checks import every_field_is_described
from koers.apps.plan.forms import FORMS
from koers.apps.plan.kinds import KINDS
from koers.apps.plan.models import Action, Framework, Goal, Measure, Partner, Plan, Priority
from koers.apps.plan.overviews.filters import FilterForm
from koers.apps.plan.services import adjustments, undoing, versions
from koers.apps.plan.services.content import frozen_fields, in_words, label_of, put, record_of
from koers.records import FieldValues, Reference

EVERY = [(kind, field) for kind in KINDS.values() for field in kind.fields]
ids = [f"{kind.name}.{field.name}" for kind, field in EVERY]
NOT_TYPED = {
    "plan.state": "adopting is a decision with a date and a place",
    "prioriteit.signal": "comes from the signal that was taken up",
    "prioriteit.adoption": "by a button, so that it is a choice of its own",
    "prioriteit.ends": "on a page that asks what becomes of what stands under it",
    "doel.ended": "it ends with its priority",
    "doel.start_snapshot": "comes from the figures",
    "doel.peers": "fixed on the day on which the goal is set",
    "doel.adoption": "by a button",
    "maatregel.library": "comes from the library",
    "maatregel.adoption": "by a button",
    "actie.signal": "comes from the signal that was taken up",
    "actie.adoption": "by a button",
}
NOT_IN_VERSIONS = {
    "plan.state": "a version is adopted",
    "plan.shared_with": "who reads along is not decided on",
    "prioriteit.signal": "the signal keeps its own history",
    "maatregel.shared_with": "who reads along is not decided on",
    "maatregel.library": "where it came from",
    "maatregel.owner": "a version is kept longer than people work here",
    "maatregel.deputy": "a version is kept longer than people work here",
    "actie.owner": "a version is kept longer than people work here",
    "actie.deputy": "a version is kept longer than people work here",
    "actie.note": "a note of the day",
    "actie.signal": "the signal keeps its own history",
}
NOT_IN_FILES = {
    "actie.signal": "a signal is taken up in Koers",
    "prioriteit.signal": "a signal is taken up in Koers",
    "prioriteit.elaborates": "it is of the plan of another municipality",
    "plan.joint": "it is the plan of another municipality",
    "plan.state": "a file adopts nothing",
}
NOT_UNDONE = {"maatregel.library": "where it came from stays so"}


def test_every_field_of_a_line_is_described_or_exempt_with_a_reason():
    for kind in KINDS.values():
        assert undescribed(kind.model) == []
        for field in (*kind.model._meta.concrete_fields, *kind.model._meta.many_to_many):
            assert bool(said_of(field)) != bool(exemption_of(field)) or field.primary_key, field
    assert every_field_is_described() == []


def test_a_field_of_which_nothing_is_said_is_found_at_start(monkeypatch):
    monkeypatch.delattr(Measure._meta.get_field("budget"), "koers_said")
    (found,) = every_field_is_described()
    assert "Measure.budget" in found.msg


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_a_reference_that_is_described_has_its_type_written_out(kind):
    written = {
        name for above in kind.model.__mro__ for name in vars(above).get("__annotations__", {})
    }
    references = {
        f.name
        for f in kind.model._meta.concrete_fields
        if f.is_relation and (said_of(f) or exemption_of(f))
    }
    assert "municipality" in references
    assert references - written == set()


@pytest.mark.parametrize(("kind", "field"), EVERY, ids=ids)
def test_a_field_stands_on_the_form_with_its_label(kind, field):
    form = FORMS[kind.name]
    key = f"{kind.name}.{field.name}"
    assert (field.name in form.base_fields) == (key not in NOT_TYPED)
    if key not in NOT_TYPED:
        assert form.base_fields[field.name].label in (None, field.label)
        assert (field.name in form.free_text) == field.free_text


def test_the_form_of_a_measure_comes_in_its_parts():
    assert tuple(FORMS["maatregel"].base_fields)[:6] == (
        "title",
        "description",
        "kind",
        "state",
        "state_reason",
        "owner",
    )


@pytest.mark.parametrize(("kind", "field"), [e for e in EVERY if e[0].in_plan])
def test_a_field_stands_in_a_version_and_on_one_side_of_it(kind, field):
    key = f"{kind.name}.{field.name}"
    assert (field.name in kind.kept) == (key not in NOT_IN_VERSIONS)
    assert (field.name in kind.frozen) == (field.keeps == Keeps.FROZEN)


def test_what_is_decided_on_with_the_plan():
    frozen = set(KINDS["maatregel"].frozen)
    assert frozen >= {
        "title",
        "description",
        "kind",
        "start",
        "end",
        "partners",
        "areas",
        "topics",
        "budget",
        "hours",
        "evidence",
        "evidence_source",
        "adoption",
    }
    assert not frozen & {"state", "state_reason", "owner", "owner_department", "shared_with"}
    assert KINDS["actie"].frozen == ()
    assert set(KINDS["doel"].frozen) >= {"target", "due", "indicator", "start_value"}


def test_the_lines_of_files_have_a_column_for_each_field():
    for name, columns in (
        ("maatregel", MEASURE_COLUMNS),
        ("actie", ACTION_COLUMNS),
        ("doel", GOAL_LINE_COLUMNS),
        ("prioriteit", PRIORITY_COLUMNS),
        ("plan", PLAN_COLUMNS),
    ):
        there = {c.field.name for c in columns if c.field is not None}
        left_out = {f.name for f in KINDS[name].fields} - there
        assert left_out == {k.partition(".")[2] for k in NOT_IN_FILES if k.startswith(name)}


def test_a_choice_of_a_line_is_a_choice_on_its_list(municipality):
    for model in (Measure, Action):
        form = FilterForm(QueryDict(), model=model, municipality=municipality)
        for field in fields_of(model):
            if field.type in (Type.CHOICE, Type.YES_NO):
                assert field.filter in form.fields


def test_words_can_be_taken_out_of_every_text_that_is_typed():
    redacted = {model: names for more in FREE_TEXT.all() for model, names in more.items()}
    for kind in KINDS.values():
        texts = {f.name for f in kind.fields if f.type == Type.TEXT and f.typed}
        assert texts <= set(redacted[kind.model])


OTHERS = {
    Type.DAY: dt.date(2026, 5, 1),
    Type.PERIOD: "2019-03",
    Type.MONEY: Decimal("12.34"),
    Type.WHOLE: 2031,
    Type.NUMBER: 3.5,
    Type.AREAS: ("VB010104",),
    Type.INDICATORS: ("cybercrime",),
    Type.THEMES: ("cybercrime",),
    Type.INDICATOR: "cybercrime",
    Type.AREA: "VB010104",
    Type.SLUG: "een-slug",
    Type.TEXTS: ("Een", "Twee"),
}


def other(field, line):
    """Another value than the one that is there, of the type of a field."""
    if field.type == Type.CHOICE:
        return next(v for v in field.choices if v != getattr(line, field.name))
    return OTHERS.get(field.type, "Iets anders")


@pytest.fixture
def lines(plan, municipality, person):
    """A line of each kind, and one to refer to of each model that is referred to."""
    from koers.apps.people.models import Role

    partner = Partner.objects.create(municipality=municipality, name="Bibliotheek")
    framework = Framework.objects.create(
        municipality=municipality, title="Kader", level="unit", start_year=2024, end_year=2027
    )
    measure = Measure.objects.of(municipality).first()
    other = Priority.objects.filter(plan=plan).exclude(pk=measure.priority_id).last()
    goal = Goal.objects.create(
        municipality=municipality,
        priority=measure.priority,
        title="Rust",
        kind="words",
        due=dt.date(2039, 1, 1),
    )
    to = {"Partner": partner, "Framework": framework, "User": person(Role.POLICE)}
    return {
        "plan": plan,
        "prioriteit": plan.priorities.first(),
        "doel": Goal.objects.of(municipality).first(),
        "maatregel": measure,
        "actie": Action.objects.create(municipality=municipality, measure=measure, title="Bel"),
        "partner": partner,
        "kader": framework,
    }, {**to, "Priority": other, "Goal": goal}


def value_for(field, referred, line):
    if not field.is_relation:
        return other(field, line)
    one = referred.get(field.field.related_model.__name__)
    # These are of another municipality: test_plan_joint.py.
    if one is None or field.name in ("joint", "elaborates"):
        return None
    reference = Reference(id=one.pk, name="" if field.type == Type.PERSON else str(one))
    return (reference,) if field.type == Type.REFERENCES else reference


def test_what_is_put_on_a_line_is_what_its_record_holds(lines):
    found, referred = lines
    for name, line in found.items():
        values = {
            f.name: value
            for f in KINDS[name].fields
            if (value := value_for(f, referred, line)) is not None
        }
        if name == "kader":
            values.pop("follows")
        later = put(line, FieldValues(values=values))
        line.save()
        later.set()
        again = type(line).objects.get(pk=line.pk)
        assert dict(record_of(again, values).values) == values, name


def test_a_changed_field_is_a_difference_between_versions_and_in_the_history(lines):
    found, referred = lines
    plan = found["plan"]
    before, changed = versions.plan_content(plan), set()
    for name, line in found.items():
        kind = KINDS[name]
        for field in kind.fields:
            value = value_for(field, referred, line)
            if value is None or (name == "kader" and field.name == "follows"):
                continue
            later = put(line, FieldValues(values={field.name: value}))
            line.save()
            later.set()
            new, old = undoing.moments_of(line)[:2]
            told = {label for label, *_ in undoing.changes(line, old, new)}
            key = f"{name}.{field.name}"
            assert (field.label.lower() in told) == (key not in NOT_UNDONE), key
    differing = {
        (d.kind, d.field) for d in versions.differences(before, versions.plan_content(plan))
    }
    for name, field in changed:
        if KINDS[name].in_plan and field in KINDS[name].kept:
            assert (name, label_of(name, field)) in differing


def test_a_frozen_field_of_an_adopted_plan_is_proposed_and_put_in_place(lines):
    found, referred = lines
    plan = found["plan"]
    Plan.objects.filter(pk=plan.pk).update(state="adopted")
    Measure.objects.update(adoption="adopted")
    Goal.objects.update(adoption="adopted")
    Priority.objects.update(adoption="adopted")
    for model, name in ((Priority, "prioriteit"), (Measure, "maatregel")):
        line = model.objects.get(pk=found[name].pk)
        for field in frozen_fields(line):
            value = value_for(KINDS[name].by_name[field], referred, line)
            if field == "adoption":
                value = "example"
            if field == "elaborates":
                continue
            if field == "begins":
                value = dt.date(2025, 4, 1)
            if name == "maatregel" and field == "start":
                value = dt.date(2026, 4, 1)
            made = adjustments.propose_change(line, {field: value}, "Daarom", None)
            made.refresh_from_db()
            assert dict(made.new.values) == {field: value}
            assert [row.label for row in adjustments.rows(made)] == [label_of(name, field)]
            adjustments.accept(made, adjustments.Decision(None, dt.date(2026, 6, 1), "Overleg"))
            line = model.objects.get(pk=line.pk)
            assert dict(record_of(line, [field]).values) == {field: value}


def test_each_field_is_in_the_files_as_it_is(lines, plan):
    found, referred = lines
    for name, columns, sheet in (
        ("maatregel", MEASURE_COLUMNS, export.measures_sheet),
        ("actie", ACTION_COLUMNS, export.actions_sheet),
    ):
        line = found[name]
        before = {row[0]: row for row in sheet(Known(plan))}
        values = {
            f.name: value
            for f in KINDS[name].fields
            if (value := value_for(f, referred, line)) is not None
        }
        later = put(line, FieldValues(values=values))
        line.save()
        later.set()
        after = {row[0]: row for row in sheet(Known(plan))}
        mark = BY_KEY[columns[0].key] and f"{'M' if name == 'maatregel' else 'A'}{line.pk}"
        for place, column in enumerate(columns):
            if column.field is not None and column.name in values:
                assert before[mark][place] != after[mark][place], column.key


def test_a_line_that_nobody_decides_on_has_nothing_frozen():
    class Note(models.Model):
        decided_on = False
        text = described(models.TextField("tekst"), Keeps.FROZEN)
        place = exempt(models.IntegerField(), "where it stands")

        class Meta:
            app_label = "plan"
            managed = False

    assert [(f.name, f.keeps, f.label) for f in fields_of(Note)] == [("text", Keeps.DAILY, "Tekst")]


def test_a_field_that_a_line_no_longer_has_is_still_read():
    assert label_of("maatregel", "kleur") == "kleur"
    assert in_words("maatregel", "kleur", "rood") == "rood"
    assert in_words("maatregel", "kleur", dt.date(2026, 5, 1)) == "1 mei 2026"
