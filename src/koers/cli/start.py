"""`koers start`: everything from an empty folder to a site that answers."""

import json
import os
import socket
import time
from functools import partial
from pathlib import Path

import click

from koers.cli import setup
from koers.cli.alone import SITE, of_this_home
from koers.cli.ending import end_with
from koers.cli.household import Household, Member, given, run
from koers.environment import origin_of


@click.command()
@click.option("--port", default=8000, show_default=True, help="Poort waarop de site luistert.")
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Adres waarop de site luistert."
)
@click.option(
    "--figures",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="MAP",
    help=(
        "Map met opgeslagen bronbestanden; anders de bronnen op internet; anders voorbeeldcijfers."
    ),
)
@click.option(
    "--municipality",
    metavar="CODE",
    help=(
        "Gemeente waarvoor u werkt, zoals GM0001. Standaard die van de vorige keer, de eerste keer"
        " die van het meegeleverde plan."
    ),
)
def start(port: int, host: str, figures: Path | None, municipality: str | None) -> None:
    """Zet alles klaar en open de site: database, cijfers, veiligheidsbeeld, aanmeldlink. Stop met
    Ctrl-C."""
    setup.refuse_wrong_settings()
    of_this_home(SITE).take_or_end()
    begin = time.perf_counter()
    if not port_is_free(host, port):
        setup.fail(
            f"Poort {port} is al in gebruik. Kies een andere, bijvoorbeeld: koers start --port"
            f" {port + 1}"
        )
    address = f"http://{host}:{port}"
    with Household() as house:
        folder = None if figures is None else str(figures)
        # Apart: the site and the worker begin without what preparing read.
        prepared = house.answer(
            run(__name__, "prepare_apart", "prepare", figures=folder, municipality=municipality)
        )
        link = json.loads(prepared) if prepared else None

        def ready(again: bool) -> None:
            if again:
                setup.say(f"De site is er weer: {address}", fg="green")
            else:
                _say_ready(address, link, time.perf_counter() - begin)

        house.keep(
            Member(
                "Koers worker",
                partial(run, "koers.cli", "main", "worker", "--parent", str(os.getpid())),
            )
        )
        site = partial(run, "koers.cli.serve", "serve_apart", "start", host=host, port=port)
        house.keep(Member("De site", site, ready, must_begin=True))
        house.watch()
    setup.say("Koers is gestopt.")


def port_is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


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


def prepare(figures: Path | None, municipality: str | None) -> str | None:
    """Figures, municipalities, plans and picture; gives the path of the one-time link while it is
    needed."""
    setup.wake_django()
    setup.figure_store().sweep()
    from koers.apps.people.invitations import set_up, somebody_administers
    from koers.apps.picture.services.screening import compute_first_picture
    from koers.apps.plan.services.bundled import default_municipality
    from koers.cli.tenants import municipalities_at_work, municipality_before

    wanted = municipality or municipality_before() or default_municipality()
    loaded = setup.load_figures(figures, wanted)
    municipalities = municipalities_at_work(setup.figure_store(), municipality, loaded)
    with setup.progress_bar("Veiligheidsbeeld") as advance:
        compute_first_picture(municipalities[0], advance)
    return None if somebody_administers() else set_up()
