"""Beside every table of the site stands a CSV, with the rows that are shown."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.http import QueryDict
from django.test.signals import template_rendered
from django.urls import reverse

import koers
from koers import dutch
from koers.apps.consultation.models import Suggestion
from koers.apps.consultation.surveys import bring_in
from koers.apps.decisions.models import Decision, DecisionState
from koers.apps.decisions.services.document import latest_decision
from koers.apps.downloads import as_file
from koers.apps.evaluation.models import Evaluation
from koers.apps.evaluation.services import fixing, queue, running
from koers.apps.exchange.places import DocumentText
from koers.apps.intake.archive import store
from koers.apps.intake.background import RunState
from koers.apps.intake.models import LoadRun, OwnIndicator, OwnTable
from koers.apps.intake.services import held
from koers.apps.meetings.models import Meeting
from koers.apps.people.middleware import FORM_FIELD
from koers.apps.people.models import User
from koers.apps.picture.models import Signal
from koers.apps.picture.services.screening import screen_municipality
from koers.apps.plan.models import Action, Adjustment, Framework, Goal, Measure, Partner
from koers.apps.plan.services.adjustments import propose_change
from koers.apps.plan.services.versions import adopt
from koers.apps.publication.services.publishing import publish
from koers.apps.texts.services.plans import keep_document
from koers.charts import render
from koers.figures.doubts.doubt import Doubt, Oddity
from koers.figures.held import HeldState
from koers.figures.store import FigureStore
from koers.figures.text import harmless
from koers.records.text import Section, Table
from koers.tables.column import NOT_IN_PRINT
from tests.apps.publishing import make_public, public_addresses
from tests.apps.tables import NOTHING, Page, read_csv
from tests.apps.test_own_files import hours, mapping, send
from tests.apps.test_own_indicators import defined
from tests.apps.worded import goal_in_words, judged
from tests.figures.rows import columns, draft, kept

# Templates whose table has no CSV, and why.
WITHOUT = {
    "plan/form.html": (
        "a map of the neighbourhoods to choose from; what was chosen has a CSV on the page of the"
        " measure"
    ),
    "exchange/preview.html": (
        "what becomes of a table that the reader has himself, before it is taken in"
    ),
    "plan/together.html": "proposals to tick; the list of adjustments has a CSV",
    "exchange/list.html": "fields to type in; the lines have a CSV on their own pages",
    "intake/indicator_values.html": "fields to type in; the values have a CSV on their own page",
}
# Pages with a table that is no file, and why.
NO_FILE = {
    "people/people.html": (
        "names and addresses of colleagues with a button each: no figures, and no list to spread"
    ),
    "plan/history.html": "who changed which line: names of colleagues, read on the spot",
    "plan/undo.html": "one line now and then, read before a button is pressed; versions have a CSV",
    "intake/columns.html": (
        "a look at a file that the reader has himself, before it is counted; the counts have a CSV"
        " after"
    ),
}


def a_text(plan):
    """A text of the plan with a table in it."""
    rows = (("=Jeugdtafel", "Q1"), ("Straatcoaches", ""))
    table = Table(id="t1", caption="Tabel 1: Jeugd", header=("Maatregel", "Wanneer"), rows=rows)
    section = Section(key="s1", heading="Jeugd", blocks=(table,))
    keep_document(DocumentText(plan, (section,), None, "Ingelezen"))


@pytest.fixture
def site(plan, tmp_path, monkeypatch, adviser, municipality):
    """Every page with something on it: signals, a meeting, actions, a decision, a survey, own
    figures, a revised table."""
    # What a chart looks like is not what is looked at here, and drawing is slow.
    monkeypatch.setattr(render, "_render", lambda spec: '<svg width="1" viewBox="0 0 1 1"></svg>')
    home = tmp_path / "home"
    shutil.copytree(settings.HOME, home)
    monkeypatch.setattr(settings, "HOME", home)
    kept(home, [("VB01", "a", "2024-01", 5.0)], "2024-03-01", title="Herzien", scheme="proef")
    kept(home, [("VB01", "a", "2024-01", 8.0)], "2024-04-01", title="Herzien", scheme="proef")
    doubt = Doubt(Oddity.TOTAL, "VB", before=8.0, after=1.0)
    odd = [("VB01", "a", "2024-01", 1.0)]
    looked = {"look": lambda *_: (doubt,)}
    FigureStore(home).write(draft(odd, title="Herzien", scheme="proef"), columns(odd), **looked)
    held.decide(FigureStore(home).held.all()[0].id, HeldState.WAITING, "", municipality)
    adviser.post(send(adviser, hours()), mapping(tellen="1"))
    early = [
        ("Gebied", "Soort misdrijf", "Maand", "Aantal", "Naam"),
        ("Centrum", "1.1.1", "2026-09", 12, "-"),
    ]
    adviser.post(
        send(adviser, early, kind="early"),
        {
            "sheet": "CSV",
            "header_row": "1",
            "title": "Vooruit",
            "area": "Gebied",
            "topic": "Soort misdrijf",
            "period": "Maand",
            "value": "Aantal",
            "tellen": "1",
        },
    )
    assert OwnTable.objects.count() == 2
    screen_municipality(municipality)
    a_text(plan)
    adviser.post("/cijfers/eigen/indicator/nieuw/", defined())
    assert OwnIndicator.objects.of(municipality).exists()
    framework = Framework.objects.create(
        municipality=municipality, title="=Kader", level="national", start_year=2023, end_year=2026
    )
    plan.frameworks.add(framework)
    due = dt.date(2026, 1, 31)
    Action.objects.create(
        municipality=municipality,
        title='-Bel; de "wijkagent"',
        due=due,
        adoption="adopted",
        signal=Signal.objects.of(municipality).first(),
    )
    decision = latest_decision(plan)
    Decision.objects.filter(pk=decision.pk).update(state=DecisionState.INTENDED)
    Suggestion.objects.create(
        municipality=municipality, decision=decision, text="@Meer licht", party="Fractie A"
    )
    bring_in(
        plan,
        "Enquête",
        "juni 2026",
        b"thema;groep;aantal;deelnemers\n+A;inwoners;1;3\nB;inwoners;0;\n",
    )
    LoadRun.objects.create(
        municipality=municipality,
        state=RunState.DONE,
        loaded=["47022NED: nieuw"],
        notes=["=let op"],
    )
    Meeting.objects.create(municipality=municipality, date=dt.date(2026, 12, 1))
    me = User.objects.get(email__startswith="adviser")
    Action.objects.create(municipality=municipality, title="Van mij", owner=me)
    area = Measure.objects.of(municipality).first()
    area.areas = ["VB010101"]
    area.save()
    measure = Measure.objects.of(municipality).filter(adoption="adopted").first()
    fixing.fix(
        measure,
        fixing.Choices(
            indicator="misdrijven-totaal",
            areas=("VB010104",),
            start=dt.date(2025, 9, 1),
            method="wdd",
            expected_change=-0.3,
            horizon=6,
        ),
    )
    running.carry_out(queue.start(measure)[0].pk)
    kept_plan(plan, measure)
    return adviser


def kept_plan(plan, measure):
    """Two versions with a difference, an adjustment that waits, something in the archive, a measure
    on the map."""
    Measure.objects.filter(pk=measure.pk).update(areas=["VB010104"], topics=["woninginbraak"])
    plan.summary = "Anders"
    plan.save()
    judged(goal_in_words(plan), "Gezien")
    adopt(plan, dt.date(2026, 10, 1), "het college")
    goal = Goal.objects.of(plan.municipality).exclude(target=None).first()
    Goal.objects.filter(pk=goal.pk).update(target=goal.target - 1)
    version = adopt(plan, dt.date(2026, 11, 1), "het college")
    publish(version, None)
    publish(version, None, with_progress=True)
    propose_change(plan, {"summary": "Nog anders"}, "Scherper", None)
    Measure.objects.of(plan.municipality).exclude(pk=measure.pk).first().archive()


def pages(municipality, plan):
    first = plan.priorities.first()
    signal = Signal.objects.of(municipality).exclude(explained_by=None).first()
    return [
        "/beeld/VB01/",
        "/beeld/VB010101/",
        "/beeld/VB01/woninginbraak/",
        "/beeld/VB01/uren-in-de-wijk/",
        "/beeld/signalen/",
        "/beeld/signalen/?staat=closed",
        reverse("picture:signal", args=[signal.pk]),
        "/beeld/indicatoren/",
        "/beeld/indicatoren/?cijfers=eigen",
        "/beeld/indicatoren/woninginbraak/",
        "/beeld/vergelijken/",
        "/beeld/peilmomenten/",
        "/beeld/peilmomenten/bron/t/",
        "/plan/",
        "/plan/acties/",
        "/plan/acties/?staat=alle",
        "/plan/maatregelen/",
        "/plan/tijdlijn/",
        "/plan/mijn-werk/",
        "/plan/buurt/",
        "/plan/buurt/VB010101/",
        "/plan/partner/",
        reverse("plan:partner", args=[Partner.objects.of(municipality).first().pk]),
        reverse("plan:priority", args=[first.pk]),
        reverse("plan:history", args=["plan", plan.pk]),
        "/plan/kaders/",
        "/plan/archief/",
        "/plan/bibliotheek/",
        "/plan/bibliotheek/buurtbemiddeling/",
        reverse("exchange:list", args=["maatregel", first.pk]),
        *(
            reverse(f"intake:{page}", args=[made.slug])
            for made in OwnIndicator.objects.of(municipality)
            for page in ("indicator", "indicator-values")
        ),
        "/plan/aanpassingen/",
        "/plan/aanpassingen/samen/",
        "/plan/gedeeld/",
        *(reverse("plan:goal", args=[g.pk]) for g in Goal.objects.of(municipality)),
        *(
            reverse("plan:measure", args=[m.pk])
            for m in Measure.objects.of(municipality).exclude(areas=[])
        ),
        *(
            reverse("plan:edit", args=["maatregel", m.pk])
            for m in Measure.objects.of(municipality)[:1]
        ),
        reverse("plan:adjustment", args=[Adjustment.objects.get().pk]),
        reverse("plan:versions", args=[plan.pk]),
        reverse("plan:version", args=[plan.pk, 1]),
        reverse("plan:difference", args=[plan.pk]) + "?van=1&naar=2",
        reverse("plan:undo", args=["plan", plan.pk, plan.history.last().pk]),
        reverse("texts:plan", args=[plan.pk]),
        reverse("meetings:meeting", args=[Meeting.objects.get().pk]),
        reverse("decisions:decision", args=[Decision.objects.get().pk]),
        reverse("decisions:versions", args=[Decision.objects.get().pk]),
        reverse("decisions:refill", args=[Decision.objects.get().pk]),
        "/raadpleging/",
        f"/raadpleging/enquete/{plan.surveys.get().pk}/",
        "/cijfers/",
        *(reverse("intake:own-table", args=[t.pk]) for t in OwnTable.objects.all()),
        reverse("intake:run", args=[LoadRun.objects.get().pk]),
        "/cijfers/apart/",
        *(reverse("intake:held-figures", args=[h.id]) for h in store().held.all()),
        "/publiceren/",
        *(a for a in public_addresses() if a.count("/") > 2 and not a.endswith(".csv")),
        "/beheer/",
        "/beheer/geschiedenis/",
        "/overleg/evenementen/",
        "/overleg/signalen/",
        reverse("evaluation:measure", args=[Evaluation.objects.get().measure_id]),
        reverse("evaluation:evaluation", args=[Evaluation.objects.get().pk]),
    ]


def test_beside_every_table_stands_a_csv_with_the_same_rows(site, municipality, plan):
    seen, tables = set(), 0
    template_rendered.connect(
        lambda template, **_: seen.add(template.name), weak=False, dispatch_uid="seen"
    )
    try:
        for address in pages(municipality, plan):
            response = site.get(address)
            assert response.status_code == 200, address
            if {t.name for t in response.templates} & set(WITHOUT):
                continue
            text = response.content.decode()
            for form in re.findall(r'<form method="post".*?</form>', text, re.DOTALL):
                named = f'name="{FORM_FIELD}" value="{municipality.code}"'
                assert named in form and "csrfmiddlewaretoken" in form, address
            found = Page(text).tables
            of_page = response.context.get("tables", {})
            described = {t.caption: t for t in of_page.values()}
            assert len(described) == len(of_page), address
            for number, table in enumerate(found):
                place = f"{address}: {table.caption}"
                described_so = described[table.caption]
                assert bool(table.csv) == described_so.takes_along, f"{place} has no CSV beside it"
                if not table.csv:
                    assert {t.name for t in response.templates} & set(NO_FILE), place
                    continue
                compare(place, table, described_so, file_at(site, response, table.csv, number == 0))
            tables += len(found)
    finally:
        template_rendered.disconnect(dispatch_uid="seen")
    assert tables > 40
    assert with_a_table() - seen == {"intake/columns.html", "exchange/preview.html"}


def file_at(site, page, link, asked):
    """What a link gives; of a table of the page itself the first is asked for, of the others it is
    what the page holds."""
    name = QueryDict(urlsplit(link).query).get("csv")
    if name is None or asked:
        return site.get(link)
    return as_file(page.context["tables"][name])


def with_a_table():
    """The templates of the apps that have a table."""
    found = Path(koers.__file__).parent.glob("apps/*/templates/**/*.html")
    return {
        file.as_posix().rpartition("/templates/")[2]
        for file in found
        if re.search(r"<table|\{% table |\{% figure ", file.read_text(encoding="utf-8"))
    }


def compare(place, table, described, response):
    """What the page shows is what the file holds: the columns of one description, row by row, cell
    by cell."""
    shows = {column.label: column.shows for column in described.page_columns}
    in_file = {column.key: column.label for column in described.file_columns}
    assert table.columns == [c.label for c in described.page_columns if c.css != NOT_IN_PRINT]
    assert response.status_code == 200, place
    assert response["Content-Type"] == "text/csv; charset=utf-8", place
    rows = read_csv(response.content)
    assert len(rows) == len(table.rows), place
    for cells, row in zip(table.rows, rows, strict=True):
        for column, shown in zip(table.columns, cells, strict=True):
            # A title that a spreadsheet would take for a formula is written as text, in the head of
            # a column too.
            names = [in_file[key] for key in shows[column]] or [column]
            held = [row[name if name in row else f"'{name}"] for name in names]
            is_drawing = bool(shows[column]) and not shown
            assert is_drawing or any(agrees(shown, text) for text in held), (
                f"{place}: {column}: {shown!r} and {held!r}"
            )
    assert not rows or list(rows[0]) == [harmless(label) for label in in_file.values()], place


def agrees(shown, held):
    """Whether a cell of a page says what a cell of a file says: numbers and days are written
    otherwise there."""
    if held == "":
        return shown in NOTHING
    return any(
        re.match(rf"{re.escape(text)}(?![\w.,]*\d)", shown, re.IGNORECASE)
        for text in ways(held)
        if text
    )


def ways(held):
    text = held[1:] if held.startswith("'") else held
    yield " ".join(text.split())
    if re.fullmatch(r"-?\d+(,\d+)?(e-?\d+)?", text):
        value = float(text.replace(",", "."))
        yield from (dutch.number(value, decimals) for decimals in range(4))
        yield str(int(value)) if value.is_integer() else ""
    if found := re.match(r"(\d{4})-(\d{2})-(\d{2})( \d{2}:\d{2})?", text):
        yield dutch.day(dt.date(*map(int, found.groups()[:3]))) + (found.group(4) or "")
    if re.fullmatch(r"\d{4}-\d{2}", text):
        yield dutch.period(text)


@pytest.mark.parametrize(
    ("shown", "held"), [("1.234", "1234"), ("–", ""), ("0", "0"), ("1,5", "1,46"), ("nee", "nee")]
)
def test_a_page_and_a_file_agree_when_they_say_the_same(shown, held):
    assert agrees(shown, held)


@pytest.mark.parametrize(
    ("shown", "held"), [("0", ""), ("–", "0"), ("1.234", "1,234"), ("ja", "nee"), ("12", "13")]
)
def test_a_page_and_a_file_that_differ_are_told_apart(shown, held):
    assert not agrees(shown, held)


def test_an_unknown_table_is_not_there_and_a_table_has_the_rule_of_its_page(
    site, client, municipality, plan
):
    assert site.get("/plan/?csv=bestaat-niet").status_code == 404
    client.logout()
    assert client.get("/plan/?csv=kaders").status_code == 302
    address = reverse("publication:priority", args=["voorbeeldrecht", plan.priorities.first().slug])
    assert client.get(f"{address}?csv=maatregelen").status_code == 200


def test_what_was_chosen_on_the_page_holds_for_its_file(site, municipality):
    Action.objects.create(
        municipality=municipality, title="Klaar", state="done", adoption="adopted"
    )
    assert {row["Staat"] for row in read_csv(site.get("/plan/acties/?csv=acties").content)} == {
        "open"
    }
    assert {
        row["Staat"] for row in read_csv(site.get("/plan/acties/?staat=done&csv=acties").content)
    } == {"gedaan"}
    assert {row["Staat"] for row in read_csv(site.get("/plan/acties.csv").content)} == {
        "open",
        "gedaan",
    }


def test_a_file_with_figures_says_where_they_come_from_and_how_old_they_are(site, municipality):
    for address in (
        "/beeld/VB01/woninginbraak/trend.csv",
        "/beeld/VB01/woninginbraak/vergelijking.csv",
        "/beeld/VB01/woninginbraak/kaart.csv",
        "/beeld/signalen.csv",
        "/beeld/VB01/woninginbraak/?csv=cijfers",
    ):
        for row in read_csv(site.get(address).content):
            assert re.search(
                r"Bron: .+ Cijfers t/m \w+ \d{4}, \w+ op \d+ \w+ \d{4}, peilmoment \w+\.",
                row["Herkomst"],
            ), address


def test_internal_figures_are_named_so_in_their_file_and_are_in_no_public_one(
    site, client, plan, municipality
):
    table = OwnTable.objects.get(kind="early")
    for address in (
        f"/cijfers/eigen/{table.pk}.csv",
        f"/cijfers/eigen/{table.pk}/?csv=totalen-intern",
        "/beeld/indicatoren/woninginbraak/?csv=vooruit-geleverd-intern",
    ):
        response = site.get(address)
        assert "intern" in response["Content-Disposition"]
        rows = read_csv(response.content)
        assert rows and all("ntern" in row["Herkomst"] for row in rows)
    first = plan.priorities.first()
    first.indicators = ["demonstraties"]
    first.save()
    make_public(plan)
    address = reverse("publication:priority", args=["voorbeeldrecht", first.slug])
    assert site.get(f"{address}?csv=grafiek-demonstraties").status_code == 404
    own = read_csv(site.get("/beeld/VB010101/demonstraties/trend.csv").content)
    assert all(row["Herkomst"].endswith("Intern: niet voor publicatie.") for row in own)
    published = read_csv(site.get("/beeld/VB010101/woninginbraak/trend.csv").content)
    assert not any("Intern" in row["Herkomst"] for row in published)
