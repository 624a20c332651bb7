"""Texts in versions: of a decision, of its passages that wait, of a suggestion and of minutes."""

import datetime as dt
import io

import pypdf
import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from koers.apps.consultation.models import Suggestion
from koers.apps.decisions.models import Decision, DecisionState
from koers.apps.decisions.services.document import latest_decision, move, to_pdf
from koers.apps.meetings.models import Meeting
from koers.apps.meetings.services.redaction import redact
from koers.apps.people.models import Role
from koers.apps.plan.models import Action, Measure
from koers.apps.texts.models import TextKind, TextVersion
from koers.apps.texts.services.comparing import Difference
from koers.apps.texts.services.versions import keep_version, last_version, versions_of
from koers.records.decision import HEADINGS, GivenTexts
from koers.records.text import Paragraph, Section, SectionedText
from tests.apps.confirming import confirm_all
from tests.apps.smtp import mailbox  # noqa: F401

MONEY = "Het plan kost 12.500 euro per jaar."


@pytest.fixture
def decision(plan):
    return latest_decision(plan)


def typed(decision, **changes):
    plain = {key: decision.texts.plain(key) for key in HEADINGS}
    return {"meeting_date": "2026-10-06", "revision": decision.revision, **plain, **changes}


def edit(client, decision, **changes):
    return client.post(f"/besluiten/{decision.pk}/bewerken/", typed(decision, **changes))


def numbers(decision):
    return [v.number for v in versions_of(TextKind.DECISION, decision.pk)]


def read(client, path):
    return client.get(path).content.decode()


# --- versions ---------------------------------------------------------------------------------


def test_each_save_that_changes_the_text_makes_a_version_with_who_and_why(adviser, decision):
    assert numbers(decision) == [1]
    edit(adviser, decision, finances=MONEY)
    last = last_version(TextKind.DECISION, decision.pk)
    assert (last.number, last.note) == (2, "Tekst bewerkt")
    assert last.content.plain("finances") == MONEY
    page = read(adviser, f"/besluiten/{decision.pk}/versies/")
    assert "adviser-administrator@example.org" in page and "Tekst bewerkt" in page
    decision.refresh_from_db()
    edit(adviser, decision, meeting_date="2026-10-13")
    assert numbers(decision) == [2, 1]


def test_two_versions_stand_beside_each_other_and_an_earlier_one_is_put_back(adviser, decision):
    before = decision.texts.plain("finances")
    edit(adviser, decision, finances=MONEY)
    page = read(adviser, f"/besluiten/{decision.pk}/versies/?van=1&naar=2")
    assert MONEY in page and "Niet van toepassing." in page
    assert "Tussen deze twee verschilt niets." in read(
        adviser, f"/besluiten/{decision.pk}/versies/?van=2&naar=2"
    )
    assert adviser.get(f"/besluiten/{decision.pk}/versies/?van=9").status_code == 404
    adviser.post(f"/besluiten/{decision.pk}/versies/1/terugzetten/")
    decision.refresh_from_db()
    assert decision.texts.plain("finances") == before
    assert numbers(decision) == [3, 2, 1]
    assert last_version(TextKind.DECISION, decision.pk).note == "Versie 1 teruggezet"


def test_a_version_does_not_change(decision):
    version = last_version(TextKind.DECISION, decision.pk)
    version.note = "Anders"
    with pytest.raises(ValidationError, match="verandert niet meer"):
        version.save()


def test_the_text_of_before_there_were_versions_is_kept_with_the_first_change(adviser, decision):
    TextVersion.objects.all().delete()
    edit(adviser, decision, finances=MONEY)
    assert numbers(decision) == [2, 1]
    assert "Niet van toepassing." in versions_of(TextKind.DECISION, decision.pk)[1].content.plain(
        "finances"
    )


def test_texts_of_two_kinds_with_the_same_key_have_versions_of_their_own(municipality):
    text = SectionedText(
        sections=(Section(key="a", heading="A", blocks=(Paragraph(id="a-1", text="x"),)),)
    )
    for kind in TextKind:
        assert keep_version(municipality, kind, 7, text, None).number == 1
        assert keep_version(municipality, kind, 7, text, None).number == 1


def test_words_that_are_taken_out_leave_the_versions_too(adviser, decision, municipality):
    edit(adviser, decision, finances="Vraag het Pietje Puk.")
    redact(municipality, "Pietje Puk", "Een naam", None)
    said = [v.content.plain("finances") for v in versions_of(TextKind.DECISION, decision.pk)]
    assert "Vraag het [weggelaten]." in said and "Pietje Puk" not in str(said)
    decision.refresh_from_db()
    assert "Pietje Puk" not in str(decision.texts)


# --- two people -------------------------------------------------------------------------------


def test_two_people_on_a_decision_lose_nothing(adviser, decision):
    edit(adviser, decision, finances=MONEY)
    # The other had the page open from before.
    answer = edit(adviser, decision, background="Wat de raad eerder besloot.")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert MONEY in page and "Wat de raad eerder besloot." in page
    now = Decision.objects.get()
    assert now.texts.plain("finances") == MONEY
    again = answer.context["form"].data | {"finances": MONEY}
    adviser.post(f"/besluiten/{decision.pk}/bewerken/", again)
    now.refresh_from_db()
    assert now.texts.plain("finances") == MONEY
    assert now.texts.plain("background") == "Wat de raad eerder besloot."


def test_text_that_was_typed_while_somebody_adopted_is_still_on_the_page(adviser, decision):
    data = typed(decision, finances=MONEY)
    Decision.objects.filter(pk=decision.pk).update(state=DecisionState.ADOPTED)
    answer = adviser.post(f"/besluiten/{decision.pk}/bewerken/", data)
    page = answer.content.decode()
    assert "vastgesteld en kan niet meer worden gewijzigd" in page and MONEY in page
    assert Decision.objects.get().texts == decision.texts


# --- filling in again -------------------------------------------------------------------------


def test_filling_in_again_asks_first_and_keeps_what_people_wrote(adviser, decision, plan):
    edit(adviser, decision, finances=MONEY)
    plan.priorities.filter(slug="jeugdoverlast").update(title="Jeugd en overlast")
    page = read(adviser, f"/besluiten/{decision.pk}/opnieuw-vullen/")
    assert "Jeugd en overlast" in page and MONEY in page
    decision.refresh_from_db()
    assert "Jeugd en overlast" not in decision.texts.plain("reasons")
    adviser.post(f"/besluiten/{decision.pk}/opnieuw-vullen/")
    decision.refresh_from_db()
    assert "Prioriteit 2: Jeugd en overlast;" in decision.texts.plain("reasons")
    assert decision.texts.plain("finances") == MONEY
    assert last_version(TextKind.DECISION, decision.pk).note == "Opnieuw gevuld uit het plan"


# --- what nobody entered ----------------------------------------------------------------------


def test_a_draft_asserts_nothing_that_nobody_entered(decision):
    pages = pypdf.PdfReader(io.BytesIO(to_pdf(decision))).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    for claim in ("zoals blijkt uit politiecijfers", "via een enquête", "Niet van toepassing."):
        place = text.index(claim)
        begin, end = text.rfind("[", 0, place), text.rfind("]", 0, place)
        assert text[begin:].startswith("[nog te bevestigen: ") and begin > end, claim
    assert "Prioriteit 1: Veiligheid in de wijken;" in text
    assert "[nog te bevestigen: Prioriteit" not in text


def test_a_plan_without_texts_of_its_own_supposes_no_money_and_no_consultation(plan):
    plan.decision_texts = GivenTexts()
    plan.save()
    waiting = [section.key for section in latest_decision(plan).texts.unconfirmed]
    assert waiting == ["finances", "cooperation"]


def test_what_waits_blocks_adopting_and_is_named_until_somebody_confirms_it(adviser, plan):
    plan.decision_texts = GivenTexts()
    plan.save()
    decision = latest_decision(plan)
    for state in (DecisionState.INTENDED, DecisionState.WITH_COMMITTEE):
        move(decision, state)
    step = {"to": "adopted", "on": "2026-10-06"}
    page = adviser.post(f"/besluiten/{decision.pk}/stap/", step, follow=True).content.decode()
    assert "Onder &#x27;Financiën&#x27; en &#x27;Samenwerking en communicatie&#x27;" in page
    assert Decision.objects.get().state == DecisionState.WITH_COMMITTEE
    adviser.post(f"/besluiten/{decision.pk}/bevestigen/", {"block": "finances-1"})
    decision.refresh_from_db()
    assert [s.key for s in decision.texts.unconfirmed] == ["cooperation"]
    with pytest.raises(ValueError, match="Onder 'Samenwerking en communicatie' staat nog"):
        move(decision, DecisionState.ADOPTED)
    edit(adviser, decision, cooperation="Wij spraken met de politie.")
    adviser.post(f"/besluiten/{decision.pk}/stap/", step)
    decision.refresh_from_db()
    assert decision.state == DecisionState.ADOPTED
    assert decision.texts.plain("finances") == "Niet van toepassing."


def test_a_passage_that_is_gone_cannot_be_confirmed(adviser, decision):
    url = f"/besluiten/{decision.pk}/bevestigen/"
    page = adviser.post(url, {"block": "onzin"}, follow=True).content.decode()
    assert "staat niet meer in de tekst" in page
    assert adviser.get(url).status_code == 405


def test_adopting_asks_on_which_day_and_takes_that_and_no_other(adviser, decision, plan):
    confirm_all(decision)
    for state in (DecisionState.INTENDED, DecisionState.WITH_COMMITTEE):
        move(decision, state)
    url = f"/besluiten/{decision.pk}/stap/"
    asked = adviser.post(url, {"to": "adopted"})
    page = asked.content.decode()
    assert "Dit is niet terug te draaien." in page
    assert f'value="{timezone.localdate():%Y-%m-%d}"' in page
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    refused = adviser.post(url, {"to": "adopted", "on": tomorrow.isoformat()})
    assert "in de toekomst" in refused.content.decode()
    assert not plan.versions.exists()
    adviser.post(url, {"to": "adopted", "on": "2026-10-06"})
    assert plan.versions.get().adopted_on == dt.date(2026, 10, 6)
    assert Decision.objects.get().meeting_date == dt.date(2026, 10, 6)


def proposed(plan):
    decision = confirm_all(latest_decision(plan))
    for state in (DecisionState.INTENDED, DecisionState.WITH_COMMITTEE):
        move(decision, state)
    return decision


def test_a_decision_is_on_the_plan_as_it_was_proposed(plan):
    decision = proposed(plan)
    plan.priorities.filter(slug="cybercrime").update(title="Online veiligheid")
    with pytest.raises(ValueError, match="gewijzigd nadat .* 'Online veiligheid'"):
        move(decision, DecisionState.ADOPTED)
    assert not plan.versions.exists()
    move(decision, DecisionState.DRAFT)
    for state in (DecisionState.INTENDED, DecisionState.WITH_COMMITTEE, DecisionState.ADOPTED):
        move(decision, state)
    titles = [line.title for line in plan.versions.get().content.lines]
    assert "Online veiligheid" in titles


def test_the_work_of_every_day_and_examples_do_not_hold_up_a_decision(plan):
    decision = proposed(plan)
    Measure.objects.update(state="done")
    Action.objects.update(title="Anders")
    line = plan.lines.create(
        municipality=plan.municipality, number=9, slug="nieuw", title="Nieuw", adoption="example"
    )
    Measure.objects.create(municipality=plan.municipality, priority=line, title="Eronder")
    move(decision, DecisionState.ADOPTED)
    assert plan.versions.count() == 1


def test_what_is_proposed_holds_no_line_that_nobody_confirmed(plan):
    Measure.objects.filter(title="Jeugd-boa in de avonduren").update(adoption="example")
    plan.lines.filter(slug="ondermijning").update(adoption="example")
    decision = proposed(plan)
    titles = {line.title for line in decision.proposed.lines}
    assert "Cybercrime" in titles and "Cyberoefening met ondernemers" in titles
    assert not titles & {"Jeugd-boa in de avonduren", "Ondermijning", "Adrescontroles met partners"}


# --- suggestions ------------------------------------------------------------------------------


def test_a_suggestion_quotes_its_passage_as_it_stood(adviser, client, person, decision):
    move(decision, DecisionState.INTENDED)
    member = person(Role.COMMITTEE)
    block = decision.texts.section("decision").blocks[0]
    client.force_login(member)
    url = f"/raadpleging/suggestie/{decision.pk}/"
    assert "In te stemmen met het" in read(client, url)
    client.post(url, {"block": block.id, "party": "Fractie A", "text": "Noem ook de raad."})
    found = Suggestion.objects.get()
    assert found.heading == "Besluit B&W" and "In te stemmen met het" in found.passage
    decision.texts = decision.texts.with_typed({"decision": "1. Heel iets anders."})
    decision.save()
    found.refresh_from_db()
    assert "In te stemmen met het" in found.passage
    for path in ("/raadpleging/", f"/besluiten/{decision.pk}/", "/raadpleging/suggesties.csv"):
        assert "In te stemmen met het" in read(client, path)


def test_a_suggestion_on_a_passage_that_is_not_there_is_refused_and_one_on_the_whole_is_not(
    adviser, decision
):
    move(decision, DecisionState.INTENDED)
    url = f"/raadpleging/suggestie/{decision.pk}/"
    page = adviser.post(url, {"block": "onzin", "text": "Meer licht"}).content.decode()
    assert "Deze passage staat niet meer in de tekst" in page and "Meer licht" in page
    adviser.post(url, {"block": "", "text": "Meer licht"})
    found = Suggestion.objects.get()
    assert (found.passage, found.heading) == ("", "")


# --- minutes ----------------------------------------------------------------------------------


@pytest.fixture
def held(adviser, municipality):
    meeting = Meeting.objects.create(municipality=municipality, date=dt.date(2026, 12, 1))
    url = f"/overleg/{meeting.pk}/"
    adviser.post(f"{url}actie/", {"action-title": "Bel de wijkagent"})
    adviser.post(f"{url}aantekeningen/", {"notes-notes": "Het was rustig."})
    adviser.post(f"{url}sluiten/", {"zeker": "ja"})
    meeting.refresh_from_db()
    return meeting


def minutes(client, meeting):
    content = client.get(f"/overleg/{meeting.pk}/verslag.pdf").content
    return " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def test_minutes_are_those_of_the_moment_of_closing(adviser, held):
    kept = last_version(TextKind.MINUTES, held.pk)
    assert (kept.number, kept.note) == (1, "Overleg gesloten")
    Action.objects.filter(title="Bel de wijkagent").update(state="done")
    assert "gedaan" not in minutes(adviser, held)


def test_a_correction_after_closing_is_the_next_version(adviser, held):
    held.refresh_from_db()
    adviser.post(
        f"/overleg/{held.pk}/aantekeningen/",
        {"notes-notes": "Het was druk.", "notes-revision": held.revision},
    )
    assert last_version(TextKind.MINUTES, held.pk).number == 2
    assert "Het was druk." in minutes(adviser, held)
    assert "rustig" in versions_of(TextKind.MINUTES, held.pk).last().content.plain("notes")


def test_mailing_records_which_version_went_out(adviser, held, mailbox):  # noqa: F811
    page = adviser.post(f"/overleg/{held.pk}/verslag-mailen/", follow=True).content.decode()
    held.refresh_from_db()
    assert held.minutes_mailed == last_version(TextKind.MINUTES, held.pk)
    assert "versie 1" in page


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [("", "b", "toegevoegd"), ("a", "b", "gewijzigd"), ("a", "", "weggehaald")],
)
def test_a_difference_says_in_a_word_what_happened(old, new, what):
    assert Difference("Kop", old, new).what == what
