"""What cannot be undone asks first; a meeting is opened again by who closed it, until its minutes
are mailed; a decision is adopted today or on a chosen day."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from koers.apps.decisions.models import Decision, DecisionState
from koers.apps.decisions.services import document as services
from koers.apps.decisions.services.document import latest_decision
from koers.apps.meetings.models import Meeting, MeetingState
from koers.apps.people.models import Role
from koers.apps.texts.models import TextKind
from koers.apps.texts.services.versions import versions_of
from tests.apps.confirming import confirm_all

SURE = {"zeker": "ja"}


@pytest.fixture
def meeting(municipality):
    return Meeting.objects.create(municipality=municipality, date="2026-10-06", notes="Besproken")


@pytest.fixture
def police(person):
    browser = Client()
    browser.force_login(person(Role.POLICE))
    return browser


def state_of(meeting):
    meeting.refresh_from_db()
    return meeting.state


@pytest.mark.postgres
def test_closing_says_what_follows_and_closes_when_one_is_sure(police, meeting):
    address = f"/overleg/{meeting.pk}/sluiten/"
    page = police.post(address).content.decode()
    assert "Dit overleg sluiten?" in page and "3 november 2026" in page
    assert state_of(meeting) == MeetingState.PLANNED and Meeting.objects.count() == 1
    police.post(address, SURE)
    assert state_of(meeting) == MeetingState.HELD and meeting.paper is not None


@pytest.mark.postgres
def test_who_closed_it_opens_it_again_and_the_minutes_of_then_stay(police, meeting):
    police.post(f"/overleg/{meeting.pk}/sluiten/", SURE)
    assert "Overleg heropenen" in police.get(f"/overleg/{meeting.pk}/").content.decode()
    address = f"/overleg/{meeting.pk}/heropenen/"
    assert "Dit overleg heropenen?" in police.post(address).content.decode()
    assert state_of(meeting) == MeetingState.HELD
    police.post(address, SURE)
    assert state_of(meeting) == MeetingState.PLANNED
    assert (meeting.paper, meeting.closed_at, meeting.closed_by) == (None, None, None)
    assert list(versions_of(TextKind.MINUTES, meeting.pk))
    page = police.get(f"/overleg/{meeting.pk}/").content.decode()
    assert "Overleg heropenen" not in page and "Overleg sluiten" in page
    police.post(f"/overleg/{meeting.pk}/sluiten/", SURE)
    assert state_of(meeting) == MeetingState.HELD and Meeting.objects.count() == 2


def test_another_does_not_open_it_again(police, adviser, meeting):
    police.post(f"/overleg/{meeting.pk}/sluiten/", SURE)
    assert "Overleg heropenen" not in adviser.get(f"/overleg/{meeting.pk}/").content.decode()
    page = adviser.post(f"/overleg/{meeting.pk}/heropenen/", SURE, follow=True).content.decode()
    assert "Alleen wie dit overleg sloot" in page
    assert state_of(meeting) == MeetingState.HELD


def test_minutes_that_were_mailed_keep_it_closed(police, meeting):
    police.post(f"/overleg/{meeting.pk}/sluiten/", SURE)
    Meeting.objects.filter(pk=meeting.pk).update(minutes_mailed_at=timezone.now())
    assert "Overleg heropenen" not in police.get(f"/overleg/{meeting.pk}/").content.decode()
    police.post(f"/overleg/{meeting.pk}/heropenen/", SURE)
    assert state_of(meeting) == MeetingState.HELD


def test_a_decision_is_adopted_today_unless_a_day_was_chosen(plan):
    """The bundled file names a day of its college meeting; nobody chose it here."""
    decision = latest_decision(plan)
    assert decision.meeting_date == dt.date(2025, 3, 11)
    confirm_all(decision)
    services.move(decision, DecisionState.INTENDED)
    services.move(decision, DecisionState.WITH_COMMITTEE)
    services.move(decision, DecisionState.ADOPTED)
    today = timezone.localdate()
    assert Decision.objects.get().meeting_date == today
    assert plan.versions.get().adopted_on == today
    assert "11 maart 2025" not in plan.versions.get().decided_in
