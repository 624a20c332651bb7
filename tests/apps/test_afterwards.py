"""After a meeting: minutes to take along and by mail, answers from a mail, the calendar, the weekly
mail."""

import datetime as dt
import io
import re
import zipfile

import pypdf
import pytest
from django.conf import settings
from django.utils import timezone
from icalendar import Calendar

from koers.apps.meetings.models import Meeting, MeetingState, Reminders
from koers.apps.meetings.services import answers, digest
from koers.apps.people import post
from koers.apps.people.models import Mail, Membership, Role, User
from koers.apps.plan.models import Action, ActionState
from koers.dutch import day

HELD = timezone.localdate() + dt.timedelta(days=7)
DUE = HELD + dt.timedelta(days=14)
# The Monday before the action is due, an hour after the mail goes out.
MONDAY = dt.datetime.combine(DUE - dt.timedelta(days=DUE.weekday()), dt.time(8), dt.UTC)


@pytest.fixture
def owner(municipality):
    user = User.objects.create_user("boa@example.org", "geheim-genoeg-123", name="Boa")
    Membership.objects.create(user=user, municipality=municipality, role=Role.ENFORCEMENT)
    return user


@pytest.fixture
def held(adviser, municipality, owner):
    """A meeting that was held: one decision, one action for somebody, notes with signs that formats
    trip over."""
    meeting = Meeting.objects.create(municipality=municipality, date=HELD)
    url = f"/overleg/{meeting.pk}/"
    adviser.post(f"{url}besluit/", {"decision-text": "Vraag de cijfers op & <bel> de politie"})
    adviser.post(
        f"{url}actie/",
        {
            "action-title": "Controleer de fietsenstalling",
            "action-owner": owner.pk,
            "action-due": DUE.isoformat(),
        },
    )
    adviser.post(f"{url}aantekeningen/", {"notes-notes": "- Eén punt, 50 % minder\n- #twee [x] $3"})
    adviser.post(f"{url}sluiten/", {"zeker": "ja"})
    meeting.refresh_from_db()
    return meeting


@pytest.fixture
def action(held):
    return Action.objects.get(title="Controleer de fietsenstalling")


SAYS = [
    "Vraag de cijfers op & <bel> de politie",
    "Controleer de fietsenstalling",
    day(DUE),
    "#twee [x] $3",
]


def test_the_minutes_as_pdf(adviser, held):
    response = adviser.get(f"/overleg/{held.pk}/verslag.pdf")
    assert [s for s in SAYS if s not in words_of(response.content, "pdf")] == []


PARTS = {"odt": "content.xml", "docx": "word/document.xml"}


def words_of(content, kind):
    if kind == "pdf":
        text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
        return " ".join(text.split())
    xml = zipfile.ZipFile(io.BytesIO(content)).read(PARTS[kind]).decode()
    text = re.sub(r"<[^>]+>", "", re.sub(r"<text:s[^>]*/>", " ", xml))
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


@pytest.mark.parametrize("kind", PARTS)
def test_the_minutes_as_a_file_to_edit_say_the_same_each_time(adviser, held, kind):
    first, second = (adviser.get(f"/overleg/{held.pk}/verslag.{kind}").content for _ in range(2))
    assert first == second
    assert [s for s in SAYS if s not in words_of(first, kind)] == []


@pytest.mark.parametrize("kind", ["pdf", *PARTS])
def test_the_lists_of_decisions_and_of_actions_hold_just_those(adviser, held, owner, kind):
    decision, action, due, notes = SAYS
    decisions = adviser.get(f"/overleg/{held.pk}/besluitenlijst.{kind}")
    actions = adviser.get(f"/overleg/{held.pk}/actielijst.{kind}")
    assert f"besluitenlijst-{HELD:%Y-%m-%d}.{kind}" in decisions["Content-Disposition"]
    assert f"actielijst-{HELD:%Y-%m-%d}.{kind}" in actions["Content-Disposition"]
    said = words_of(decisions.content, kind)
    assert decision in said and action not in said and notes not in said
    said = words_of(actions.content, kind)
    assert (
        action in said
        and due in said
        and owner.name in said
        and decision not in said
        and notes not in said
    )


def test_two_people_who_write_the_notes_at_once_see_both_versions(adviser, municipality):
    meeting = Meeting.objects.create(municipality=municipality, date=HELD)
    url = f"/overleg/{meeting.pk}/aantekeningen/"
    adviser.post(url, {"notes-notes": "Van de eerste", "notes-revision": 0})
    page = adviser.post(url, {"notes-notes": "Van de tweede", "notes-revision": 0})
    text = page.content.decode()
    assert page.status_code == 200 and "Van de eerste" in text and "Van de tweede" in text
    meeting.refresh_from_db()
    assert meeting.notes == "Van de eerste"
    again = page.context["notes_form"]["revision"].value()
    adviser.post(url, {"notes-notes": "Van beiden", "notes-revision": again})
    meeting.refresh_from_db()
    assert meeting.notes == "Van beiden"


def test_there_are_no_minutes_before_the_meeting_or_in_another_format_or_for_another_municipality(
    adviser, held, client, person, other
):
    planned = Meeting.objects.get(state=MeetingState.PLANNED)
    assert adviser.get(f"/overleg/{planned.pk}/verslag.pdf").status_code == 404
    assert adviser.get(f"/overleg/{held.pk}/verslag.exe").status_code == 404
    client.force_login(person(Role.POLICE, where=other))
    assert client.get(f"/overleg/{held.pk}/verslag.pdf").status_code == 404


def test_everybody_gets_the_minutes_with_their_own_actions_on_top(
    adviser, held, owner, person, mailbox
):
    person(Role.COMMITTEE)
    page = adviser.post(f"/overleg/{held.pk}/verslag-mailen/", follow=True).content.decode()
    assert "Het verslag gaat per mail naar 2 deelnemers" in page
    assert {m["To"] for m in mailbox.messages} == {owner.email, "adviser-administrator@example.org"}
    (mail,) = mailbox.to(owner.email)
    text = mail.get_body().get_content()
    assert (
        text.index("UW ACTIES")
        < text.index("Controleer de fietsenstalling")
        < text.index("BESLUITEN")
    )
    (attachment,) = mail.iter_attachments()
    assert attachment.get_content_type() == "application/pdf"
    assert attachment.get_content().startswith(b"%PDF")
    (other,) = mailbox.to("adviser-administrator@example.org")
    assert "geen open acties" in other.get_body().get_content()


def test_a_mail_that_is_refused_is_named_and_the_others_arrive(adviser, held, mailbox):
    mailbox.refuses = {"boa@example.org": "550 nobody"}
    adviser.post(f"/overleg/{held.pk}/verslag-mailen/")
    assert [m["To"] for m in mailbox.messages] == ["adviser-administrator@example.org"]
    page = adviser.get("/").content.decode()
    assert "Mail die niet aankwam" in page and "boa@example.org" in page


def link_in(mail):
    return re.search(
        r"http://testserver(/overleg/antwoord/\S+)", mail.get_body().get_content()
    ).group(1)


def test_the_owner_answers_from_the_mail_with_a_button_and_only_once(
    adviser, held, owner, action, client, mailbox
):
    adviser.post(f"/overleg/{held.pk}/verslag-mailen/")
    link = link_in(*mailbox.to(owner.email))
    client.post("/afmelden/")
    assert "Controleer de fietsenstalling" in client.get(link).content.decode()
    action.refresh_from_db()
    assert action.state == ActionState.OPEN, (
        "opening the page, as a mail scanner does, changes nothing"
    )
    assert "gedaan" in client.post(link, {"choice": "done"}).content.decode()
    action.refresh_from_db()
    assert action.state == ActionState.DONE
    assert action.history.first().history_user_id == owner.pseudonym
    again = client.post(link, {"choice": "done"})
    assert again.status_code == 410
    assert "Er is al geantwoord" in again.content.decode()


def test_more_time_needs_a_later_date_and_a_reason(client, held, owner, action):
    link = answers.path_for(action, owner)
    client.post("/afmelden/")
    late = (DUE + dt.timedelta(days=30)).isoformat()
    for until, reason in ((DUE.isoformat(), "vakantie"), (late, "")):
        client.post(link, {"choice": "longer", "until": until, "reason": reason})
        action.refresh_from_db()
        assert action.due == DUE
    client.post(link, {"choice": "longer", "until": late, "reason": "wacht op de hekken"})
    action.refresh_from_db()
    assert action.due.isoformat() == late
    assert "wacht op de hekken" in action.note
    assert client.get(link).status_code == 410


def test_a_link_is_void_when_it_is_old_changed_or_its_owner_left(
    client, held, owner, action, monkeypatch
):
    link = answers.path_for(action, owner)
    assert client.get(f"{link[:-3]}x/").status_code == 410
    monkeypatch.setattr(answers, "VALID", dt.timedelta(seconds=-1))
    assert "te oud" in client.get(link).content.decode()
    monkeypatch.undo()
    owner.memberships.all().delete()
    assert "doet hier niet meer mee" in client.get(link).content.decode()


def address_of(client):
    page = client.post("/overleg/agenda/", {"choice": "new-address"}, follow=True).content.decode()
    return re.search(r"http://testserver(/overleg/agenda/\S+\.ics)", page).group(1)


def test_the_calendar_holds_meetings_and_ones_own_actions_but_no_minutes(
    client, held, owner, action, adviser
):
    client.force_login(owner)
    address = address_of(client)
    client.post("/afmelden/")
    response = client.get(address)
    assert response["Content-Type"].startswith("text/calendar")
    calendar = Calendar.from_ical(response.content)
    assert calendar["version"] == "2.0"
    events = {str(e["uid"]): e for e in calendar.walk("VEVENT")}
    assert len(events) == 3, "the meeting, the next one, the action"
    assert events[f"actie-{action.pk}@koers"].decoded("dtstart") == DUE
    assert events[f"overleg-{held.pk}@koers"].decoded("dtend") == HELD + dt.timedelta(days=1)
    assert all(e.get("dtstamp") for e in events.values())
    assert b"Vraag de cijfers" not in response.content
    assert b"punt" not in response.content
    assert all(len(line) <= 75 for line in response.content.split(b"\r\n"))


def test_a_calendar_is_renewed_and_revoked(client, owner, municipality):
    client.force_login(owner)
    first = address_of(client)
    second = address_of(client)
    assert (client.get(first).status_code, client.get(second).status_code) == (404, 200)
    client.post("/overleg/agenda/", {"choice": "no-address"})
    assert client.get(second).status_code == 404
    third = address_of(client)
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert client.get(third).status_code == 404


def test_a_calendar_shows_nothing_of_a_municipality_that_one_left(client, held, owner, action):
    client.force_login(owner)
    address = address_of(client)
    owner.memberships.all().delete()
    assert b"VEVENT" not in client.get(address).content


def test_one_meeting_goes_into_any_calendar(adviser, held):
    (event,) = Calendar.from_ical(adviser.get(f"/overleg/{held.pk}/overleg.ics").content).walk(
        "VEVENT"
    )
    assert event["summary"] == "Operationeel overleg veiligheid, Voorbeeldrecht"


@pytest.fixture
def address(monkeypatch):
    monkeypatch.setattr(settings, "KOERS_ADDRESS", "https://koers.example/")


def test_the_weekly_mail_goes_once_to_who_has_something_to_do(
    held, owner, action, address, mailbox
):
    assert digest.tick(MONDAY) == 1
    assert digest.tick(MONDAY + dt.timedelta(days=2)) == 0
    digest.tick(MONDAY + dt.timedelta(days=7, minutes=1))
    first, second = mailbox.to(owner.email)
    assert f"uiterlijk {day(DUE)}" in first.get_content()
    assert f"had klaar moeten zijn op {day(DUE)}" in second.get_content()
    assert "https://koers.example/overleg/antwoord/" in first.get_content()


def test_a_weekly_mail_that_could_not_be_sent_goes_later(held, owner, action, address, mailbox):  # noqa: F811
    mailbox.refuse = "451 later"
    assert digest.tick(MONDAY) == 1
    assert mailbox.messages == []
    mailbox.refuse = ""
    post.again(Mail.objects.get())
    assert len(mailbox.to(owner.email)) == 1


def test_the_weekly_mail_is_switched_off_from_the_mail_or_the_page(
    client, held, owner, action, address, mailbox
):
    digest.tick(MONDAY)
    stop = re.search(
        r"https://koers.example(/overleg/agenda/geen-mail/\S+)", mailbox.messages[0].get_content()
    ).group(1)
    client.post("/afmelden/")
    client.get(stop)
    assert Reminders.objects.get(user=owner).weekly, "opening the page switches nothing off"
    assert "niet meer" in client.post(stop).content.decode()
    digest.tick(MONDAY + dt.timedelta(days=7))
    assert len(mailbox.to(owner.email)) == 1
    client.force_login(owner)
    client.post("/overleg/agenda/", {"choice": "weekly"})
    assert digest.tick(MONDAY + dt.timedelta(days=7)) == 1


def test_without_a_mail_server_or_an_address_nothing_is_mailed(held, action, mailbox, monkeypatch):  # noqa: F811
    assert digest.tick(MONDAY) == 0
    monkeypatch.setattr(settings, "KOERS_ADDRESS", "https://koers.example")
    monkeypatch.setattr(settings, "EMAIL_HOST", "")
    assert digest.tick(MONDAY) == 0
