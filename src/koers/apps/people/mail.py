"""Mail: it waits in a queue, from which the worker sends it by the server that EMAIL_URL names;
without one Koers says so and goes on.

Every mail passes here, whoever makes it: ``QueueBackend`` is the way in which Django sends. A mail
is in the queue as soon as what it tells of is in the database, and not otherwise.
"""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Iterable, Sequence
from email.utils import parseaddr
from typing import Any
from uuid import UUID, uuid4

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string

from koers.apps.people.models import Mail, Municipality, User

log = logging.getLogger(__name__)
ABOUT = {
    "people/mail/invitation.txt": "uitnodiging",
    "people/mail/own_address.txt": "bevestiging van een e-mailadres",
    "people/mail/new_link.txt": "link voor een nieuw wachtwoord",
    "people/mail/role_changed.txt": "bericht over rollen",
    "meetings/mail/minutes.txt": "verslag van een overleg",
    "meetings/mail/digest.txt": "wekelijkse mail",
    "intake/mail/held.txt": "cijfers die apart worden gehouden",
}
"""What a mail is about, for lists: its subject may be somebody's words."""

TO_ANYBODY = {"uitnodiging", "bevestiging van een e-mailadres"}
"""Meant for whoever reads the mail of an address. All else is for the holder of an account."""


class MailError(Exception):
    """The mail cannot be sent; the text says in Dutch what happened."""


def configured() -> bool:
    """Whether this installation can send mail at all."""
    return bool(settings.EMAIL_HOST)


def is_unconfirmed(address: str) -> bool:
    """Whether it is of an account that somebody made with it, and perhaps of nobody here."""
    return User.objects.filter(email__iexact=address, unconfirmed=True).exists()


def reaches(user: User) -> bool:
    """Whether mail for this person may go to their address, and there is one."""
    return not (user.unconfirmed or user.email.endswith(".invalid"))


def send(
    template: str,
    context: dict[str, Any],
    to: str,
    attachments: Iterable[tuple[str, bytes, str]] = (),
    *,
    municipality: Municipality | None = None,
    by: UUID | None = None,
) -> None:
    """Put one mail in plain text in the queue; the first line of the template is its subject.

    ``attachments`` are (file name, bytes, media type). ``municipality`` is whose administrators see
    what became of it, ``by`` the pseudonym of who sent it.

    Raises
    ------
    MailError
        When there is no mail server, or it is not known whose address it is.
    """
    if not configured():
        raise MailError(
            "Deze installatie verstuurt geen mail: er is geen mailserver ingesteld (EMAIL_URL)."
        )
    subject, _, text = render_to_string(template, context).strip().partition("\n")
    message = EmailMessage(
        subject.strip(), text.strip() + "\n", to=[to], attachments=list(attachments)
    )
    _queue(message, ABOUT[template], municipality, by)


def send_link(template: str, user: User, link: str, *, by: UUID | None) -> None:
    """Mail somebody a link of their own account; the administrators of one of their municipalities
    see what became of it.

    Raises
    ------
    MailError
        As :func:`send` does.
    """
    context = {"user": user, "link": link}
    send(template, context, user.email, municipality=user.municipalities.first(), by=by)


class QueueBackend(BaseEmailBackend):
    """What Django and its libraries send goes into the queue too."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        return sum(_queue(message, "bericht van Koers") for message in email_messages)


def _queue(
    message: EmailMessage,
    about: str,
    municipality: Municipality | None = None,
    by: UUID | None = None,
) -> int:
    """One mail for each address: what becomes of one is no matter of another."""
    if about not in TO_ANYBODY and any(map(is_unconfirmed, message.recipients())):
        raise MailError("Het adres is niet bevestigd: misschien is het van iemand anders.")
    for recipient in message.recipients():
        key = uuid4()
        # The same at each try: who gets it twice sees it once.
        message.extra_headers["Message-ID"] = f"<{key}@{_domain()}>"
        Mail.objects.create(
            pk=key,
            municipality=municipality,
            address=parseaddr(recipient)[1],
            about=about,
            by=by,
            content=cipher().encrypt(_as_sent(message)),
        )
        log.info("mail queued", extra={"line": {"mail": str(key), "about": about}})
    return 1


def _as_sent(message: EmailMessage) -> bytes:
    """A server refuses lines that end otherwise."""
    found: bytes = message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]
    return found


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"


def cipher() -> Fernet:
    """What waits is not read by whoever reads the database or a backup of it."""
    key = hashlib.sha256(b"mail" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
