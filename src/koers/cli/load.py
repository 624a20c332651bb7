"""`koers load`: figures in."""

import re
from pathlib import Path

import click

from koers.cli import setup


@click.command()
@click.option(
    "--figures", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="MAP",
    help="Map met opgeslagen bronbestanden (CSV, GeoJSON).",
)  # fmt: skip
@click.option(
    "--municipality", "municipalities", metavar="CODE", multiple=True,
    help="Haal de cijfers van deze gemeente en haar regio op, zoals GM0001; herhaal de optie voor meer gemeenten.",
)  # fmt: skip
def load(figures, municipalities):
    """Laad cijfers in het cijferarchief, zonder de site te openen.

    Elk bestand of elke tabel wordt een peilmoment dat niet meer verandert. Twee keer laden geeft hetzelfde peilmoment.
    Een beschadigd of vreemd bestand wordt geweigerd, met bestand, rij en kolom; de eerdere cijfers blijven in gebruik.

    Afsluitcode 1 als er iets is geweigerd of als er niets geladen kon worden.
    """
    if (figures is None) == (not municipalities):
        raise click.UsageError("Geef --figures MAP of --municipality CODE op.")
    for code in municipalities:
        if not re.fullmatch(r"GM\d{4}", code):
            raise click.BadParameter(f"'{code}' is geen gemeentecode; die is GM met vier cijfers.")
    setup.wake_django()
    from koers.apps.plan.services.bundled import region_of

    if figures is not None:
        loaded = setup.load_figures(figures, None)
    else:
        region = [code for home in municipalities for code in region_of(home)]
        codes = list(dict.fromkeys([*municipalities, *region]))
        loaded = setup.load_live_figures(setup.figure_store(), codes)
    if loaded is None:
        setup.fail("Er zijn geen cijfers geladen. Probeer het later opnieuw, of gebruik --figures MAP.")
    if loaded.refused:
        raise SystemExit(1)
