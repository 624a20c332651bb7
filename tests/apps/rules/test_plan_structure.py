"""The structure of real plans: fields above priorities, sub-themes under them."""

import datetime as dt
import re

import pytest

from koers.apps.exchange import export
from koers.apps.exchange.known import Known
from koers.apps.plan.models import Goal, Measure, Priority
from koers.apps.plan.services import adjustments
from koers.apps.plan.services.grouping import by_sub_theme, grouped, offered_fields
from koers.apps.plan.services.versions import adopt, plan_content
from tests.apps.exchange import Import
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
    page = words_of(there.get(f"/plan/prioriteit/{line.pk}/")).partition("Maatregelen")[2]
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
    said = {"title": "Avondronde", "kind": "care", "state": "planned", "revision": 1}
    there.post(address, {**said, "safety_field": line.safety_field, "sub_theme": "Inbraken"})
    measure = Measure.objects.get(pk=draft.measure.pk)
    assert (measure.sub_theme, measure.safety_field) == ("Inbraken", "")
    assert measure.band == line.safety_field
    said["revision"] = measure.revision
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


def test_the_band_above_a_new_priority_becomes_its_field_and_comes_out_again(adviser, plan):
    steps = Import(adviser, plan)
    rows = ["Maatregel;Planning;Trekker", "1 Veilig;;", "1.1 Inbraken;;", "Voetjes;2026;OOV"]
    rows += ["2 Jeugd;;", "2.1 Alcohol;;", "Controle;Q1 2026;T&H"]
    steps.send("\n".join(rows), "p.csv")
    steps.map()
    steps.carry_out()
    found = {p.title: p.safety_field for p in plan.lines.filter(adoption="example")}
    assert found.items() >= {"1.1 Inbraken": "1 Veilig", "2.1 Alcohol": "2 Jeugd"}.items()
    measure = Measure.objects.get(title="Voetjes")
    assert (measure.safety_field, measure.band) == ("", "1 Veilig")
    (row,) = [r for r in read_csv(export.measures_csv(Known(plan))) if "Voetjes" in r["Maatregel"]]
    assert row["Veiligheidsveld"] == "1 Veilig"
    steps.send(export.measures_csv(Known(plan)), "terug.csv")
    steps.map()
    assert {line.outcome for line in steps.preview().lines} == {"same"}
