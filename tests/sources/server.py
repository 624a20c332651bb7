"""A server on this machine that answers as a source does, and on request badly: busy, broken off,
slow, or nonsense."""

from __future__ import annotations

import hashlib
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Answer:
    """``drop``: nothing at all; ``cut``: the body breaks off half way; ``wait``: seconds before it
    comes.

    ``drip``: the body comes in twenty parts with this many seconds between them.
    """

    status: int = 200
    kind: str = "application/json;odata=minimalmetadata;streaming=true;charset=utf-8"
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    drop: bool = False
    cut: bool = False
    wait: float = 0.0
    drip: float = 0.0


NOT_FOUND = Answer(404, "text/plain", b"Resource not found")
# A fault looks at the request's number and path and may give (status, content type, body), an
# Answer, or None.
Fault = Callable[[int, str], "tuple[int, str, bytes] | Answer | None"]


@dataclass
class Running:
    """What was asked so far; ``fault``, ``wait`` and ``etags`` may be changed while the server
    runs."""

    answer: Callable[[str], Answer]
    fault: Fault | None = None
    wait: float = 0.0
    etags: bool = False
    asked: list[str] = field(default_factory=list)
    unchanged: int = 0
    sent: int = 0
    most_at_once: int = 0
    address: str = ""
    at_once: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address) -> None:
        """A client that hangs up is no news."""


@contextmanager
def serving(state: Running) -> Iterator[Running]:
    server = _Server(("127.0.0.1", 0), _handler(state))
    state.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()


def _handler(state: Running) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            with state.lock:
                state.asked.append(self.path)
                number = len(state.asked)
                state.at_once += 1
                state.most_at_once = max(state.most_at_once, state.at_once)
            try:
                fault = state.fault(number, self.path) if state.fault else None
                answer = (
                    Answer(*fault) if isinstance(fault, tuple) else fault or state.answer(self.path)
                )
                if pause := answer.wait or state.wait:
                    time.sleep(pause)
                self._send(answer)
            finally:
                with state.lock:
                    state.at_once -= 1

        def _send(self, answer: Answer) -> None:
            if answer.drop:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            headers = dict(answer.headers)
            if state.etags and answer.status == 200:
                mark = f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"'
                headers["ETag"] = mark
                if self.headers.get("If-None-Match") == mark:
                    state.unchanged += 1
                    answer = Answer(304, answer.kind, b"")
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(answer.body)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            body = answer.body[: len(answer.body) // 2] if answer.cut else answer.body
            if answer.drip:
                size = max(1, len(body) // 20)
                for begin in range(0, len(body), size):
                    time.sleep(answer.drip)
                    self.wfile.write(body[begin : begin + size])
            else:
                self.wfile.write(body)
            state.sent += len(body)
            if answer.cut:
                self.close_connection = True
                self.wfile.flush()
                self.connection.shutdown(socket.SHUT_RDWR)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
