"""`koers screen`: signals in a user's own counts."""

import os
import sys
from pathlib import Path

import click

from koers.cli import setup

COLUMNS = ("area", "topic", "period", "observed", "expected", "lower", "upper", "score", "p_value", "q_value", "signal")


class PeriodOption(click.ParamType):
    name = "PERIODE"

    def convert(self, value, param, ctx):
        from koers.analysis.period import Period

        try:
            return Period.parse(value)
        except ValueError:
            self.fail(f"'{value}' is geen periode, zoals 2024-03, 2024-W07 of 2024.", param, ctx)


@click.command()
@click.argument("file", metavar="BESTAND.csv", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--method", type=click.Choice(["pooled"]), default="pooled", show_default=True,
              help="De methode; pooled leent kracht van de andere gebieden.")  # fmt: skip
@click.option("--from", "first", type=PeriodOption(), help="Eerste periode om te beoordelen.")
@click.option("--until", "last", type=PeriodOption(), help="Laatste periode om te beoordelen.")
@click.option("--fdr", type=click.FloatRange(0, 1, min_open=True, max_open=True), default=0.1, show_default=True,
              help="Welk deel van de signalen ruis mag zijn.")  # fmt: skip
@click.option("--family", metavar="KOLOM", help="Kolom waarvan elke waarde een eigen groep toetsen is.")
@click.option("--out", default="-", show_default=True, metavar="BESTAND",
              help="CSV of Parquet, naar de naam; - is de standaarduitvoer.")  # fmt: skip
def screen(file, method, first, last, fdr, family, out):
    """Zoek signalen in eigen tellingen: wat week af van wat te verwachten was?

    BESTAND.csv heeft de kolommen area,topic,period,count en eventueel population, met een komma of puntkomma, in UTF-8
    of Latin-1. Een lege telling is "niet gepubliceerd", geen nul. Elke periode met genoeg voorgeschiedenis (24 maanden,
    104 weken of 4 jaren) krijgt een rij, tenzij --from of --until anders zegt.

    Bij onjuiste invoer is de afsluitcode 2 en komt er geen uitvoer.
    """
    from koers.analysis.screening.series import screen_series
    from koers.figures.counts_csv import CountsFileError, read_counts

    target = None if out == "-" else Path(out)
    if target is not None and not target.parent.is_dir():
        setup.fail(f"De map {target.parent} bestaat niet.", 2)
    with setup.progress_bar("Signaleren") as advance:
        advance(0, 3, "lezen")
        try:
            counts = read_counts(file, family)
        except CountsFileError as error:
            setup.fail(str(error), 2)
        for period in (first, last):
            if period is not None and period.frequency != counts.panel.frequency:
                setup.fail(f"{period} is een ander soort periode dan die in {file.name}.", 2)
        advance(1, 3, "rekenen")
        found = screen_series(counts.panel, counts.family, fdr)
        advance(2, 3, "schrijven")
        columns = _columns(counts, found, first, last)
        _write(columns, target)
        advance(3, 3, "klaar")
    _say_what_is_missing(counts)
    signals = sum(1 for kind in columns["signal"] if kind)
    setup.say(f"{len(columns['area'])} tellingen beoordeeld, {signals} signalen.")
    if not len(columns["area"]):
        setup.say("Te weinig gegevens: geen enkele periode heeft genoeg voorgeschiedenis.")


def _columns(counts, found, first, last) -> dict:
    import numpy as np

    panel = counts.panel
    wanted = np.array([(first is None or p >= first) and (last is None or p <= last) for p in panel.periods])
    judged = ~np.isnan(found.p) & counts.present & wanted[None, None, :]
    # By period, then topic, then area: as one reads a month.
    t, k, a = np.nonzero(judged.transpose(2, 1, 0))
    cell = (a, k, t)
    names = {"area": panel.areas, "topic": panel.topics, "period": [str(p) for p in panel.periods]}
    return {
        "area": np.array(names["area"], dtype=object)[a],
        "topic": np.array(names["topic"], dtype=object)[k],
        "period": np.array(names["period"], dtype=object)[t],
        "observed": panel.counts[cell].astype(np.int64),
        "expected": found.expected[cell],
        "lower": found.lower[cell].astype(np.int64),
        "upper": found.upper[cell].astype(np.int64),
        "score": found.score[cell],
        "p_value": found.p[cell],
        "q_value": found.q[cell],
        "signal": found.signal[cell],
    }


def _write(columns: dict, target: Path | None) -> None:
    """CSV or Parquet, written beside and renamed into place."""
    import duckdb

    texts = ("area", "topic", "period", "signal")
    with duckdb.connect() as db:
        db.register("rows", columns)
        chosen = ", ".join(f"CAST({name} AS VARCHAR) AS {name}" if name in texts else name for name in COLUMNS)
        if target is None:
            _to_stdout(db.execute(f"SELECT {chosen} FROM rows"))
            return
        beside = target.with_name(f".{target.name}.{os.getpid()}")
        shape = "FORMAT parquet" if target.suffix.lower() == ".parquet" else "FORMAT csv, HEADER"
        quoted = str(beside).replace("'", "''")
        try:
            db.execute(f"COPY (SELECT {chosen} FROM rows) TO '{quoted}' ({shape})")
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)


def _to_stdout(result) -> None:
    import csv

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    try:
        while rows := result.fetchmany(10_000):
            writer.writerows(rows)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader (head, less) has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say_what_is_missing(counts) -> None:
    if gone := counts.missing_periods:
        shown = ", ".join(str(period) for period in gone[:6]) + (" …" if len(gone) > 6 else "")
        setup.say(f"Let op: {len(gone)} perioden ontbreken helemaal in het bestand ({shown}); ze zijn niet ingevuld.")
    elif counts.missing_cells:
        setup.say(
            f"Let op: {counts.missing_cells} combinaties van gebied, onderwerp en periode staan niet in het bestand."
        )
