"""What everyone sees: adopted goals and measures of one municipality, and nothing else."""

import pytest

from koers.apps.decisions.models import Decision
from koers.apps.decisions.services.document import latest_decision
from koers.apps.intake.archive import public_shelf
from koers.apps.picture.outlook import GoalOutlook
from koers.apps.picture.readings import reading
from koers.apps.plan.models import Goal, Measure
from koers.apps.plan.services.versions import adopt
from koers.apps.publication.models import Publication
from koers.apps.publication.services.published import PublicGoal, PublicPriority
from koers.apps.publication.services.publishing import publish, withdraw
from koers.records.published import PublishedGoal, PublishedPriority
from tests.apps.rules.conftest import TODAY
from tests.apps.tables import read_csv


def public(client, municipality, rest=""):
    answer = client.get(f"/openbaar/{municipality.slug}/{rest}")
    return answer.content.decode() if answer.status_code == 200 else ""


@pytest.mark.parametrize("what", ["goal", "measure"])
def test_an_example_is_on_no_public_page_and_in_no_public_file(client, ours, what):
    model = {"goal": Goal, "measure": Measure}[what]
    shown = "Getoond-aan-iedereen"
    hidden = "Alleen-een-voorbeeld"
    line = getattr(ours, what)
    model.objects.filter(pk=line.pk).update(title=shown)
    copy = model.objects.get(pk=line.pk)
    copy.pk, copy.title, copy.adoption = None, hidden, "example"
    copy._state.adding = True
    copy.save()
    publish(adopt(ours.plan, TODAY, "het college"), None)
    pages = [public(client, ours.municipality), public(client, ours.municipality, "wonen/")]
    assert shown in "".join(pages)
    assert hidden not in "".join(pages)
    file = public(client, ours.municipality, "maatregelen.csv")
    assert hidden not in file
    assert (shown in file) == (what == "measure")


def test_a_priority_without_figures_says_so_in_public_and_one_with_figures_tells_them(figures):
    line = PublishedPriority(line=1, slug="wonen", title="Wonen")
    known = reading(public_shelf(), "VB01", "woninginbraak")
    assert known.available
    nothing = reading(public_shelf(), "VB01", "demonstraties")
    assert not nothing.available
    for found in (None, nothing):
        said = PublicPriority(line, (), found).sentence
        assert said == "Hiervan zijn nog geen cijfers."
    assert "in Voorbeeldrecht: " in PublicPriority(line, (), known).sentence


@pytest.mark.parametrize("what", ["goal", "measure", "priority"])
def test_what_is_archived_is_public_no_longer(client, ours, what):
    title = "Getoond-aan-iedereen"
    type(getattr(ours, what)).objects.filter(pk=getattr(ours, what).pk).update(title=title)
    getattr(ours, what).archive()
    publish(adopt(ours.plan, TODAY, "het college"), None)
    assert title not in public(client, ours.municipality)
    assert title not in public(client, ours.municipality, "wonen/")
    assert title not in public(client, ours.municipality, "maatregelen.csv")


def test_each_municipality_has_a_page_of_its_own(client, ours, theirs):
    Measure.objects.filter(pk=ours.measure.pk).update(title="Alleen-hier")
    Measure.objects.filter(pk=theirs.measure.pk).update(title="Alleen-daar")
    for each in (ours, theirs):
        publish(adopt(each.plan, TODAY, "het college"), None)
    for rest in ("", "wonen/", "maatregelen.csv"):
        assert "Alleen-daar" not in public(client, ours.municipality, rest)
        assert "Alleen-hier" not in public(client, theirs.municipality, rest)
    assert "Alleen-daar" in public(client, theirs.municipality, "maatregelen.csv")
    file = client.get(f"/openbaar/{theirs.municipality.slug}/maatregelen.csv").content
    assert [row["Maatregel"] for row in read_csv(file)] == ["Alleen-daar"]


@pytest.mark.parametrize("state", ["draft", "intended", "with_committee", "adopted"])
def test_no_state_of_a_decision_makes_its_plan_public(client, ours, state):
    decision = latest_decision(ours.plan)
    Decision.objects.filter(pk=decision.pk).update(state=state)
    answer = client.get(f"/openbaar/{ours.municipality.slug}/")
    assert answer.context["publication"] is None
    assert ours.plan.title not in answer.content.decode()


def test_one_version_is_public_until_the_next_or_until_it_is_taken_back(ours, theirs):
    first, second = (publish(adopt(ours.plan, TODAY, "het college"), None) for _ in range(2))
    elsewhere = publish(adopt(theirs.plan, TODAY, "het college"), None)
    here = Publication.objects.of(ours.municipality)
    assert first.version != second.version and list(here.public()) == [second]
    withdraw(second, None)
    assert not here.public() and list(Publication.objects.all().public()) == [elsewhere]


def test_a_plan_with_fields_and_sub_themes_is_public_under_them(client, ours):
    type(ours.priority).objects.filter(pk=ours.priority.pk).update(
        safety_field="Veld-van-de-gemeente", sub_themes=["Een-deel"]
    )
    Measure.objects.filter(pk=ours.measure.pk).update(sub_theme="Een-deel")
    publish(adopt(ours.plan, TODAY, "het college"), None)
    assert '<h3 class="k-band">Veld-van-de-gemeente</h3>' in public(client, ours.municipality)
    page = public(client, ours.municipality, "wonen/")
    assert page.index("Een-deel") < page.index(ours.measure.title)


def test_what_is_to_be_done_about_missing_figures_is_not_said_in_public():
    outlook = GoalOutlook("none", "Vul de nulmeting in.")
    goal = PublishedGoal(line=1, title="Minder", indicator="woninginbraak", due=TODAY)
    assert PublicGoal(goal, outlook).text == "Hiervan zijn nog geen cijfers."
