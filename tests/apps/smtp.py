"""A real SMTP server that keeps what it gets."""

from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings

from tests.ports import free_port


class Mailbox:
    """What arrived: ``messages`` are email.message.EmailMessage; ``refuse`` is an answer that refuses the next."""

    def __init__(self):
        self.messages, self.refuse = [], ""

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.refuse:
            return self.refuse
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    def to(self, address):
        return [m for m in self.messages if m["To"] == address]


@pytest.fixture
def mailbox(monkeypatch):
    """Koers sends its mail to this server."""
    box = Mailbox()
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    monkeypatch.setattr(settings, "EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
    monkeypatch.setattr(settings, "EMAIL_HOST", server.hostname)
    monkeypatch.setattr(settings, "EMAIL_PORT", server.port)
    yield box
    server.stop()
