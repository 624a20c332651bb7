"""The structure of real plans: fields, sub-themes, what measures serve, other themes."""

import datetime as dt
import re

import pytest
from django.conf import settings

from koers.apps.exchange import export
from koers.apps.exchange.known import Known
from koers.apps.plan.models import Goal, Measure, Priority
from koers.apps.plan.services import adjustments
from koers.apps.plan.services import serving as serving_module
from koers.apps.plan.services.content import put, record_of
from koers.apps.plan.services.grouping import by_sub_theme, grouped, offered_fields
from koers.apps.plan.services.versions import adopt, plan_content
from koers.apps.publication.services.publishing import as_published
from koers.records import Reference
from tests.apps.exchange import Import, home_beside
from tests.apps.rules.conftest import furnish
from tests.apps.tables import read_csv

DAY = dt.date(2026, 11, 2)
DECISION = adjustments.Decision(None, DAY, "Strategisch overleg")


def new_priority(each, title, **more):
    return Priority.objects.create(
        municipality=each.municipality, plan=each.plan, title=title, slug=title.lower(), **more
    )


def new_measure(each, title, **more):
    more.setdefault("priority", each.priority)
    return Measure.objects.create(municipality=each.municipality, title=title, **more)


def words_of(answer):
    """The text of a page, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def in_order(text, *parts):
    places = [text.find(part) for part in parts]
    return -1 not in places and places == sorted(places)


@pytest.fixture
def draft(other, figures):
    """A plan of the other municipality with nothing under it but what a test makes."""
    return furnish(other)


@pytest.fixture
def there(client, person, other):
    """Somebody who advises the other municipality."""
    from koers.apps.people.models import Membership, Role, User

    user = User.objects.create_user("daar@example.org", "geheim-genoeg-123", name="Daar")
    Membership.objects.create(user=user, municipality=other, role=Role.ADVISER)
    client.force_login(user)
    return client


@pytest.fixture
def steps(adviser, plan, tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "HOME", home_beside(settings.HOME, tmp_path))
    return Import(adviser, plan)


# Fields above priorities, sub-themes under them


def test_what_is_named_first_comes_first_then_what_lines_name_and_nothing_last():
    lines = ["", "b", "x", "a", "b"]
    found = grouped(lines, lambda line: line, first=("a", "nergens", "b"))
    assert [(g.title, g.lines) for g in found] == [
        ("a", ("a",)),
        ("b", ("b", "b")),
        ("x", ("x",)),
        ("", ("",)),
    ]
    assert grouped([], str) == []


def test_the_plan_stands_under_its_fields_on_every_page(there, draft):
    new_priority(draft, "Verkeer", number=1, safety_field="Fysieke veiligheid")
    new_priority(draft, "Drugs", number=2, safety_field="Ons eigen veld")
    new_priority(draft, "Brand", number=3, safety_field="Fysieke veiligheid")
    order = ("Fysieke veiligheid", "Verkeer", "Brand", "Ons eigen veld", "Drugs", "Zonder veld")
    for page in ("/plan/", "/plan/boom/"):
        assert in_order(words_of(there.get(page)), *order, "Wonen"), page
    matrix = read_csv(there.get("/plan/kaders/?csv=matrix").content)
    assert [(row["Prioriteit"], row["Veld"]) for row in matrix] == [
        ("Verkeer", "Fysieke veiligheid"),
        ("Brand", "Fysieke veiligheid"),
        ("Drugs", "Ons eigen veld"),
        ("Wonen", ""),
    ]


def test_a_plan_without_fields_has_no_bands(there, draft):
    for page in ("/plan/", "/plan/boom/", "/plan/kaders/"):
        text = words_of(there.get(page))
        assert "Wonen" in text and "Zonder veld" not in text, page
    assert "Veld" not in read_csv(there.get("/plan/kaders/?csv=matrix").content)[0]


def test_the_fields_to_choose_from_are_the_usual_five_and_those_of_this_plan(ours, theirs):
    new_priority(ours, "Drugs", number=7, safety_field="Ons eigen veld")
    assert offered_fields(ours.plan)[0] == "Ons eigen veld"
    assert len(offered_fields(ours.plan)) == 6
    assert "Ons eigen veld" not in offered_fields(theirs.plan)
    assert "Jeugd en veiligheid" in offered_fields(theirs.plan)


def test_measures_and_goals_stand_under_the_sub_themes_in_the_order_of_the_plan(there, draft):
    line = draft.priority
    line.sub_themes = ["1.2 Inbraken", "1.1 Buren"]
    line.save()
    new_measure(draft, "Bemiddeling", sub_theme="1.1 Buren")
    new_measure(draft, "Voetjes", sub_theme="1.2 Inbraken")
    new_measure(draft, "Elders", sub_theme="1.9 Nieuw")
    Goal.objects.filter(pk=draft.goal.pk).update(sub_theme="1.1 Buren")
    found = by_sub_theme(line.measures.all(), line)
    assert [m.title for m in found] == ["Voetjes", "Bemiddeling", "Elders", "Avondronde"]
    page = words_of(there.get(f"/plan/prioriteit/{line.pk}/")).partition("Doelen als CSV")[2]
    tree = words_of(there.get(f"/plan/boom/?open={line.pk}"))
    for text in (page, tree):
        assert in_order(
            text,
            "1.2 Inbraken",
            "Voetjes",
            "1.1 Buren",
            "Bemiddeling",
            "1.9 Nieuw",
            "Elders",
            "Zonder subthema",
            "Avondronde",
        )
    assert in_order(tree, "1.1 Buren", "Doel: Minder inbraken", "Bemiddeling")


def test_the_form_of_a_measure_offers_the_sub_themes_and_keeps_no_second_field(there, draft):
    line = draft.priority
    line.sub_themes, line.safety_field = ["Inbraken"], "Jeugd en veiligheid"
    line.save()
    address = f"/plan/bewerken/maatregel/{draft.measure.pk}/"
    shown = there.get(address).content.decode()
    assert '<option value="Inbraken">' in shown and 'list="aanbod-sub_theme"' in shown
    said = {"title": "Avondronde", "kind": "care", "state": "planned"}
    there.post(address, {**said, "safety_field": line.safety_field, "sub_theme": "Inbraken"})
    measure = Measure.objects.get(pk=draft.measure.pk)
    assert (measure.sub_theme, measure.safety_field) == ("Inbraken", "")
    assert measure.band == line.safety_field
    there.post(address, {**said, "safety_field": "Integriteit en veiligheid"})
    assert Measure.objects.get(pk=measure.pk).band == "Integriteit en veiligheid"


def test_fields_and_sub_themes_stand_in_a_version_and_change_by_adjustment(ours):
    adopt(ours.plan, DAY, "het college")
    made = adjustments.propose_change(
        ours.priority, {"safety_field": "Jeugd", "sub_themes": ["School"]}, "Nieuw beleid", None
    )
    adjustments.accept(made, DECISION)
    (kept,) = [r for r in plan_content(ours.plan).lines if r.title == "Wonen"]
    assert (kept.values["safety_field"], kept.values["sub_themes"]) == ("Jeugd", ("School",))


def test_the_band_above_a_new_priority_becomes_its_field_and_comes_out_again(steps, plan):
    rows = ["Maatregel;Planning;Trekker", "1 Veilig;;", "1.1 Inbraken;;", "Voetjes;2026;OOV"]
    rows += ["2 Jeugd;;", "2.1 Alcohol;;", "Controle;Q1 2026;T&H"]
    steps.send("\n".join(rows), "p.csv")
    steps.map()
    steps.take_in()
    found = {p.title: p.safety_field for p in plan.lines.filter(adoption="example")}
    assert found.items() >= {"1.1 Inbraken": "1 Veilig", "2.1 Alcohol": "2 Jeugd"}.items()
    measure = Measure.objects.get(title="Voetjes")
    assert (measure.safety_field, measure.band) == ("", "1 Veilig")
    (row,) = [r for r in read_csv(export.measures_csv(Known(plan))) if "Voetjes" in r["Maatregel"]]
    assert row["Veiligheidsveld"] == "1 Veilig"
    steps.send(export.measures_csv(Known(plan)), "terug.csv")
    steps.map()
    assert {line.outcome for line in steps.preview().lines} == {"same"}


# A measure that serves several priorities


@pytest.fixture
def serving(draft):
    """A measure under Wonen that serves Jeugd too, and a goal of each."""
    draft.youth = new_priority(draft, "Jeugd", number=2)
    draft.youth_goal = Goal.objects.create(
        municipality=draft.municipality,
        priority=draft.youth,
        title="Minder overlast",
        kind="words",
        question="Gaat het beter?",
        due=dt.date(2028, 12, 31),
    )
    draft.measure.other_priorities.set([draft.youth])
    draft.measure.goals.set([draft.goal, draft.youth_goal])
    return draft


def test_a_measure_stands_once_and_is_a_link_under_what_it_serves_too(there, serving):
    first, second = serving.priority, serving.youth
    branches = {p.pk: words_of(there.get(f"/plan/boom/?open={p.pk}")) for p in (first, second)}
    also = "Staat onder een andere prioriteit, en is ook voor deze Avondronde onder Wonen"
    assert also in branches[second.pk] and also not in branches[first.pk]
    assert "Jeugd prioriteit, 0 maatregelen" in branches[first.pk]
    assert "Wonen prioriteit, 1 maatregel" in branches[first.pk]
    index = words_of(there.get("/plan/"))
    assert "0 maatregelen, en 1 die onder een andere prioriteit staat" in index
    page = words_of(there.get(f"/plan/prioriteit/{second.pk}/"))
    assert also in page
    card = words_of(there.get(f"/plan/prioriteit/{first.pk}/"))
    assert "Ook voor: Jeugd. Draagt bij aan: Minder overlast; Minder inbraken." in card
    assert [row["Maatregel"] for row in measures_file(there)].count("Avondronde") == 1


def measures_file(client, **query):
    return read_csv(client.get("/plan/maatregelen/", {**query, "csv": "maatregelen"}).content)


def test_a_list_by_priority_holds_what_serves_it_too_once(there, serving, ours):
    new_measure(serving, "Iets anders")
    (row,) = measures_file(there, prioriteit=serving.youth.pk)
    assert (row["Maatregel"], row["Prioriteit"]) == ("Avondronde", "Wonen")
    assert row["Ook voor prioriteiten"] == "Jeugd"
    assert row["Draagt bij aan doelen"] == "Minder overlast; Minder inbraken"
    assert len(measures_file(there, prioriteit=serving.priority.pk)) == 2
    steps = read_csv(there.get(f"/plan/acties/?prioriteit={serving.youth.pk}&csv=acties").content)
    assert [row["Actie"] for row in steps] == ["Maak een rooster"]


def test_the_pages_of_a_measure_and_a_goal_name_each_other(there, serving):
    page = words_of(there.get(f"/plan/maatregel/{serving.measure.pk}/"))
    assert "Prioriteit Wonen ; ook Jeugd" in page
    assert "Draagt bij aan Minder overlast ; Minder inbraken" in page
    for goal in (serving.goal, serving.youth_goal):
        found = words_of(there.get(f"/plan/doel/{goal.pk}/"))
        assert "Wat doen we hiervoor? Avondronde gepland" in found
    serving.measure.other_priorities.clear()
    page = words_of(there.get(f"/plan/maatregel/{serving.measure.pk}/"))
    assert "Draagt bij aan Minder inbraken Wie en wanneer" in page
    assert "hiervoor" not in words_of(there.get(f"/plan/doel/{serving.youth_goal.pk}/"))


def test_what_is_archived_is_served_no_longer(there, serving):
    serving.youth.archive()
    serving.goal.archive()
    assert serving_module.others_of(serving.measure) == []
    assert serving_module.goals_of(serving.measure) == []
    serving.priority.archive()
    assert list(serving_module.also_under(serving.youth.pk)) == []
    assert serving_module.served_by(serving.youth_goal) == []


def test_a_form_offers_this_plan_only_and_refuses_a_goal_of_another_priority(there, serving, ours):
    address = f"/plan/bewerken/maatregel/{serving.measure.pk}/"
    form = there.get(address).context["form"]
    assert list(form.fields["other_priorities"].queryset) == [serving.youth]
    assert set(form.fields["goals"].queryset) == {serving.goal, serving.youth_goal}
    said = {"title": "Avondronde", "kind": "care", "state": "planned"}
    answer = there.post(address, {**said, "goals": [serving.youth_goal.pk]})
    assert "hoort bij de prioriteit 'Jeugd'" in answer.content.decode().replace("&#x27;", "'")
    foreign = {**said, "other_priorities": [ours.priority.pk]}
    assert there.post(address, foreign).status_code == 200
    assert set(serving.measure.goals.all()) == {serving.goal, serving.youth_goal}
    both = {"other_priorities": [serving.youth.pk], "goals": [serving.youth_goal.pk]}
    assert there.post(address, said | both).status_code == 302
    assert list(serving.measure.goals.all()) == [serving.youth_goal]


def test_what_a_measure_serves_changes_by_adjustment_and_stands_in_the_version(serving):
    adopt(serving.plan, DAY, "het college")
    other = new_priority(serving, "Verkeer", number=3)
    new = {"other_priorities": [other], "goals": [serving.youth_goal, serving.goal]}
    made = adjustments.propose_change(serving.measure, new, "Anders", None)
    version = adjustments.accept(made, DECISION)
    (kept,) = [r for r in version.content.lines if r.title == "Avondronde"]
    assert [one.name for one in kept.values["other_priorities"]] == ["Verkeer"]
    # A goal of a priority that it no longer serves goes.
    assert [one.name for one in kept.values["goals"]] == ["Minder inbraken"]


def test_what_is_kept_puts_back_no_line_of_another_plan(serving, ours):
    kept = record_of(serving.measure)
    foreign = {
        "other_priorities": (Reference(id=ours.priority.pk), Reference(id=serving.priority.pk)),
        "goals": (Reference(id=ours.goal.pk), Reference(id=serving.goal.pk)),
    }
    put(serving.measure, kept.model_copy(update={"values": foreign})).set()
    assert list(serving.measure.other_priorities.all()) == []
    assert list(serving.measure.goals.all()) == [serving.goal]


def test_a_file_says_what_a_measure_serves_and_an_export_says_it_again(steps, plan):
    first, second = plan.priorities[:2]
    goal = Goal.objects.filter(priority=second).first()
    header = "Maatregel;Prioriteit;Draagt bij aan doelen"
    said = f"{first.title} / {second.title};{goal.title}"
    steps.send(f"{header}\nTafel;{said}\nStoel;{first.title};{goal.title}", "p.csv")
    steps.map()
    (problem,) = steps.problems()
    assert problem[1] == "Draagt bij aan doelen" and "Ook voor prioriteiten" in problem[2]
    steps.send(f"{header}\nTafel;{said}", "p.csv")
    steps.map()
    assert steps.problems() == []
    steps.take_in()
    made = Measure.objects.get(title="Tafel")
    assert (made.priority, list(made.other_priorities.all())) == (first, [second])
    assert list(made.goals.all()) == [goal]
    (row,) = [r for r in read_csv(export.measures_csv(Known(plan))) if r["Maatregel"] == "Tafel"]
    assert (row["Ook voor prioriteiten"], row["Draagt bij aan doelen"]) == (
        second.title,
        goal.title,
    )
    steps.send(export.measures_csv(Known(plan)), "terug.csv")
    steps.map()
    assert {line.outcome for line in steps.preview().lines} == {"same"}


def test_a_file_adds_and_takes_away_what_a_measure_serves(steps, plan):
    first, second = plan.priorities[:2]
    measure = Measure.objects.create(
        municipality=plan.municipality, priority=first, title="Tafel", adoption="example"
    )
    header = "Maatregel-id;Maatregel;Ook voor prioriteiten"
    steps.send(f'{header}\nM{measure.pk};Tafel;"{second.title}; Nieuw thema"', "p.csv")
    steps.map()
    steps.take_in()
    assert {p.title for p in measure.other_priorities.all()} == {second.title, "Nieuw thema"}
    steps.send(f"{header}\nM{measure.pk};Tafel;", "p.csv")
    steps.map()
    steps.take_in()
    assert list(measure.other_priorities.all()) == []


def test_a_file_that_takes_a_priority_away_takes_its_goals_along(steps, plan):
    first, second = plan.priorities[:2]
    goal = Goal.objects.filter(priority=second).first()
    measure = Measure.objects.create(
        municipality=plan.municipality, priority=first, title="Tafel", adoption="example"
    )
    measure.other_priorities.set([second])
    measure.goals.set([goal])
    steps.send(f"Maatregel-id;Maatregel;Ook voor prioriteiten\nM{measure.pk};Tafel;", "p.csv")
    steps.map()
    steps.take_in()
    assert list(measure.goals.all()) == []


# Themes that are not priorities


def test_other_themes_stand_apart_and_are_no_priority(there, draft):
    aside = new_priority(
        draft,
        "Brand",
        number=3,
        kind="aside",
        indicators=["woninginbraak"],
        description="Gaat door",
    )
    new_measure(draft, "Rookmelders", priority=aside)
    new_priority(draft, "Toezicht", number=2, kind="attention")
    text = words_of(there.get("/plan/"))
    assert in_order(
        text, "Prioriteiten", "Wonen", "Aandachtsthema's", "Toezicht", "Overige thema's"
    )
    assert in_order(text, "Overige thema's", "Brand 1 maatregel")
    assert list(draft.plan.priorities) == [draft.priority]
    assert list(draft.plan.other_themes) == [aside]
    assert "overig thema, geen prioriteit Gaat door" in words_of(
        there.get(f"/plan/prioriteit/{aside.pk}/")
    )
    tree = words_of(there.get("/plan/boom/"))
    assert in_order(tree, "Wonen prioriteit", "Toezicht aandachtsthema", "Brand overig thema")
    kept = [p.title for p in draft.plan.lines.all()]
    assert kept == ["Wonen", "Toezicht", "Brand"]


def test_a_plan_without_other_themes_does_not_name_them(there, draft):
    assert "Overige thema's" not in words_of(there.get("/plan/"))


def test_the_picture_says_of_a_figure_what_it_is_in_the_plan(there, draft, ours):
    new_priority(draft, "Brand", number=3, kind="aside", indicators=["woninginbraak"])
    page = f"/beeld/{draft.municipality.code}/woninginbraak/"
    found = words_of(there.get(page))
    assert in_order(found, "In het plan", "Wonen prioriteit", "Brand overig thema")
    assert f"Geen prioriteit of thema van {draft.plan} noemt dit cijfer" in words_of(
        there.get(page.replace("woninginbraak", "fietsdiefstal"))
    )
    neighbour = there.get(page.replace(draft.municipality.code, ours.municipality.code))
    assert "In het plan" not in words_of(neighbour)


def test_other_themes_are_published_apart(draft):
    new_priority(draft, "Brand", number=3, kind="aside")
    found = as_published(adopt(draft.plan, DAY, "het college"))
    assert [line.title for line in found.other_themes] == ["Brand"]
    assert [line.title for line in found.priorities] == ["Wonen"]
    assert found.attention_themes == ()
