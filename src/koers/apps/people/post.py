"""The post: the worker sends what waits in the queue of mail, and keeps what became of it."""

from __future__ import annotations

import logging
import smtplib
from datetime import timedelta
from email import message_from_bytes
from email.utils import parseaddr
from typing import Any

from cryptography.fernet import InvalidToken
from django.core.mail import get_connection
from django.db.models import F, QuerySet
from django.utils import timezone

from koers.apps.people.mail import cipher, configured
from koers.apps.people.models import Mail, MailState, Municipality

SMTP = "django.core.mail.backends.smtp.EmailBackend"
GIVEN_UP_AFTER = timedelta(days=1)
LONGEST_WAIT = timedelta(hours=1)
KEPT = timedelta(days=30)
AT_ONCE = 100
SERVER_GONE = "De mailserver antwoordt niet."
log = logging.getLogger(__name__)


def deliver() -> int:
    """Send what is due; how many mails went out. One that is refused holds up no other."""
    if not configured():
        return 0
    due = Mail.objects.filter(state=MailState.QUEUED, due_at__lte=timezone.now())
    waiting = list(due.order_by("due_at")[:AT_ONCE])
    if not waiting:
        return 0
    server = get_connection(SMTP)
    try:
        server.open()
        return sum(_send(server, mail) for mail in waiting)
    except (OSError, smtplib.SMTPException) as error:
        log.warning("mail server does not answer", extra={"line": {"waiting": len(waiting)}})
        _later(due, _words(error))
        return 0
    finally:
        server.close()


def _send(server: Any, mail: Mail) -> bool:
    """Whether this one went out. A server that is gone is no matter of this mail alone."""
    try:
        content = cipher().decrypt(bytes(mail.content))
    except InvalidToken:
        _end(mail, MailState.GIVEN_UP, "De sleutel van deze installatie is veranderd.")
        return False
    sender = parseaddr(message_from_bytes(content)["From"])[1]
    try:
        server.connection.sendmail(sender, [mail.address], content)
    except smtplib.SMTPServerDisconnected:
        raise
    except smtplib.SMTPRecipientsRefused as refusal:
        code, said = refusal.recipients[mail.address]
        return _refused(mail, code, said)
    except smtplib.SMTPResponseException as refusal:
        return _refused(mail, refusal.smtp_code, refusal.smtp_error)
    _end(mail, MailState.SENT, "")
    return True


def _refused(mail: Mail, code: int, said: bytes | str) -> bool:
    """A refusal that begins with 5 is for good; any other is tried again."""
    problem = f"De mailserver weigert deze mail ({code})."
    if code >= 500:
        _end(mail, MailState.REFUSED, problem)
    else:
        _later(Mail.objects.filter(pk=mail.pk), problem)
    return False


def _words(error: Exception) -> str:
    """What is wrong with the server, without what it said: that may name somebody."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "De mailserver weigert de naam of het wachtwoord van EMAIL_URL."
    return SERVER_GONE


def _later(mails: QuerySet[Mail], problem: str) -> None:
    """Tried again after ever longer; given up after a day."""
    now = timezone.now()
    for mail in mails.only("pk", "tries", "made_at"):
        if now - mail.made_at >= GIVEN_UP_AFTER:
            _end(mail, MailState.GIVEN_UP, f"{problem} Koers probeerde het een dag lang.")
            continue
        wait = min(LONGEST_WAIT, timedelta(minutes=2 ** min(mail.tries, 10)))
        Mail.objects.filter(pk=mail.pk).update(
            tries=F("tries") + 1, problem=problem, due_at=now + wait
        )


def _end(mail: Mail, state: str, problem: str) -> None:
    """What became of it is kept; what it said goes."""
    Mail.objects.filter(pk=mail.pk).update(
        state=state,
        problem=problem,
        content=b"",
        ended_at=timezone.now(),
        tries=F("tries") + 1,
    )
    log.info("mail", extra={"line": {"mail": str(mail.pk), "state": str(state)}})


def tidy() -> None:
    """What ended long ago goes, with its address."""
    Mail.objects.exclude(state=MailState.QUEUED).filter(ended_at__lt=timezone.now() - KEPT).delete()


def again(mail: Mail) -> None:
    """Try one that waits at once."""
    Mail.objects.filter(pk=mail.pk, state=MailState.QUEUED).update(due_at=timezone.now())


def did_not_arrive(municipality: Municipality) -> QuerySet[Mail]:
    """What was refused or given up here, and nobody has said to have seen."""
    return municipality.mails.filter(state__in=(MailState.REFUSED, MailState.GIVEN_UP), seen=False)


def reaches(address: str) -> bool:
    """Whether the last mail to an address did not come back."""
    last = Mail.objects.filter(address__iexact=address).first()
    return last is None or last.state not in (MailState.REFUSED, MailState.GIVEN_UP)


def late() -> int:
    """How many mails wait longer than an hour."""
    return Mail.objects.filter(
        state=MailState.QUEUED, made_at__lt=timezone.now() - LONGEST_WAIT
    ).count()
