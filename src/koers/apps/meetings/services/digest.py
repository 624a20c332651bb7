"""Once a week a mail with what is to be done; each person can switch it off."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from koers.apps.meetings.models import Meeting, MeetingState, Reminders
from koers.apps.meetings.services import answers
from koers.apps.people import mail
from koers.apps.people.models import User
from koers.apps.plan.services.owners import own_open_actions

SALT = "koers.meetings.reminders"
HOUR = 7
AHEAD = timedelta(days=14)


def this_monday(now: datetime) -> datetime:
    """The moment at which this week's mail should have gone out."""
    moment = (now - timedelta(days=now.weekday())).replace(
        hour=HOUR, minute=0, second=0, microsecond=0
    )
    return moment if moment <= now else moment - timedelta(weeks=1)


def tick(now: datetime | None = None) -> int:
    """Mail whoever has not had this week's mail and has something to do; gives how many were
    mailed."""
    now = timezone.localtime(now)
    if not mail.configured() or not settings.KOERS_ADDRESS:
        return 0
    moment, sent = this_monday(now), 0
    for user in User.objects.filter(is_active=True, memberships__isnull=False).distinct():
        mine, _ = Reminders.objects.get_or_create(user=user)
        if (
            not mine.weekly
            or not mail.reaches(user)
            or (mine.sent_at and moment <= mine.sent_at <= now)
        ):
            continue
        context = _context(user, now)
        # In the queue and noted as sent, or neither: nobody gets it twice.
        with transaction.atomic():
            if context["due"] or context["meetings"]:
                mail.send(
                    "meetings/mail/digest.txt",
                    context,
                    user.email,
                    municipality=user.municipalities.first(),
                )
                sent += 1
            mine.sent_at = now
            mine.save()
    return sent


def _context(user: User, now: datetime) -> dict[str, Any]:
    places = list(user.municipalities)
    until = now.date() + AHEAD
    due = [a for place in places for a in own_open_actions(user, place) if a.due and a.due <= until]
    meetings = [
        meeting
        for place in places
        if user.has_perm("meetings.view_meetings", place)
        for meeting in Meeting.objects.of(place).filter(
            state=MeetingState.PLANNED,
            date__gte=now.date(),
            date__lte=now.date() + timedelta(days=7),
        )
    ]
    return {
        "user": user,
        "today": now.date(),
        "due": [(a, _url(answers.path_for(a, user))) for a in due],
        "meetings": [(m, _url(m.get_absolute_url())) for m in meetings],
        "stop": _url(
            reverse("meetings:stop-reminders", args=[signing.dumps(str(user.pseudonym), salt=SALT)])
        ),
    }


def _url(path: str) -> str:
    return settings.KOERS_ADDRESS.rstrip("/") + path


def person_of(token: str) -> User | None:
    """Whose reminders a link in a mail switches off; None when it is not ours."""
    try:
        return User.objects.filter(pseudonym=signing.loads(token, salt=SALT)).first()
    except signing.BadSignature:
        return None
