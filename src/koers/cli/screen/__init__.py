"""`koers screen`: signals in a user's own counts."""

from pathlib import Path

import click
import numpy as np

from koers.cli import setup
from koers.cli.screen import output
from koers.cli.screen.bounds import BoundError, PeriodOption, asked_of_file
from koers.cli.screen.options import Number, check_that_they_belong, farrington_options, method_options
from koers.cli.target import target_file

METHODS = ["pooled", "farrington", "glr", "ears-c1", "ears-c2", "ears-c3"]
ENDINGS = (".csv", ".parquet")
STEPS = 100


@click.command()
@click.argument("file", metavar="BESTAND.csv", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--method", type=click.Choice(METHODS), default="pooled", show_default=True,
              help="De methode; pooled leent kracht van de andere gebieden.")  # fmt: skip
@click.option("--from", "first", type=PeriodOption(), help="Eerste periode om te beoordelen.")
@click.option("--until", "last", type=PeriodOption(), help="Laatste periode om te beoordelen.")
@click.option("--fdr", type=Number(0, 1, min_open=True, max_open=True), default=0.1, show_default=True,
              help="Pooled: welk deel van de signalen ruis mag zijn.")  # fmt: skip
@click.option("--family", metavar="KOLOM", help="Kolom waarvan elke waarde een eigen groep toetsen is.")
@click.option("--out", default="-", show_default=True, metavar="BESTAND",
              help="CSV of Parquet, naar de naam; - is de standaarduitvoer.")  # fmt: skip
@method_options
@click.pass_context
def screen(context, file, method, first, last, fdr, family, out, **given):
    """Zoek signalen in eigen tellingen: wat week af van wat te verwachten was?

    BESTAND.csv heeft de kolommen area,topic,period,count en eventueel population, met een komma of puntkomma, in UTF-8
    of Latin-1. Een periode is 2024-03, 2024-W07, 2024 of een volledige datum: elke week dezelfde weekdag, elke maand
    de eerste, of elk jaar 1 januari. Een lege telling is "niet gepubliceerd", geen nul.

    Elke periode met genoeg voorgeschiedenis krijgt een rij, tenzij --from of --until anders zegt. Genoeg is bij pooled
    en glr 24 maanden, 104 weken of 4 jaren; bij farrington --b jaren en --w perioden; bij EARS 7, 9 of 11 perioden.

    Bij onjuiste invoer is de afsluitcode 2 en komt er geen uitvoer.
    """
    from koers.cli.screen.methods import UnsuitableError
    from koers.figures.counts_csv import CountsFileError, read_counts

    check_that_they_belong(context, method)
    target = target_file(out, ENDINGS)
    with setup.progress_bar("Signaleren") as advance:
        advance(0, STEPS, "lezen")
        try:
            counts = read_counts(file, family)
            wanted = asked_of_file(counts, first, last)
            advance(10, STEPS, "rekenen")
            options = farrington_options(given, counts.panel.frequency) if method == "farrington" else None
            judged = _judge(method, counts, wanted, fdr, options, given["alpha"], first is not None, advance)
        except CountsFileError as error:
            setup.fail(str(error), 2)
        except (BoundError, UnsuitableError) as error:
            setup.fail(f"{file.name}: {error}", 2)
        advance(95, STEPS, "schrijven")
        columns = output.table(counts, judged)
        try:
            # The limits of pooled are counts; the bounds of the others need not be.
            output.write(columns, target, ("observed", "lower", "upper") if method == "pooled" else output.WHOLE)
        except OSError as error:
            setup.fail(f"{out} is niet te schrijven: {error.strerror}.")
        advance(STEPS, STEPS, "klaar")
    _say_what_is_missing(counts)
    signals = int(np.count_nonzero(columns["signal"]))
    setup.say(f"{len(columns['area'])} tellingen beoordeeld, {signals} signalen.")
    if not len(columns["area"]):
        setup.say("Te weinig gegevens: geen enkele periode heeft genoeg voorgeschiedenis.")


def _judge(method, counts, wanted, fdr, options, alpha, asked_from, advance):
    from koers.cli.screen import methods

    if method == "pooled":
        return methods.pooled(counts, wanted, fdr)
    if method == "farrington":
        return methods.farrington(
            counts, wanted, options, asked_from, lambda done, total: advance(10 + 85 * done / total, STEPS, "rekenen")
        )
    if method == "glr":
        return methods.glr(counts, wanted, asked_from)
    return methods.ears(counts, wanted, method[-2:].upper(), alpha)


def _say_what_is_missing(counts) -> None:
    if gone := counts.missing_periods:
        shown = ", ".join(gone[:6]) + (" …" if len(gone) > 6 else "")
        setup.say(f"Let op: {len(gone)} perioden ontbreken helemaal in het bestand ({shown}); ze zijn niet ingevuld.")
    elif counts.missing_cells:
        setup.say(
            f"Let op: {counts.missing_cells} combinaties van gebied, onderwerp en periode staan niet in het bestand."
        )
