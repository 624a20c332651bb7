"""`koers screen`: signals in a user's own counts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from koers.cli import setup
from koers.cli.missing import missing_option
from koers.cli.options import own_csv
from koers.cli.rows import many
from koers.cli.screen import output
from koers.cli.screen.bounds import BoundError, PeriodOption, asked_of_file
from koers.cli.screen.options import (
    Number,
    check_that_they_belong,
    farrington_options,
    method_options,
)
from koers.cli.target import target_file, writing

if TYPE_CHECKING:
    from koers.analysis.screening.ears import EarsMethod
    from koers.analysis.screening.farrington import FarringtonOptions
    from koers.cli.screen.methods import Judged
    from koers.figures.counts_csv import CountsFile, Missing
    from koers.figures.counts_dates import Moment

EARS: dict[str, EarsMethod] = {"ears-c1": "C1", "ears-c2": "C2", "ears-c3": "C3"}
METHODS = ["pooled", "farrington", "glr", *EARS]
ENDINGS = (".csv", ".parquet")
STEPS = 100


@click.command()
@own_csv
@click.option(
    "--method",
    type=click.Choice(METHODS),
    default="pooled",
    show_default=True,
    help="De methode; pooled leent kracht van de andere gebieden.",
)
@click.option("--from", "first", type=PeriodOption(), help="Eerste periode om te beoordelen.")
@click.option("--until", "last", type=PeriodOption(), help="Laatste periode om te beoordelen.")
@click.option(
    "--fdr",
    type=Number(0, 1, min_open=True, max_open=True),
    default=0.1,
    show_default=True,
    help="Pooled: welk deel van de signalen ruis mag zijn.",
)
@click.option(
    "--family", metavar="KOLOM", help="Kolom waarvan elke waarde een eigen groep toetsen is."
)
@missing_option
@click.option(
    "--out",
    default="-",
    show_default=True,
    metavar="BESTAND",
    help="CSV of Parquet, naar de naam; - is de standaarduitvoer.",
)
@method_options
@click.pass_context
def screen(
    context: click.Context,
    /,
    file: Path,
    method: str,
    first: Moment | None,
    last: Moment | None,
    fdr: float,
    family: str | None,
    missing: Missing | None,
    out: str,
    **given: Any,
) -> None:
    """Zoek signalen in eigen tellingen: wat week af van wat te verwachten was?

    BESTAND.csv heeft de kolommen area,topic,period,count en eventueel population, met een komma of
    puntkomma, in UTF-8 of Latin-1. Een periode is 2024-03 (of mrt-24, maart 2024), 2024-W07, 2024
    of een volledige datum:
    elke week dezelfde weekdag, elke maand de eerste, of elk jaar 1 januari. Een lege telling is
    "niet gepubliceerd", geen nul. Een combinatie van gebied, onderwerp en periode zonder rij,
    tussen de eerste en de laatste rij van het gebied, is nul of onbekend zoals --missing zegt;
    zonder --missing wordt zo'n bestand geweigerd.

    Elke periode met genoeg voorgeschiedenis krijgt een rij, tenzij --from of --until anders zegt.
    Genoeg is bij pooled en glr 24 maanden, 104 weken of 4 jaren; bij farrington --b jaren en --w
    perioden; bij EARS 7, 9 of 11 perioden.

    Bij onjuiste invoer is de afsluitcode 2 en komt er geen uitvoer.
    """
    from koers.cli.people_steps import steps_note
    from koers.cli.screen.methods import UnsuitableError
    from koers.figures.counts_csv import CountsFileError, read_counts

    check_that_they_belong(context, method)
    target = target_file(out, ENDINGS)
    with setup.progress_bar("Signaleren") as advance:
        advance(0, STEPS, "lezen")
        try:
            counts = read_counts(file, family, missing)
            wanted = asked_of_file(counts, first, last)
            advance(10, STEPS, "rekenen")
            options = (
                farrington_options(given, counts.panel.frequency)
                if method == "farrington"
                else None
            )
            judged = _judge(
                method, counts, wanted, fdr, options, given["alpha"], first is not None, advance
            )
        except CountsFileError as error:
            setup.fail(str(error), 2)
        except (BoundError, UnsuitableError) as error:
            setup.fail(f"{file.name}: {error}", 2)
        advance(95, STEPS, "schrijven")
        columns = output.table(counts, judged)
        with writing(out):
            # The limits of pooled are counts; the bounds of the others need not be.
            output.write(
                columns,
                target,
                ("observed", "lower", "upper") if method == "pooled" else output.WHOLE,
            )
        advance(STEPS, STEPS, "klaar")
    _say_what_is_missing(counts, missing)
    if note := steps_note(counts):
        setup.say(f"Let op: {note}")
    signals = int(np.count_nonzero(columns["signal"]))
    counted = many(len(columns["area"]), "telling", "tellingen")
    setup.say(f"{counted} beoordeeld, {many(signals, 'signaal', 'signalen')}.")
    if not len(columns["area"]):
        setup.say("Te weinig gegevens: geen enkele periode heeft genoeg voorgeschiedenis.")


def _judge(
    method: str,
    counts: CountsFile,
    wanted: np.ndarray,
    fdr: float,
    options: FarringtonOptions | None,
    alpha: float | None,
    asked_from: bool,
    advance: Callable[..., None],
) -> Judged:
    from koers.cli.screen import methods

    if method == "pooled":
        return methods.pooled(counts, wanted, fdr)
    if options is not None:
        return methods.farrington(
            counts,
            wanted,
            options,
            asked_from,
            lambda done, total: advance(10 + 85 * done / total, STEPS, "rekenen"),
        )
    if method == "glr":
        return methods.glr(counts, wanted, asked_from)
    return methods.ears(counts, wanted, EARS[method], alpha)


def _say_what_is_missing(counts: CountsFile, missing: Missing | None) -> None:
    if gone := counts.missing_periods:
        shown = ", ".join(gone[:6]) + (" …" if len(gone) > 6 else "")
        setup.say(f"Let op: {len(gone)} perioden staan helemaal niet in het bestand ({shown}).")
    if missing == "unknown" and counts.missing_cells:
        setup.say(
            f"Let op: {counts.missing_cells} combinaties van gebied, onderwerp en periode staan"
            " niet in het bestand; ze zijn onbekend."
        )
    if years := counts.years_without_week_53:
        shown = ", ".join(map(str, years))
        setup.say(
            f"Let op: jaren met 53 weken waarvan week 53 niet in het bestand staat: {shown}. Is die"
            " bij week 52 opgeteld? Geef hem dan een eigen rij. Pooled beoordeelt week 52 van die"
            " jaren niet."
        )
    if (year := counts.last_year_without_week_53) is not None:
        setup.say(
            f"Let op: {year} heeft 53 weken en het bestand houdt op bij week 52. Is week 53 erbij"
            " opgeteld? Dan lijkt week 52 te hoog; geef week 53 een eigen rij."
        )
