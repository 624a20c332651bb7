"""Tables in the structures of real plans come in whole: nothing retyped, nothing dropped in
silence."""

import datetime as dt

import pytest
from django.conf import settings

from koers.apps.plan.models import Adoption, Goal, Measure, Plan, Priority
from tests.apps.exchange import Import, document, home_beside, xlsx


@pytest.fixture
def steps(adviser, plan, tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "HOME", home_beside(settings.HOME, tmp_path))
    return Import(adviser, plan)


def cells(tag, *texts):
    return "<tr>" + "".join(f"<{tag}>{text}</{tag}>" for text in texts) + "</tr>"


def made(title):
    return Measure.objects.get(title=title)


YEAR_PLAN = (
    "<table>"
    + cells("th", "Thema", "Doel", "Actie", "Planning", "Trekker", "Partners", "Budget 2026")
    + '<tr><td colspan="7">1.1 Veilig wonen</td></tr>'
    + '<tr><td rowspan="2">1.1.1 Inbraken</td><td rowspan="2">Minder inbraken</td>'
    "<td>Voetjes verven</td><td>Q2 en Q4 2026</td><td>Team OOV</td>"
    "<td>Politie/buurtpreventie en scholen</td><td>€ 2.000 per jaar</td></tr>"
    + cells("td", "Brieven na inbraak", "doorlopend", "Team OOV", "Politie", "n.t.b.")
    + '<tr><td colspan="7">1.2 Veilig ondernemen</td></tr>'
    + cells("td", "1.2.1 Keurmerk", "Behoud", "Schouw", "3e kwartaal", "EZ", "Winkeliers", "1.500")
    + "</table>"
)


def test_a_year_plan_comes_in_with_its_bands_themes_goals_and_vague_cells(steps):
    page = steps.send(document(YEAR_PLAN, "docx"), "jaarplan.docx")
    assert "elke rij is een maatregel" in page and "Koers herkent 7 kolommen" in page
    steps.map()
    assert steps.problems() == [] and steps.preview().unread == []
    steps.take_in()
    first = made("Voetjes verven")
    assert (first.priority.title, first.sub_theme, first.aim) == (
        "1.1 Veilig wonen",
        "1.1.1 Inbraken",
        "Minder inbraken",
    )
    assert (first.planning, first.start, first.end) == (
        "Q2 en Q4 2026",
        dt.date(2026, 4, 1),
        dt.date(2026, 12, 31),
    )
    assert {p.name.lower() for p in first.partners.all()} == {
        "politie",
        "buurtpreventie",
        "scholen",
    }
    assert (first.budget, first.budget_words) == (None, "€ 2.000 per jaar")
    assert first.owner_department == "Team OOV"
    second = made("Brieven na inbraak")
    assert (second.sub_theme, second.planning, second.start) == (
        "1.1.1 Inbraken",
        "doorlopend",
        None,
    )
    last = made("Schouw")
    assert (last.end, last.budget, last.budget_words) == (dt.date(2026, 9, 30), 1500, "")


def test_what_is_imported_is_a_concept_and_all_of_it_is_undone_at_once(steps, municipality):
    before = Plan.objects.get(pk=steps.plan.pk).aims
    goals = [("Indicator", "Nulmeting", "Doel 2026", "Bron"), ("Cijfer", "6,9", "7,3", "Monitor")]
    steps.send(
        document(
            YEAR_PLAN
            + "<h1>Cijfers</h1><table>"
            + cells("th", *goals[0])
            + cells("td", *goals[1])
            + "</table>",
            "docx",
        ),
        "plan.docx",
    )
    steps.map()
    steps.take_in()
    new = Priority.objects.filter(
        title__in=["1.1 Veilig wonen", "1.2 Veilig ondernemen", "Cijfers"]
    )
    assert {p.adoption for p in new} == {Adoption.EXAMPLE} and len(new) == 3
    assert made("Schouw").adoption == Adoption.EXAMPLE
    goal = Goal.objects.get(priority=new.get(title="Cijfers"))
    assert goal.written == "Cijfer. Nulmeting: 6,9; Doel 2026: 7,3; Bron: Monitor"
    assert (goal.kind, goal.adoption) == ("words", Adoption.EXAMPLE)
    public = steps.client.get(f"/openbaar/{municipality.slug}/").content.decode()
    assert "Veilig ondernemen" not in public and "Schouw" not in public
    steps.client.post(f"/plan/inlezen/{steps.token}/ongedaan/")
    assert not Measure.objects.of(municipality).filter(title="Schouw").exists()
    assert not Priority.objects.of(municipality).filter(title="Cijfers").exists()
    assert not Goal.objects.of(municipality).filter(pk=goal.pk).exists()
    assert Plan.objects.get(pk=steps.plan.pk).aims == before


def test_goals_without_a_priority_are_of_the_plan_and_go_when_it_is_undone(steps):
    steps.send(
        "Effectindicator;Nulmeting 2024;Streefwaarde 2026;Streefwaarde 2027\nPer 1.000;5,9;5,1;4,8",
        "d.csv",
    )
    steps.map()
    assert "1 doel toegevoegd" in steps.take_in().content.decode()
    said = "Per 1.000. Nulmeting 2024: 5,9; Streefwaarde 2026: 5,1; Streefwaarde 2027: 4,8"
    assert Plan.objects.get(pk=steps.plan.pk).aims == said
    token = steps.token
    steps.send(
        "Effectindicator;Nulmeting 2024;Streefwaarde 2026;Streefwaarde 2027\nPer 1.000;5,9;5,1;4,8",
        "d.csv",
    )
    steps.map()
    assert [line.outcome for line in steps.preview().lines] == ["same"]
    steps.client.post(f"/plan/inlezen/{token}/ongedaan/")
    assert Plan.objects.get(pk=steps.plan.pk).aims == ""


def test_quarters_with_crosses_under_a_header_of_two_rows_are_the_planning(steps):
    head = ("Prioriteit", "Maatregel", "Planning 2026", "", "", "", "Trekker")
    rows = [
        ("Programma 2026", *[""] * 6),
        head,
        ("", "", "Q1", "Q2", "Q3", "Q4", ""),
        ("Jeugdoverlast", "Hotspots", "", "x", "X", "", "OOV"),
        ("Jeugdoverlast", "Scan", "x", "", "", "x", "OOV"),
    ]
    merged = ("A1:G1", "A2:A3", "B2:B3", "C2:F2", "G2:G3")
    for merge in (merged, ()):
        steps.send(xlsx(rows, merge), "plan.xlsx")
        steps.map()
        found = {line.title: line.values for line in steps.preview().lines}
        assert found["Hotspots"]["planning"] == "Q2 en Q3 2026" if merge else "Q2 en Q3"
        assert (found["Hotspots"]["start"], found["Hotspots"]["end"]) == (
            dt.date(2026, 4, 1),
            dt.date(2026, 9, 30),
        )
        assert list(found) == ["Hotspots", "Scan"] and steps.preview().to_say == []


def test_a_table_per_priority_in_one_document_comes_in_one_go_with_its_goal(steps):
    table = cells("th", "Maatregel", "Planning", "Trekker")
    html = "".join(
        f"<h1>Prioriteit {n}: {name}</h1><p>Doel: {goal}</p><table>{table}"
        f"{cells('td', title, f'Q{n} 2026', 'OOV')}</table>"
        for n, (name, goal, title) in enumerate(
            [("Jeugd", "minder overlast", "Tafel"), ("Digitaal", "weerbaar", "Spreekuur")], 1
        )
    )
    page = steps.send(document(html + "<p>Tot slot nog dit.</p>", "docx"), "plan.docx")
    assert "Koers leest ze in één keer" in page
    steps.map()
    preview = steps.preview()
    assert [(u.what, u.texts) for u in preview.unread] == [("1 stuk tekst", ("Tot slot nog dit.",))]
    steps.take_in()
    assert (
        made("Tafel").priority.title == "Jeugd" and made("Spreekuur").priority.title == "Digitaal"
    )
    assert [g.title for g in made("Tafel").priority.goals.all()] == ["minder overlast"]


def test_what_is_not_read_is_named_and_asked_and_can_be_taken_along(steps):
    steps.send(
        "Maatregel;Thema;Kleur fiets\nTafel;Jeugdoverlast;rood\nHal;Jeugdoverlast;blauw\nTotaal;;2",
        "p.csv",
    )
    steps.map()
    named = [(u.what, u.reason) for u in steps.preview().unread]
    assert named == [("kolom 'Kleur fiets'", "3 cellen"), ("rij 4", "een totaal")]
    assert "Niet alles in het bestand wordt gelezen" in steps.take_in().content.decode()
    assert not Measure.objects.filter(title="Tafel").exists()
    choice = steps.preview().unread[0].choice
    steps.look(**{choice: "measure.description"})
    steps.take_in(ongelezen="1")
    assert made("Tafel").description == "Kleur fiets: rood"


def test_a_status_with_a_text_is_a_state_with_its_reason(steps):
    rows = ["Oranje: capaciteit GGZ", "Groen", "Rood", "Afgerond 1-4-2026", "Op koers", "Vertraagd"]
    text = "\n".join(f"Maatregel {n};Jeugdoverlast;{row}" for n, row in enumerate(rows))
    steps.send(f"Maatregel;Thema;Stand van zaken (T1 2026)\n{text}", "p.csv")
    steps.map()
    steps.take_in()
    found = [made(f"Maatregel {n}") for n in range(len(rows))]
    assert [m.state for m in found] == [
        "at_risk",
        "running",
        "at_risk",
        "done",
        "running",
        "at_risk",
    ]
    assert [m.state_reason for m in found] == rows


def test_a_problem_that_stands_on_many_rows_is_shown_once_and_mended_at_once(steps):
    rows = "\n".join(f"M{n};Jeugdoverlast;31-2-2026" for n in range(5))
    steps.send(f"Maatregel;Thema;Einddatum\n{rows}", "p.csv")
    steps.map()
    (one,) = steps.preview().alike
    assert one.rows == (2, 3, 4, 5, 6)
    steps.look(**{one.typed[0]: "28-2-2026"})
    assert steps.problems() == []
    assert {line.values["end"] for line in steps.preview().lines} == {dt.date(2026, 2, 28)}


def test_rows_under_a_theme_that_is_named_once_belong_to_it_and_that_is_said(steps):
    steps.send("Thema;Doel;Maatregel\nJeugdoverlast;Rust;Tafel\n;;Hal\n;Sport;Veld", "p.csv")
    steps.map()
    lines = [line for line in steps.preview().lines if line.is_measure]
    assert [line.values.get("aim") for line in lines] == ["Rust", "Rust", "Sport"]
    assert {line.above.title for line in lines} == {"Jeugdoverlast"}
    assert any("'Thema' bij 2 rijen leeg" in note for note in steps.preview().notes)


def test_a_row_of_a_word_table_that_begins_further_is_not_shifted(steps, tmp_path):
    from io import BytesIO
    from zipfile import ZipFile

    table = cells("th", "Prioriteit", "Maatregel", "Trekker")
    raw = document(
        f"<table>{table}{cells('td', 'Jeugdoverlast', 'Een', 'OOV')}"
        f"{cells('td', 'Twee', 'T&amp;H', '')}</table>",
        "docx",
    )
    out = BytesIO()
    with ZipFile(BytesIO(raw)) as packed, ZipFile(out, "w") as made_:
        for part in packed.namelist():
            content = packed.read(part)
            if part == "word/document.xml":
                head, row, tail = content.rpartition(b"<w:tr>")
                content = head + row + b'<w:trPr><w:gridBefore w:val="1"/></w:trPr>' + tail
            made_.writestr(part, content)
    steps.send(out.getvalue(), "p.docx")
    steps.map()
    last = steps.preview().lines[-1]
    assert (last.title, last.values["owner_department"], last.above.title) == (
        "Twee", "T&H", "Jeugdoverlast",
    )  # fmt: skip


def test_a_long_action_keeps_all_its_words(steps):
    long = "Wij organiseren samen met " + "alle betrokken partijen " * 15
    steps.send(f"Maatregel;Thema\n{long};Jeugdoverlast", "p.csv")
    steps.map()
    steps.take_in()
    found = Measure.objects.get(title__startswith="Wij organiseren")
    assert len(found.title) <= 200 and long.strip() in found.description


def test_a_budget_of_two_years_stays_in_words_and_a_budget_with_its_cover_is_an_amount(steps):
    head = "Maatregel;Thema;Budget 2026;Budget 2027"
    steps.send(f"{head}\nTafel;Jeugdoverlast;€ 500;€ 700", "p.csv")
    steps.map()
    values = steps.preview().lines[0].values
    assert "budget" not in values
    assert values["budget_words"] == "Budget 2026: € 500\nBudget 2027: € 700"
    steps.send(
        "Maatregel;Thema;Kosten (x € 1.000);Dekking\nTafel;Jeugdoverlast;12,5;eigen", "p.csv"
    )
    steps.map()
    values = steps.preview().lines[0].values
    assert (values["budget"], values["budget_words"]) == (12500, "Dekking: eigen\n12,5")


def test_several_sheets_are_read_in_one_go_each_under_its_name(steps):
    from io import BytesIO

    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "Digitaal"
    for title in ("Digitaal", "Wonen en wijken"):
        sheet = book.active if title == "Digitaal" else book.create_sheet(title)
        sheet.append(["Activiteit", "Wanneer", "Trekker"])
        sheet.append([f"Werk aan {title}", "najaar 2026", "OOV"])
    book.create_sheet("Uitleg").append(["Gemaakt door OOV"])
    out = BytesIO()
    book.save(out)
    steps.send(out.getvalue(), "p.xlsx")
    steps.map()
    assert [line.above.title for line in steps.preview().lines] == ["Digitaal", "Wonen en wijken"]
    assert [(u.table, u.whole) for u in steps.preview().unread] == [("Uitleg", True)]


def test_bands_of_two_heights_are_the_field_and_the_priority(steps):
    rows = ["Maatregel;Planning;Trekker", "1 Veilig wonen;;", "1.1 Inbraken;;", "Voetjes;2026;OOV"]
    rows += ["1.2 Burenruzie;;", "Bemiddeling;doorlopend;Welzijn", "2 Jeugd;;", "2.1 Alcohol;;"]
    steps.send("\n".join([*rows, "Controle;Q1 2026;T&H"]), "p.csv")
    steps.map()
    found = [(x.title, x.values["safety_field"], x.above.title) for x in steps.preview().lines]
    assert found == [
        ("Voetjes", "1 Veilig wonen", "1.1 Inbraken"),
        ("Bemiddeling", "1 Veilig wonen", "1.2 Burenruzie"),
        ("Controle", "2 Jeugd", "2.1 Alcohol"),
    ]


def test_a_measure_that_serves_two_priorities_stands_under_the_one_that_is_there(steps):
    known = Priority.objects.filter(plan=steps.plan).first()
    steps.send(f"Maatregel;Thema\nTafel;{known.title} / Iets anders", "p.csv")
    steps.map()
    (line,) = steps.preview().lines
    assert line.above == known
    assert line.values["description"] == f"Thema: {known.title} / Iets anders"
