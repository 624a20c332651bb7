"""A measure with one field more, in all the places where its fields stand.

Run by ``test_added_field.py`` on a copy of Koers in which one statement was added to the model; by
itself it fails.
"""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict

from koers.apps.exchange import applying, export
from koers.apps.exchange.checking import check
from koers.apps.exchange.known import Known
from koers.apps.exchange.mapping import export_parts, proposal
from koers.apps.exchange.undoing import undo
from koers.apps.people.models import Membership, Role, User
from koers.apps.people.places import FREE_TEXT
from koers.apps.plan.kinds import KINDS
from koers.apps.plan.models import Adjustment, Measure
from koers.apps.plan.overviews.filters import FilterForm
from koers.apps.plan.services import adjustments, versions
from koers.apps.plan.services.bundled import load_bundled_plan
from koers.tables.reading.grid import open_grids

TOKEN = "a" * 32


@pytest.fixture
def plan(db, tmp_path, settings):
    settings.HOME = tmp_path
    return load_bundled_plan("voorbeeldrecht-2025-2027")


@pytest.fixture
def site(client, plan):
    user = User.objects.create_user("adviser@example.org", "geheim-genoeg-123")
    for role in (Role.ADVISER, Role.ADMINISTRATOR):
        Membership.objects.create(user=user, municipality=plan.municipality, role=role)
    client.force_login(user)
    return client


@pytest.fixture
def measure(plan):
    Measure.objects.update(adoption="adopted")
    return Measure.objects.of(plan.municipality).first()


def test_it_is_typed_shown_told_by_the_history_and_put_back(site, measure):
    edit = f"/plan/bewerken/maatregel/{measure.pk}/"
    assert "Risico" in site.get(edit).content.decode()
    sent = {
        "title": measure.title,
        "kind": measure.kind,
        "state": measure.state,
        "risk": "high",
        "lesson": "Bel mevrouw Jansen",
        "revision": measure.revision,
    }
    assert "persoonsgegevens" in site.post(edit, sent).content.decode()
    site.post(edit, sent | {"lesson": "Vroeg beginnen"})
    measure.refresh_from_db()
    assert (measure.risk, measure.lesson) == ("high", "Vroeg beginnen")
    page = site.get(f"/plan/maatregel/{measure.pk}/").content.decode()
    assert "hoog" in page and "Vroeg beginnen" in page
    assert (
        "risico: laag → hoog"
        in site.get(f"/plan/geschiedenis/maatregel/{measure.pk}/").content.decode()
    )
    site.post(f"/plan/geschiedenis/maatregel/{measure.pk}/{measure.history.last().pk}/")
    measure.refresh_from_db()
    assert measure.risk == "low"


def test_a_table_of_a_page_and_its_file_have_a_column_for_it(site, measure):
    Measure.objects.filter(pk=measure.pk).update(risk="high")
    page = site.get("/plan/maatregelen/?op=-risico").content.decode()
    assert 'data-head="Risico"' in page and ">hoog<" in page
    file = site.get("/plan/maatregelen/?csv=maatregelen").content.decode("utf-8-sig")
    assert "Risico" in file.splitlines()[0]


def test_one_chooses_by_it(measure):
    Measure.objects.filter(pk=measure.pk).update(risk="high")
    form = FilterForm(QueryDict("risico=high"), model=Measure, municipality=measure.municipality)
    assert [label for _, label in form.fields["risico"].choices] == ["alle", "laag", "hoog"]
    import datetime as dt

    assert list(form.apply(Measure.objects.all(), None, dt.date.today())) == [measure]


def test_a_version_keeps_it_and_it_changes_by_an_adjustment(site, plan, measure):
    import datetime as dt

    first = versions.adopt(plan, dt.date(2026, 1, 1), "het college")
    kept = next(r for r in first.content.lines if (r.kind, r.line) == ("maatregel", measure.pk))
    assert kept.values["risk"] == "low" and "lesson" in kept.values
    assert "risk" in KINDS["maatregel"].frozen and "lesson" in KINDS["maatregel"].daily
    edit = f"/plan/bewerken/maatregel/{measure.pk}/"
    held = {"title": measure.title, "kind": measure.kind, "state": measure.state}
    held |= {"partners": [p.pk for p in measure.partners.all()], "revision": measure.revision}
    held |= {"start": measure.start or "", "owner_department": measure.owner_department}
    site.post(edit, held | {"risk": "high", "reason": "Het werd gevaarlijker"})
    measure.refresh_from_db()
    assert measure.risk == "low"
    made = Adjustment.objects.get()
    assert dict(made.new.values) == {"risk": "high"}
    assert [(row.label, row.old, row.new) for row in adjustments.rows(made)] == [
        ("Risico", "laag", "hoog")
    ]
    second = adjustments.accept(made, adjustments.Decision(None, dt.date(2026, 2, 1), "overleg"))
    assert [
        (d.field, d.old, d.new) for d in versions.differences(first.content, second.content)
    ] == [("Risico", "laag", "hoog")]


def test_it_goes_out_and_comes_in(plan, measure, tmp_path):
    Measure.objects.filter(pk=measure.pk).update(risk="high", lesson="Vroeg beginnen")
    known = Known(plan)
    book = openpyxl.load_workbook(io.BytesIO(export.as_xlsx(known)))
    heads = [cell.value for cell in book["Maatregelen"][1]]
    assert {"Risico", "Geleerd"} <= set(heads)
    assert "Risico" in export.measures_csv(known).decode("utf-8-sig").splitlines()[0]
    row = next(
        r for r in book["Maatregelen"].iter_rows(min_row=2) if r[0].value == f"M{measure.pk}"
    )
    assert row[heads.index("Risico")].value == "hoog"
    row[heads.index("Risico")].value = "laag"
    path = tmp_path / "t.xlsx"
    book.save(path)
    tables = open_grids(path, ".xlsx")
    preview = check(tables, export_parts(tables), known, {})
    (line,) = preview.with_outcome("changed")
    assert [(c.header, c.old, c.new) for c in line.changes] == [("Risico", "hoog", "laag")]
    applying.carry_out(TOKEN, preview, known)
    measure.refresh_from_db()
    assert measure.risk == "low"
    assert undo(TOKEN, plan.municipality).lines == 1
    measure.refresh_from_db()
    assert measure.risk == "high"


def test_a_table_of_others_is_read_by_its_words(plan, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("Thema;Maatregel;Gevaar;Geleerd\nJeugdoverlast;Nieuw;hoog;Veel\n")
    tables = open_grids(path, ".csv")
    part = proposal(tables[0], 0)
    assert part.columns["measure.risk"] == 2
    (line,) = check(tables, [part], Known(plan), {}).lines
    assert (line.values["risk"], line.values["lesson"]) == ("high", "Veel")


def test_words_are_taken_out_of_it():
    found = {model: names for more in FREE_TEXT.all() for model, names in more.items()}
    assert "lesson" in found[Measure]


def test_an_export_of_before_is_still_known(plan):
    text = export.measures_csv(Known(plan)).decode("utf-8-sig").splitlines()
    place = text[0].split(";").index("Risico")
    heads = [h for n, h in enumerate(text[0].split(";")) if n != place]
    file = SimpleUploadedFile("t.csv", (";".join(heads) + "\n").encode())
    assert file.size
    from koers.apps.exchange.columns import MEASURE_COLUMNS
    from koers.apps.exchange.mapping import _is_export

    assert _is_export(heads, MEASURE_COLUMNS)
