"""What goes out comes back: an export that nobody touched changes nothing, and a change, a new row
and no row do what they say."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from koers.apps.exchange import applying, export
from koers.apps.exchange.checking import check
from koers.apps.exchange.columns import (
    ACTION_COLUMNS,
    GOAL_LINE_COLUMNS,
    MEASURE_COLUMNS,
    PLAN_COLUMNS,
    PRIORITY_COLUMNS,
)
from koers.apps.exchange.known import Known
from koers.apps.exchange.mapping import export_parts
from koers.apps.exchange.shown import same, shown
from koers.apps.people.models import Membership, Municipality, Role, User
from koers.apps.plan.models import (
    Action,
    ActionState,
    Framework,
    Goal,
    Judgement,
    Measure,
    MeasureKind,
    MeasureState,
    Partner,
    Plan,
    Priority,
)
from koers.indicators.themes import themes
from koers.plain_text import cleaned
from koers.records.aim import Step, step_line
from koers.tables.reading.grid import Grid, open_grids
from tests.apps.exchange import Import
from tests.examples import examples

FORMATS = {"xlsx": export.as_xlsx, "ods": export.as_ods}
SHEETS = {
    "maatregelen": export.measures_csv,
    "acties": export.actions_csv,
    "doelen": export.goals_csv,
    "oordelen": export.judgements_csv,
    "prioriteiten": export.priorities_csv,
    "plan": export.plan_csv,
}


@pytest.fixture
def people(person, municipality):
    found = []
    for name, email in (
        ("Jan de Vries", "jan@example.org"),
        ("Jan de Vries", "jan2@example.org"),
        ('=Ö; "Zoë"', "zoe@example.org"),
    ):
        user = User.objects.create_user(email, "geheim-genoeg-123", name=name)
        Membership.objects.create(user=user, municipality=municipality, role=Role.ADVISER)
        found.append(user)
    return found


def back(tmp_path, plan, kind, content):
    """What an import of this file would do."""
    path = tmp_path / f"t.{kind}"
    path.write_bytes(content)
    tables = open_grids(path, f".{kind}")
    parts = export_parts(tables)
    assert parts, "the file is not recognised as an export of Koers"
    return check(tables, parts, Known(plan), {})


def every_way(tmp_path, plan):
    """The preview of each format, unchanged."""
    for kind, write in FORMATS.items():
        yield kind, back(tmp_path, plan, kind, write(Known(plan)))
    for name, write in SHEETS.items():
        yield name, back(tmp_path, plan, "csv", write(Known(plan)))


def untouched(preview):
    return (
        {line.outcome for line in preview.lines} <= {"same"}
        and not preview.questions
        and not preview.problems
    )


# Line ends, quotes, formulas, what XML cannot hold, letters beyond the first plane, escapes of
# XLSX, spaces at the ends; as the border of the site lets texts in.
TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\0"), max_size=60
) | st.sampled_from(
    [
        "=1+1",
        "'=1+1",
        "+31",
        "-",
        "@x",
        "''-a",
        "_x0041_",
        "a;b,c",
        'zeg "ja"',
        "regel\r\neen",
        " spatie  rand ",
        "😀é",
        "1,50",
        "007",
        "ja",
        "2026-01-01",
        "\x07bel",
        "tab\there",
        "WAAR",
        "1e5",
        "<b>&amp;",
    ]
)
TEXT = TEXT.map(cleaned)
TITLE = TEXT.map(lambda t: f"{t} x").map(lambda t: t[:200])
DAY = st.none() | st.dates(dt.date(1990, 1, 1), dt.date(2100, 12, 31))
ONE_LINE = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Co", "Cs", "Z"]),
    min_size=1,
    max_size=20,
) | st.sampled_from(["A, B", "A; B", '"A"', "- a", "=SOM(1)", "• punt"])
LINES = st.fixed_dictionaries(
    {
        "title": TITLE,
        "description": TEXT,
        "kind": st.sampled_from(MeasureKind.values),
        "state": st.sampled_from(MeasureState.values),
        "state_reason": TEXT,
        "start": DAY,
        "budget": st.none() | st.decimals(0, 999_999_999, places=2),
        "hours": st.none() | st.integers(0, 2**31 - 1),
        "owner_department": TEXT,
        "deputy_department": TEXT,
        "evidence": TEXT,
        "evidence_source": TEXT,
        "adoption": st.sampled_from(["example", "adopted"]),
        "topics": st.lists(st.sampled_from(["woninginbraak", "cybercrime", "s85"]), unique=True),
        "areas": st.lists(st.sampled_from(["VB010101", "VB010102", "VB0101"]), unique=True),
    }
)
OWNERS = st.tuples(st.none() | st.integers(0, 2), st.none() | st.integers(0, 2))
ACTIONS = st.fixed_dictionaries(
    {
        "title": TITLE,
        "note": TEXT,
        "due": DAY,
        "state": st.sampled_from(ActionState.values),
        "owner_department": TEXT,
    }
)
SLOW = settings(
    max_examples=examples(10),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def fill(plan, people, fields, owners, action, partners):
    """One measure with one action, as arbitrary as the fields allow."""
    measure = Measure.objects.of(plan.municipality).order_by("pk").first()
    for name, value in fields.items():
        setattr(measure, name, value)
    measure.end = (
        measure.start + dt.timedelta(days=9)
        if measure.start and measure.start.year < 2100
        else measure.start
    )
    measure.owner, measure.deputy = (None if n is None else people[n] for n in owners)
    measure.save()
    there = {p.name.lower().strip(): p for p in Partner.objects.of(plan.municipality)}
    measure.partners.set(
        [
            there.get(n.lower()) or Partner.objects.create(municipality=plan.municipality, name=n)
            for n in partners
        ]
    )
    line = Action.objects.of(plan.municipality).filter(measure=measure).order_by("pk").first()
    for name, value in action.items():
        setattr(line, name, value)
    line.owner = measure.owner
    line.save()
    measure.shared_with.set(Municipality.objects.exclude(pk=plan.municipality.pk)[:1])
    return measure, line


@SLOW
@given(
    fields=LINES,
    owners=OWNERS,
    action=ACTIONS,
    partners=st.lists(ONE_LINE, max_size=3, unique_by=lambda n: n.lower()),
)
def test_an_export_that_nobody_touched_changes_nothing(
    plan, people, tmp_path, fields, owners, action, partners
):
    with transaction.atomic():
        fill(plan, people, fields, owners, action, partners)
        for way, preview in every_way(tmp_path, plan):
            changed = [(x.changes, x.problems) for x in preview.lines if x.outcome != "same"]
            assert untouched(preview), (way, changed)
        transaction.set_rollback(True)


@SLOW
@given(
    fields=LINES,
    owners=OWNERS,
    action=ACTIONS,
    partners=st.lists(ONE_LINE, max_size=3, unique_by=lambda n: n.lower()),
)
def test_without_its_ids_every_field_comes_back_in_an_empty_plan(
    plan, people, tmp_path, fields, owners, action, partners
):
    with transaction.atomic():
        measure, line = fill(plan, people, fields, owners, action, partners)
        Goal.objects.update(archived_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
        empty = Plan.objects.create(
            municipality=plan.municipality,
            slug="leeg",
            title="Leeg",
            start_year=2030,
            end_year=2031,
        )
        Priority.objects.create(
            municipality=plan.municipality,
            plan=empty,
            number=1,
            slug="p",
            title=measure.priority.title,
        )
        known = Known(plan)
        was = (
            [shown(measure, c, known) for c in MEASURE_COLUMNS],
            [shown(line, c, known) for c in ACTION_COLUMNS],
        )
        for keep in (measure, line):
            type(keep).objects.of(plan.municipality).exclude(pk=keep.pk).update(
                archived_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
            )
        for kind, write in FORMATS.items():
            with transaction.atomic():
                content = write(Known(plan))
                Measure.objects.update(archived_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
                Action.objects.update(archived_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
                path = tmp_path / f"t.{kind}"
                path.write_bytes(content)
                tables = open_grids(path, f".{kind}")
                known = Known(empty)
                keys = {"measure.id", "action.id", "action.measure_id"}
                parts = [
                    type(p)(
                        p.table,
                        p.what,
                        p.first,
                        p.last,
                        {k: v for k, v in p.columns.items() if k not in keys},
                    )
                    for p in export_parts(tables)
                    if p.what in ("measures", "actions")
                ]
                preview = check(tables, parts, known, {})
                assert {x.outcome for x in preview.lines} == {"new"}, [
                    (x.outcome, x.problems) for x in preview.lines
                ]
                applying.carry_out("proef", preview, known)
                known = Known(empty)
                made, done = (m.objects.of(plan.municipality).get() for m in (Measure, Action))
                is_ = (
                    [shown(made, c, known) for c in MEASURE_COLUMNS],
                    [shown(done, c, known) for c in ACTION_COLUMNS],
                )
                for columns, old, new in (
                    (MEASURE_COLUMNS, was[0], is_[0]),
                    (ACTION_COLUMNS, was[1], is_[1]),
                ):
                    for column, before, after in zip(columns, old, new, strict=True):
                        if column.name in ("id", "measure_id", "adoption"):
                            continue
                        # A title is one line.
                        one_line = column.name in ("title", "measure") and " ".join(
                            (before or "").split()
                        )
                        assert same(before, after) or one_line == after, (
                            kind,
                            column.key,
                            before,
                            after,
                        )
                transaction.set_rollback(True)
        transaction.set_rollback(True)


NUMBER = st.decimals(0, 100_000, places=4).map(float)
PATH = st.dictionaries(st.integers(2020, 2040), NUMBER, max_size=3).map(
    lambda steps: [step_line(Step(year=y, value=v)) for y, v in sorted(steps.items())]
)
COMMON = {
    "title": TITLE,
    "due": st.dates(dt.date(1990, 1, 1), dt.date(2100, 12, 31)),
    "written": TEXT,
    "judges": TEXT,
}
GOALS = st.fixed_dictionaries(
    {
        **COMMON,
        "kind": st.sampled_from(["value", "keep", "earlier"]),
        "indicator": st.sampled_from(["woninginbraak", "jeugdoverlast"]),
        "unit": st.sampled_from(["", "count", "per_1000_inhabitants", "index"]),
        "direction": st.sampled_from(["", "most", "least"]),
        "area_code": st.sampled_from(["", "VB010101"]),
        "target": NUMBER,
        "path": PATH,
        "start_value": st.none() | NUMBER,
        "start_period": st.sampled_from(["", "2016", "2016-12"]),
    }
) | st.fixed_dictionaries(
    {
        **COMMON,
        "kind": st.just("words"),
        "question": TITLE,
        "scale": st.lists(ONE_LINE, max_size=3, unique=True),
    }
)
SAID = st.lists(st.tuples(ONE_LINE, TITLE, ONE_LINE), max_size=3, unique_by=lambda said: said[0])


@SLOW
@given(fields=GOALS, said=SAID)
def test_a_goal_comes_back_with_its_path_its_start_and_what_people_said(
    plan, people, tmp_path, fields, said
):
    with transaction.atomic():
        goal = Goal.objects.of(plan.municipality).order_by("pk").first()
        Goal.objects.exclude(pk=goal.pk).update(archived_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
        goal = Goal(pk=goal.pk, priority=goal.priority, municipality=plan.municipality, **fields)
        goal.save()
        for answer, reason, judges in said if goal.in_words else ():
            Judgement.objects.create(
                municipality=plan.municipality, goal=goal, on=dt.date(2026, 11, 2), answer=answer,
                reason=reason, judges=judges,
            )  # fmt: skip
        for way, preview in every_way(tmp_path, plan):
            changed = [(x.changes, x.problems) for x in preview.lines if x.outcome != "same"]
            assert untouched(preview), (way, changed)
        was, judged = _goal_and_said(goal, Known(plan))
        for kind, write in FORMATS.items():
            with transaction.atomic():
                path = tmp_path / f"t.{kind}"
                path.write_bytes(write(Known(plan)))
                for model in (Judgement, Goal, Measure, Action):
                    model.objects.update(archived_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
                tables = open_grids(path, f".{kind}")
                parts = [
                    replace(p, columns={k: n for k, n in p.columns.items() if "id" not in k[-3:]})
                    for p in export_parts(tables)
                    if p.what in ("goal_lines", "judgements")
                ]
                preview = check(tables, parts, Known(plan), {})
                assert {x.outcome for x in preview.lines} == {"new"}, [
                    (x.outcome, x.problems) for x in preview.lines
                ]
                applying.carry_out("proef", preview, Known(plan))
                made = Goal.objects.of(plan.municipality).get()
                # Where nobody wrote a start it comes from the figures.
                left = {"goal.id", "goal.adoption", "goal.start_snapshot"}
                left |= set() if goal.start_value is not None else STARTS
                now, now_judged = _goal_and_said(made, Known(plan))
                for column, before, after in zip(GOAL_LINE_COLUMNS, was, now, strict=True):
                    if column.key not in left:
                        one_line = column.is_title and " ".join((before or "").split()) == after
                        assert same(before, after) or one_line, (kind, column.key, before, after)
                assert all(
                    same(one, other)
                    for a, b in zip(judged, now_judged, strict=True)
                    for one, other in zip(a, b, strict=True)
                )
                transaction.set_rollback(True)
        transaction.set_rollback(True)


STARTS = {"goal.start_value", "goal.start_period"}


def _goal_and_said(goal, known):
    said = [row[2:] for row in export.judgements_sheet(known)]
    return [shown(goal, column, known) for column in GOAL_LINE_COLUMNS], said


def test_a_changed_target_a_new_goal_and_a_new_judgement_come_in_and_go_when_undone(
    adviser, plan, tmp_path
):
    steps = Import(adviser, plan)
    words = Goal.objects.of(plan.municipality).first()
    Goal.objects.filter(pk=words.pk).update(kind="words", question="Hoe gaat het?")
    book = openpyxl.load_workbook(io.BytesIO(adviser.get("/plan/meenemen/plan.xlsx").content))
    sheet = book["Doelen"]
    place = {c.value: n for n, c in enumerate(sheet[1], 1)}
    row = next(r for r in range(2, sheet.max_row + 1) if sheet.cell(r, place["Streefwaarde"]).value)
    goal = Goal.objects.get(pk=int(sheet.cell(row, 1).value[1:]))
    sheet.cell(row, place["Streefwaarde"]).value = 12.5
    sheet.cell(row, place["Streefwaarden per jaar"]).value = "2026: 14,5; 2027: 13"
    last = sheet.max_row + 1
    for name, value in (
        ("Doel", "Rust"), ("Prioriteit", goal.priority.title), ("Soort doel", "in woorden, door"
        " mensen beoordeeld"), ("Vraag", "Is het rustig?"), ("Streefdatum", dt.date(2027, 12, 31)),
    ):  # fmt: skip
        sheet.cell(last, place[name]).value = value
    said = book["Oordelen"]
    for at, values in enumerate((("", "Rust"), (f"D{words.pk}", "")), said.max_row + 1):
        for n, value in enumerate((*values, dt.date(2026, 11, 2), "gaat goed", "Stil", "wij"), 1):
            said.cell(at, n).value = value
    out = io.BytesIO()
    book.save(out)
    steps.send(out.getvalue(), "plan.xlsx")
    assert steps.problems() == []
    before = goal.target
    undo = next(m.extra_tags for m in steps.take_in(persoonsgegevens="1").context["messages"])
    goal.refresh_from_db()
    assert (goal.target, goal.path) == (12.5, ["2026: 14,5", "2027: 13"])
    assert [j.answer for j in Goal.objects.get(title="Rust").judgements.all()] == ["gaat goed"]
    assert Judgement.objects.of(plan.municipality).filter(goal=words).count() == 1
    page = adviser.post(undo, follow=True).content.decode()
    assert "daarom gebleven" not in page
    goal.refresh_from_db()
    assert goal.target == before
    assert not Goal.objects.of(plan.municipality).filter(title="Rust").exists()
    assert not Judgement.objects.of(plan.municipality).exists()


@SLOW
@given(
    fields=st.fixed_dictionaries(
        {
            "title": TITLE,
            "kind": st.sampled_from(["priority", "attention"]),
            "number": st.integers(1, 99),
            "description": TEXT,
            "aims": TEXT,
            "without_framework": TEXT,
            "indicators": st.lists(
                st.sampled_from(["woninginbraak", "jeugdoverlast"]), unique=True
            ),
            "themes": st.lists(st.sampled_from(sorted(themes())), max_size=3, unique=True),
        }
    ),
    plan_fields=st.fixed_dictionaries({"title": TITLE, "summary": TEXT, "aims": TEXT}),
)
def test_a_priority_and_the_plan_itself_come_back_with_their_frameworks(
    plan, people, tmp_path, fields, plan_fields
):
    with transaction.atomic():
        priority = plan.priorities.first()
        for name, value in fields.items():
            setattr(priority, name, value)
        priority.save()
        priority.frameworks.set(Framework.objects.of(plan.municipality)[:2])
        for name, value in plan_fields.items():
            setattr(plan, name, value)
        plan.save()
        for way, preview in every_way(tmp_path, plan):
            changed = [(x.changes, x.problems) for x in preview.lines if x.outcome != "same"]
            assert untouched(preview), (way, changed)
        known = Known(plan)
        was = [shown(priority, c, known) for c in PRIORITY_COLUMNS]
        row = [[c.header for c in PRIORITY_COLUMNS], ["", *was[1:]]]
        empty = Plan.objects.create(
            municipality=plan.municipality, slug="leeg", title="Leeg", start_year=2030,
            end_year=2031,
        )  # fmt: skip
        tables = (Grid("Prioriteiten", row), Grid("Plan", [*plan_grid(plan)]))
        preview = check(tables, export_parts(tables), Known(empty), {})
        assert [x.outcome for x in preview.lines] == ["new", "changed"], preview.problems
        applying.carry_out("proef", preview, Known(empty))
        made, empty = empty.lines.get(), Plan.objects.get(pk=empty.pk)
        now = [shown(made, c, Known(empty)) for c in PRIORITY_COLUMNS]
        for column, before, after in zip(PRIORITY_COLUMNS, was, now, strict=True):
            if column.name not in ("id", "adoption"):
                one_line = column.is_title and " ".join(before.split()) == after
                assert same(before, after) or one_line, (column.key, before, after)
        for name, value in plan_fields.items():
            assert same(getattr(empty, name), value) or " ".join(value.split()) == empty.title
        transaction.set_rollback(True)


def plan_grid(plan):
    """The sheet of the plan, without its id."""
    (row,) = export.plan_sheet(Known(plan))
    return [c.header for c in PLAN_COLUMNS], ["", *row[1:]]


def test_measures_stand_under_the_new_priority_of_the_same_file(adviser, plan, tmp_path):
    empty = Plan.objects.create(
        municipality=plan.municipality, slug="leeg", title="Leeg", start_year=2030, end_year=2031
    )
    tables = (
        Grid("Maatregelen", [["Maatregel-id", "Prioriteit", "Maatregel"], ["", "Nieuw", "Tafel"]]),
        Grid("Prioriteiten", [["Prioriteit-id", "Titel", "Toelichting"], ["", "Nieuw", "Omdat"]]),
    )
    preview = check(tables, export_parts(tables), Known(empty), {})
    assert not preview.questions and [x.outcome for x in preview.lines] == ["new", "new"]
    applying.carry_out("proef", preview, Known(empty))
    made = empty.lines.get()
    assert (made.description, [m.title for m in made.measures.all()]) == ("Omdat", ["Tafel"])


def test_where_a_goal_starts_as_an_own_figure_is_in_no_file_and_stays_when_it_comes_back(
    plan, tmp_path
):
    goal = Goal.objects.of(plan.municipality).first()
    starts = {"start_value": 77.25, "start_period": "2025"}
    for snapshot, held in (("", [77.25, "2025"]), ("een-eigen-telling", [None, None])):
        Goal.objects.filter(pk=goal.pk).update(**starts, start_snapshot=snapshot)
        row = next(r for r in export.goals_sheet(Known(plan)) if r[0] == f"D{goal.pk}")
        places = [n for n, c in enumerate(GOAL_LINE_COLUMNS) if c.key in STARTS]
        assert [row[n] for n in places] == held
    lines = back(tmp_path, plan, "csv", export.goals_csv(Known(plan))).lines
    assert not any(line.changes for line in lines if line.existing == goal)


def test_with_whom_a_measure_is_shared_is_in_the_file_and_comes_back(plan, tmp_path):
    measure = Measure.objects.of(plan.municipality).first()
    other = Municipality.objects.create(
        code="VB02", name="Buurdrecht", slug="buurdrecht", fictitious=plan.municipality.fictitious
    )
    measure.shared_with.add(other)
    text = export.measures_csv(Known(plan)).decode("utf-8-sig")
    measure.shared_with.clear()
    line = next(
        x for x in back(tmp_path, plan, "csv", text.encode()).lines if x.existing == measure
    )
    assert line.values == {"shared_with": ["Buurdrecht"]}
    strange = back(tmp_path, plan, "csv", text.replace("Buurdrecht", "Verweg").encode())
    assert any("niets delen" in p.reason for _, p in strange.problems)


def test_a_changed_row_updates_a_new_row_is_added_and_a_row_that_is_gone_stays(
    adviser, plan, people, municipality
):
    steps = Import(adviser, plan)
    book = openpyxl.load_workbook(io.BytesIO(adviser.get("/plan/meenemen/plan.xlsx").content))
    sheet = book["Maatregelen"]
    names = [c.value for c in sheet[1]]
    place = {name: n for n, name in enumerate(names, 1)}
    changed = Measure.objects.get(pk=int(sheet.cell(2, place["Maatregel-id"]).value[1:]))
    for name, value in (
        ("Maatregel", "Een andere titel"),
        ("Vervanger", "zoe@example.org"),
        ("Budget", 2500.5),
        ("Einde", dt.date(2027, 1, 31)),
        ("Partners", "Politie; Nieuwe partner"),
        ("Vaststelling", "voorbeeld, niet vastgesteld"),
    ):
        sheet.cell(2, place[name]).value = value
    gone = int(sheet.cell(3, place["Maatregel-id"]).value[1:])
    sheet.delete_rows(3)
    sheet.append([None] * len(names))
    last = sheet.max_row + 1
    sheet.cell(last, place["Maatregel"]).value = "Een nieuwe maatregel"
    sheet.cell(last, place["Prioriteit"]).value = changed.priority.title
    sheet.cell(last, place["Vaststelling"]).value = "vastgesteld"
    actions = book["Acties"]
    row = actions.max_row + 1
    actions.cell(row, 3).value, actions.cell(row, 4).value = (
        "Een nieuwe maatregel",
        "Een nieuwe actie",
    )
    out = io.BytesIO()
    book.save(out)
    page = steps.send(out.getvalue(), "plan.xlsx")
    assert "Dit bestand komt uit Koers" in page and "Vaststellen doet u in Koers" in page
    before = Measure.objects.of(municipality).count()
    undo = next(m.extra_tags for m in steps.take_in().context["messages"])
    old = (changed.title, changed.revision)
    changed.refresh_from_db()
    assert (changed.title, changed.budget, changed.end, changed.deputy) == (
        "Een andere titel",
        Decimal("2500.50"),
        dt.date(2027, 1, 31),
        people[2],
    )
    assert {p.name for p in changed.partners.all()} == {
        "Politie",
        "Nieuwe partner",
    } and not changed.is_example
    new = Measure.objects.get(title="Een nieuwe maatregel")
    assert new.is_example and [a.title for a in new.actions.all()] == ["Een nieuwe actie"]
    assert (
        Measure.objects.of(municipality).count() == before + 1
        and Measure.objects.of(municipality).filter(pk=gone).exists()
    )
    adviser.post(undo)
    changed.refresh_from_db()
    assert changed.title == old[0] and changed.budget is None and changed.deputy is None
    assert {p.name for p in changed.partners.all()} == {"Politie"}
    assert (
        Measure.objects.of(municipality).count() == before
        and not Action.objects.of(municipality).filter(title="Een nieuwe actie").exists()
    )
    assert not Partner.objects.of(municipality).filter(name="Nieuwe partner").exists()


def test_what_was_decided_on_is_proposed_in_an_adopted_plan_and_the_work_of_every_day_is_not(
    plan, tmp_path
):
    Plan.objects.filter(pk=plan.pk).update(state="adopted")
    measure = Measure.objects.of(plan.municipality).filter(adoption="adopted").first()
    known = Known(plan)
    place = {c.name: n for n, c in enumerate(MEASURE_COLUMNS)}
    row = next(r for r in export.measures_sheet(known) if r[0] == f"M{measure.pk}")
    row[place["title"]], row[place["state"]], row[place["partners"]] = (
        "Heel anders",
        "gestopt",
        "Nieuw",
    )
    book = openpyxl.Workbook()
    book.active.append([c.header for c in MEASURE_COLUMNS])
    book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    line = back(tmp_path, plan, "xlsx", out.getvalue()).lines[0]
    assert line.values == {"state": "stopped"}
    assert line.proposed == {"title": "Heel anders", "partners": ["Nieuw"]}
    assert [c.header for c in line.changes if c.proposed] == ["Maatregel", "Partners"]


def test_an_owner_who_left_stays_when_nothing_changed_and_is_unknown_when_it_did(
    adviser, plan, people, tmp_path
):
    measure = Measure.objects.of(plan.municipality).first()
    measure.owner = people[2]
    measure.save()
    content = export.as_xlsx(Known(plan))
    Membership.objects.filter(user=people[2]).delete()
    assert untouched(back(tmp_path, plan, "xlsx", content))


def test_an_id_that_is_not_ours_or_stands_twice_is_a_problem(adviser, plan, tmp_path):
    text = export.measures_csv(Known(plan)).decode("utf-8-sig").splitlines(keepends=True)
    strange = text[1].replace(text[1].split(";")[0], "M999999", 1)
    found = back(tmp_path, plan, "csv", "".join([text[0], text[1], text[1], strange]).encode())
    assert [(p.row, p.reason.split(".")[0]) for _, p in found.problems] == [
        (3, f"{text[1].split(';')[0]} staat ook op rij 2"),
        (4, "deze regel staat niet (meer) in het plan van deze gemeente"),
    ]


def test_a_text_that_looks_like_a_formula_is_no_formula_in_a_file(adviser, plan):
    measure = Measure.objects.of(plan.municipality).first()
    measure.title = '=HYPERLINK("x")'
    measure.save()
    book = openpyxl.load_workbook(io.BytesIO(adviser.get("/plan/meenemen/plan.xlsx").content))
    cells = [c for row in book["Maatregelen"].iter_rows() for c in row if c.value == measure.title]
    assert [c.data_type for c in cells] == ["s"] and cells[0].quotePrefix
    assert b"'=HYPERLINK" in adviser.get("/plan/meenemen/plan-maatregelen.csv").content


def test_the_columns_are_the_same_in_each_format(adviser, plan):
    names = [c.header for c in MEASURE_COLUMNS]
    book = openpyxl.load_workbook(io.BytesIO(adviser.get("/plan/meenemen/plan.xlsx").content))
    assert [c.value for c in book["Maatregelen"][1]] == names and book.sheetnames == [
        "Maatregelen",
        "Acties",
        "Doelen",
        "Oordelen",
        "Prioriteiten",
        "Plan",
    ]
    first = (
        adviser.get("/plan/meenemen/plan-maatregelen.csv")
        .content.decode("utf-8-sig")
        .splitlines()[0]
    )
    assert first.split(";") == names
