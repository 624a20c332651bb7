"""`koers load`: figures in."""

from pathlib import Path

import click

from koers.cli import setup


@click.command()
@click.option(
    "--figures", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="MAP",
    help="Map met opgeslagen bronbestanden (CSV, GeoJSON).",
)  # fmt: skip
@click.option(
    "--municipality", metavar="CODE", help="Haal de cijfers van deze gemeente en haar regio op, zoals GM0001."
)
def load(figures, municipality):
    """Laad cijfers in het cijferarchief, zonder de site te openen.

    Elk bestand wordt een peilmoment dat niet meer verandert. Twee keer laden geeft hetzelfde peilmoment. Een
    beschadigd of vreemd bestand wordt geweigerd, met bestand, rij en kolom; de eerdere cijfers blijven in gebruik.

    Afsluitcode 1 als er een bestand is geweigerd of als er niets geladen kon worden.
    """
    if figures is None and municipality is None:
        raise click.UsageError("Geef --figures MAP of --municipality CODE op.")
    setup.wake_django()
    if figures is not None:
        loaded = setup.load_figures(figures, None)
        if loaded.refused:
            raise SystemExit(1)
        return
    from koers.cli.setup import _from_live

    if _from_live(setup.figure_store(), municipality) is None:
        setup.fail("Er zijn geen cijfers geladen. Probeer het later opnieuw, of gebruik --figures MAP.")
