"""`koers figures held`, `accept`, `reject` and `hold`: figures that wait for a person."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from koers.cli import setup
from koers.cli.rows import many, show_rows, write_rows

if TYPE_CHECKING:
    from koers.figures.held import Held, HeldState
    from koers.figures.store import FigureStore

COLUMNS = ("peilmoment", "tabel", "wat", "gebieden", "soort", "periode", "was", "is")
STATES = {"waiting": "wacht op een besluit", "accepted": "toch in gebruik", "rejected": "afgewezen"}


@click.command()
@click.option("--all", "everything", is_flag=True, help="Ook waarover al is besloten.")
@click.option(
    "--csv", "plain", is_flag=True, help="Schrijf CSV (met komma's) in plaats van zinnen."
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="BESTAND.csv",
    help="Schrijf wat er vreemd is naar dit bestand.",
)
def held(everything: bool, plain: bool, out: Path | None) -> None:
    """Toon de cijfers die apart worden gehouden, en wat eraan niet lijkt te kloppen.

    Ze zijn heel bewaard, maar niet in gebruik. Kies met 'koers figures accept PEILMOMENT --reason
    REDEN' of 'koers figures reject PEILMOMENT'.

    Afsluitcode 1 als er cijfers wachten op een besluit.
    """
    store = setup.archive()
    waiting = store.held.waiting()
    shown = store.held.all() if everything else waiting
    rows = [row for one in shown for row in _rows(one)]
    if plain:
        show_rows(COLUMNS, rows, plain)
    if out is not None:
        write_rows(out, COLUMNS, rows)
        setup.say(f"{out}: {many(len(rows), 'regel', 'regels')}.")
    if not plain and out is None:
        for one in shown:
            _show(store, one)
    setup.say(f"{many(len(waiting), 'tabel wacht', 'tabellen wachten')} op een besluit.")
    raise SystemExit(1 if waiting else 0)


def _show(store: FigureStore, one: Held) -> None:
    from koers.apps.intake.services.held import instead_words
    from koers.figures.doubts.words import sentence

    m = one.snapshot.manifest
    overtaken = one.state == "waiting" and not store.held.waits(one)
    state = "ingehaald door latere cijfers" if overtaken else STATES[one.state]
    click.echo(
        f"{m.id}  {m.source} {m.table}  {m.title}, opgehaald {m.retrieved:%Y-%m-%d %H:%M}: {state}"
    )
    for doubt in one.doubts:
        click.echo(f"  * {sentence(doubt, m.topics)}")
    if not one.used:
        click.echo(f"  {instead_words(one)}")


def _rows(one: Held) -> list[tuple[Any, ...]]:
    from koers.figures.doubts.words import TITLES, level_words, topic_words

    m = one.snapshot.manifest
    return [
        (
            m.id,
            m.table,
            TITLES[d.oddity],
            level_words(d.level),
            topic_words(d.topic, m.topics),
            d.period,
            d.before,
            d.after,
        )
        for d in one.doubts
    ]


identity = click.argument("identity", metavar="PEILMOMENT")


@click.command()
@identity
@click.option("--reason", required=True, metavar="REDEN", help="Waarom deze cijfers toch kloppen.")
def accept(identity: str, reason: str) -> None:
    """Gebruik cijfers die apart werden gehouden toch. De reden blijft bewaard.

    De worker zoekt er daarna binnen een minuut signalen in.
    """
    from koers.figures.held import HeldState

    if not reason.strip():
        raise click.BadParameter("Schrijf waarom deze cijfers toch kloppen.", param_hint="--reason")
    done = _decide(identity, HeldState.ACCEPTED, reason.strip())
    setup.say(
        f"In gebruik: {_name(done)}. Vergist? 'koers figures hold {done.id}' zet ze weer apart."
    )


@click.command()
@identity
@click.option("--reason", default="", metavar="REDEN", help="Waarom niet.")
def reject(identity: str, reason: str) -> None:
    """Gebruik cijfers die apart worden gehouden niet. Komen dezelfde nog eens, dan blijft dat zo.

    Ze blijven nog twee jaar bewaard.
    """
    from koers.figures.held import HeldState

    done = _decide(identity, HeldState.REJECTED, reason.strip())
    setup.say(
        f"Niet in gebruik: {_name(done)}. Vergist? 'koers figures hold {done.id}' laat ze weer"
        " wachten op een besluit."
    )


@click.command()
@identity
def hold(identity: str) -> None:
    """Neem een besluit terug: zet cijfers weer apart, of laat ze weer wachten op een besluit."""
    from koers.figures.held import HeldState

    done = _decide(identity, HeldState.WAITING, "")
    setup.say(f"Weer apart: {_name(done)}.")


def _name(done: Held) -> str:
    m = done.snapshot.manifest
    return f"{m.title} ({m.source} {m.table}, peilmoment {m.id})"


def _decide(text: str, state: HeldState, reason: str) -> Held:
    setup.wake_django()
    from koers.apps.intake.services.held import decide
    from koers.apps.people.models import Municipality

    found = [
        one.id
        for one in setup.figure_store().held.all()
        if text in (one.id, one.snapshot.manifest.table)
        or (len(text) >= 4 and one.id.startswith(text))
    ]
    if len(found) != 1:
        past = f"past bij {len(found)}" if found else "is geen"
        setup.fail(
            f"'{text}' {past} peilmoment dat apart werd gehouden. Bekijk ze met 'koers figures held"
            " --all'.",
            2,
        )
    # Who may use the command line decides for the whole installation; the first keeps the record.
    home = Municipality.objects.order_by("fictitious", "code").first()
    if home is None:
        setup.say("Er is hier nog geen gemeente: dit besluit en de reden worden niet vastgelegd.")
    return decide(found[0], state, reason, home)
