"""What is chosen, ordered and counted on the pages of the plan, and what each person keeps."""

import datetime as dt
import html
import json

import pytest
from django.http import QueryDict

from koers.apps.people.models import Role
from koers.apps.plan.models import Action, Measure, SavedView
from koers.apps.plan.overviews import board, filters
from tests.apps.rules.conftest import TODAY, TOMORROW, YESTERDAY, new_signal
from tests.apps.tables import read_csv


def titles(client, page, **query):
    """The titles in the file of a page, with these choices."""
    answer = client.get(f"/plan/{page}/", {**query, "csv": page})
    column = {"maatregelen": "Maatregel", "acties": "Actie"}[page]
    return [row[column] for row in read_csv(answer.content)]


def new_measure(each, title, **more):
    return Measure.objects.create(
        municipality=each.municipality, priority=each.priority, title=title, **more
    )


def new_action(each, title, **more):
    return Action.objects.create(
        municipality=each.municipality, measure=each.measure, title=title, **more
    )


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"staat": "at_risk"}, {"state": "at_risk", "state_reason": "x"}),
        ({"soort": "care"}, {"kind": "care"}),
        ({"afdeling": "Handhaving"}, {"owner_department": "Handhaving"}),
        ({"vaststelling": "example"}, {"adoption": "example"}),
        ({"gebied": "VB010101"}, {"areas": ["VB010101"]}),
        ({"onderwerp": "fietsdiefstal"}, {"topics": ["fietsdiefstal"]}),
        ({"zoek": "zoekwoord"}, {"description": "met een Zoekwoord erin"}),
        ({"zoek": "handhaving avond"}, {"owner_department": "Handhaving"}),
        ({"over_tijd": "on"}, {"end": YESTERDAY}),
    ],
)
def test_a_choice_shows_the_measures_that_have_it_and_no_others(adviser, ours, query, field):
    new_measure(ours, "Heeft het al", **field)
    assert ours.measure.title not in titles(adviser, "maatregelen", **query)
    Measure.objects.filter(pk=ours.measure.pk).update(**field)
    other = new_measure(ours, "Iets anders")
    found = titles(adviser, "maatregelen", **query)
    assert ours.measure.title in found
    assert other.title not in found


def test_a_choice_of_priority_or_partner_follows_the_line_above(adviser, ours):
    other = ours.plan.priorities.exclude(pk=ours.priority.pk).first()
    ours.measure.partners.add(ours.partner)
    for page, title in (("maatregelen", ours.measure.title), ("acties", ours.action.title)):
        assert titles(adviser, page, prioriteit=ours.priority.pk) == [title]
        assert title not in titles(adviser, page, prioriteit=other.pk)
        assert titles(adviser, page, partner=ours.partner.pk) == [title]


def test_an_owner_is_found_by_who_owns_or_stands_in_and_nobody_by_nobody(adviser, ours, worker):
    police = worker("agent", Role.POLICE)
    deputy = new_measure(ours, "Vervangen", deputy=police)
    owned = new_measure(ours, "Eigen", owner=police)
    found = titles(adviser, "maatregelen", eigenaar=police.pk)
    assert sorted(found) == sorted([deputy.title, owned.title])
    alone = titles(adviser, "maatregelen", eigenaar="geen")
    assert ours.measure.title in alone and deputy.title in alone and owned.title not in alone


def test_the_actions_that_are_open_are_shown_unless_another_state_is_chosen(adviser, ours):
    new_action(ours, "Klaar", state="done")
    new_action(ours, "Vervallen", state="dropped")
    usual = titles(adviser, "acties")
    assert ours.action.title in usual and not {"Klaar", "Vervallen"} & set(usual)
    assert titles(adviser, "acties", staat="done") == ["Klaar"]
    everything = titles(adviser, "acties", staat="alle")
    assert {ours.action.title, "Klaar", "Vervallen"} <= set(everything)


def test_what_is_not_a_choice_here_counts_as_not_chosen(adviser, ours):
    assert titles(adviser, "maatregelen", soort="bestaat-niet") == titles(adviser, "maatregelen")


def test_tables_stand_in_the_order_that_is_asked_for_and_what_is_unknown_last(adviser, ours):
    for title, due in (("B later", TOMORROW), ("A eerder", TODAY)):
        new_action(ours, title, due=due)
    mine = {"A eerder", "B later", ours.action.title}

    def order(**query):
        return [t for t in titles(adviser, "acties", **query) if t in mine]

    assert order() == ["A eerder", "B later", ours.action.title]
    assert order(op="-uiterlijk") == ["B later", "A eerder", ours.action.title]
    assert order(op="-actie") == [ours.action.title, "B later", "A eerder"]
    assert order(op="bestaat-niet") == order()


def test_the_form_that_keeps_a_view_sends_what_is_chosen_and_not_the_page_of_the_list(
    adviser, ours
):
    page = adviser.get("/plan/maatregelen/?staat=planned&blad=1").content.decode()
    assert '<input type="hidden" name="query" value="staat=planned">' in page
    assert '<input type="hidden" name="page" value="plan:measures">' in page


def test_the_board_by_date_has_each_open_action_in_one_column(ours):
    today = dt.date(2026, 11, 24)
    for title, due in (
        ("gisteren", dt.date(2026, 11, 23)),
        ("vandaag", today),
        ("laatste van de maand", dt.date(2026, 11, 30)),
        ("volgende maand", dt.date(2026, 12, 1)),
        ("zonder dag", None),
    ):
        new_action(ours, title, due=due)
    new_action(ours, "klaar", due=today, state="done")
    lines = Action.objects.of(ours.municipality).exclude(pk=ours.action.pk)
    lines = lines.filter(measure=ours.measure)
    found = {
        name: set(column.values_list("title", flat=True))
        for name, column in board._split(lines, True, today)
    }
    assert found == {
        "Over tijd": {"gisteren"},
        "Deze maand": {"vandaag", "laatste van de maand"},
        "Later": {"volgende maand", "zonder dag"},
    }


def test_states_stand_from_open_to_ended_and_not_by_the_alphabet(adviser, ours):
    for state in ("stopped", "planned", "done", "running", "at_risk"):
        new_measure(ours, f"Proef {state}", state=state, state_reason="x")
    found = titles(adviser, "maatregelen", op="staat", zoek="Proef")
    assert [t.removeprefix("Proef ") for t in found] == [
        "planned",
        "running",
        "at_risk",
        "stopped",
        "done",
    ]


@pytest.mark.parametrize("page", ["maatregelen", "acties"])
def test_lines_of_the_neighbours_and_what_is_archived_are_in_no_table(adviser, ours, theirs, page):
    mine = ours.measure if page == "maatregelen" else ours.action
    strange = theirs.measure if page == "maatregelen" else theirs.action
    type(strange).objects.filter(pk=strange.pk).update(title="Van de buren")
    assert mine.title in titles(adviser, page, staat="alle")
    assert "Van de buren" not in titles(adviser, page, staat="alle")
    mine.archive()
    assert mine.title not in titles(adviser, page, staat="alle")


def test_a_measure_of_an_archived_priority_is_in_no_table(adviser, ours):
    ours.priority.archive()
    assert ours.measure.title not in titles(adviser, "maatregelen")


# One's own work


def test_ones_own_work_is_what_one_owns_or_stands_in_for_and_is_not_done(client, ours, worker):
    police = worker("agent", Role.POLICE)
    client.force_login(police)
    new_action(ours, "Laat", owner=police, due=TOMORROW)
    new_action(ours, "Gauw", deputy=police, due=TODAY)
    new_action(ours, "Klaar", owner=police, state="done")
    new_measure(ours, "Maatregel", owner=police, end=YESTERDAY)
    new_measure(ours, "Gestopt", owner=police, state="stopped", state_reason="x")
    new_action(ours, "Van een ander")
    rows = read_csv(client.get("/plan/mijn-werk/?csv=mijn-werk").content)
    found = [next(iter(row.values())) for row in rows]
    said = [next(v for v in row.values() if v in KNOWN) for row in rows]
    assert len(found) == 3
    assert said == ["Maatregel", "Gauw", "Laat"]


KNOWN = ("Laat", "Gauw", "Klaar", "Maatregel", "Gestopt", "Van een ander")


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("mijn-werk/?json=mijn-werk", "wat regel onder rol uiterlijk staat"),
        ("?json=doelen", "prioriteit doel gevraagd streefwaarde op koers toelichting vaststelling"),
    ],
)
def test_a_program_that_reads_a_table_finds_values_by_the_names_of_before(
    adviser, ours, address, names
):
    Measure.objects.filter(pk=ours.measure.pk).update(owner=adviser.session["_auth_user_id"])
    row = json.loads(adviser.get(f"/plan/{address}").content)["rows"][0]
    assert set(names.split()) <= set(row)


# By neighbourhood and partner


def summary_of(client, name="Centrum"):
    """What the file of the neighbourhoods says of one: numbers by column."""
    rows = read_csv(client.get("/plan/buurt/?csv=buurten").content)
    found = next(row for row in rows if row["Buurt"] == name)
    return {column: int(value) for column, value in found.items() if column in NUMBERS}


NUMBERS = ("Maatregelen", "Acties open", "Nieuwe signalen")


def test_a_neighbourhood_counts_what_is_under_way_open_and_new(adviser, ours, theirs):
    code = "VB010101"
    before = summary_of(adviser)
    for each in (ours, theirs):
        Measure.objects.filter(pk=each.measure.pk).update(areas=[code, code])
    new_measure(ours, "Klaar", areas=[code], state="done")
    new_action(ours, "Al gedaan", state="done")
    loose = Action.objects.create(
        municipality=ours.municipality, signal=ours.signal, title="Bij het signaal"
    )
    new_signal(ours.municipality, area_code=code, topic="2.2.1", main=False)
    new_signal(ours.municipality, area_code=code, topic="3.3.1", state="set_aside")
    now = summary_of(adviser)
    assert now == {
        "Maatregelen": before["Maatregelen"] + 1,
        "Acties open": before["Acties open"] + 2,
        "Nieuwe signalen": before["Nieuwe signalen"],
    }
    page = adviser.get(f"/plan/buurt/{code}/")
    assert ours.signal in page.context["signals"]
    assert loose.title in page.content.decode() and "Al gedaan" not in page.content.decode()


def test_who_may_not_see_signals_sees_none_by_neighbourhood(client, ours, worker):
    client.force_login(worker("raadslid", Role.COMMITTEE))
    assert "Nieuwe signalen" not in summary_of(client)
    assert client.get("/plan/buurt/VB010101/").context["signals"] == []


def test_a_neighbourhood_of_the_neighbours_has_no_page_unless_a_measure_here_is_for_it(
    adviser, ours
):
    assert adviser.get("/plan/buurt/VB020101/").status_code == 404
    Measure.objects.filter(pk=ours.measure.pk).update(areas=["VB020101"])
    assert adviser.get("/plan/buurt/VB020101/").status_code == 200


def test_a_partner_counts_measures_under_way_and_their_open_actions(adviser, ours, theirs):
    ours.measure.partners.add(ours.partner)
    new_action(ours, "Klaar", state="done")
    new_action(ours, "Weg").archive()
    ended = new_measure(ours, "Klaar", state="done")
    ended.partners.add(ours.partner)
    Action.objects.create(municipality=ours.municipality, measure=ended, title="Blijft liggen")
    found = read_csv(adviser.get("/plan/partner/?csv=partners").content)
    mine = next(row for row in found if row["Partner"] == ours.partner.name)
    assert (mine["Maatregelen"], mine["Acties open"]) == ("1", "1")
    assert theirs.partner.name not in [row["Partner"] for row in found]


# What each person keeps


def keep(client, name, query="staat=done", page="plan:measures"):
    return client.post("/plan/weergave/", {"page": page, "name": name, "query": query})


def test_a_view_is_ones_own_in_one_municipality(client, ours, theirs, worker):
    first, second = worker("een", Role.ADVISER), worker("twee", Role.ADVISER)
    client.force_login(first)
    keep(client, "Klaar", "staat=done&blad=3&zoek=")
    view = SavedView.objects.get()
    assert (view.user, view.municipality, view.query) == (first, ours.municipality, "staat=done")
    keep(client, "Klaar", "staat=planned")
    assert SavedView.objects.get().query == "staat=planned"
    client.force_login(second)
    assert client.get("/plan/maatregelen/").context["views"] == []
    for what in ("weghalen", "hernoemen"):
        assert client.post(f"/plan/weergave/{view.pk}/{what}/", {"name": "x"}).status_code == 404
    assert SavedView.objects.get().name == "Klaar"


def test_a_view_is_renamed_to_a_name_that_is_free(adviser, ours):
    keep(adviser, "Een")
    keep(adviser, "Twee")
    first = SavedView.objects.get(name="Een")

    def rename(name):
        adviser.post(f"/plan/weergave/{first.pk}/hernoemen/", {"name": name})
        first.refresh_from_db()
        return first.name

    def said():
        return html.unescape(adviser.get("/plan/maatregelen/").content.decode())

    assert rename("Twee") == "Een"
    assert rename("") == "Een"
    assert rename("Een") == "Een" and "al een weergave met de naam 'Een'" not in said()
    assert rename("Drie") == "Drie"
    assert keep(adviser, "Drie", page="plan:index").status_code == 404
    adviser.post(f"/plan/weergave/{first.pk}/weghalen/")
    assert [v.name for v in SavedView.objects.all()] == ["Twee"]


def test_without_a_choice_nothing_is_wrong_and_areas_stand_by_their_names(ours, monkeypatch):
    monkeypatch.setattr(filters, "area_names", lambda codes: [f"Wijk {c[-1:]}" for c in codes])
    codes = ["VB01A2", "VB01B1"]
    Measure.objects.filter(pk=ours.measure.pk).update(areas=codes, owner_department="Dienst")
    for model in (Measure, Action):
        form = filters.FilterForm(QueryDict(), model=model, municipality=ours.municipality)
        assert form.errors == {}
        named = [choice for choice in form.fields["gebied"].choices if choice[0] in codes]
        assert named == [("VB01B1", "Wijk 1"), ("VB01A2", "Wijk 2")]
