"""Mails about meetings and the calendar: whose they are and how long a link holds."""

import datetime as dt
import re

import pytest
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils import timezone

from koers.apps.meetings.models import (
    Event,
    Meeting,
    Reminders,
)
from koers.apps.meetings.services import (
    answers,
    calendar,
    digest,
    minutes,
)
from koers.apps.people.models import Mail, Membership, Municipality, Role
from koers.apps.plan.models import Action
from tests.apps.rules.conftest import TODAY, TOMORROW, YESTERDAY

SECRET = "Alleen-voor-de-buren"
ADDRESS = "https://koers.example.org"


@pytest.fixture
def owner(ours, worker):
    """Somebody who has the action of ``ours`` to do by tomorrow."""
    user = worker("agent", Role.POLICE)
    Action.objects.filter(pk=ours.action.pk).update(owner=user, due=TOMORROW)
    ours.action.refresh_from_db()
    return user


def test_an_answer_needs_a_link_of_an_action_that_did_not_change(ours, owner):
    token = answers.path_for(ours.action, owner).rstrip("/").split("/")[-1]
    assert answers.read(token) == (ours.action, owner)
    with pytest.raises(answers.VoidLinkError, match="klopt niet"):
        answers.read(f"{token}x")
    answers.needs_longer(ours.action, owner, TOMORROW + dt.timedelta(days=7), "Ziek")
    with pytest.raises(answers.VoidLinkError, match="al geantwoord"):
        answers.read(token)
    ours.action.refresh_from_db()
    assert ours.action.note == "Meer tijd nodig: Ziek"
    assert ours.action.history.first().history_user_id == owner.pseudonym
    answers.done(ours.action, owner)
    assert Action.objects.get(pk=ours.action.pk).state == "done"


@pytest.mark.parametrize("gone", ["archived", "inactive", "no role", "other role"])
def test_a_link_is_void_for_who_takes_part_no_longer(ours, owner, gone):
    token = answers.path_for(ours.action, owner).rstrip("/").split("/")[-1]
    if gone == "archived":
        ours.action.archive()
    elif gone == "inactive":
        type(owner).objects.filter(pk=owner.pk).update(is_active=False)
    elif gone == "no role":
        owner.memberships.all().delete()
    else:
        owner.memberships.update(role=Role.COMMITTEE)
    with pytest.raises(answers.VoidLinkError, match="doet hier niet meer mee"):
        answers.read(token)


@pytest.mark.parametrize(
    ("now", "moment"),
    [
        (dt.datetime(2026, 11, 30, 7, 0), dt.datetime(2026, 11, 30, 7)),
        (dt.datetime(2026, 11, 30, 6, 59), dt.datetime(2026, 11, 23, 7)),
        (dt.datetime(2026, 12, 6, 23, 59), dt.datetime(2026, 11, 30, 7)),
    ],
)
def test_the_weekly_mail_is_of_monday_at_seven(now, moment):
    aware = timezone.make_aware(now)
    assert digest.this_monday(aware) == timezone.make_aware(moment)


def test_the_weekly_mail_names_the_coming_two_weeks_and_goes_once(ours, owner, mailbox, settings):
    settings.KOERS_ADDRESS = ADDRESS
    now = timezone.localtime().replace(hour=12)
    mine = {"municipality": ours.municipality, "owner": owner}
    for days, title in ((14, "Nog net"), (15, "Te ver")):
        Action.objects.create(**mine, title=title, due=now.date() + dt.timedelta(days=days))
    today, next_week, too_far = (
        Meeting.objects.create(
            municipality=ours.municipality,
            date=now.date() + dt.timedelta(days=days),
            kind="strategic",
        )
        for days in (0, 7, 8)
    )
    assert digest.tick(now) == 1
    (mail,) = mailbox.messages
    assert mail["To"] == owner.email
    text = mail.get_content()
    assert ours.action.title in text and "Nog net" in text and "Te ver" not in text
    named = re.findall(r"/overleg/(\d+)/", text)
    assert {str(today.pk), str(next_week.pk)} <= set(named) and str(too_far.pk) not in named
    (stop,) = re.findall(r"/(\w[^/\s]*:[^/\s]*)/", text.split(ADDRESS)[-1])
    assert digest.person_of(stop) == owner
    assert digest.tick(now) == 0 and len(mailbox.messages) == 1
    assert digest.tick(now + dt.timedelta(days=7)) == 1
    Reminders.objects.filter(user=owner).update(weekly=False)
    assert digest.tick(now + dt.timedelta(days=14)) == 0


def test_reminders_are_switched_off_with_the_link_of_ones_own_mail_only(owner, worker):
    worker("iemand", Role.POLICE)
    token = signing.dumps(str(owner.pseudonym), salt=digest.SALT)
    assert digest.person_of(token) == owner
    assert digest.person_of(f"{token}x") is None
    assert digest.person_of(signing.dumps(str(owner.pseudonym), salt="other")) is None


def test_minutes_that_go_to_nobody_are_not_mailed(db, settings):
    settings.EMAIL_HOST = "localhost"
    empty = Municipality.objects.create(code="GM9009", name="Leegdam")
    meeting = Meeting.objects.create(municipality=empty, date=TODAY)
    assert minutes.mail_minutes(meeting, str) == 0
    meeting.refresh_from_db()
    assert meeting.minutes_mailed_at is None


@pytest.mark.parametrize("why", ["nothing to do", "no real address", "inactive"])
def test_nobody_is_mailed_for_nothing(ours, worker, settings, why):
    settings.EMAIL_HOST, settings.KOERS_ADDRESS = "localhost", ADDRESS
    user = worker("agent", Role.PARTNER, is_active=why != "inactive")
    if why != "nothing to do":
        Action.objects.filter(pk=ours.action.pk).update(owner=user, due=TODAY)
    if why == "no real address":
        type(user).objects.filter(pk=user.pk).update(email="agent@koers.invalid")
    assert digest.tick(timezone.now()) == 0
    assert not Mail.objects.exists()


def test_minutes_go_to_who_takes_part_in_the_meetings(ours, theirs, worker):
    police = worker("agent", Role.POLICE)
    worker("raadslid", Role.COMMITTEE)
    worker("partner", Role.PARTNER)
    worker("weg", Role.POLICE, is_active=False)
    worker("buur", Role.POLICE, where=theirs.municipality)
    nameless = worker("eerste", Role.ADVISER)
    type(nameless).objects.filter(pk=nameless.pk).update(email="beheerder@koers.invalid")
    assert minutes.participants(ours.municipality) == [police]


def test_a_calendar_holds_meetings_where_one_takes_part_and_ones_own_actions(
    ours, theirs, owner, worker
):
    Membership.objects.create(user=owner, municipality=theirs.municipality, role=Role.COLLEGE)
    Action.objects.filter(pk=theirs.action.pk).update(owner=owner, due=TOMORROW)
    Action.objects.create(municipality=ours.municipality, title="Ooit", owner=owner)
    old = Meeting.objects.create(
        municipality=ours.municipality, kind="strategic", date=TODAY - dt.timedelta(days=93)
    )
    Meeting.objects.create(
        municipality=ours.municipality, kind="strategic", date=TODAY - dt.timedelta(days=92)
    )
    feed = calendar.feed_of(owner, lambda path: f"https://koers{path}").decode()
    assert f"overleg-{ours.meeting.pk}@" in feed
    assert f"overleg-{theirs.meeting.pk}@" not in feed
    assert f"overleg-{old.pk}@" not in feed
    assert feed.count("UID:overleg-") == 2
    assert f"actie-{ours.action.pk}@" in feed and f"actie-{theirs.action.pk}@" in feed
    assert feed.count("UID:actie-") == 2


def test_an_event_ends_on_or_after_the_day_on_which_it_begins():
    Event(name="Kermis", start=TODAY, end=TODAY).clean()
    with pytest.raises(ValidationError, match="vóór het begin"):
        Event(name="Kermis", start=TODAY, end=YESTERDAY).clean()
    assert Event(start=TODAY).last == TODAY
    assert Event(start=TODAY, end=TOMORROW).last == TOMORROW
