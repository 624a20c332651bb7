"""Requests in which a slow client costs nothing: one loop (waitress) receives whole requests and
sends answers at the pace of each client; a thread does only what lies between.

A request is given up when its head or its body does not come in within reasonable time, however
steadily its bytes drip.
"""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable
from typing import Any

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask

LARGEST_BODY = 26_000_000
"""Bytes; the same as ``KOERS_LARGEST_BODY`` of the settings (a test says so)."""
HEAD_WITHIN, BODY_WITHIN, IDLE = 30, 600, 80
"""Seconds for the head of a request, for all of it, and of silence on an open connection. A screen
asks every few seconds over a connection that stays open."""
MOST_CONNECTIONS, MOST_OF_ONE_ADDRESS = 900, 300
DISCARDED_FOR = 5
THREADS, GRACE = 8, 3
"""Of a process, and seconds for what they are busy with when it ends."""

PAGE = """<!doctype html><html lang="nl"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title} · Koers</title>
<style>body{{font-family:sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem;
line-height:1.5;color:#1b2733}}</style></head><body><main><h1>{title}</h1><p>{text}</p>
<p><a href="/">Naar de voorpagina</a></p></main></body></html>"""
SAID = {
    413: (
        "Dit is te groot om te versturen",
        "Koers heeft niets gelezen en niets bewaard. Een bestand mag hooguit"
        f" {LARGEST_BODY // 1_000_000} MB zijn. Met de terugknop van uw browser komt u terug bij"
        " wat u had ingevuld.",
    ),
    431: (
        "Dit adres is te lang",
        "De aanvraag is langer dan Koers leest. Ga terug en kies opnieuw.",
    ),
    500: ("Er ging iets mis in Koers", "De pagina kon niet worden gemaakt. Probeer het nog eens."),
}
UNREADABLE = (
    "Dat kan Koers niet lezen",
    "De aanvraag klopte niet. Ga terug en probeer het opnieuw.",
)


class PlainError(ErrorTask):  # type: ignore[misc]
    """What the server itself refuses, as a page in plain Dutch."""

    def execute(self) -> None:
        error = self.request.error
        title, text = SAID.get(error.code, UNREADABLE)
        body = PAGE.format(title=title, text=text).encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers.append(("Content-Type", "text/html; charset=utf-8"))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection; of a request that was refused the rest is thrown away for some seconds, so that
    the client reads the answer before it hears that nobody listens."""

    error_task_class = PlainError
    begun = 0.0
    discards_until = 0.0

    def received(self, data: bytes) -> bool:
        if self.request is None:
            self.begun = time.time()
        return bool(super().received(data))

    def takes_too_long(self, now: float) -> bool:
        """Whether the client is still busy with a request after all the time that it has."""
        if self.discards_until:
            return now > self.discards_until
        if self.request is None:
            return False
        within = BODY_WITHIN if self.request.headers_finished else HEAD_WITHIN
        return now - self.begun > within

    def readable(self) -> bool:
        return bool(self.discards_until) or bool(super().readable())

    def handle_read(self) -> None:
        if not self.discards_until:
            super().handle_read()
            return
        try:
            gone = not self.recv(1 << 16)
        except OSError:
            gone = True
        if gone:
            self.discards_until, self.will_close = 0.0, True
            self.handle_close()

    def writable(self) -> bool:
        return not self.discards_until and bool(super().writable())

    def handle_write(self) -> None:
        refused = self.close_when_flushed and self.discards_until == 0.0
        if refused and not self.total_outbufs_len and self.connected:
            # All has been sent: this side has no more to say, and hears the client out.
            self.discards_until = time.time() + DISCARDED_FOR
            try:
                self.socket.shutdown(1)
                return
            except OSError:
                self.discards_until = 0.0
        super().handle_write()


class Server(TcpWSGIServer):  # type: ignore[misc]
    """Gives up who takes too long, and lets nobody have all connections."""

    channel_class = Channel

    def maintenance(self, now: float) -> None:
        super().maintenance(now)
        for channel in list(self.active_channels.values()):
            if channel.takes_too_long(now):
                channel.discards_until, channel.will_close = 0.0, True

    def handle_accept(self) -> None:
        super().handle_accept()
        newest = next(reversed(self.active_channels.values()), None)
        if newest is None or len(self.active_channels) <= MOST_OF_ONE_ADDRESS:
            return
        same = [c for c in self.active_channels.values() if c.addr[:1] == newest.addr[:1]]
        if len(same) > MOST_OF_ONE_ADDRESS and (waiting := _idlest(same)):
            waiting.will_close = True


def _idlest(channels: list[Channel]) -> Channel | None:
    """Of connections on which nothing is being made, the one that was silent longest."""
    waiting = [c for c in channels if not c.requests and not c.will_close]
    return min(waiting, key=lambda channel: channel.last_activity, default=None)


class Loop:
    """Waitress on a socket on which other processes may listen, too: who is free first takes the
    next connection."""

    def __init__(self) -> None:
        self._goes_on = True

    def end(self, *_: object) -> None:
        """Answer what came in, and end."""
        self._goes_on = False

    def run(self, sock: socket.socket, application: Any, beat: Callable[[], object]) -> None:
        """Answer until it is told to end; ``beat`` at least every second meanwhile."""
        # That a request waits for a moment is no news.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        connections: dict[int, Any] = {}
        server = _server(sock, application, connections)
        while self._goes_on:
            beat()
            wasyncore.loop(timeout=1, use_poll=True, map=connections, count=1)
        server.accepting = False
        server.task_dispatcher.shutdown(timeout=GRACE)
        # What is ready is sent.
        until = time.monotonic() + 1
        while time.monotonic() < until and any(
            channel.total_outbufs_len for channel in server.active_channels.values()
        ):
            wasyncore.loop(timeout=0.1, use_poll=True, map=connections, count=1)
        wasyncore.close_all(connections)


def _server(sock: socket.socket, application: Any, connections: dict[int, Any]) -> Server:
    from django.conf import settings as django_settings

    settings = Adjustments(
        sockets=[sock],
        threads=THREADS,
        url_prefix=django_settings.FORCE_SCRIPT_NAME or "",
        max_request_body_size=LARGEST_BODY + 1,
        max_request_header_size=65_536,
        connection_limit=MOST_CONNECTIONS,
        channel_timeout=IDLE,
        cleanup_interval=5,
        asyncore_use_poll=True,
        ident="koers",
        # Which proxies are believed is said by KOERS_PROXIES and KOERS_HTTPS.
        clear_untrusted_proxy_headers=False,
    )
    sock.setblocking(False)
    info = (sock.family, sock.type, sock.proto, sock.getsockname())
    return Server(
        application, map=connections, _sock=sock, adj=settings, sockinfo=info, bind_socket=False
    )
