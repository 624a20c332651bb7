"""The screen of a meeting: its agenda makes itself, and of two who type at once neither loses
anything."""

import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from koers.apps.intake.archive import public_shelf
from koers.apps.meetings.models import (
    AgendaItem,
    Event,
    ItemKind,
    ItemState,
    Meeting,
    MeetingDecision,
)
from koers.apps.meetings.services import screen
from koers.apps.meetings.services.agenda import rows
from koers.apps.meetings.services.paper import close
from koers.apps.people.models import Role
from koers.apps.picture.models import Signal, SignalState
from koers.apps.picture.services.screening import screen_municipality
from koers.apps.plan.models import Action, Goal, Measure

pytestmark = pytest.mark.postgres

DAY = dt.date(2026, 12, 1)


@pytest.fixture
def meeting(municipality):
    return Meeting.objects.create(municipality=municipality, date=DAY)


@pytest.fixture
def item(meeting):
    return rows.add_own(meeting, "Overlast bij het station")


@pytest.fixture
def signal(municipality):
    screen_municipality(municipality)
    return Signal.objects.of(municipality).filter(main=True).first()


def kinds(meeting):
    return {i.kind for i in meeting.items.filter(archived_at=None)}


def note(item, text, read=None):
    read = read or screen.Read.of(item, ("note",))
    return {"note-note": text, "note-revision": read.revision, "note-was": read.digest}


def test_the_agenda_holds_what_is_new_and_what_lies_ahead(meeting, municipality, signal):
    Action.objects.create(municipality=municipality, title="Te laat", due=dt.date(2026, 11, 1))
    Event.objects.create(municipality=municipality, name="Kerstmarkt", start=dt.date(2026, 12, 12))
    rows.refresh(public_shelf(), meeting)
    assert {ItemKind.SIGNAL, ItemKind.ACTION, ItemKind.EVENT, ItemKind.SEASON} <= kinds(meeting)
    titles = list(meeting.items.values_list("title", flat=True))
    assert (
        "Vuurwerk en de jaarwisseling" in titles and "Kerstmarkt" in titles and "Te laat" in titles
    )


def test_refreshing_twice_gives_the_same_agenda_and_what_went_away_leaves_it(meeting, signal):
    rows.refresh(public_shelf(), meeting)
    before = list(meeting.items.filter(archived_at=None).values_list("pk", flat=True))
    rows.refresh(public_shelf(), meeting)
    assert list(meeting.items.filter(archived_at=None).values_list("pk", flat=True)) == before
    Signal.objects.filter(pk=signal.pk).update(state=SignalState.SET_ASIDE)
    rows.refresh(public_shelf(), meeting)
    assert not meeting.items.filter(
        archived_at=None, kind=ItemKind.SIGNAL, ref_id=signal.pk
    ).exists()


def test_what_somebody_touched_stays_and_nothing_changes_once_it_started(adviser, meeting, signal):
    rows.refresh(public_shelf(), meeting)
    mine = meeting.items.get(kind=ItemKind.SIGNAL, ref_id=signal.pk)
    AgendaItem.objects.filter(pk=mine.pk).update(note="Eerst vragen")
    Signal.objects.filter(pk=signal.pk).update(state=SignalState.SET_ASIDE)
    rows.refresh(public_shelf(), meeting)
    assert meeting.items.filter(archived_at=None, pk=mine.pk).exists()
    adviser.post(f"/overleg/{meeting.pk}/begin/")
    number = meeting.items.count()
    Event.objects.create(
        municipality=meeting.municipality, name="Te laat gemeld", start=dt.date(2026, 12, 12)
    )
    adviser.get(f"/overleg/{meeting.pk}/scherm/")
    assert meeting.items.count() == number


def test_a_goal_whose_chance_fell_since_the_last_close_is_on_the_agenda(
    meeting, municipality, plan
):
    goal = Goal.objects.of(municipality).first()
    Goal.objects.filter(pk=goal.pk).update(
        adoption="adopted", target=1e9, due=dt.date(2027, 12, 31)
    )
    following = close(public_shelf(), meeting)
    rows.refresh(public_shelf(), following)
    assert not following.items.filter(archived_at=None, kind=ItemKind.GOAL).exists()
    Goal.objects.filter(pk=goal.pk).update(target=0)
    rows.refresh(public_shelf(), following)
    fell = following.items.get(archived_at=None, kind=ItemKind.GOAL)
    assert fell.ref_id == goal.pk and "De kans daalde van 100 %" in fell.detail


def test_the_strategic_agenda_holds_exceptions_and_decisions_only(municipality, signal):
    strategic = Meeting.objects.create(municipality=municipality, date=DAY, kind="strategic")
    Action.objects.create(municipality=municipality, title="Te laat", due=dt.date(2026, 11, 1))
    measure = Measure.objects.of(municipality).first()
    Measure.objects.filter(pk=measure.pk).update(
        adoption="adopted", state="at_risk", state_reason="Geen geld"
    )
    rows.refresh(public_shelf(), strategic)
    assert ItemKind.MEASURE in kinds(strategic)
    assert not kinds(strategic) & {
        ItemKind.SIGNAL,
        ItemKind.ACTION,
        ItemKind.SEASON,
        ItemKind.EVENT,
    }


def test_what_is_postponed_goes_to_the_next_meeting_once(adviser, meeting, item):
    adviser.post(f"/overleg/punt/{item.pk}/volgende-keer/")
    following = close(public_shelf(), meeting)
    rows.refresh(public_shelf(), following)
    rows.refresh(public_shelf(), following)
    assert [i.title for i in following.items.filter(kind=ItemKind.OWN)] == [
        "Overlast bij het station"
    ]


def test_a_signal_is_taken_up_from_the_screen_with_an_action_and_a_decision(
    adviser, meeting, signal
):
    rows.refresh(public_shelf(), meeting)
    item = meeting.items.get(kind=ItemKind.SIGNAL, ref_id=signal.pk)
    adviser.post(
        f"/overleg/punt/{item.pk}/oppakken/",
        {"take-up-title": "Ga langs", "take-up-due": "2026-12-20"},
    )
    signal.refresh_from_db()
    item.refresh_from_db()
    assert (signal.state, item.state) == (SignalState.TAKEN_UP, ItemState.TAKEN_UP)
    action = Action.objects.get(title="Ga langs")
    assert (
        action.signal == signal
        and action in meeting.actions.all()
        and action.due == dt.date(2026, 12, 20)
    )
    assert MeetingDecision.objects.get().item == item
    adviser.post(f"/overleg/punt/{item.pk}/heropenen/")
    signal.refresh_from_db()
    assert signal.state == SignalState.NEW


def test_setting_aside_asks_for_a_reason_and_a_second_hand_is_told(adviser, meeting, item):
    assert (
        adviser.post(f"/overleg/punt/{item.pk}/terzijde/", {"reason-reason": " "}).status_code
        == 422
    )
    adviser.post(f"/overleg/punt/{item.pk}/terzijde/", {"reason-reason": "Eenmalig"})
    again = adviser.post(f"/overleg/punt/{item.pk}/oppakken/", {"take-up-title": "Toch doen"})
    assert again.status_code == 409 and "intussen al: terzijde gelegd" in again.content.decode()
    assert not Action.objects.filter(title="Toch doen").exists()


def test_a_second_save_of_the_same_note_shows_both_texts_and_overwrites_nothing(adviser, item):
    read = screen.Read.of(item, ("note",))
    assert (
        adviser.post(
            f"/overleg/punt/{item.pk}/notitie/", note(item, "Van de eerste", read)
        ).status_code
        == 302
    )
    second = adviser.post(f"/overleg/punt/{item.pk}/notitie/", note(item, "Van de tweede", read))
    page = second.content.decode()
    assert second.status_code == 409
    assert (
        "Wat er nu staat" in page
        and "Van de eerste" in page
        and "Wat u schreef" in page
        and "Van de tweede" in page
    )
    item.refresh_from_db()
    assert item.note == "Van de eerste"
    merged = second.context["note_form"].initial
    assert merged["note"] == "Van de eerste\nVan de tweede"
    data = {
        "note-note": merged["note"],
        "note-revision": merged["revision"],
        "note-was": merged["was"],
    }
    assert adviser.post(f"/overleg/punt/{item.pk}/notitie/", data).status_code == 302
    item.refresh_from_db()
    assert item.note == "Van de eerste\nVan de tweede"


def test_another_field_that_changed_meanwhile_is_no_conflict(adviser, item):
    read = screen.Read.of(item, ("note",))
    adviser.post(f"/overleg/punt/{item.pk}/terzijde/", {"reason-reason": "Eenmalig"})
    assert (
        adviser.post(
            f"/overleg/punt/{item.pk}/notitie/", note(item, "Mijn notitie", read)
        ).status_code
        == 302
    )
    item.refresh_from_db()
    assert (item.note, item.state) == ("Mijn notitie", ItemState.SET_ASIDE)


def test_a_line_is_added_under_what_others_wrote_meanwhile_with_who_and_when(adviser, item):
    screen.save_as_read(item, {"note": "Van een ander"}, screen.Read.of(item, ("note",)))
    url = f"/overleg/punt/{item.pk}/regel/"
    assert adviser.post(url, {"line-text": "Meer  licht"}).status_code == 302
    part = adviser.post(url, {"line-text": "Vraag de politie"}, headers={"HX-Request": "true"})
    assert part.status_code == 200 and part.content.decode().strip().startswith('<div id="stand"')
    item.refresh_from_db()
    first, second, third = item.note.splitlines()
    assert first == "Van een ander"
    assert re.fullmatch(r"\d\d:\d\d \S.*: Meer licht", second) and third.endswith(
        ": Vraag de politie"
    )
    assert "Meer licht" in part.content.decode() and "Vraag de politie" in part.content.decode()


def test_who_edits_the_whole_note_is_not_disturbed_by_lines_that_others_add(adviser, item):
    url = f"/overleg/punt/{item.pk}/notitie/"
    for text in ("Eerst", "Anders"):
        before = AgendaItem.objects.get(pk=item.pk)
        screen.add_line(item, "Meer licht", "Boa")
        screen.add_line(item, "Minder lawaai", "Boa")
        assert adviser.post(url, note(before, text)).status_code == 302
        now = AgendaItem.objects.get(pk=item.pk).note.splitlines()
        assert [line.split(": ")[-1] for line in now] == [text, "Meer licht", "Minder lawaai"]


def test_a_line_under_a_text_that_another_changed_does_not_hide_the_conflict(adviser, item):
    before = AgendaItem.objects.get(pk=item.pk)
    adviser.post(f"/overleg/punt/{item.pk}/notitie/", note(before, "Van een ander"))
    screen.add_line(item, "Meer licht", "Boa")
    assert (
        adviser.post(f"/overleg/punt/{item.pk}/notitie/", note(before, "Van mij")).status_code
        == 409
    )


def test_a_line_that_names_a_person_is_refused_and_kept_in_the_form(adviser, item):
    for headers in ({}, {"HX-Request": "true"}):
        refused = adviser.post(
            f"/overleg/punt/{item.pk}/regel/", {"line-text": "Bel mevrouw Jansen"}, headers=headers
        )
        assert refused.status_code == 422
        assert (
            "Dit lijkt op persoonsgegevens" in refused.content.decode()
            and "mevrouw Jansen" in refused.content.decode()
        )
    item.refresh_from_db()
    assert item.note == ""


def test_what_a_meeting_read_a_while_ago_does_not_turn_back_what_screens_ask_for(meeting):
    stale = Meeting.objects.get(pk=meeting.pk)
    meeting.touch()
    stale.notes = "Aantekening"
    stale.save()
    meeting.refresh_from_db()
    assert (meeting.changes, meeting.notes) == (1, "Aantekening")


def test_turning_to_an_item_leaves_the_agenda_alone_and_coming_to_the_screen_brings_it_in_step(
    adviser, meeting, item
):
    Event.objects.create(
        municipality=meeting.municipality, name="Kerstmarkt", start=dt.date(2026, 12, 12)
    )
    assert (
        "Kerstmarkt"
        not in adviser.get(f"/overleg/{meeting.pk}/scherm/?punt={item.pk}").content.decode()
    )
    assert "Kerstmarkt" in adviser.get(f"/overleg/{meeting.pk}/scherm/").content.decode()


def test_the_part_that_all_see_is_read_again_after_each_change_only(adviser, meeting, item):
    url = f"/overleg/{meeting.pk}/scherm/stand/?punt={item.pk}"
    adviser.get(url)
    with CaptureQueriesContext(connection) as again:
        adviser.get(url)
    assert not [q for q in again if "meetings_agendaitem" in q["sql"]]
    screen.add_line(item, "Meer licht", "Boa")
    assert "Boa: Meer licht" in adviser.get(url).content.decode()


def test_assigning_at_once_is_a_conflict_too_and_an_action_takes_it_over(
    adviser, meeting, municipality
):
    action = Action.objects.create(
        municipality=municipality, title="Loopt", due=dt.date(2026, 12, 2)
    )
    rows.refresh(public_shelf(), meeting)
    item = meeting.items.get(kind=ItemKind.ACTION, ref_id=action.pk)
    read = screen.Read.of(item, screen.OWNER_FIELDS)
    sent = {"assign-revision": read.revision, "assign-was": read.digest, "assign-due": "2027-01-15"}
    url = f"/overleg/punt/{item.pk}/toewijzen/"
    assert adviser.post(url, {**sent, "assign-owner_department": "T&H"}).status_code == 302
    refused = adviser.post(url, {**sent, "assign-owner_department": "Politie"})
    assert refused.status_code == 409 and "T&amp;H" in refused.content.decode()
    action.refresh_from_db()
    assert (action.owner_department, action.due) == ("T&H", dt.date(2027, 1, 15))


def test_a_screen_that_asks_again_gets_304_until_something_changes(adviser, meeting, item):
    url = f"/overleg/{meeting.pk}/scherm/stand/?punt={item.pk}"
    first = adviser.get(url)
    assert f'data-etag="{first["ETag"].strip(chr(34))}"' in first.content.decode()
    assert adviser.get(url, headers={"If-None-Match": first["ETag"]}).status_code == 304
    adviser.post(f"/overleg/punt/{item.pk}/besluit/", {"decision-text": "Meer licht"})
    changed = adviser.get(url, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200 and "Meer licht" in changed.content.decode()


def test_a_note_that_names_a_person_is_pointed_out_and_kept_in_the_form(adviser, item):
    refused = adviser.post(f"/overleg/punt/{item.pk}/notitie/", note(item, "Bezoek mevrouw Jansen"))
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "Dit lijkt op persoonsgegevens" in page and "Bezoek mevrouw Jansen" in page
    item.refresh_from_db()
    assert item.note == ""


def test_items_change_places_and_a_closed_meeting_takes_nothing_more(adviser, meeting, item):
    other = rows.add_own(meeting, "Tweede punt")
    adviser.post(f"/overleg/punt/{other.pk}/omhoog/")
    assert [i.title for i in meeting.items.all()][:2] == ["Tweede punt", "Overlast bij het station"]
    close(public_shelf(), meeting)
    adviser.post(f"/overleg/punt/{item.pk}/notitie/", note(item, "Te laat"))
    item.refresh_from_db()
    assert item.note == ""


def test_another_municipality_and_a_partner_see_no_screen(client, person, meeting, item, other):
    client.force_login(person(Role.PARTNER))
    assert client.get(f"/overleg/{meeting.pk}/scherm/").status_code == 403
    client.force_login(person(Role.ADVISER, where=other))
    assert client.get(f"/overleg/{meeting.pk}/scherm/").status_code == 404
    assert client.post(f"/overleg/punt/{item.pk}/besproken/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_lines_at_the_same_moment_every_one_is_kept(municipality, on_disk):
    item = rows.add_own(Meeting.objects.create(municipality=municipality, date=DAY), "Tegelijk")

    def write(name):
        try:
            screen.add_line(item, name, "Boa")
            return AgendaItem.objects.get(pk=item.pk)
        finally:
            connection.close()

    on_disk()
    with ThreadPoolExecutor(8) as pool:
        last = max(pool.map(write, [f"regel{n}" for n in range(8)]), key=lambda i: i.revision)
    assert sorted(line.split()[-1] for line in last.note.splitlines()) == [
        f"regel{n}" for n in range(8)
    ]


@pytest.mark.django_db(transaction=True)
def test_of_saves_at_the_same_moment_one_is_accepted_and_the_others_are_told(municipality, on_disk):
    meeting = Meeting.objects.create(municipality=municipality, date=DAY)
    item = rows.add_own(meeting, "Tegelijk")
    accepted, told = [], []

    def write(name):
        try:
            text, read = "", screen.Read.of(item, ("note",))
            while True:
                try:
                    screen.save_as_read(item, {"note": f"{text}\n{name}".strip()}, read)
                    accepted.append(name)
                    return
                except screen.ConflictError as conflict:
                    told.append(name)
                    text, read = conflict.current.note, screen.Read.of(conflict.current, ("note",))
        finally:
            connection.close()

    on_disk()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, [f"regel{n}" for n in range(8)]))
        now = pool.submit(
            lambda: (AgendaItem.objects.get(pk=item.pk), connection.close())[0]
        ).result()
    lines = [f"regel{n}" for n in range(8)]
    assert sorted(now.note.split()) == lines == sorted(accepted)
    assert len(told) >= 7
    assert now.revision == 8
