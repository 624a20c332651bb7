"""`koers start`: everything from an empty folder to a site that answers."""

import os
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import click

from koers.cli import setup


@click.command()
@click.option("--port", default=8000, show_default=True, help="Poort waarop de site luistert.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Adres waarop de site luistert.")
@click.option(
    "--figures", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="MAP",
    help="Map met opgeslagen bronbestanden; anders de bronnen op internet; anders voorbeeldcijfers.",
)  # fmt: skip
@click.option(
    "--municipality",
    metavar="CODE",
    help="Gemeente waarvoor u werkt, zoals GM0001. Standaard die van het meegeleverde plan.",
)
def start(port, host, figures, municipality):
    """Zet alles klaar en open de site: database, cijfers, veiligheidsbeeld, aanmeldlink. Stop met Ctrl-C."""
    from koers.cli.serve import Site, port_is_free

    begin = time.perf_counter()
    if not port_is_free(host, port):
        setup.fail(f"Poort {port} is al in gebruik. Kies een andere, bijvoorbeeld: koers start --port {port + 1}")
    link = _apart(prepare, figures, municipality)
    address = f"http://{host}:{port}"

    def ready() -> None:
        setup.say()
        setup.say(f"Koers is klaar ({time.perf_counter() - begin:.0f} s): {address}", fg="green", bold=True)
        if link:
            setup.say("Eerste beheerder: open deze link (eenmalig) en kies een wachtwoord:")
            setup.say(f"  {address}{link}")
        setup.say("Stop met Ctrl-C.")

    here = os.getpid()
    worker = _worker()
    try:
        Site(host, port, ready).run()
    except SystemExit as end:
        # The server's workers, forks of this process, come here as well.
        if os.getpid() != here or end.code not in (0, None):
            raise
    finally:
        if os.getpid() == here:
            _end(worker)
        else:
            # The worker is no child of a fork, which otherwise warns that it leaves it behind.
            worker.returncode = 0
    setup.say("Koers is gestopt.")


def _worker() -> subprocess.Popen:
    """`koers worker` beside the site; it ends with this process, however that ends.

    Ctrl-C does not reach it but by this process, which ends it: while it still starts it would answer with a traceback.
    """
    command = [sys.executable, "-c", "from koers.cli import main; main()", "worker", "--parent", str(os.getpid())]
    return subprocess.Popen(command, process_group=0, stdin=subprocess.DEVNULL)


def _end(worker: subprocess.Popen) -> None:
    worker.terminate()
    try:
        worker.wait(10)
    except subprocess.TimeoutExpired:
        worker.kill()


def _apart(work, *arguments):
    """Do this in a process of its own: the server forks, and a fork of a process with DuckDB's threads may crash."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def prepare(figures: Path | None, municipality: str | None) -> str | None:
    """Figures, municipalities, plans and picture; gives the path of the one-time link while it is needed."""
    setup.wake_django()
    setup.figure_store().sweep()
    from koers.apps.people.services import first_administrator, one_time_path
    from koers.apps.picture.services.screening import compute_picture
    from koers.apps.plan.services.bundled import default_municipality
    from koers.cli.tenants import municipalities_at_work

    loaded = setup.load_figures(figures, municipality or default_municipality())
    municipalities = municipalities_at_work(setup.figure_store(), municipality, loaded)
    with setup.progress_bar("Veiligheidsbeeld") as advance:
        compute_picture(municipalities, progress=advance)
    administrator = first_administrator(municipalities)
    return one_time_path(administrator) if administrator else None
