"""The minutes of a meeting that was held: as a document, and mailed to whoever takes part."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from koers.apps.meetings.models import Meeting
from koers.apps.meetings.services import answers
from koers.apps.people import mail
from koers.apps.people.models import Municipality, User
from koers.apps.picture.freshness import banner_of
from koers.apps.plan.services.owners import own_open_actions
from koers.apps.texts.models import TextKind, TextVersion
from koers.apps.texts.services.versions import keep_version, last_version
from koers.documents.content import Document, Head
from koers.documents.kinds import minutes as kinds
from koers.documents.kinds.minutes import AgreedAction
from koers.documents.pdf import to_pdf
from koers.records.text import SectionedText


def keep(meeting: Meeting, note: str) -> TextVersion:
    """The minutes as they are now, as a version of their text."""
    by = meeting.history.values_list("history_user_id", flat=True).first()
    return keep_version(
        meeting.municipality, TextKind.MINUTES, meeting.pk, _text_now(meeting), by, note
    )


def correct(meeting: Meeting, note: str) -> None:
    """Something was added after the meeting was closed: the minutes get their next version."""
    if not meeting.is_open:
        keep(meeting, note)


def text_of(meeting: Meeting) -> SectionedText:
    """The minutes as they were kept when the meeting was closed, or corrected after; of a meeting
    from before that as they are now."""
    kept = last_version(TextKind.MINUTES, meeting.pk)
    return kept.content if kept else _text_now(meeting)


def _text_now(meeting: Meeting) -> SectionedText:
    return kinds.minutes_text(
        left=meeting.paper.signals if meeting.paper else (),
        decisions=_decisions(meeting),
        actions=_actions(meeting),
        notes=_notes(meeting),
    )


def document_of(meeting: Meeting) -> Document:
    return kinds.minutes(_head(meeting), meeting.get_kind_display(), text_of(meeting))


def decision_list_of(meeting: Meeting) -> Document:
    return kinds.decision_list(_head(meeting), meeting.get_kind_display(), text_of(meeting))


def action_list_of(meeting: Meeting) -> Document:
    return kinds.action_list(_head(meeting), meeting.get_kind_display(), text_of(meeting))


def _head(meeting: Meeting) -> Head:
    return Head(
        municipality=meeting.municipality.name,
        date=meeting.date,
        state="Intern",
        banner=banner_of(
            meeting.municipality, meeting.paper.memory.until if meeting.paper else "", meeting.date
        ),
    )


def _decisions(meeting: Meeting) -> list[str]:
    return [d.text for d in meeting.decisions.filter(archived_at=None)]


def _actions(meeting: Meeting) -> list[AgreedAction]:
    actions = meeting.actions.filter(archived_at=None).select_related("owner")
    return [AgreedAction(a.title, a.owner_label, a.due, a.get_state_display()) for a in actions]


def _notes(meeting: Meeting) -> str:
    """The notes of the meeting, then those of its items, and who was there."""
    there = [
        str(a)
        for a in meeting.attendances.filter(archived_at=None, present=True).select_related("user")
    ]
    parts = [f"Aanwezig: {', '.join(there)}." if there else "", meeting.notes]
    parts += [
        f"{item.title}: {item.note}"
        for item in meeting.items.filter(archived_at=None).exclude(note="")
    ]
    return "\n\n".join(filter(None, parts))


def participants(municipality: Municipality) -> list[User]:
    """Everybody who takes part in the meetings of this municipality and can be mailed."""
    people = User.objects.filter(memberships__municipality=municipality, is_active=True).distinct()
    return [
        user
        for user in people
        if user.has_perm("meetings.view_meetings", municipality) and mail.reaches(user)
    ]


def mail_minutes(meeting: Meeting, build_url: Callable[[str], str], by: UUID | None = None) -> int:
    """Mail everybody the minutes, with one's own actions on top; ``build_url`` makes an address of
    a path. How many mails wait to go out; what becomes of each is kept by itself."""
    version = last_version(TextKind.MINUTES, meeting.pk) or keep(meeting, "Verslag gemaild")
    pdf = to_pdf(document_of(meeting))
    name = f"verslag-{meeting.date:%Y-%m-%d}.pdf"
    people = participants(meeting.municipality)
    with transaction.atomic():
        for user in people:
            own = [
                (a, build_url(answers.path_for(a, user)))
                for a in own_open_actions(user, meeting.municipality)
            ]
            context = {
                "meeting": meeting,
                "user": user,
                "own": own,
                "decisions": meeting.decisions.filter(archived_at=None),
                "link": build_url(meeting.get_absolute_url()),
            }
            mail.send(
                "meetings/mail/minutes.txt",
                context,
                user.email,
                [(name, pdf, "application/pdf")],
                municipality=meeting.municipality,
                by=by,
            )
        if people:
            meeting.minutes_mailed_at = timezone.now()
            meeting.minutes_mailed = version
            meeting.save()
    return len(people)
