"""A statement may take its time, and a server that answers nobody may not.

A server that hangs (or a network that swallows what is sent) answers nothing, and says nothing
either: PostgreSQL's own limits are the server's to keep. So whoever waits for an answer asks after
a moment, over a new connection, whether there is still a server; if not, the connection is closed.
"""

from __future__ import annotations

from collections.abc import Generator
from time import monotonic
from typing import Any

import psycopg
from django.db.backends.postgresql import base, psycopg_any
from psycopg import errors

CONNECT_SECONDS = 2
"""The least that psycopg takes; for each address of a name."""
FIRST_ASKED, LATER_ASKED = 1.5, 15.0
"""After so many seconds without an answer it is asked whether the server lives, and each so many
seconds from then on."""
_AT = ("host", "port", "user", "password", "dbname", "hostaddr", "service", "sslmode")


def answers(params: dict[str, Any]) -> bool:
    """Whether a server answers at all, be it that it refuses."""
    asked = {k: v for k, v in params.items() if k in _AT or k.startswith("ssl")}
    try:
        psycopg.connect(**asked, connect_timeout=CONNECT_SECONDS).close()
    except errors.ConnectionTimeout:
        return False
    except psycopg.OperationalError as refusal:
        # "FATAL: …" is what a server says.
        return "FATAL" in str(refusal)
    return True


class ImpatientConnection(psycopg.Connection[Any]):
    """Does not wait for a server that is not there."""

    koers_params: dict[str, Any] = {}

    def wait(self, gen: Any, *args: Any, **kwargs: Any) -> Any:
        return super().wait(self._asking(gen), *args, **kwargs)

    def _asking(self, gen: Generator[Any, Any, Any]) -> Generator[Any, Any, Any]:
        asks_at = monotonic() + FIRST_ASKED
        try:
            state = next(gen)
            while True:
                ready = yield state
                if not ready and monotonic() >= asks_at:
                    if not answers(self.koers_params):
                        self.close()
                        raise errors.OperationalError("the server does not answer")
                    asks_at = monotonic() + LATER_ASKED
                state = gen.send(ready)
        except StopIteration as end:
            return end.value


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> ImpatientConnection:
        self.isolation_level = psycopg_any.IsolationLevel.READ_COMMITTED
        connection = ImpatientConnection.connect(**conn_params)
        connection.koers_params = conn_params
        return connection
