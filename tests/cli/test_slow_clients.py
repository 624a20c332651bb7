"""A site that was really started answers while others are slow, refuses what is too large, and its
helpers die without it."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path

from django.conf import settings

from koers.cli.buffered import LARGEST_BODY

HEAD = "POST /aanmelden/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
PARTS = (
    "",
    "GET / HT",
    "GET /openbaar/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
    HEAD,
    HEAD + "Content-Length: 100000\r\n\r\nlogin=",
    HEAD + "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 9999\r\n\r\n--x",
    HEAD + "Transfer-Encoding: chunked\r\n\r\n5\r\nlogin\r\n",
    "\r\n",
)
"""Where a client may stop."""


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=60)


def answer_to(client: socket.socket) -> bytes:
    found = b""
    while piece := client.recv(65536):
        found += piece
    return found


def test_slow_clients_cost_nothing_and_300_mb_is_refused(koers, started):
    with started() as site:
        assert site.get("/openbaar/")[0] == 200
        slow = []
        for part in PARTS * 5:
            client = connect(site.port)
            client.sendall(part.encode())
            slow.append(client)
        # Of somebody who asks and does not read, the answer waits in the server.
        for _ in range(8):
            deaf = connect(site.port)
            deaf.sendall(b"GET /static/koers.css HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 5)
            slow.append(deaf)
        assert site.get("/openbaar/")[0] == 200

        large = connect(site.port)
        large.sendall(
            f"{HEAD}Content-Type: multipart/form-data; boundary=x\r\n"
            "Content-Length: 300000000\r\n\r\n".encode()
        )
        said = answer_to(large).decode()
        assert said.startswith("HTTP/1.1 413 ")
        assert "Dit is te groot om te versturen" in said

        hostile = connect(site.port)
        hostile.sendall(b"GET /\x00 HTTP/9.9\r\nNo header\r\n\r\n")
        assert answer_to(hostile).startswith(b"HTTP/1.")

        for helper in helpers_of(site.process.pid):
            os.kill(helper, signal.SIGKILL)
        assert site.get("/openbaar/")[0] == 200
        assert site.stop() == 0
    assert "Traceback" not in site.said


def helpers_of(pid: int) -> list[int]:
    """The helpers of a process and of what it started."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            command = (process / "cmdline").read_text()
        except OSError:
            continue
        if parent == pid:
            mine = "koers.limited" in command
            found += [int(process.name)] if mine else helpers_of(int(process.name))
    return found


def test_the_server_and_the_settings_say_the_same_of_what_is_too_large():
    assert settings.KOERS_LARGEST_BODY == LARGEST_BODY
