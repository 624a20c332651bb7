"""A month as the adviser lives it, in a real browser: figures in, signals handled, the meeting
held, the minutes in the mail."""

import pytest
from django.conf import settings
from pypdf import PdfReader

from koers.apps.intake import background
from koers.apps.intake.models import LoadRun
from koers.apps.intake.services import loading
from koers.apps.meetings.models import AgendaItem, ItemKind, Meeting
from koers.apps.people.models import Municipality
from koers.apps.picture.models import Signal
from koers.apps.plan.models import Action, Measure
from tests.apps.smtp import mailbox  # noqa: F401
from tests.browser.conftest import assert_accessible
from tests.browser.month import PASSWORD, PEOPLE, Effort, police_tables, settle, workbook
from tests.sources import country
from tests.sources.odata_server import serve

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town(db, tmp_path, monkeypatch):
    """An empty home; the sources are a server on this machine."""
    monkeypatch.setattr(settings, "HOME", tmp_path)
    monkeypatch.setattr(background, "BEAT_SECONDS", 0)
    with serve(police_tables() | country.statline_tables()) as running:
        monkeypatch.setattr(
            settings, "KOERS_SOURCES", dict.fromkeys(settings.KOERS_SOURCES, running.address)
        )
        yield settle().municipality


@pytest.fixture
def at_work(browser, live_server):
    """Opens a browser of one's own for a person, and signs in."""
    opened = []

    def come_in(email, effort=None, width=1280):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, base_url=live_server.url
        )
        opened.append(context)
        if effort:
            effort.count_in(context)
        page = context.new_page()
        page.goto("/aanmelden/")
        page.fill("#id_login", email)
        page.fill("#id_password", PASSWORD)
        page.click("main button")
        page.get_by_role("button", name="Afmelden").wait_for()
        return page

    yield come_in
    for context in opened:
        context.close()


def bring_in_the_plan(page, tmp_path):
    file = tmp_path / "maatregelen.xlsx"
    file.write_bytes(workbook())
    page.goto("/plan/inlezen/")
    page.set_input_files("input[type=file]", str(file))
    page.get_by_role("button", name="Verder").click()
    page.get_by_role("button", name="Toon wat het wordt").click()
    page.locator("button[name=inlezen]").click()
    page.get_by_text("ingelezen").first.wait_for()
    Measure.objects.update(adoption="adopted")
    Action.objects.update(adoption="adopted")


def handle(page, signal_item, number):
    """Three of the five are taken up, two set aside; the next item comes by a key."""
    page.get_by_role("heading", level=1, name=signal_item.title).wait_for()
    if number < 3:
        page.keyboard.press("t")
        page.get_by_role("button", name="Oppakken").wait_for()
        page.keyboard.press("Enter")
    else:
        page.keyboard.press("s")
        page.get_by_role("button", name="Terzijde leggen").wait_for()
        page.keyboard.type("Bekend bij de wijkagent")
        page.get_by_role("button", name="Terzijde leggen").click()
    page.get_by_role("button", name="Weer openzetten").wait_for()
    # A click on a page that still loads may be taken away with what loads.
    page.wait_for_load_state()


def test_a_month_from_figures_to_mailed_minutes(town, at_work, mailbox, tmp_path):  # noqa: F811
    bring_in_the_plan(at_work("oov@example.org"), tmp_path)
    assert (Measure.objects.count(), Action.objects.count()) == (5, 20)

    effort = Effort()
    page = at_work("oov@example.org", effort)
    page.get_by_role("navigation").get_by_role("link", name="Cijfers").click()
    page.get_by_role("button", name="Cijfers ophalen").click()
    loading.carry_out(LoadRun.objects.get().pk)
    page.get_by_text("Klaar op").wait_for()
    assert Signal.objects.of(town).filter(state="new").count() >= 5

    page.get_by_role("navigation").get_by_role("link", name="Overleg").click()
    page.get_by_role("button", name="Plannen").click()
    page.get_by_role("link", name="Naar het scherm").click()
    page.get_by_role("button", name="Begin het overleg").click()
    meeting = Meeting.objects.get()
    signals = list(AgendaItem.objects.filter(meeting=meeting, kind=ItemKind.SIGNAL))[:5]
    assert len(signals) == 5
    assert_accessible(page)
    for number, item in enumerate(signals):
        handle(page, item, number)
        if number < 4:
            page.keyboard.press("n")

    page.locator(".k-crumbs").get_by_role("link").nth(1).click()
    page.wait_for_url(f"**/overleg/{meeting.pk}/")
    page.emulate_media(media="print")
    paper = tmp_path / "vergaderstuk.pdf"
    page.pdf(path=str(paper))
    page.emulate_media(media="screen")
    printed = " ".join(text_of(paper).split())
    assert [title for title in (item.title for item in signals) if title not in printed] == []
    assert effort.clicks <= 30, effort.log
    assert effort.seconds <= 600

    page.get_by_role("button", name="Overleg sluiten").click()
    page.get_by_role("button", name="Sluiten", exact=True).click()
    page.get_by_role("button", name="Verslag mailen").click()
    page.get_by_text("gemaild").first.wait_for()
    for email in ("oov@example.org", "th@example.org", "politie@example.org"):
        (mail,) = mailbox.to(email)
        own = Action.objects.filter(owner__email=email).first()
        assert own.title in mail.get_body(("plain",)).get_content()
        assert [part.get_content_type() for part in mail.iter_attachments()]
    assert Signal.objects.of(town).filter(state="taken_up").count() == 3
    assert Signal.objects.of(town).filter(state="set_aside").count() == 2


def test_each_role_finds_its_own_work_and_nothing_of_another_town(town, at_work):
    meeting = Meeting.objects.create(municipality=town, date="2026-12-01")
    neighbour = Municipality.objects.create(code="GM9002", name="Bosdorp")
    elsewhere = Meeting.objects.create(municipality=neighbour, date="2026-12-01")
    for email in PEOPLE:
        page = at_work(email)
        page.goto("/")
        assert_accessible(page)
        answer = page.goto(f"/overleg/{meeting.pk}/")
        assert answer.status == (403 if email.startswith("partner") else 200)
        answer = page.goto(f"/overleg/{elsewhere.pk}/scherm/")
        assert answer.status == (403 if email.startswith("partner") else 404)


def text_of(pdf):
    return " ".join(page.extract_text() for page in PdfReader(pdf).pages)
