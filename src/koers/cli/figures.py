"""`koers figures`: what the archive of figures holds, what changed in it, and whether it is whole."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from koers import dutch
from koers.cli import setup
from koers.cli.target import beside, target_file

as_csv = click.option("--csv", "plain", is_flag=True, help="Schrijf CSV (met komma's) in plaats van een tabel.")
LEVELS = {
    "country": "land", "municipality": "gemeente", "district": "wijk", "neighbourhood": "buurt", "": "ander gebied",
}  # fmt: skip
INTERNAL = "snapshot, source, table_name, scheme, rank"
DIFFERENCE_COLUMNS = ("area", "topic", "period", "before", "after", "change")


@click.group()
def figures():
    """Bekijk het cijferarchief: peilmomenten, verschillen ertussen, en of alles nog heel is.

    Een peilmoment is een tabel zoals die op één moment was gepubliceerd; het verandert niet meer. Gegevens gaan
    naar standaarduitvoer, opmerkingen naar standaardfout.
    """


@figures.command("list")
@click.argument("table", required=False, metavar="[TABEL]")
@click.option("--current", is_flag=True, help="Alleen het nieuwste peilmoment van elke tabel.")
@as_csv
def list_snapshots(table, current, plain):
    """Toon de peilmomenten, per tabel het nieuwste eerst."""
    store = _store()
    snapshots = [s for s in (store.current() if current else store.snapshots()) if table in (None, s.manifest.table)]
    if table is not None and not snapshots:
        setup.fail(f"Er is geen tabel '{table}'. Tabellen hier: {_tables(store)}.", 2)
    newest = {s.manifest.id for s in store.current()}
    cited = _cited([s.manifest.id for s in snapshots])
    snapshots.sort(key=lambda s: s.manifest.retrieved_at, reverse=True)
    snapshots.sort(key=lambda s: (s.manifest.source, s.manifest.table))
    rows = []
    for snapshot in snapshots:
        m = snapshot.manifest
        state = [w for w, so in (("in gebruik", m.id in newest), ("aangehaald", m.id in cited)) if so]
        size = m.size or sum(f.stat().st_size for f in snapshot.path.iterdir())
        rows.append(
            (m.source, m.table, m.id, f"{m.retrieved:%Y-%m-%d %H:%M}", m.last_period, m.rows, size, ", ".join(state))
        )
    _show(("bron", "tabel", "peilmoment", "opgehaald", "t/m", "rijen", "bytes", "staat"), rows, plain)
    if not plain:
        tables = len({row[:2] for row in rows})
        setup.say(f"{_many(len(rows), 'peilmoment', 'peilmomenten')} van {_many(tables, 'tabel', 'tabellen')}.")


@figures.command()
@click.argument("identity", metavar="PEILMOMENT|TABEL")
@click.option("--rows", "number", default=10, show_default=True, help="Zoveel van de laatste rijen tonen.")
@click.option("--out", metavar="BESTAND", help="Schrijf alle rijen naar dit bestand, .csv of .parquet.")
@as_csv
def show(identity, number, out, plain):
    """Toon de beschrijving van een peilmoment en zijn laatste rijen; met --csv alleen de rijen.

    Tellingen staan in het bestand van --out in de kolommen area,topic,period,count,status: koers screen leest het, en de
    pagina voor eigen bestanden ook. Een lege cel bij count is niet gepubliceerd.
    """
    target = target_file(out, (".csv", ".parquet")) if out else None
    store = _store()
    snapshot = _one(store, identity)
    m = snapshot.manifest
    if not plain:
        described = {
            "peilmoment": m.id, "bron": m.source, "tabel": m.table, "titel": m.title, "inhoud": m.content,
            "soort": m.scheme, "opgehaald": m.retrieved_at, "gepubliceerd": m.published_at, "adres": m.address,
            "t/m": m.last_period, "rijen": m.rows, "bytes": m.size, "licentie": m.licence, "bronvermelding": m.attribution,
            "opmerking": m.note, "verzonnen": "ja" if m.fictitious else "", "sha256 van de bron": m.sha256,
            **{f"sha256 van {name}": digest for name, digest in sorted(m.files.items())},
            "eenheid": ", ".join(dict.fromkeys(m.units.values())),
            "codes": ", ".join(_coded(m, code) for code in list(m.topics)[:8])
            + (f" en nog {len(m.topics) - 8}" if len(m.topics) > 8 else ""),
        }  # fmt: skip
        for name, value in described.items():
            if value != "":
                click.echo(f"{name + ':':<28} {value}")
        click.echo()
    columns, rows = _last_rows(store, snapshot, number)
    _show(columns, rows, plain)
    if target is not None:
        _write_rows(store, snapshot, target)
        setup.say(f"{out}: {_many(m.rows, 'rij', 'rijen')}.")


def _write_rows(store, snapshot, target: Path) -> None:
    """Every row; a count that is whole is written without a decimal."""
    m = snapshot.manifest
    db = store.connect([m.id])
    chosen, order = f"* EXCLUDE ({INTERNAL})", "ALL"
    if m.content == "observations":
        whole = db.execute("SELECT coalesce(bool_and(value = floor(value)), true) FROM observations").fetchone()[0]
        value = "CAST(value AS BIGINT)" if whole else "value"
        chosen, order = f"area, topic, period, {value} AS count, status", "period, topic, area"
    shape = "FORMAT parquet" if target.suffix.lower() == ".parquet" else "FORMAT csv, HEADER"
    with beside(target) as draft:
        quoted = str(draft).replace("'", "''")
        db.execute(f"COPY (SELECT {chosen} FROM {m.content} ORDER BY {order}) TO '{quoted}' ({shape})")


def _coded(manifest, code: str) -> str:
    """A code with its title, and its unit where the codes of the table do not all have the same."""
    unit = manifest.units.get(code, "") if len(set(manifest.units.values())) > 1 else ""
    title = manifest.topics[code]
    return f"{code} {title} [{unit}]" if unit and f"({unit})" not in title else f"{code} {title}"


def _last_rows(store, snapshot, number: int):
    order = "period DESC, area, topic" if snapshot.manifest.content == "observations" else "ALL"
    result = store.connect([snapshot.manifest.id]).execute(
        f"SELECT * EXCLUDE ({INTERNAL}) FROM {snapshot.manifest.content} ORDER BY {order} LIMIT ?",
        [number],
    )
    columns = [column[0] for column in result.description]
    # A year is no number to be written with a point.
    return columns, [
        tuple(str(v) if c == "year" else v for c, v in zip(columns, row, strict=True)) for row in result.fetchall()
    ]


@figures.command()
@click.argument("first", metavar="TABEL|PEILMOMENT")
@click.argument("second", metavar="[PEILMOMENT]", required=False)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="BESTAND.csv",
              help="Schrijf elke telling die verschilt naar dit bestand.")  # fmt: skip
@as_csv
def diff(first, second, out, plain):
    """Toon wat er veranderde tussen twee peilmomenten, of tussen de nieuwste twee van een TABEL.

    Per niveau en periode: het totaal van de tellingen die in beide peilmomenten staan, en hoeveel er zijn herzien,
    bijgekomen of vervallen.
    """
    from koers.figures.queries.differences import changed_cells, differences

    store = _store()
    before, after = _pair(store, first, second)
    try:
        found = differences(store, before.manifest.id, after.manifest.id)
    except ValueError:
        setup.fail(f"Peilmoment {before.manifest.id} of {after.manifest.id} bevat geen tellingen.", 2)
    rows = [
        (p.level, p.period, p.before, p.after, p.change, None if p.ratio != p.ratio else round(100 * (p.ratio - 1), 2),
         p.revised, p.added, p.removed)
        for p in found.periods
    ]  # fmt: skip
    if not plain:
        rows = [(LEVELS.get(level, level), *rest) for level, *rest in rows]
    _show(("niveau", "periode", "was", "werd", "verschil", "procent", "herzien", "bij", "vervallen"), rows, plain)
    if out is not None:
        _write(out, DIFFERENCE_COLUMNS, (
            (c.area, c.topic, c.period, c.before, c.after, c.change)
            for c in changed_cells(store, before.manifest.id, after.manifest.id)
        ))  # fmt: skip
        setup.say(f"{out}: elke telling die verschilt.")
    _say_difference(found)


def _say_difference(found) -> None:
    for moment, m in (("van", found.before), ("naar", found.after)):
        setup.say(
            f"{moment:<5}{m.source} {m.table} {m.id}, opgehaald {m.retrieved:%Y-%m-%d %H:%M}, t/m {m.last_period}"
        )
    setup.say(
        f"{dutch.number(found.rows_revised)} {'telling' if found.rows_revised == 1 else 'tellingen'} herzien, "
        f"{dutch.number(found.rows_added)} bijgekomen, "
        f"{dutch.number(found.rows_removed)} vervallen, {dutch.number(found.rows_same)} gelijk; "
        f"{dutch.number(found.rows_confirmed)} van voorlopig naar definitief."
    )
    for label, codes in (("Nieuwe codes", found.topics_added), ("Verdwenen codes", found.topics_removed)):
        if codes:
            setup.say(f"{label}: {', '.join(codes)}.")
    for code, old, new in found.topics_renamed:
        setup.say(f"Andere titel: {code} was '{old}' en is '{new}'.")


@figures.command()
def verify():
    """Controleer van elk peilmoment of alle bestanden nog zijn zoals ze zijn geschreven (SHA-256).

    Afsluitcode 1 als er een peilmoment beschadigd is; op standaarduitvoer staat welk.
    """
    from koers.figures.verification import verify as verify_all

    store = _store()
    total = sum(1 for _ in store.root.glob("snapshots/*/*/[!.]*"))
    damaged = []
    with setup.progress_bar("Controleren") as advance:
        for done, verdict in enumerate(verify_all(store), 1):
            advance(done, total, verdict.table)
            if verdict.problem:
                damaged.append(verdict)
    for verdict in damaged:
        click.echo(f"FOUT   {verdict.source} {verdict.table} {verdict.id}: {verdict.problem}")
    if damaged:
        setup.say(f"{len(damaged)} van de {_many(total, 'peilmoment', 'peilmomenten')} beschadigd. Haal de map weg en laad de "
                  "tabel opnieuw met koers load.", fg="red")  # fmt: skip
        raise SystemExit(1)
    setup.say(f"{_many(total, 'peilmoment', 'peilmomenten')} gecontroleerd; alles is heel.")


@figures.command()
@click.option("--dry-run", is_flag=True, help="Toon alleen wat er weg zou gaan.")
@as_csv
def thin(dry_run, plain):
    """Dun oude peilmomenten uit: van de laatste 24 maanden blijft alles, daarna één per kwartaal, na tien jaar één per jaar.

    Wat in gebruik is of in een besluit, doel of signaal wordt aangehaald, blijft altijd. `koers worker` doet dit elke nacht.
    """
    setup.wake_django()
    from koers.apps.intake.services.cited import cited_snapshots
    from koers.figures.thinning import thin as thin_out

    store = setup.figure_store()
    cited = cited_snapshots([s.manifest.id for s in store.snapshots()])
    result = thin_out(store, cited, datetime.now(UTC), dry_run=dry_run)
    rows = [
        (m.source, m.table, m.id, f"{m.retrieved:%Y-%m-%d %H:%M}", m.size) for m in (s.manifest for s in result.removed)
    ]
    _show(("bron", "tabel", "peilmoment", "opgehaald", "bytes"), rows, plain)
    what = "zouden weggaan" if dry_run else "weggehaald"
    setup.say(
        f"{_many(len(result.removed), 'peilmoment', 'peilmomenten')} {what}, {len(result.kept)} blijven, waarvan "
        f"{len(result.kept_for_citation)} alleen omdat een document ze aanhaalt."
    )


def _store():
    """The archive; the database is not needed for it."""
    import django

    django.setup()
    return setup.figure_store()


def _cited(ids: Sequence[str]) -> set[str]:
    """What documents cite; nothing where there is no database yet."""
    from django.db import DatabaseError

    from koers.apps.intake.services.cited import cited_snapshots

    try:
        return cited_snapshots(ids)
    except DatabaseError:
        setup.say("De database is nog niet klaar; welke peilmomenten zijn aangehaald is niet bekend.")
        return set()


def _one(store, text: str):
    """The snapshot with this id (or its beginning), or the newest of the table with this name."""
    snapshots = store.snapshots()
    of_table = [s for s in snapshots if s.manifest.table == text]
    found = of_table[-1:] or [s for s in snapshots if len(text) >= 4 and s.manifest.id.startswith(text)]
    if len(found) != 1:
        problem = f"past bij {len(found)} peilmomenten" if found else "is geen peilmoment en geen tabel"
        setup.fail(f"'{text}' {problem}. Bekijk ze met 'koers figures list'. Tabellen hier: {_tables(store)}.", 2)
    return found[0]


def _pair(store, first: str, second: str | None):
    if second is not None:
        return _one(store, first), _one(store, second)
    newest = _one(store, first)
    own = list(store.of_table(newest.manifest.table, newest.manifest.source))
    at = own.index(newest)
    if at == 0:
        setup.fail(
            f"Van {newest.manifest.table} is er geen peilmoment vóór {newest.manifest.id} om mee te vergelijken.", 2
        )
    return own[at - 1], newest


def _tables(store) -> str:
    return ", ".join(sorted({s.manifest.table for s in store.snapshots()})) or "nog geen"


def _many(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"


def _show(columns: Sequence[str], rows: Iterable[Sequence], plain: bool) -> None:
    if plain:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
        return
    texts = [[_cell(value) for value in row] for row in rows]
    widths = [max(len(name), *(len(row[i]) for row in texts)) if texts else len(name) for i, name in enumerate(columns)]
    numeric = [
        all(isinstance(row[i], (int, float)) or row[i] is None for row in rows) and bool(texts)
        for i in range(len(columns))
    ]
    for line in ([*columns], *texts):
        cells = (c.rjust(w) if right else c.ljust(w) for c, w, right in zip(line, widths, numeric, strict=True))
        click.echo("  ".join(cells).rstrip())


def _cell(value) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return dutch.number(value, 0 if value == int(value) else 2)
    return dutch.number(value) if isinstance(value, int) else str(value)[:60]


def _write(target: Path, columns: Sequence[str], rows: Iterable[Sequence]) -> None:
    """CSV, written beside and renamed into place."""
    if not target.parent.is_dir():
        setup.fail(f"De map {target.parent} bestaat niet.", 2)
    with beside(target) as draft, draft.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
