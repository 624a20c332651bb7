"""`koers start`: everything from an empty folder to a site that answers."""

import errno
import json
import os
import socket
import time
from functools import partial
from pathlib import Path
from typing import NoReturn

import click

from koers.cli import setup
from koers.cli.alone import SITE, of_this_home
from koers.cli.ending import end_with
from koers.cli.household import Household, Member, given, run
from koers.cli.options import figures_folder
from koers.cli.processes import processes
from koers.environment import home_of, origin_of

BACKLOG = 1024
STUCK_AFTER = 60.0
"""Seconds without a sign after which a process of the site is ended, and started again."""


@click.command()
@click.option("--port", default=8000, show_default=True, help="Poort waarop de site luistert.")
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Adres waarop de site luistert."
)
@figures_folder("; anders de bronnen op internet; anders voorbeeldcijfers.")
@click.option(
    "--municipality",
    metavar="CODE",
    help=(
        "Gemeente waarvoor u werkt, zoals GM0001. Standaard die van de vorige keer, de eerste keer"
        " die van het meegeleverde plan."
    ),
)
def start(port: int, host: str, folder: Path | None, municipality: str | None) -> None:
    """Zet alles klaar en open de site: database, cijfers, veiligheidsbeeld, aanmeldlink. Stop met
    Ctrl-C."""
    setup.refuse_wrong_settings()
    of_this_home(SITE).take_or_end()
    begin = time.perf_counter()
    sock = bound(host, port)
    address = f"http://{f'[{host}]' if ':' in host else host}:{sock.getsockname()[1]}"
    with sock, Household() as house:
        # Apart: the site and the worker begin without what preparing read.
        prepared = house.answer(
            run(
                __name__,
                "prepare_apart",
                "prepare",
                figures=folder and str(folder),
                municipality=municipality,
            )
        )
        link = json.loads(prepared) if prepared else None
        forget_counts()
        listen(sock)

        first, *others = [*_site(sock), _worker()]

        def ready(again: bool) -> None:
            if again:
                _say_back(first.name, again)
                return
            _say_ready(address, link, time.perf_counter() - begin)
            # Until it is there, the first has the processors to itself.
            for member in others:
                house.keep(member)

        first.ready = ready
        house.keep(first)
        house.watch()
    setup.say("Koers is gestopt.")


def bound(host: str, port: int) -> socket.socket:
    """A socket at this address, on which nobody is heard yet; ends where that cannot be."""
    try:
        sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
    except OSError as error:
        _fail_at(host, port, error)
    return sock


def listen(sock: socket.socket) -> None:
    """From now on whoever comes waits until a process of the site is there."""
    try:
        sock.listen(BACKLOG)
    except OSError as error:
        host, port = sock.getsockname()[:2]
        _fail_at(host, port, error)


def _fail_at(host: str, port: int, error: OSError) -> NoReturn:
    if error.errno == errno.EADDRINUSE:
        setup.fail(
            f"Poort {port} is al in gebruik. Kies een andere, bijvoorbeeld: koers start --port"
            f" {port + 1}"
        )
    setup.fail(
        f"Koers kan niet luisteren op {host}, poort {port} ({error.strerror}). Kies een ander"
        " adres (--host) of een andere poort (--port)."
    )


def forget_counts() -> None:
    """What processes of a former site counted (koers.web.metrics) goes."""
    for file in (home_of() / "metrics").glob("*.db"):
        file.unlink(missing_ok=True)


def _site(sock: socket.socket) -> list[Member]:
    """The processes that answer. They share one socket: who is free first takes the next
    connection, and what waits on it is lost with none of them."""
    count = processes()
    start = partial(
        run,
        "koers.cli.serve",
        "serve_apart",
        "start",
        shares=(sock.fileno(),),
        socket=sock.fileno(),
        processes=count,
    )
    names = [f"Siteproces {n}" for n in range(1, count + 1)] if count > 1 else ["De site"]
    members = [
        Member(name, start, partial(_say_back, name), silent_after=STUCK_AFTER) for name in names
    ]
    members[0].must_begin = True
    return members


def _say_back(name: str, again: bool) -> None:
    if again:
        setup.say(f"{name} is er weer.", fg="green")


def _worker() -> Member:
    return Member(
        "Koers worker", partial(run, "koers.cli", "main", "worker", "--parent", str(os.getpid()))
    )


def _say_ready(address: str, link: str | None, seconds: float) -> None:
    setup.say()
    setup.say(f"Koers is klaar ({seconds:.0f} s): {address}", fg="green", bold=True)
    if link:
        setup.say("Eerste beheerder: open deze link (eenmalig) en kies een wachtwoord:")
        # Behind a proxy that does HTTPS nobody signs in by the address of the process itself.
        setup.say(f"  {origin_of() or address}{link}")
    setup.say("Stop met Ctrl-C.")


def prepare_apart() -> None:
    """``prepare`` in a process of its own, which tells the link."""
    told = given()
    end_with(told["parent"])
    try:
        link = prepare(told["figures"] and Path(told["figures"]), told["municipality"])
    except click.ClickException as problem:
        problem.show()
        raise SystemExit(problem.exit_code) from None
    os.write(told["tell"], json.dumps(link).encode())


def prepare(folder: Path | None, municipality: str | None) -> str | None:
    """Figures, municipalities, plans and picture; gives the path of the one-time link while it is
    needed."""
    setup.wake_django()
    setup.figure_store().sweep()
    from koers.apps.people.invitations import set_up, somebody_administers
    from koers.apps.picture.services.screening import compute_first_picture
    from koers.apps.plan.services.bundled import default_municipality
    from koers.cli.tenants import municipalities_at_work, municipality_before

    wanted = municipality or municipality_before() or default_municipality()
    loaded = setup.load_figures(folder, wanted)
    municipalities = municipalities_at_work(setup.figure_store(), municipality, loaded)
    with setup.progress_bar("Veiligheidsbeeld") as advance:
        compute_first_picture(municipalities[0], advance)
    return None if somebody_administers() else set_up()
