"""Measures, actions and goals as rows that are typed: saved whole or not at all, by the rules of
their forms, and undone at once."""

import re
from html import unescape

import pytest
from django.urls import reverse

from koers.apps.people.models import Role
from koers.apps.plan.models import Action, Adjustment, Goal, GoalKind, Measure
from koers.apps.plan.services.versions import adopt
from koers.records import FieldValues

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(plan):
    return plan.priorities.first()


def at(kind, above):
    return reverse("exchange:list", args=[kind, above.pk])


def cells_of(page, mark="nieuw"):
    """The number of the first row with this mark."""
    return re.search(rf'name="r(\d+)-mark" value="({mark}[^"]*)"', page).groups()


def new(number, **texts):
    return {f"r{number}-mark": "nieuw", **{f"r{number}-{k}": v for k, v in texts.items()}}


def there(page, line, **texts):
    """A row as the page shows it, with other texts in some cells."""
    number, mark = cells_of(page, f"{line.pk}:")
    shown = dict(re.findall(rf'name="r{number}-(\w+)" value="([^"]*)"', page))
    cells = {name: unescape(text) for name, text in {**shown, "mark": mark}.items()}
    return {f"r{number}-{name}": text for name, text in {**cells, **texts}.items()}


def page_of(client, address, sent=None, **extra):
    answer = client.get(address) if sent is None else client.post(address, {**sent, **extra})
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_rows_are_added_and_changed_in_one_go_and_undone(adviser, line):
    address, old = at("maatregel", line), line.measures.filter(archived_at=None).first()
    page = page_of(adviser, address)
    sent = {
        **there(page, old, title="Anders gezegd"),
        **new(
            98, title="Lampen", state="loopt", start="1-2-2026", end="Q2 2026", budget="1.250,50"
        ),
        **new(99, title="Overleg", planning="doorlopend", budget_words="n.t.b."),
    }
    answer = adviser.post(address, sent, follow=True)
    assert "Opgeslagen: 2 rijen toegevoegd, 1 rij gewijzigd." in answer.content.decode()
    made = Measure.objects.get(title="Lampen")
    assert (made.state, f"{made.end}", f"{made.budget}") == ("running", "2026-06-30", "1250.50")
    assert Measure.objects.get(pk=old.pk).title == "Anders gezegd"
    undo = re.search(r'action="(/plan/inlezen/\w+/ongedaan/)"', answer.content.decode())[1]
    adviser.post(undo)
    assert Measure.objects.get(pk=old.pk).title == old.title
    assert Measure.objects.get(title="Lampen").archived_at is not None


def test_one_wrong_cell_keeps_every_row_and_names_row_and_column(adviser, line):
    address, before = at("maatregel", line), Measure.objects.count()
    sent = {**new(1, title="Goed"), **new(2, title="Fout", start="ooit"), **new(3, end="2026")}
    page = page_of(adviser, address, sent)
    assert Measure.objects.count() == before
    number = cells_of(page)[0]
    wrong = int(number) + 1
    assert f'<a href="#c{wrong}-start">Rij {wrong}, Begin: dit is geen datum' in page
    assert f'<a href="#c{wrong + 1}-title">Rij {wrong + 1}, Maatregel: ' in page
    assert f'name="r{number}-title" value="Goed"' in page and "autofocus" in page
    assert "3 rijen zijn nog niet opgeslagen." in page


def test_an_untouched_row_is_left_alone_and_a_change_of_another_is_seen(adviser, line):
    address = at("maatregel", line)
    first, second = line.measures.filter(archived_at=None)[:2]
    page = page_of(adviser, address)
    for one in (first, second):
        changed = Measure.objects.get(pk=one.pk)
        changed.title = f"{one.title}, door een ander"
        changed.save()
    sent = {**there(page, first), **there(page, second, title="Van mij"), **new(99, title="Erbij")}
    again = page_of(adviser, address, sent)
    assert not Measure.objects.filter(title="Erbij").exists()
    assert "wijzigde deze rij intussen" in again and "door een ander" in again
    assert Measure.objects.get(pk=second.pk).title.endswith("door een ander")
    adviser.post(address, there(again, second))
    assert Measure.objects.get(pk=second.pk).title == "Van mij"
    assert Measure.objects.get(pk=first.pk).title.endswith("door een ander")


def test_of_an_adopted_plan_the_daily_is_saved_and_the_rest_is_proposed(adviser, plan, line):
    Measure.objects.filter(priority=line).update(adoption="adopted")
    adopt(plan, plan.created_at.date(), "de raad")
    address, old = at("maatregel", line), line.measures.filter(archived_at=None).first()
    page = page_of(adviser, address)
    sent = {
        **there(page, old, title="Anders", state="gestopt", state_reason="Geen geld"),
        **new(99, title="Nieuw"),
    }
    refused = page_of(adviser, address, sent)
    assert '<a href="#id_reason">Reden: ' in refused
    assert Measure.objects.get(pk=old.pk).state == old.state and not Adjustment.objects.exists()
    adviser.post(address, {**sent, "reason": "Zo is het beter"})
    now = Measure.objects.get(pk=old.pk)
    assert (now.title, now.state) == (old.title, "stopped")
    proposed = {a.title: a.new for a in Adjustment.objects.all()}
    assert proposed[old.title] == FieldValues(values={"title": "Anders"})
    assert proposed["Nieuw"].values["title"] == "Nieuw"


def test_of_an_adopted_plan_a_list_names_what_is_changed_at_once(adviser, plan, line):
    adopt(plan, "2026-12-01", "het college")
    said = "Staat, reden van de staat, eigenaar en afdeling wijzigt u direct."
    assert said in page_of(adviser, at("maatregel", line))
    goals = page_of(adviser, at("doel", line))
    assert "Dit plan is vastgesteld." in goals and "wijzigt u direct" not in goals


def test_goals_of_both_kinds_are_typed_and_a_cell_that_says_nothing_is_refused(adviser, line):
    address = at("doel", line)
    words = {"kind": "in woorden, door mensen beoordeeld", "due": "31-12-2030"}
    sent = new(1, title="Veilig", question="Hoe gaat het?", target="4,8", **words)
    assert "hoort niet bij dit soort doel" in page_of(adviser, address, sent)
    sent["r1-target"] = ""
    number = new(2, title="Minder", indicator="Woninginbraak", target="40", due="31-12-2030")
    adviser.post(address, {**sent, **number, "accept_unmeasured": "on"})
    assert Goal.objects.get(title="Veilig").kind == GoalKind.WORDS
    assert Goal.objects.get(title="Minder").target == 40


def test_actions_are_pasted_with_their_headers_and_saved(adviser, line, person):
    measure = line.measures.filter(archived_at=None).first()
    colleague = person(Role.ENFORCEMENT)
    text = f"Actie\tWie\tDeadline\nBel de buurt\t{colleague.email}\t1-3-2027\nSchrijf\t\t2027\n"
    page = page_of(adviser, at("actie", measure), {"geplakt": text}, plak="1")
    assert "2 rijen zijn nog niet opgeslagen." in page
    assert not Action.objects.filter(title="Bel de buurt").exists()
    sent = {}
    for number in re.findall(r'name="r(\d+)-mark" value="nieuw"', page):
        sent |= dict(re.findall(rf'name="(r{number}-\w+)" value="([^"]*)"', page))
    adviser.post(at("actie", measure), sent)
    made = Action.objects.get(title="Bel de buurt")
    assert (made.owner, f"{made.due}") == (colleague, "2027-03-01")
    assert f"{Action.objects.get(title='Schrijf').due}" == "2027-12-31"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Actie\tWie\tKleur\nBel\tA\tRood", "De kolom 'Kleur' hoort niet bij deze lijst"),
        ("a\tb\tc\td\te\tf\tg", "meer kolommen dan de 6"),
        ("\n".join(f"Actie {n}" for n in range(301)), "301 rijen; hier passen er 300"),
        ("", "Er is niets geplakt"),
    ],
)
def test_what_cannot_be_pasted_is_named_and_kept(adviser, line, text, said):
    measure = line.measures.filter(archived_at=None).first()
    page = page_of(adviser, at("actie", measure), {"geplakt": text}, plak="1")
    assert said.replace("'", "&#x27;") in page
    assert text[:20].split("\t")[0] in page


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("owner", "Niemand", "deze persoon werkt hier niet"),
        ("partners", "Onbekend", "voeg die eerst toe"),
        ("budget", "n.t.b.", "schrijf dat bij Budget in woorden"),
        ("start", "n.t.b.", "schrijf dat bij Planning"),
        ("state", "paars", "kies gepland, loopt"),
        ("state", "gestopt", "hoort een reden"),
        ("description", "x", ""),
    ],
)
def test_a_cell_that_cannot_be_read_says_what_to_write(adviser, line, name, text, said):
    sent = new(1, title="Proef", **{name: text})
    answer = adviser.post(at("maatregel", line), sent)
    assert said in answer.content.decode()
    assert Measure.objects.filter(title="Proef").exists() is (name == "description")


def test_personal_data_asks_once_for_the_whole_list(adviser, line):
    sent = new(1, title="Bel 06-12345678") | new(2, title="Bel 06-12345679")
    page = page_of(adviser, at("maatregel", line), sent)
    assert page.count('name="keep_personal"') == 1
    adviser.post(at("maatregel", line), {**sent, "keep_personal": "on"})
    assert Measure.objects.filter(title__startswith="Bel 06").count() == 2


@pytest.mark.parametrize("mark", ["9" * 5_000, "²:0:", "nieuw:1", "1:" + "9" * 40 + ":a", ""])
def test_a_row_that_names_no_line_of_this_list_is_new(adviser, line, mark):
    sent = {"r007-mark": mark, "r007-title": "Proef", "r٣-mark": "nieuw", "r٣-title": "Niets"}
    adviser.post(at("maatregel", line), sent)
    assert Measure.objects.filter(title="Proef").count() == 1
    assert not Measure.objects.filter(title="Niets").exists()


def test_a_line_that_was_archived_meanwhile_comes_back_only_where_somebody_typed(adviser, line):
    address = at("maatregel", line)
    first, second = line.measures.filter(archived_at=None)[:2]
    page = page_of(adviser, address)
    first.archive()
    second.archive()
    sent = {**there(page, first), **there(page, second, title="Van mij")}
    again = page_of(adviser, address, sent)
    assert "intussen weggehaald" in again and first.title not in again
    assert not line.measures.filter(archived_at=None, title__in=(first.title, "Van mij")).exists()
    number = cells_of(again)[0]
    adviser.post(address, {f"r{number}-mark": "nieuw", f"r{number}-title": "Van mij"})
    assert line.measures.filter(archived_at=None, title="Van mij").count() == 1


def test_more_rows_are_given_without_losing_what_was_typed(adviser, line):
    page = page_of(adviser, at("maatregel", line), new(1, title="Half"), meer="1")
    assert page.count('value="nieuw"') == 21 and 'value="Half"' in page


def test_a_list_is_of_a_kind_that_it_knows_and_for_who_may_change_the_plan(
    adviser, client, line, person
):
    assert adviser.get(f"/plan/lijst/partner/{line.pk}/").status_code == 404
    client.force_login(person(Role.ENFORCEMENT))
    assert client.get(at("maatregel", line)).status_code == 403
