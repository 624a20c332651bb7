"""What is public is one version of an adopted plan, and nothing before somebody publishes it."""

import datetime as dt
import re

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from koers.apps.decisions.models import DecisionState
from koers.apps.decisions.services.document import latest_decision, move
from koers.apps.meetings.services.redaction import redact
from koers.apps.people.models import Municipality, Role
from koers.apps.plan.models import Goal, Measure, Plan
from koers.apps.plan.services.in_force import plan_in_force
from koers.apps.plan.services.versions import adopt
from koers.apps.publication.models import Publication
from koers.apps.publication.services.publishing import (
    NotPublishableError,
    publish,
    publish_example,
    withdraw,
)
from tests.apps.confirming import confirm_all
from tests.apps.publishing import make_public

HOME = "/openbaar/voorbeeldrecht/"
FIRST = f"{HOME}veiligheid-in-de-wijken/"
CSV = f"{HOME}maatregelen.csv"
MEASURE = "Donkere-dagencampagne tegen woninginbraak"
# What the adviser works in every day.
LIVE = re.compile(r'"plan_(plan|priority|goal|measure|action|partner|framework)[_"]')


def read(client, path):
    return client.get(path).content.decode()


@pytest.mark.parametrize("adopted", [False, True])
def test_nothing_is_public_before_somebody_publishes_it(client, plan, adopted):
    if adopted:
        adopt(plan, dt.date(2026, 1, 6), "het college")
    page = read(client, HOME)
    assert "Voorbeeldrecht heeft hier nog geen plan geplaatst." in page
    assert plan.title not in page and "Jeugdoverlast" not in page
    assert client.get(FIRST).status_code == 404
    assert read(client, CSV).strip().count("\n") == 0


def test_an_adviser_looks_first_ticks_that_and_makes_it_public(adviser, client, plan):
    version = adopt(plan, dt.date(2026, 1, 6), "het college")
    assert f"/publiceren/versie/{version.pk}/" in read(adviser, "/publiceren/")
    preview = read(adviser, f"/publiceren/versie/{version.pk}/")
    assert "Er is nog niets geplaatst." in preview and MEASURE in preview
    refused = adviser.post(f"/publiceren/versie/{version.pk}/", {})
    assert "Bekijk eerst wat openbaar wordt" in refused.content.decode()
    assert not Publication.objects.exists()
    adviser.post(f"/publiceren/versie/{version.pk}/", {"seen": "on"})
    adviser.logout()
    page = read(client, HOME)
    assert "Jeugdoverlast" in page and "vastgesteld op 6 januari 2026" in page
    assert MEASURE in read(client, FIRST) and MEASURE in read(client, CSV)


def test_what_changes_in_the_plan_is_public_only_after_it_is_published_again(client, plan):
    make_public(plan)
    Measure.objects.filter(title=MEASURE).update(title="Heel anders")
    Goal.objects.update(title="Ander doel")
    Measure.objects.create(
        municipality=plan.municipality, priority=plan.priorities.first(), title="Net bedacht"
    )
    plan.priorities.filter(slug="jeugdoverlast").update(title="Nieuwe naam")
    pages = "".join(read(client, path) for path in (HOME, FIRST, CSV))
    assert MEASURE in pages and "Jeugdoverlast" in pages
    assert not re.search("Heel anders|Ander doel|Net bedacht|Nieuwe naam", pages)
    make_public(plan, on=dt.date(2026, 2, 3))
    pages = "".join(read(client, path) for path in (HOME, FIRST, CSV))
    assert all(w in pages for w in ("Heel anders", "Ander doel", "Net bedacht", "Nieuwe naam"))


def test_a_public_address_outlives_a_new_title(client, plan):
    plan.priorities.filter(slug="jeugdoverlast").update(title="Jeugd en overlast")
    make_public(plan)
    assert "Jeugd en overlast in Voorbeeldrecht" in read(client, f"{HOME}jeugdoverlast/")


def test_how_far_a_measure_is_is_public_only_when_asked_and_as_it_was_then(client, plan):
    make_public(plan)
    assert "(loopt)" not in read(client, FIRST) and "loopt" not in read(client, CSV)
    made = make_public(plan, with_progress=True)
    assert "(loopt)" in read(client, FIRST) and ";loopt;" in read(client, CSV)
    assert f"Stand van {made.content.progress_on.day} " in read(client, FIRST)
    Measure.objects.update(state="stopped", state_reason="Geheime reden")
    assert "(loopt)" in read(client, FIRST)
    assert "Geheime reden" not in read(client, FIRST)


def test_withdrawing_asks_first_and_leaves_a_page_without_a_plan(adviser, client, plan):
    made = make_public(plan)
    address = f"/publiceren/{made.pk}/intrekken/"
    assert "intrekken?" in read(adviser, address)
    assert "Jeugdoverlast" in read(client, HOME)
    adviser.post(address)
    assert "nog geen plan geplaatst" in read(client, HOME)
    assert client.get(FIRST).status_code == 404
    assert "Dit was al ingetrokken." in adviser.get(address, follow=True).content.decode()


def test_a_draft_does_not_take_the_place_of_what_is_public(client, plan):
    make_public(plan)
    Plan.objects.create(
        municipality=plan.municipality, slug="later", title="Later", start_year=2026, end_year=2029
    )
    assert plan.title in read(client, HOME)


def test_a_plan_that_was_not_adopted_cannot_be_published(adviser, plan):
    version = adopt(plan, dt.date(2026, 1, 6), "het college")
    Plan.objects.filter(pk=plan.pk).update(state="draft")
    version.refresh_from_db()
    with pytest.raises(NotPublishableError, match="Stel het plan eerst vast"):
        publish(version, None)
    answer = adviser.post(f"/publiceren/versie/{version.pk}/", {"seen": "on"}, follow=True)
    assert "Alleen een vastgesteld plan" in answer.content.decode()
    assert "nog niet vastgesteld" in read(adviser, "/publiceren/")
    assert not Publication.objects.exists()


def test_one_version_is_public_at_a_time_and_who_did_it_is_kept(adviser, plan):
    first = make_public(plan)
    second = make_public(plan)
    first.refresh_from_db()
    assert first.until is not None and second.until is None
    assert list(Publication.objects.public()) == [second]
    page = read(adviser, "/publiceren/")
    assert "nu openbaar" in page and "versie 1" in page and "versie 2" in page
    assert read(adviser, "/publiceren/?csv=publicaties").count("versie") == 2
    with pytest.raises(IntegrityError):
        Publication.objects.filter(pk=first.pk).update(until=None)


def test_what_was_published_does_not_change(plan):
    made = make_public(plan)
    made.content = made.content.model_copy(update={"title": "Anders"})
    with pytest.raises(ValidationError, match="verandert niet meer"):
        made.save()
    made.refresh_from_db()
    withdraw(made, None)
    withdraw(made, None)
    assert Publication.objects.get().content.title == plan.title


@pytest.mark.parametrize("role", [Role.COLLEGE, Role.COMMITTEE, Role.POLICE, Role.PARTNER])
def test_only_an_adviser_publishes(client, person, plan, role):
    made = make_public(plan)
    client.force_login(person(role))
    for path in (
        "/publiceren/",
        f"/publiceren/versie/{made.version_id}/",
        f"/publiceren/{made.pk}/intrekken/",
    ):
        assert client.get(path).status_code == 403
        assert client.post(path).status_code == 403
    assert "Wat staat hier" not in read(client, HOME)


def test_an_adviser_elsewhere_publishes_nothing_here(client, person, plan, other):
    made = make_public(plan)
    client.force_login(person(Role.ADVISER, where=other))
    assert client.post(f"/publiceren/versie/{made.version_id}/", {"seen": "on"}).status_code == 404
    assert client.post(f"/publiceren/{made.pk}/intrekken/").status_code == 404
    assert "Wat staat hier" not in read(client, HOME)
    made.refresh_from_db()
    assert made.until is None


def test_adopting_by_a_decision_proposes_to_publish_and_publishes_nothing(adviser, client, plan):
    decision = confirm_all(latest_decision(plan))
    for state in (DecisionState.INTENDED, DecisionState.WITH_COMMITTEE, DecisionState.ADOPTED):
        move(decision, state)
    assert not Publication.objects.exists()
    page = read(adviser, f"/besluiten/{decision.pk}/")
    assert "Bekijk en publiceer versie 1" in page
    assert "Bekijk en publiceer versie 1" in read(adviser, "/plan/")
    publish(plan.versions.first(), None)
    assert "Versie 1 is openbaar" in read(adviser, f"/besluiten/{decision.pk}/")


def test_a_plan_for_other_years_may_be_published_and_is_said_not_to_be_in_force(adviser, plan):
    Plan.objects.filter(pk=plan.pk).update(start_year=2040, end_year=2043)
    plan.refresh_from_db()
    version = adopt(plan, dt.date(2026, 1, 6), "het college")
    assert plan_in_force(plan.municipality) is None
    assert "Dit plan geldt vandaag niet" in read(adviser, f"/publiceren/versie/{version.pk}/")


def test_lines_that_stay_out_are_named_before_publishing(adviser, plan):
    Measure.objects.filter(title=MEASURE).update(adoption="example")
    version = adopt(plan, dt.date(2026, 1, 6), "het college")
    page = read(adviser, f"/publiceren/versie/{version.pk}/")
    assert "1 regel blijft weg" in page and f"<li>{MEASURE}</li>" in page


def test_public_pages_read_no_line_of_the_plan_that_people_work_in(client, plan):
    make_public(plan, with_progress=True)
    for path in ("/openbaar/", HOME, FIRST, f"{FIRST}?csv=maatregelen", CSV):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code in (200, 302)
        live = [q["sql"] for q in asked.captured_queries if LIVE.search(q["sql"])]
        assert live == [], path


def test_an_indicator_that_a_later_koers_lost_breaks_no_public_page(client, plan):
    line = plan.priorities.first()
    line.indicators = [*line.indicators, "bestaat-niet-meer"]
    line.save()
    Goal.objects.filter(priority=line).update(indicator="bestaat-niet-meer")
    make_public(plan)
    assert client.get(HOME).status_code == client.get(FIRST).status_code == 200


def test_the_invented_municipality_publishes_itself_once_and_no_other_does(plan):
    publish_example(plan)
    publish_example(plan)
    withdraw(Publication.objects.get(), None)
    publish_example(plan)
    assert Publication.objects.count() == 1
    Municipality.objects.update(fictitious=False)
    plan.municipality.refresh_from_db()
    with pytest.raises(NotPublishableError):
        publish_example(plan)


def test_a_site_for_one_municipality_shows_that_one_and_no_example_beside_it(client, plan):
    make_public(plan)
    assert client.get("/openbaar/").url == HOME
    Municipality.objects.create(code="GM9001", name="Echtstad", primary=True)
    assert client.get("/openbaar/").url == "/openbaar/echtstad/"
    page = read(client, "/openbaar/echtstad/")
    assert "Echtstad heeft hier nog geen plan geplaatst." in page
    assert "erzonnen" not in page
    # Nor the dates of invented figures, which are the only ones here.
    assert "Cijfers t/m" not in page and "Er zijn nog geen cijfers geladen." in page
    assert "Cijfers t/m" in read(client, HOME)
    Municipality.objects.update(fictitious=False)
    both = read(client, "/openbaar/")
    assert both.index("Echtstad") < both.index("Voorbeeldrecht")


def test_words_that_are_taken_out_are_gone_from_what_is_public_too(client, plan, municipality):
    Measure.objects.filter(title=MEASURE).update(description="Vraag Pietje Puk om hulp")
    make_public(plan)
    assert "Pietje Puk" in read(client, FIRST)
    redact(municipality, "Pietje Puk", "Een naam", None)
    page = read(client, FIRST)
    assert "Pietje Puk" not in page and "Vraag [weggelaten] om hulp" in page
