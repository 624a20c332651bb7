"""A table of others becomes measures and actions: proposed, looked at, taken in as a whole or not
at all, and undone."""

import datetime as dt
import os
import time

import pytest
from django.conf import settings

from koers.apps.exchange import applying, drafts
from koers.apps.people.models import Membership, Role, User
from koers.apps.plan.models import Action, Measure, Partner, Priority
from tests.apps.exchange import Import, document, home_beside, ods, xlsx

HEADER = (
    "Thema",
    "Maatregel",
    "Status",
    "Start",
    "Deadline",
    "Trekker",
    "Samenwerking",
    "Gebied",
    "Kosten",
    "Capaciteit",
)
ROW = (
    "Jeugdoverlast",
    "Avondsport in de hal",
    "in uitvoering",
    "1-3-2026",
    "Q4 2026",
    "jan@example.org",
    "Politie, Sportclub",
    "Centrum",
    "€ 1.500,-",
    "40 uur",
)


@pytest.fixture
def jan(person):
    user = person(Role.ENFORCEMENT)
    user.name, user.email = "Jan de Vries", "jan@example.org"
    user.save()
    return user


@pytest.fixture
def home(plan, tmp_path, monkeypatch):
    home = home_beside(settings.HOME, tmp_path)
    monkeypatch.setattr(settings, "HOME", home)
    return home


@pytest.fixture
def steps(adviser, plan, home, jan):
    return Import(adviser, plan)


def table(*rows, header=HEADER):
    return "\r\n".join(";".join(map(str, row)) for row in (header, *rows))


def waiting(home):
    folder = home / "plan-inlezen"
    return [p for p in folder.iterdir() if p.name != "ongedaan"] if folder.is_dir() else []


def test_a_table_is_mapped_by_its_dutch_words_looked_at_and_taken_in(
    steps, home, jan, municipality
):
    page = steps.send(table(ROW), "plan.csv")
    assert "Koers herkent 10 kolommen" in page
    preview = steps.map().content.decode()
    for shown in (
        "Avondsport in de hal",
        "loopt",
        "1 maart 2026",
        "31 december 2026",
        "Jan de Vries",
        "Nieuwe partners: Sportclub",
        "€ 1.500,00",
        "voorbeeld, niet vastgesteld",
    ):
        assert shown in preview, shown
    assert not Measure.objects.filter(title="Avondsport in de hal").exists()
    done = steps.take_in().content.decode()
    assert "1 maatregel toegevoegd" in done and "Ongedaan maken" in done
    made = Measure.objects.get(title="Avondsport in de hal")
    assert (made.priority.slug, made.state, made.start, made.end) == (
        "jeugdoverlast",
        "running",
        dt.date(2026, 3, 1),
        dt.date(2026, 12, 31),
    )
    assert (made.owner, made.budget, made.hours, made.is_example) == (jan, 1500, 40, True)
    assert {p.name for p in made.partners.all()} == {"Politie", "Sportclub"}
    assert len(made.areas) == 1 and waiting(home) == []


@pytest.mark.parametrize(
    "content",
    [
        "\ufeff" + table(ROW),
        table(ROW).replace("Avondsport", "Café-sport").encode("cp1252"),
        table(ROW[:6] + ("Politie", "Centrum", "1500", "40")).replace(";", ","),
        table(ROW).replace(";", "\t"),
    ],
)
def test_csv_comes_with_each_delimiter_mark_and_encoding(steps, content):
    steps.send(content, "plan.csv")
    steps.map()
    assert [
        (line.outcome, line.title.replace("Café-sport", "Avondsport"))
        for line in steps.preview().lines
    ] == [("new", "Avondsport in de hal")]


def test_problems_are_named_by_row_and_column_and_nothing_comes_in_while_they_are_there(steps):
    bad = [
        ("Jeugdoverlast", "Geen datum", "loopt", "31-6-2026", "", "", "", "", "", ""),
        ("Jeugdoverlast", "Verkeerd om", "loopt", "1-5-2026", "1-4-2026", "", "", "", "", ""),
        ("Jeugdoverlast", "Staat", "halverwege", "", "", "", "", "", "", ""),
        ("Jeugdoverlast", "Wie", "loopt", "", "", "Piet Onbekend", "", "", "", ""),
        ("Jeugdoverlast", "Dubbel", "loopt", "", "", "", "", "", "", ""),
        ("jeugdoverlast", "dubbel", "loopt", "", "", "", "", "", "", ""),
        ("Jeugdoverlast", "Jeugd-boa in de avonduren", "loopt", "", "", "", "", "", "", ""),
        ("Jeugdoverlast", "Jaar", "loopt", "1-1-1850", "", "", "", "", "", ""),
        ("Jeugdoverlast", "", "loopt", "", "", "", "", "", "", ""),
        ("Jeugdoverlast", "Geld", "loopt", "31-2-2026", "", "", "", "Nergensbuurt", "veel", "-"),
    ]
    steps.send(table(*bad), "plan.csv")
    steps.map()
    found = {(row, column): reason for row, column, reason in steps.problems()}
    assert (
        "bestaat niet" in found[2, "Start"] and "einde ligt vóór het begin" in found[3, "Deadline"]
    )
    assert (
        "kent 'halverwege' niet" in found[4, "Status"] and "werkt hier niet" in found[5, "Trekker"]
    )
    assert (
        "staat ook op rij 6" in found[7, "Maatregel"]
        and "staat al in het plan (M" in found[8, "Maatregel"]
    )
    assert (
        "jaar kan niet kloppen" in found[9, "Start"]
        and "hier staat niets" in found[10, "Maatregel"]
    )
    assert "deze dag bestaat niet" in found[11, "Start"] and "geen buurt" in found[11, "Gebied"]
    before = Measure.objects.count()
    assert "Er zijn nog rijen met een fout" in steps.take_in().content.decode()
    assert Measure.objects.count() == before
    assert "1 maatregel toegevoegd" in steps.take_in(zonder="1").content.decode()
    assert Measure.objects.filter(title="Dubbel").count() == 1


def test_what_is_typed_in_the_preview_is_kept_over_the_steps(steps, adviser, municipality):
    row = ("Wonen", "Nieuw", "halverwege", "31-4-2026", "", "Piet Onbekend", "", "", "", "")
    steps.send(table(row), "plan.csv")
    steps.map()
    date = next(p.typed for _, p in steps.preview().problems if p.column == "Start")
    steps.look(**{date: "1 mei 2026"})
    answers = {"halverwege": "running", "Piet Onbekend": "afdeling", "Wonen": "nieuw"}
    assert {q.text: q.offered for q in steps.preview().questions} == {
        "halverwege": "",
        "Piet Onbekend": "",
        "Wonen": "nieuw",
    }
    steps.look(**{q.name: answers[q.text] for q in steps.preview().questions})
    assert steps.problems() == []
    assert all(q.answer for q in steps.preview().questions)
    steps.take_in()
    made = Measure.objects.get(title="Nieuw")
    assert (made.state, made.start, made.owner, made.owner_department) == (
        "running",
        dt.date(2026, 5, 1),
        None,
        "Piet Onbekend",
    )
    assert made.priority.title == "Wonen" and made.priority.plan == steps.plan
    assert made.priority.is_example


def test_a_row_that_is_left_out_stays_out(steps):
    steps.send(table(ROW, ("Jeugdoverlast", "Ook", *ROW[2:])), "plan.csv")
    steps.map()
    first = steps.preview().lines[0].source.leaving_out
    steps.look(**{first: "1"})
    assert [line.outcome for line in steps.preview().lines] == ["left_out", "new"]
    steps.take_in()
    assert (
        not Measure.objects.filter(title="Avondsport in de hal").exists()
        and Measure.objects.filter(title="Ook").exists()
    )


@pytest.mark.postgres
def test_what_was_seen_is_what_is_done(steps, municipality):
    steps.send(table(ROW), "plan.csv")
    steps.map()
    seen = steps.preview().mark
    Measure.objects.create(
        municipality=municipality,
        title="Avondsport in de hal",
        priority=Priority.objects.get(plan=steps.plan, slug="jeugdoverlast"),
    )
    answer = steps.client.post(steps.check_url, {"gezien": seen, "inlezen": "1"})
    assert "Er is iets veranderd sinds u keek" in answer.content.decode()
    assert Measure.objects.filter(title="Avondsport in de hal").count() == 1


@pytest.mark.postgres
def test_a_failure_halfway_leaves_nothing(steps, monkeypatch):
    steps.send(table(ROW, ("Jeugdoverlast", "Tweede", *ROW[2:])), "plan.csv")
    steps.map()
    original = Measure.objects.create

    def broken(**fields):
        if fields["title"] == "Tweede":
            raise RuntimeError("stroom weg")
        return original(**fields)

    with monkeypatch.context() as patched, pytest.raises(RuntimeError):
        patched.setattr(Measure.objects, "create", broken)
        steps.take_in()
    assert (
        not Measure.objects.filter(title="Avondsport in de hal").exists()
        and not Partner.objects.filter(name="Sportclub").exists()
    )
    assert [line.outcome for line in steps.preview().lines] == ["new", "new"]


@pytest.mark.postgres
def test_an_import_is_undone_except_for_what_was_changed_since(steps, municipality):
    steps.send(table(ROW, ("Nieuw thema", "Tweede", *ROW[2:])), "plan.csv")
    steps.map()
    steps.look(**{q.name: "nieuw" for q in steps.preview().questions})
    undo = next(m.extra_tags for m in steps.take_in().context["messages"])
    changed = Measure.objects.get(title="Tweede")
    changed.description = "door ons aangevuld"
    changed.save()
    page = steps.client.post(undo, follow=True).content.decode()
    assert "ongedaan gemaakt: 1 regel" in page and "daarom gebleven: Tweede" in page
    assert not Measure.objects.of(municipality).filter(title="Avondsport in de hal").exists()
    assert (
        Measure.objects.of(municipality).filter(title="Tweede").exists()
        and Partner.objects.of(municipality).filter(name="Sportclub").exists()
    )
    assert "niet meer ongedaan te maken" in steps.client.post(undo, follow=True).content.decode()


def test_actions_beside_their_measure_with_merged_cells_and_three_header_rows(steps, home):
    rows = [
        ("Uitvoeringsplan 2026", None, None, None),
        ("Wat", None, "Wanneer en wie", None),
        ("Maatregel", "Actie", "Deadline", "Trekker"),
        ("Veiligheid in de wijken", None, None, None),
        ("Schoon en heel", "Plan maken", dt.datetime(2026, 5, 1), "Jan de Vries"),
        (None, "Prullenbakken", "juni 2026", "OOV"),
        (None, None, None, None),
        ("Lichtplan", "Meten", "2026-07-01", "Jan de Vries"),
    ]
    content = xlsx(rows, merge=("A1:D1", "A2:B2", "C2:D2", "A4:D4", "A5:A6"))
    assert "elke rij is een actie, met de maatregel ernaast" in steps.send(content, "plan.xlsx")
    steps.map()
    found = steps.preview()
    assert any("samengevoegd" in note for note in found.notes)
    steps.look(**{q.name: "afdeling" for q in found.questions})
    assert steps.problems() == []
    steps.take_in()
    made = Measure.objects.get(title="Schoon en heel")
    assert made.priority.slug == "veiligheid-in-de-wijken"
    assert {(a.title, a.due, a.owner_label) for a in made.actions.all()} == {
        ("Plan maken", dt.date(2026, 5, 1), "Jan de Vries"),
        ("Prullenbakken", dt.date(2026, 6, 30), "OOV"),
    }
    assert Measure.objects.get(title="Lichtplan").actions.get().title == "Meten"


def test_a_measure_on_several_rows_gets_the_partners_of_all_and_an_action_keeps_its_budget(steps):
    header = ("Thema", "Maatregel", "Actie", "Samenwerking", "Budget")
    rows = [
        ("Jeugdoverlast", "Straatcoach", "Werven", "Politie", "100"),
        ("Jeugdoverlast", "Straatcoach", "Inwerken", "Halt", "200"),
    ]
    steps.send(table(*rows, header=header), "plan.csv")
    steps.map()
    measure, first, second = steps.preview().lines
    assert measure.values["partners"] == ["Halt", "Politie"] and measure.values["budget"] == 100
    assert "note" not in first.values and second.values["note"] == "Budget: 200"


@pytest.mark.parametrize("kind", ["docx", "odt"])
def test_a_table_in_a_document_is_read_with_its_merged_cells(steps, kind):
    html = """<h2>Jeugd</h2><p>Tekst.</p><table>
      <thead><tr><th>Maatregel</th><th>Actie</th><th>Wie</th></tr></thead><tbody>
      <tr><td rowspan="2">Straatcoach</td><td>Werven</td><td>Jan de
      Vries</td></tr><tr><td>Inwerken</td><td></td></tr></tbody></table>"""
    page = steps.send(document(html, kind), f"plan.{kind}")
    assert "Tabel 1: Jeugd" in page
    steps.map(priority=Priority.objects.get(plan=steps.plan, slug="jeugdoverlast").pk)
    steps.take_in()
    assert {a.title for a in Measure.objects.get(title="Straatcoach").actions.all()} == {
        "Werven",
        "Inwerken",
    }


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (
            lambda: document("<p>Alleen tekst</p>", "docx"),
            "plan.docx",
            "In dit document staat geen tabel",
        ),
        (lambda: b"geen zip", "plan.docx", "beschadigd, beveiligd of geen DOCX"),
        (lambda: b"", "plan.xlsx", "is leeg"),
        (lambda: b"%PDF-1.4", "plan.pdf", "Koers leest Excel"),
        (lambda: b"PK\x03\x04rommel", "plan.ods", "beschadigd of geen ODS"),
        (lambda: b"Maatregel;Status\r\n", "plan.csv", ""),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_and_not_kept(steps, home, content, name, said):
    page = steps.send(content(), name)
    if not said:
        assert "onder deze kop staat niets" in steps.map().content.decode()
        return
    assert said in page and waiting(home) == []


def test_a_formula_is_used_by_its_outcome_and_said_and_without_an_outcome_it_is_a_problem(steps):
    rows = [["Maatregel", "Status"], [("Optelsom", "of:=A1"), "loopt"]]
    steps.send(ods(rows), "plan.ods")
    steps.map(priority=steps.plan.priorities.first().pk)
    assert any(
        "van de formule is de uitkomst gebruikt" in note for note in steps.preview().lines[0].notes
    )
    steps.send(
        xlsx([("Maatregel", "Status"), ("=A1&A2", "loopt"), ("Gewoon", "loopt")]), "plan.xlsx"
    )
    steps.map(priority=steps.plan.priorities.first().pk)
    assert [(row, column) for row, column, _ in steps.problems()] == [(2, "Maatregel")]
    assert "formule zonder bewaarde uitkomst" in steps.problems()[0][2]


def test_merged_cells_of_an_ods_are_seen(steps):
    rows = [["Maatregel", "Actie"], [("Straatcoach", 2, 1), "Werven"], [None, "Inwerken"]]
    steps.send(ods(rows), "plan.ods")
    steps.map(priority=steps.plan.priorities.first().pk)
    assert [
        (line.title, getattr(line.above, "title", ""))
        for line in steps.preview().lines
        if not line.is_measure
    ] == [("Werven", "Straatcoach"), ("Inwerken", "Straatcoach")]


def test_rows_under_each_other_become_measures_and_actions_and_a_circle_is_named(steps):
    header = ("Nr", "Maatregel", "Valt onder", "Status", "Wanneer")
    rows = [
        (1, "Straatcoach", "Jeugdoverlast", "loopt", ""),
        (2, "Werven", 1, "gereed", "1-2-2026"),
        (3, "A", 4, "", ""),
        (4, "B", 3, "", ""),
        (5, "Te diep", 2, "", ""),
        (6, "Los", "Nergens", "", ""),
    ]
    assert "onder elkaar" in steps.send(table(*rows, header=header), "plan.csv")
    steps.map()
    found = {row: reason for row, _, reason in steps.problems()}
    assert (
        "valt onder zichzelf: rij 4 → 5 → 4" in found[4]
        and "valt onder zichzelf: rij 5 → 4 → 5" in found[5]
    )
    assert "onder een actie past niets" in found[6] and "geen prioriteit of maatregel" in found[7]
    steps.take_in(zonder="1")
    action = Measure.objects.get(title="Straatcoach").actions.get()
    assert (action.title, action.state, action.due) == ("Werven", "done", dt.date(2026, 2, 1))


def test_rows_from_excel_are_pasted_into_the_list_of_actions(steps, adviser, jan):
    page = adviser.get("/plan/acties/").content.decode()
    assert "Plak uit Excel" in page and 'name="pasted"' in page
    steps.paste(
        'Bel de school\tJan de Vries\t1-12-2026\topen\n"Maak een\nplan"\tJan de'
        " Vries\t15-12-2026\topen"
    )
    preview = steps.map().content.decode()
    assert "bij geen maatregel" not in preview and "Bel de school" in preview
    steps.take_in()
    assert {
        (a.title, a.due, a.owner)
        for a in Action.objects.filter(title__in=["Bel de school", "Maak een plan"])
    } == {
        ("Bel de school", dt.date(2026, 12, 1), jan),
        ("Maak een plan", dt.date(2026, 12, 15), jan),
    }


def test_pasted_rows_with_names_of_columns_are_read_by_those(steps):
    steps.paste("Wie\tActie\nJan de Vries\tBel de school")
    steps.map()
    assert [(line.title, str(line.values["owner"])) for line in steps.preview().lines] == [
        ("Bel de school", "Jan de Vries")
    ]
    assert "Er is niets geplakt" in steps.paste("  \n") or "Kies een bestand" in steps.paste("  \n")


def test_the_same_column_twice_or_none_for_the_title_is_said(steps):
    steps.send(table(ROW), "plan.csv")
    assert (
        "Dezelfde kolom is gekozen"
        in steps.map(measure__title="0", measure__priority="0").content.decode()
    )
    assert (
        "Wijs nog aan in welke kolom dit staat: Maatregel"
        in steps.map(measure__title="").content.decode()
    )


def test_another_sheet_is_guessed_anew(steps):
    import io

    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["zomaar"])
    second = book.create_sheet("Acties")
    second.append(["Actie", "Wie"])
    second.append(["Bellen", ""])
    out = io.BytesIO()
    book.save(out)
    steps.send(out.getvalue(), "plan.xlsx")
    page = steps.client.get(steps.columns_url + "?table=1&was=0&what=measures&first=1&last=1")
    assert (
        page.context["part"].what == "actions" and page.context["part"].columns["action.title"] == 0
    )


def test_personal_data_is_pointed_out_before_it_comes_in(steps):
    steps.send(table(("Jeugdoverlast", "Bel mevrouw Jansen op 06-12345678", *[""] * 8)), "plan.csv")
    steps.map()
    assert "persoonsgegevens" in steps.take_in().content.decode()
    assert not Measure.objects.filter(title__startswith="Bel mevrouw").exists()
    steps.take_in(persoonsgegevens="1")
    assert Measure.objects.filter(title__startswith="Bel mevrouw").exists()


def test_a_draft_is_of_one_person_goes_after_a_day_and_can_be_thrown_away(
    steps, home, client, person, municipality, other
):
    steps.send(table(ROW), "plan.csv")
    assert all(f.stat().st_mode & 0o077 == 0 for f in (*waiting(home), *waiting(home)[0].iterdir()))
    other_one = User.objects.create_user("tweede@example.org", "geheim-genoeg-123")
    Membership.objects.create(user=other_one, municipality=municipality, role=Role.ADVISER)
    assert drafts.find(steps.token, municipality, other_one) is None
    old = time.time() - 25 * 3600
    os.utime(waiting(home)[0] / "table.csv", (old, old))
    assert "er niet meer" in steps.client.get(steps.columns_url, follow=True).content.decode()
    steps.send(table(ROW), "plan.csv")
    assert len(waiting(home)) == 1
    steps.client.post(f"/plan/inlezen/{steps.token}/weggooien/")
    assert waiting(home) == []


def test_who_does_not_change_the_plan_brings_nothing_in(client, person, plan, home):
    client.force_login(person(Role.COMMITTEE))
    assert client.get("/plan/inlezen/").status_code == 403
    assert client.get("/plan/meenemen/plan.xlsx").status_code == 200
    assert client.get("/plan/meenemen/plan.exe").status_code == 404


def test_of_two_people_with_one_name_the_address_tells_which(steps, person, municipality):
    twin = User.objects.create_user("jan2@example.org", "geheim-genoeg-123", name="Jan de Vries")
    Membership.objects.create(user=twin, municipality=municipality, role=Role.POLICE)
    rows = [
        ("Jeugdoverlast", "Een", "", "", "", "Jan de Vries", "", "", "", ""),
        ("Jeugdoverlast", "Twee", "", "", "", "jan2@example.org", "", "", "", ""),
    ]
    steps.send(table(*rows), "plan.csv")
    steps.map()
    assert [reason for _, _, reason in steps.problems()][0].startswith(
        "'Jan de Vries': zo heten meer mensen"
    )
    assert steps.preview().lines[1].values["owner"] == twin


@pytest.mark.parametrize(
    ("measures", "actions", "changed", "said"),
    [
        (0, 0, 0, "er was niets te veranderen"),
        (1, 0, 0, "1 maatregel toegevoegd"),
        (0, 5, 0, "5 acties toegevoegd"),
        (2, 1, 1, "2 maatregelen en 1 actie toegevoegd, 1 regel gewijzigd"),
        (0, 0, 3, "3 regels gewijzigd"),
    ],
)
def test_what_an_import_did_is_said_without_what_it_did_not(measures, actions, changed, said):
    done = applying.Done(measures, actions, changed_lines=[None] * changed)
    assert (done.said, done.changes) == (said, measures + actions + changed)
