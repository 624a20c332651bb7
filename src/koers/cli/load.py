"""`koers load`: figures in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from koers.cli import setup
from koers.cli.options import figures_folder

if TYPE_CHECKING:
    from koers.analysis.period import Period
    from koers.sources.scope import Scope


@click.command()
@click.argument("sources", metavar="[BRON…]", nargs=-1)
@figures_folder(" (CSV, GeoJSON).")
@click.option(
    "--municipality",
    "municipalities",
    metavar="CODE",
    multiple=True,
    help=(
        "Haal de cijfers van deze gemeente op, zoals GM0001, en van de gemeenten ernaast als een"
        " meegeleverd plan die noemt; herhaal de optie voor meer gemeenten."
    ),
)
@click.option("--region", is_flag=True, help="Alle gemeenten van de politie-eenheid.")
@click.option("--all", "everything", is_flag=True, help="Heel Nederland.")
@click.option(
    "--since", metavar="PERIODE", help="Vanaf dit jaar of deze maand, zoals 2018 of 2018-07."
)
@click.option("--fresh", is_flag=True, help="Haal ook op wat volgens de bron niet is veranderd.")
def load(
    sources: Sequence[str],
    folder: Path | None,
    municipalities: Sequence[str],
    region: bool,
    everything: bool,
    since: str | None,
    fresh: bool,
) -> None:
    """Laad cijfers in het cijferarchief, zonder de site te openen.

    BRON is politie, cbs, pdok of bron, of een tabel zoals 47022NED; zonder BRON alle bronnen.
    Zonder gemeente geldt wat de vorige keer voor alle bronnen is geladen.

    Wat geladen wordt, vervangt op de pagina's wat er van die tabel was: vraagt u minder gemeenten
    of een latere periode dan de vorige keer, dan zegt Koers wat er niet meer bij zit. Het staat nog
    in het eerdere peilmoment.

    Elk bestand of elke tabel wordt een peilmoment dat niet meer verandert. Twee keer laden geeft
    hetzelfde peilmoment; wat volgens de bron niet is veranderd, wordt niet nog eens opgehaald.
    Wordt het laden afgebroken, dan gaat de volgende keer verder waar het was gebleven. Een
    beschadigde of veranderde bron wordt geweigerd, met wat er anders is; de eerdere cijfers blijven
    in gebruik.

    Cijfers die niet lijken te kunnen kloppen, zoals alles nul of een totaal dat halveert, worden
    apart gehouden tot iemand ernaar keek; de eerdere blijven in gebruik. Zie 'koers figures held'.

    Afsluitcode 1 als er iets is geweigerd of apart gehouden, of als er niets geladen kon worden.
    """
    live = bool(sources or municipalities or region or everything or since or fresh)
    if folder is not None and live:
        raise click.UsageError(
            "Geef --figures MAP op, of wat er van de live bronnen geladen moet worden; niet"
            " allebei."
        )
    if everything and (region or municipalities):
        raise click.UsageError("--all is heel Nederland: laat --region en --municipality dan weg.")
    for code in municipalities:
        if not re.fullmatch(r"GM\d{4}", code):
            raise click.BadParameter(f"'{code}' is geen gemeentecode; die is GM met vier cijfers.")
    period = _period(since)
    setup.wake_django()
    if folder is not None:
        loaded: setup.Loaded | None = setup.load_figures(folder, None)
    else:
        scope = _scope(municipalities, region, everything)
        period = period if since else scope.since
        loaded = setup.load_live_figures(
            setup.figure_store(),
            scope.municipalities,
            sources=sources,
            since=period,
            fresh=fresh,
            all_topics=True,
        )
    if loaded is None:
        setup.fail(
            "Er zijn geen cijfers geladen. Probeer het later opnieuw, of gebruik --figures MAP."
        )
    if loaded.refused or loaded.held:
        raise SystemExit(1)


def _period(text: str | None) -> Period | None:
    from koers.analysis.period import Period

    if text is None:
        return None
    try:
        period = Period.parse(text)
    except ValueError:
        raise click.BadParameter(
            f"'{text}' is geen jaar of maand, zoals 2018 of 2018-07.", param_hint="--since"
        ) from None
    if period.frequency == "week" or period.year < 1990:
        raise click.BadParameter(
            f"'{text}' is geen jaar of maand, zoals 2018 of 2018-07.", param_hint="--since"
        )
    today = date.today()
    if (period.year, period.number if period.frequency == "month" else 1) > (
        today.year,
        today.month,
    ):
        raise click.BadParameter(f"'{text}' ligt in de toekomst.", param_hint="--since")
    return period


def _scope(municipalities: Sequence[str], region: bool, everything: bool) -> Scope:
    """What is asked for, else what was asked for the last time."""
    from koers.apps.plan.services.bundled import region_of
    from koers.sources.scope import Scope

    if everything:
        return Scope(None)
    former = setup.former_scope()
    homes = list(municipalities) or setup.home_municipalities()
    if region:
        if not homes:
            raise click.UsageError("Zeg ook welke gemeente, met --municipality CODE.")
        return Scope(tuple(dict.fromkeys([*homes, *setup.unit_members(homes)])))
    if municipalities or (homes and former is None):
        around = [code for home in homes for code in region_of(home)]
        return Scope(tuple(dict.fromkeys([*homes, *around])))
    if former is None:
        raise click.UsageError("Geef --figures MAP, --municipality CODE, --region of --all op.")
    return former
