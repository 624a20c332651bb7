"""The site behind gunicorn, in this process, until it is ended; its worker is in ``buffered``."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication

from koers.cli.ending import end_with
from koers.cli.household import given
from koers.environment import home_of


class Site(BaseApplication):  # type: ignore[misc]
    """One worker with threads: SQLite wants one writer, and the figures are read in-process."""

    def __init__(self, host: str, port: int, when_ready: Callable[[], object]) -> None:
        self._options = {
            "bind": f"{host}:{port}",
            "workers": 1,
            "worker_class": "koers.cli.buffered.BufferedWorker",
            "threads": 8,
            "loglevel": "warning",
            "when_ready": lambda server: when_ready(),
            "graceful_timeout": 3,
            "control_socket_disable": True,
        }
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        from django.core.wsgi import get_wsgi_application

        application = get_wsgi_application()
        _warm_up()
        return application


def serve_apart() -> None:
    """The site in a process of its own, that tells when it is ready."""
    told = given()
    end_with(told["parent"])
    # What processes of a former site counted (koers.web.metrics).
    for file in (home_of() / "metrics").glob("*.db"):
        file.unlink(missing_ok=True)
    Site(told["host"], told["port"], lambda: bool(os.write(told["tell"], b"ready"))).run()


def _warm_up() -> None:
    """What the first page needs is there before somebody asks for it: indicators, the figures that
    are open, and what draws charts."""
    from koers.apps.intake.archive import public_shelf
    from koers.charts.render import draw
    from koers.indicators import load_indicators

    draw("warm", {"data": {"values": []}, "mark": "line", "encoding": {}}, "", "")
    load_indicators()
    public_shelf().open()
