"""What goes out comes back: an export that nobody touched changes nothing, and a change, a new row
and no row do what they say."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from koers.apps.exchange import applying, export
from koers.apps.exchange.checking import check
from koers.apps.exchange.columns import ACTION_COLUMNS, MEASURE_COLUMNS
from koers.apps.exchange.known import Known
from koers.apps.exchange.mapping import export_parts
from koers.apps.exchange.shown import same, shown
from koers.apps.people.models import Membership, Role, User
from koers.apps.plan.models import (
    Action,
    ActionState,
    Measure,
    MeasureKind,
    MeasureState,
    Partner,
    Plan,
    Priority,
)
from koers.plain_text import cleaned
from koers.tables.reading.grid import open_grids
from tests.apps.exchange import Import
from tests.examples import examples

FORMATS = {"xlsx": export.as_xlsx, "ods": export.as_ods}
SHEETS = {"maatregelen": export.measures_csv, "acties": export.actions_csv}


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
        {line.outcome for line in preview.lines} == {"same"}
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
    ]
    first = (
        adviser.get("/plan/meenemen/plan-maatregelen.csv")
        .content.decode("utf-8-sig")
        .splitlines()[0]
    )
    assert first.split(";") == names
