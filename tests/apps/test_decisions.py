"""The decision through its pages: draft, edit, refill, steps, PDF."""

import io

import pypdf
import pytest

from koers.apps.decisions.models import Decision, DecisionState
from koers.apps.decisions.services.document import latest_decision, move
from koers.apps.people.models import Role
from koers.apps.texts.models import TextKind
from koers.apps.texts.services.versions import versions_of
from koers.records.decision import HEADINGS
from tests.apps.confirming import confirm_all

pytestmark = pytest.mark.postgres


@pytest.fixture
def decision(plan):
    return confirm_all(latest_decision(plan))


def texts(decision, **changes):
    return {
        "meeting_date": "2025-03-11",
        **{key: decision.texts.plain(key) for key in HEADINGS},
        **changes,
    }


def test_a_first_draft_is_made_once(adviser, plan):
    for _ in range(2):
        response = adviser.post(f"/besluiten/nieuw/{plan.pk}/")
        assert response.status_code == 302
    assert Decision.objects.count() == 1
    page = adviser.get(response.url).content.decode()
    assert all(f"<h2>{heading}</h2>".replace("&", "&amp;") in page for heading in HEADINGS.values())


def test_an_edited_text_is_on_the_page_and_in_the_pdf(adviser, decision):
    adviser.post(
        f"/besluiten/{decision.pk}/bewerken/",
        texts(decision, finances="Het kost 12.500 euro per jaar."),
    )
    assert (
        "Het kost 12.500 euro per jaar."
        in adviser.get(f"/besluiten/{decision.pk}/").content.decode()
    )
    response = adviser.get(f"/besluiten/{decision.pk}/collegebesluit.pdf")
    assert response["Content-Type"] == "application/pdf"
    text = "".join(
        page.extract_text() for page in pypdf.PdfReader(io.BytesIO(response.content)).pages
    )
    assert "Het kost 12.500 euro per jaar." in text


def test_a_heading_without_text_is_refused_by_its_name(adviser, decision):
    page = adviser.post(
        f"/besluiten/{decision.pk}/bewerken/", texts(decision, finances="")
    ).content.decode()
    assert "Onder &#x27;Financiën&#x27; moet iets staan" in page
    decision.refresh_from_db()
    assert decision.texts.plain("finances")


def test_the_legal_basis_may_be_empty(adviser, decision):
    response = adviser.post(f"/besluiten/{decision.pk}/bewerken/", texts(decision, legal_basis=""))
    assert response.status_code == 302


def test_refilling_takes_the_plan_as_it_is_now_and_the_former_text_stays_in_the_history(
    adviser, decision, plan
):
    adviser.post(f"/besluiten/{decision.pk}/bewerken/", texts(decision, finances="Eigen tekst."))
    priority = plan.priorities.first()
    priority.title = "Een nieuwe naam"
    priority.save()
    adviser.post(f"/besluiten/{decision.pk}/opnieuw-vullen/")
    decision.refresh_from_db()
    assert "Prioriteit 1: Een nieuwe naam;" in decision.texts.plain("reasons")
    assert "Eigen tekst." in [
        v.content.plain("finances") for v in versions_of(TextKind.DECISION, decision.pk)
    ]


def test_a_step_is_taken_and_recorded_and_one_that_cannot_be_is_refused(adviser, decision):
    url = f"/besluiten/{decision.pk}/stap/"
    page = adviser.post(url, {"to": "adopted"}, follow=True).content.decode()
    assert "kan dit besluit niet naar" in page
    page = adviser.post(
        url, {"to": "intended", "note": "Besproken in het college"}, follow=True
    ).content.decode()
    assert "concept → voorgenomen besluit. Besproken in het college" in page
    decision.refresh_from_db()
    assert decision.state == DecisionState.INTENDED


def test_a_state_that_does_not_exist_is_refused(adviser, decision):
    response = adviser.post(f"/besluiten/{decision.pk}/stap/", {"to": "onzin"}, follow=True)
    assert response.status_code == 200
    decision.refresh_from_db()
    assert decision.state == DecisionState.DRAFT


def test_an_adopted_decision_is_neither_edited_nor_refilled_on_the_site(adviser, decision):
    for state in (DecisionState.INTENDED, DecisionState.WITH_COMMITTEE, DecisionState.ADOPTED):
        move(decision, state)
    before = Decision.objects.get(pk=decision.pk).texts
    for address in ("bewerken", "opnieuw-vullen"):
        page = adviser.post(
            f"/besluiten/{decision.pk}/{address}/", texts(decision, finances="Anders"), follow=True
        )
        assert "vastgesteld en kan niet meer worden gewijzigd" in page.content.decode()
    assert Decision.objects.get(pk=decision.pk).texts == before


def test_a_decision_keeps_the_figures_that_it_had_from_the_first_step_on(decision, plan):
    figures = decision.figures.model_copy(update={"verdict": "van toen"})
    Decision.objects.filter(pk=decision.pk).update(figures=figures)
    assert latest_decision(plan).figures.verdict != "van toen"
    Decision.objects.filter(pk=decision.pk).update(figures=figures)
    move(decision, DecisionState.INTENDED)
    assert latest_decision(plan).figures.verdict == "van toen"


def test_the_college_takes_steps_but_writes_nothing(client, person, decision):
    client.force_login(person(Role.COLLEGE))
    assert client.get(f"/besluiten/{decision.pk}/bewerken/").status_code == 403
    client.post(f"/besluiten/{decision.pk}/stap/", {"to": "intended"})
    decision.refresh_from_db()
    assert decision.state == DecisionState.INTENDED


def test_the_committee_reads_and_decides_nothing(client, person, decision):
    client.force_login(person(Role.COMMITTEE))
    assert client.get(f"/besluiten/{decision.pk}/").status_code == 200
    assert client.post(f"/besluiten/{decision.pk}/stap/", {"to": "intended"}).status_code == 403
