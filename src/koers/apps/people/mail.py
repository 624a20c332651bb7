"""Mail: sent by the server that EMAIL_URL names; without one Koers says so and goes on."""

import logging
import smtplib

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

log = logging.getLogger(__name__)


class MailError(Exception):
    """The mail could not be sent; the text says in Dutch what happened."""


def configured() -> bool:
    """Whether this installation can send mail at all."""
    return bool(settings.EMAIL_HOST)


def send(template: str, context: dict, to: str, attachments=()) -> None:
    """Send one mail in plain text; the first line of the template is its subject.

    ``attachments`` are (file name, bytes, media type).

    Raises
    ------
    MailError
        When there is no mail server, it does not answer, or it refuses this mail.
    """
    if not configured():
        raise MailError("Deze installatie verstuurt geen mail: er is geen mailserver ingesteld (EMAIL_URL).")
    subject, _, text = render_to_string(template, context).strip().partition("\n")
    message = EmailMessage(subject.strip(), text.strip() + "\n", to=[to], attachments=list(attachments))
    try:
        message.send()
    except smtplib.SMTPException as error:
        log.warning("mail refused: %s", error)
        raise MailError(f"De mailserver weigert deze mail aan {to}.") from error
    except OSError as error:
        log.warning("mail server: %s", error)
        raise MailError("De mailserver antwoordt niet. Probeer het later nog een keer.") from error
