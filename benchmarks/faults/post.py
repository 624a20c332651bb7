"""Mail while its server is down, refuses, hangs, breaks off, or the worker is killed: mails are put
in the queue as Koers does, a `koers worker` sends them, and the server counts what arrives.

    python -m benchmarks.faults.post HOME

A worker waits minutes before it tries again; here every mail that waits is made due at once instead
(``due_at`` in the database). Whoever loses the connection after all of a mail was sent cannot know
whether it arrived, and sends it again: such a second one must have the same Message-ID, by which
mailboxes show it once. It is told apart in the last column, and is doubled only with another.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path
from typing import Any

from benchmarks.faults.counting import Row, as_line
from benchmarks.faults.running import KOERS, say, seconds_until

AT_ONCE = 5
FELT_WITHIN, SETTLED_WITHIN = 60.0, 90.0
KEPT = "250 OK"


class Box:
    """A mail server; ``arrived`` has (address, Message-ID) of all that it took."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.arrived: list[tuple[str, str]] = []
        self.felt = 0
        self.heal()
        self._server: Any = None

    def heal(self) -> None:
        """From now on all is taken."""
        self.refused: dict[str, str] = {}
        self.drops = self.hangs = self.slow = False

    def up(self) -> None:
        from aiosmtpd.controller import Controller

        self._server = Controller(_Hands(self), hostname="127.0.0.1", port=self.port)
        self._server.start()

    def down(self) -> None:
        self._server.stop()


class _Hands:
    """What the server asks; it looks at all that its handler has, so that is not the box."""

    def __init__(self, box: Box) -> None:
        self._box = box

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if refusal := self._box.refused.get(address):
            self._box.felt += 1
            return refusal
        envelope.rcpt_tos.append(address)
        return KEPT

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        box, drops = self._box, self._box.drops
        if box.hangs:
            box.felt += 1
            while box.hangs:
                await asyncio.sleep(0.1)
            return "451 later"
        message = message_from_bytes(envelope.content)
        box.arrived.append((envelope.rcpt_tos[0], str(message["Message-ID"])))
        if box.slow:
            box.felt += 1
            await asyncio.sleep(1)
        if drops:
            box.felt += 1
            server.transport.abort()
        return KEPT


class Worker:
    """`koers worker`, which may be killed."""

    def __init__(self) -> None:
        self._log = Path(os.environ["KOERS_HOME"]).with_suffix(".worker.log").open("w")
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen([KOERS, "worker"], stdout=self._log, stderr=self._log)

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def end(self) -> None:
        self._process.terminate()
        self._process.wait()
        self._log.close()


def addresses(name: str) -> list[str]:
    return [f"{name}-{n}@voorbeeld.invalid" for n in range(AT_ONCE)]


def queue(to: list[str]) -> None:
    """As Koers tells administrators who may do what."""
    from koers.apps.people.mail import send

    for address in to:
        context = {"municipality": "X", "user": address, "what": "Iets.", "by": "iemand"}
        send("people/mail/role_changed.txt", context, address)


def waiting(to: list[str]) -> Any:
    from koers.apps.people.models import Mail, MailState

    return Mail.objects.filter(address__in=to, state=MailState.QUEUED)


def settle(to: list[str]) -> float:
    """Seconds until nothing waits any more, where each is tried again at once."""
    from django.utils import timezone

    def none_waits() -> bool:
        waiting(to).filter(due_at__gt=timezone.now()).update(due_at=timezone.now())
        return not waiting(to).exists()

    return seconds_until(none_waits, SETTLED_WITHIN)


def judge(row: Row, to: list[str], box: Box, refused: str = "") -> None:
    """Half is a mail of which the state says otherwise than the server."""
    from koers.apps.people.models import Mail

    again = 0
    states = dict(Mail.objects.filter(address__in=to).values_list("address", "state"))
    for address in to:
        came = [number for where, number in box.arrived if where == address]
        row.lost += not came and address != refused
        row.doubled += len(set(came)) > 1
        again += len(came) - len(set(came))
        row.half += states[address] != ("refused" if address == refused else "sent")
    row.acknowledged = len(to)
    if again:
        row.said += f"; {again} came twice with the same Message-ID"


def trial(
    name: str,
    box: Box,
    begin: Callable[[list[str]], Any],
    end: Callable[[], Any],
    refuses: bool = False,
) -> Row:
    from koers.apps.people.models import Mail

    row, to = Row(f"mail: {name}"), addresses(f"{name.split()[0]}-{len(box.arrived)}")
    box.felt = 0
    begin(to)
    queue(to)

    def felt() -> bool:
        return box.felt > 0 or Mail.objects.filter(address__in=to, tries__gt=0).exists()

    if seconds_until(felt, FELT_WITHIN) >= FELT_WITHIN:
        row.wrong.append("nobody felt the fault")
    # What the worker makes of it is known when it has an end or a next try.
    seconds_until(lambda: not waiting(to).filter(tries=0).exists(), FELT_WITHIN / 3)
    found = set(Mail.objects.filter(address__in=to).values_list("problem", flat=True)) - {""}
    row.said = "; ".join(sorted(found)) or "nothing"
    end()
    row.seconds.append(seconds := settle(to))
    if seconds > SETTLED_WITHIN:
        row.wrong.append("some still wait")
    judge(row, to, box, to[0] if refuses else "")
    say(f"{row.fault}: {row.said}")
    return row


def trials(box: Box) -> list[Row]:
    worker = Worker()

    def refuses(code: str) -> Callable[[list[str]], Any]:
        return lambda to: box.refused.update({to[0]: code})

    def turns(name: str) -> Callable[[list[str]], Any]:
        return lambda to: setattr(box, name, True)

    try:
        return [
            trial("server down", box, lambda to: box.down(), box.up),
            trial("one address refused (550)", box, refuses("550 unknown"), box.heal, True),
            trial("later (451)", box, refuses("451 later"), box.heal),
            trial("server hangs", box, turns("hangs"), box.heal),
            trial("broken off after DATA", box, turns("drops"), box.heal),
            _killed(box, worker.kill, worker.start),
        ]
    finally:
        worker.end()


def _killed(box: Box, kill: Callable[[], None], start: Callable[[], None]) -> Row:
    """The worker is killed when the server has a mail, and has not said so yet."""
    row, to = Row("mail: worker killed"), addresses("killed")
    box.felt, box.slow = 0, True
    queue(to)
    if seconds_until(lambda: box.felt > 1, FELT_WITHIN) >= FELT_WITHIN:
        row.wrong.append("nothing was being sent")
    kill()
    box.heal()
    begin = time.monotonic()
    start()
    settle(to)
    row.seconds.append(time.monotonic() - begin)
    row.said = "in the middle of the second mail"
    judge(row, to, box)
    say(f"{row.fault}: {row.said}")
    return row


def main() -> None:
    from tests.ports import free_port

    box = Box(free_port())
    os.environ |= {
        "EMAIL_URL": f"smtp://127.0.0.1:{box.port}",
        "DJANGO_SETTINGS_MODULE": "koers.web.settings",
    }
    from benchmarks.waking import wake

    wake(sys.argv[1])
    box.up()
    try:
        for row in trials(box):
            print(as_line(row), flush=True)
    finally:
        box.down()


if __name__ == "__main__":
    main()
