"""A real SMTP server that keeps what it gets, and the post that brings it there."""

from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings

from koers.apps.people.post import deliver
from tests.ports import free_port


class Mailbox:
    """What arrived: ``messages`` are email.message.EmailMessage, when the worker has sent what
    waits; ``refuse`` is an answer that refuses the next, ``refuses`` has such answers by
    address."""

    def __init__(self):
        self.arrived, self.refuse, self.refuses = [], "", {}
        self.port, self._server = free_port(), None

    def up(self):
        self._server = Controller(_Hands(self), hostname="127.0.0.1", port=self.port)
        self._server.start()

    def down(self):
        """Nobody answers at its address any more."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    @property
    def messages(self):
        deliver()
        return self.arrived

    def to(self, address):
        return [m for m in self.messages if m["To"] == address]


class _Hands:
    """What the server asks; it looks at all that its handler has, so that is not the mailbox."""

    def __init__(self, box):
        self._box = box

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address in self._box.refuses:
            return self._box.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self._box.refuse:
            return self._box.refuse
        self._box.arrived.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def mailbox(monkeypatch):
    """Koers sends its mail to this server."""
    box = Mailbox()
    box.up()
    monkeypatch.setattr(settings, "EMAIL_BACKEND", "koers.apps.people.mail.QueueBackend")
    monkeypatch.setattr(settings, "EMAIL_HOST", "127.0.0.1")
    monkeypatch.setattr(settings, "EMAIL_PORT", box.port)
    yield box
    box.down()
