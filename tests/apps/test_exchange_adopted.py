"""A table that comes into an adopted plan becomes one proposal of many lines, and is undone as a
whole."""

import datetime as dt

import pytest
from django.conf import settings

from koers.apps.plan.models import Adjustment, Goal, Measure, Partner, Priority
from koers.apps.plan.services.versions import adopt
from tests.apps.exchange import Import, home_beside

DAY = dt.date(2026, 11, 2)
NEW = (
    "Thema;Doel;Actie;Planning;Trekker;Partners;Budget\n"
    "Jeugdoverlast;Minder overlast;Tafel op het plein;2026;OOV;Pleinwacht;100\n"
    "Digitaal;Weerbaar;Spreekuur in de hal;2026;OOV;Politie;100\n"
)


@pytest.fixture
def steps(adviser, plan, tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "HOME", home_beside(settings.HOME, tmp_path))
    adopt(plan, DAY, "het college")
    plan.refresh_from_db()
    return Import(adviser, plan)


def changed_row(plan):
    found = Measure.objects.of(plan.municipality).filter(adoption="adopted").first()
    row = f"M{found.pk};{found.priority.title};Heel anders;gestopt;Te duur"
    return found, f"Maatregel-id;Prioriteit;Maatregel;Staat;Reden van de staat\n{row}\n"


def open_ones():
    return Adjustment.objects.filter(state="proposed")


def test_what_was_decided_on_waits_for_a_decision_and_the_work_of_every_day_is_done(steps):
    measure, table = changed_row(steps.plan)
    title = measure.title
    steps.send(table, "p.csv")
    steps.map()
    assert "1 regel komt in één voorstel" in steps.look().content.decode()
    assert "Schrijf op waarom het vastgestelde plan" in steps.take_in().content.decode()
    assert not open_ones().exists()
    answer = steps.take_in(reden="Na de evaluatie")
    assert "1 regel gewijzigd, 1 aanpassing voorgesteld" in answer.content.decode()
    measure.refresh_from_db()
    assert (measure.title, measure.state) == (title, "stopped")
    one = open_ones().get()
    assert (one.new.values, one.reason) == ({"title": "Heel anders"}, "Na de evaluatie")


def test_the_work_of_every_day_alone_needs_no_reason(steps):
    measure = Measure.objects.of(steps.plan.municipality).filter(adoption="adopted").first()
    steps.send(f"Maatregel-id;Staat;Maatregel\nM{measure.pk};klaar;{measure.title}\n", "p.csv")
    steps.map()
    assert "1 regel gewijzigd" in steps.take_in().content.decode()
    assert not open_ones().exists()


def test_new_lines_are_one_proposal_and_accepted_they_are_one_version(steps):
    steps.send(NEW, "p.csv")
    steps.map()
    page = steps.take_in(reden="Nieuw programma").content.decode()
    assert "Over meer aanpassingen besluiten" in page
    waiting = list(open_ones())
    assert sorted(a.kind for a in waiting) == [
        "doel", "doel", "maatregel", "maatregel", "prioriteit",
    ]  # fmt: skip
    assert len({a.together for a in waiting}) == 1
    ticks = {f"a-{a.pk}": "1" for a in waiting}
    decided = {"decided_on": DAY, "decided_in": "het college", "besluit": "overnemen"}
    steps.client.post("/plan/aanpassingen/samen/", ticks | decided)
    assert not open_ones().exists() and steps.plan.versions.count() == 2
    titles = ["Tafel op het plein", "Spreekuur in de hal"]
    assert {m.adoption for m in Measure.objects.filter(title__in=titles)} == {"adopted"}
    assert Goal.objects.get(title="Weerbaar").adoption == "adopted"


def test_all_of_it_goes_when_it_is_undone_and_the_proposals_are_taken_back(steps):
    steps.send(NEW, "p.csv")
    steps.map()
    steps.take_in(reden="Nieuw programma")
    page = steps.client.get("/plan/inlezen/").content.decode()
    assert "Kort geleden ingelezen" in page and steps.token in page
    answer = steps.client.post(f"/plan/inlezen/{steps.token}/ongedaan/", follow=True)
    assert "daarom gebleven" not in answer.content.decode()
    municipality = steps.plan.municipality
    assert not open_ones().exists()
    for model, name, value in (
        (Measure, "title", "Tafel op het plein"),
        (Goal, "title", "Weerbaar"),
        (Priority, "title", "Digitaal"),
        (Partner, "name", "Pleinwacht"),
    ):
        assert not model.objects.of(municipality).filter(**{name: value}).exists(), model
    assert steps.token not in steps.client.get("/plan/inlezen/").content.decode()


def test_what_was_decided_or_is_used_since_is_named_when_it_is_undone(steps):
    steps.send(NEW, "p.csv")
    steps.map()
    steps.take_in(reden="Nieuw programma")
    one = open_ones().get(title="Weerbaar")
    decided = {"decided_on": DAY, "decided_in": "het college", "besluit": "overnemen"}
    steps.client.post("/plan/aanpassingen/samen/", {f"a-{one.pk}": "1", **decided})
    other = Measure.objects.of(steps.plan.municipality).exclude(title__startswith="Tafel").first()
    other.partners.add(Partner.objects.get(name="Pleinwacht"))
    answer = steps.client.post(f"/plan/inlezen/{steps.token}/ongedaan/", follow=True)
    page = answer.content.decode()
    for named in ("aanpassing van Weerbaar (overgenomen)", "prioriteit Digitaal"):
        assert named in page
    assert "partner Pleinwacht" in page and "gebleven: aanpassing" in page


def test_a_goal_of_no_priority_is_proposed_as_a_text_of_the_plan(steps):
    steps.send("Doel;Norm\nRust op straat;geen\n", "d.csv")
    steps.map()
    steps.take_in(reden="Aanvulling")
    one = open_ones().get()
    assert (one.kind, one.new.values["aims"].splitlines()[-1]) == (
        "plan", "Rust op straat. Norm: geen",
    )  # fmt: skip
    steps.plan.refresh_from_db()
    assert "Rust op straat" not in steps.plan.aims


def test_a_reason_that_looks_like_a_person_is_pointed_out(steps):
    _, table = changed_row(steps.plan)
    steps.send(table, "p.csv")
    steps.map()
    page = steps.take_in(reden="Bel mevrouw Jansen op 06-12345678").content.decode()
    assert "persoonsgegevens" in page and not open_ones().exists()
    steps.take_in(reden="Bel mevrouw Jansen op 06-12345678", persoonsgegevens="1")
    assert open_ones().count() == 1
