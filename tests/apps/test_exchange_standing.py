"""Tables as they stand in real files: below each other, on their side, coloured, with serial
days."""

import datetime as dt
import io

import openpyxl
import pytest
from openpyxl.styles import PatternFill

from koers.apps.exchange.mapping import proposals
from koers.apps.exchange.standing import laid_out
from koers.apps.exchange.values import date_of
from koers.tables.reading.grid import Grid
from tests.apps.exchange import Import, document, xlsx
from tests.apps.test_exchange_real_plans import steps  # noqa: F401


def lines(importing: Import):
    return {line.title: line for line in importing.preview().lines}


def test_goals_and_measures_below_each_other_on_a_sheet_are_two_tables():
    rows = [
        ("Doelen", "", "", ""),
        ("Indicator", "Nulmeting 2022", "Streefwaarde 2026", "Bron"),
        ("Aantal inbraken", 85.0, 60.0, "politie"),
        ("", "", "", ""),
        ("Maatregelen", "", "", ""),
        ("Prioriteit", "Maatregel", "Trekker", "Planning"),
        ("Wonen", "Offensief", "OOV", "okt-dec 2026"),
    ]
    tables = laid_out([Grid("Blad1", rows)])
    assert [(p.what, p.first) for p in proposals(tables)] == [("goals", 2), ("measures", 6)]
    assert tables[1].cell(7, 1) == "Offensief"


def test_tables_of_one_header_and_rows_apart_stay_one_table():
    head = ("Maatregel", "Trekker", "Planning")
    rows = [head, ("Een", "OOV", "2026"), ("",) * 3, head, ("Twee", "OOV", "2026"), ("",) * 3]
    assert len(laid_out([Grid("Blad1", [*rows, ("* onder voorbehoud", "", "")])])) == 1


@pytest.mark.parametrize("heading", ["", "Prioriteit 2: Zorg"])
def test_forms_with_the_names_at_the_left_are_measures(heading):
    def form(title, heading=""):
        rows = [("Maatregel", title), ("Doel", "rust"), ("Trekker", "OOV"), ("Planning", "2026")]
        return Grid("Tabel", rows, heading=heading)

    found = laid_out([form("Een", "Prioriteit 1: Jeugd"), form("Twee", heading)])
    titles = [[row[0] for row in table.rows[1:]] for table in found]
    assert titles == ([["Een"], ["Twee"]] if heading else [["Een", "Twee"]])
    assert found[0].rows[0] == ["Maatregel", "Doel", "Trekker", "Planning"]


def test_forms_of_a_document_come_in_under_the_heading_above_them(steps):  # noqa: F811
    def form(*pairs):
        return f"<table>{''.join(f'<tr><td>{a}</td><td>{b}</td></tr>' for a, b in pairs)}</table>"

    html = "<h1>Prioriteit 1: Zorg</h1>" + "<p>Ook dit.</p>".join(
        form(("Maatregel", title), ("Doel", "rust"), ("Trekker", "OOV"), ("Planning", "2026"))
        for title in ("Een", "Twee")
    )
    steps.send(document(html, "docx"), "plan.docx")
    steps.map()
    found = lines(steps)
    assert {str(found[t].above) for t in ("Een", "Twee")} == {"Zorg"}
    assert [u.texts for u in steps.preview().unread] == [("Ook dit.",)]


def test_a_coloured_quarter_is_planning_and_a_coloured_row_is_not(steps):  # noqa: F811
    rows = [
        ("Thema", "Project", "K1", "K2", "K3", "Trekker"),
        ("Jeugdoverlast", "Gekleurd", None, None, None, "OOV"),
        ("Jeugdoverlast", "Gestreept", None, None, None, "OOV"),
    ]
    book = openpyxl.load_workbook(io.BytesIO(xlsx(rows)))
    green, grey = (PatternFill("solid", fgColor=c) for c in ("FF92D050", "FFEEEEEE"))
    for cell in ("C2", "D2"):
        book.active[cell].fill = green
    for cell in "ABCDEF":
        book.active[f"{cell}3"].fill = grey
    out = io.BytesIO()
    book.save(out)
    steps.send(out.getvalue(), "plan.xlsx")
    steps.map()
    found = lines(steps)
    assert found["Gekleurd"].values["planning"] == "K1 en K2"
    assert not found["Gestreept"].values.get("planning")


def test_a_sign_of_a_legend_is_kept_beside_its_quarter(steps):  # noqa: F811
    steps.send("Thema;Activiteit;K1;K2\nJeugdoverlast;Eén;●;○\nJeugdoverlast;Twee;;○", "plan.csv")
    steps.map()
    assert lines(steps)["Eén"].values["planning"] == "K1 en K2 (○)"


def test_halves_of_a_year_are_the_planning(steps):  # noqa: F811
    steps.send(
        "Thema;Actie;Partners;Planning 2025-I;Planning 2025-II\nJeugdoverlast;Tafel;GGD;x;x",
        "plan.csv",
    )
    steps.map()
    assert lines(steps)["Tafel"].values["planning"] == "2025-I en 2025-II"


@pytest.mark.parametrize("cell", [46023.0, 46023, "46023"])
def test_a_day_of_which_the_form_was_lost_is_a_day(cell):
    assert date_of(cell, True) == (dt.date(2026, 1, 1), "")


def test_a_team_is_asked_as_no_person_and_a_share_is_a_state(steps):  # noqa: F811
    steps.send(
        "Thema;Maatregel;Doelgroep;Wie;Voortgang %\nJeugdoverlast;Half;ouders;Team Veiligheid;50\n"
        "Jeugdoverlast;Heel;ouders;Team Veiligheid;100 %\nJeugdoverlast;Nog niet;;OOV;0",
        "plan.csv",
    )
    steps.map()
    assert steps.problems() == []
    found = {title: line.values["state"] for title, line in lines(steps).items()}
    assert found == {"Half": "running", "Heel": "done", "Nog niet": "planned"}
    steps.take_in()
    from koers.apps.plan.models import Measure

    half = Measure.objects.get(title="Half")
    assert (half.aim, half.owner_department) == ("", "Team Veiligheid")
    assert {"Doelgroep: ouders", "Voortgang %: 50 %"} <= set(half.description.splitlines())


def test_what_stands_left_of_what_is_done_is_the_theme_where_no_name_says_one(steps):  # noqa: F811
    steps.send(
        "Lijn;Spoor;Concrete acties;Ambtelijk opdrachtnemer;Aanvang;Klaar\n"
        "Jeugdoverlast;Vroeg erbij;Huisbezoeken;Jeugd;jan 2026;dec 2026",
        "plan.csv",
    )
    steps.map()
    line = lines(steps)["Huisbezoeken"]
    assert (line.above.title, line.values["sub_theme"]) == ("Jeugdoverlast", "Vroeg erbij")
    assert line.values["owner_department"] == "Jeugd"
    assert (line.values["start"], line.values["end"]) == (
        dt.date(2026, 1, 1),
        dt.date(2026, 12, 31),
    )


def test_the_years_above_the_quarters_belong_to_the_header():
    rows = [
        ("Planning", "", "", "", "", ""),
        ("", "", "2025", "", "2026", ""),
        ("Thema", "Maatregel", "K1", "K2", "K1", "K2"),
        ("Water", "Zwemles", "x", "", "", "x"),
    ]
    (part,) = proposals([Grid("Blad1", rows)])
    assert (part.first, part.last, part.also["measure.planning"]) == (2, 3, [2, 3, 4, 5])
