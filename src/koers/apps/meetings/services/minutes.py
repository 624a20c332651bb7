"""The minutes of a meeting that was held: as a document, and mailed to whoever takes part."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from koers.apps.meetings.models import Meeting
from koers.apps.meetings.services import answers
from koers.apps.people import mail
from koers.apps.people.models import User
from koers.apps.plan.services.owners import own_open_actions
from koers.documents.content import FICTITIOUS, Document
from koers.documents.minutes import AgreedAction, action_list, decision_list, minutes
from koers.documents.pdf import to_pdf


@dataclass(frozen=True)
class Mailed:
    """How many got the minutes, and by address what went wrong."""

    sent: int
    problems: dict[str, str]


def document_of(meeting: Meeting) -> Document:
    return minutes(
        left=(meeting.paper or {}).get("signals", ()),
        decisions=_decisions(meeting),
        actions=_actions(meeting),
        notes=_notes(meeting),
        **_head(meeting),
    )


def decision_list_of(meeting: Meeting) -> Document:
    return decision_list(decisions=_decisions(meeting), **_head(meeting))


def action_list_of(meeting: Meeting) -> Document:
    return action_list(actions=_actions(meeting), **_head(meeting))


def _head(meeting: Meeting) -> dict:
    return {
        "municipality": meeting.municipality.name,
        "kind": meeting.get_kind_display(),
        "held_on": meeting.date,
        "banner": FICTITIOUS if meeting.municipality.fictitious else "",
    }


def _decisions(meeting: Meeting) -> list[str]:
    return [d.text for d in meeting.decisions.filter(archived_at=None)]


def _actions(meeting: Meeting) -> list[AgreedAction]:
    actions = meeting.actions.filter(archived_at=None).select_related("owner")
    return [AgreedAction(a.title, a.owner_label, a.due, a.get_state_display()) for a in actions]


def _notes(meeting: Meeting) -> str:
    """The notes of the meeting, then those of its items, and who was there."""
    there = [str(a) for a in meeting.attendances.filter(archived_at=None, present=True).select_related("user")]
    parts = [f"Aanwezig: {', '.join(there)}." if there else "", meeting.notes]
    parts += [f"{item.title}: {item.note}" for item in meeting.items.filter(archived_at=None).exclude(note="")]
    return "\n\n".join(filter(None, parts))


def participants(municipality) -> list[User]:
    """Everybody who takes part in the meetings of this municipality and can be mailed."""
    people = User.objects.filter(memberships__municipality=municipality, is_active=True).distinct()
    return [
        user
        for user in people
        if user.has_perm("meetings.view_meetings", municipality) and not user.email.endswith(".invalid")
    ]


def mail_minutes(meeting: Meeting, build_url) -> Mailed:
    """Mail everybody the minutes, with one's own actions on top; ``build_url`` makes an address of a path."""
    pdf = to_pdf(document_of(meeting))
    name = f"verslag-{meeting.date:%Y-%m-%d}.pdf"
    sent, problems = 0, {}
    for user in participants(meeting.municipality):
        own = [(a, build_url(answers.path_for(a, user))) for a in own_open_actions(user, meeting.municipality)]
        context = {
            "meeting": meeting,
            "user": user,
            "own": own,
            "decisions": meeting.decisions.filter(archived_at=None),
            "link": build_url(meeting.get_absolute_url()),
        }
        try:
            mail.send("meetings/mail/minutes.txt", context, user.email, [(name, pdf, "application/pdf")])
        except mail.MailError as problem:
            problems[user.email] = str(problem)
        else:
            sent += 1
    if sent:
        meeting.minutes_mailed_at = timezone.now()
        meeting.save()
    return Mailed(sent, problems)
