"""The site behind gunicorn, in this process, until Ctrl-C."""

from __future__ import annotations

import socket

from gunicorn.app.base import BaseApplication


def port_is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


class Site(BaseApplication):
    """One worker with threads: SQLite wants one writer, and the figures are read in-process."""

    def __init__(self, host: str, port: int, when_ready) -> None:
        self._options = {
            "bind": f"{host}:{port}",
            "workers": 1,
            "threads": 8,
            "loglevel": "warning",
            "when_ready": lambda server: when_ready(),
            # A screen asks every few seconds over a connection that stays open. Closed while idle after gunicorn's 2 seconds, it
            # is now and then closed at the moment that the next request is under way, which then gets no answer at all.
            "keepalive": 75,
            "graceful_timeout": 3,
            "control_socket_disable": True,
        }
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self):
        from django.core.wsgi import get_wsgi_application

        return get_wsgi_application()
