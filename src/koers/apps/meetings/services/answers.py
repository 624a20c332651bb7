"""Links in mail with which the owner of an action answers: done, or more time because …

A link is signed, for one person and one action, and void as soon as the action changed or three
weeks went by. It opens a page; only its button changes something, so that a mail scanner that
follows links does nothing.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.core import signing
from django.urls import reverse

from koers.apps.people.models import User
from koers.apps.plan.models import Action, ActionState

SALT = "koers.meetings.answer"
VALID = timedelta(days=21)


class VoidLinkError(Exception):
    """The link cannot be used (any more); the text says in Dutch why."""


def path_for(action: Action, user: User) -> str:
    """The path of the page on which this person answers for this action."""
    token = signing.dumps([action.pk, str(user.pseudonym), _as_it_is(action)], salt=SALT)
    return reverse("meetings:answer", args=[token])


def read(token: str) -> tuple[Action, User]:
    """The action and the person of a link.

    Raises
    ------
    VoidLinkError
        When it is not ours, too old, used, or for somebody who no longer takes part.
    """
    try:
        pk, pseudonym, as_it_was = signing.loads(token, salt=SALT, max_age=VALID)
    except signing.SignatureExpired as error:
        raise VoidLinkError("Deze link is te oud. Meld u aan om uw acties te zien.") from error
    except signing.BadSignature as error:
        raise VoidLinkError(
            "Deze link klopt niet. Neem het hele adres uit de mail over."
        ) from error
    action = Action.objects.filter(pk=pk, archived_at=None).select_related("municipality").first()
    user = User.objects.filter(pseudonym=pseudonym, is_active=True).first()
    if (
        action is None
        or user is None
        or not user.has_perm("plan.change_actions", action.municipality)
    ):
        raise VoidLinkError("Deze actie is er niet meer, of u doet hier niet meer mee.")
    if _as_it_is(action) != as_it_was:
        raise VoidLinkError(
            f"Er is al geantwoord, of de actie is gewijzigd: '{action.title}' staat op"
            f" {_state(action)}."
        )
    return action, user


def done(action: Action, user: User) -> None:
    action.state = ActionState.DONE
    _save(action, user)


def needs_longer(action: Action, user: User, until: date, reason: str) -> None:
    """Put the due date later, with the reason in the note of the action."""
    action.due = until
    line = f"Meer tijd nodig: {reason}"
    action.note = f"{action.note}\n{line}".strip()
    _save(action, user)


def _save(action: Action, user: User) -> None:
    """The history names the person of the link, who need not be signed in."""
    action._history_user = user.pseudonym
    action.save()


def _as_it_is(action: Action) -> list[str]:
    return [action.state, action.due.isoformat() if action.due else ""]


def _state(action: Action) -> str:
    return (
        f"{action.get_state_display()}, uiterlijk {action.due:%d-%m-%Y}"
        if action.due
        else action.get_state_display()
    )
