"""`koers figures`: what the archive of figures holds, what changed in it, and whether it is
whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from koers import dutch
from koers.cli import setup
from koers.cli.held import accept, held, hold, reject
from koers.cli.rows import many, show_rows, write_rows
from koers.cli.target import beside, target_file
from koers.cli.whole import repair, verify

if TYPE_CHECKING:
    from koers.figures.manifest import Manifest, Snapshot
    from koers.figures.queries.differences import Differences
    from koers.figures.store import FigureStore

as_csv = click.option(
    "--csv", "plain", is_flag=True, help="Schrijf CSV (met komma's) in plaats van een tabel."
)
LEVELS = {
    "country": "land",
    "municipality": "gemeente",
    "district": "wijk",
    "neighbourhood": "buurt",
    "": "ander gebied",
}
DIFFERENCE_COLUMNS = ("area", "topic", "period", "before", "after", "change")


@click.group()
def figures() -> None:
    """Bekijk het cijferarchief: peilmomenten, verschillen ertussen, en of alles nog heel is.

    Een peilmoment is een tabel zoals die op één moment was gepubliceerd; het verandert niet meer.
    Gegevens gaan naar standaarduitvoer, opmerkingen naar standaardfout.
    """


@figures.command("list")
@click.argument("table", required=False, metavar="[TABEL]")
@click.option("--current", is_flag=True, help="Alleen het nieuwste peilmoment van elke tabel.")
@as_csv
def list_snapshots(table: str | None, current: bool, plain: bool) -> None:
    """Toon de peilmomenten, per tabel het nieuwste eerst."""
    store = setup.archive()
    snapshots = [
        s
        for s in (store.current() if current else store.everything())
        if table in (None, s.manifest.table)
    ]
    if table is not None and not snapshots:
        setup.fail(f"Er is geen tabel '{table}'. Tabellen hier: {_tables(store)}.", 2)
    newest = {s.manifest.id for s in store.current()}
    cited = _cited([s.manifest.id for s in snapshots])
    snapshots.sort(key=lambda s: s.manifest.retrieved_at, reverse=True)
    snapshots.sort(key=lambda s: (s.manifest.source, s.manifest.table))
    rows = []
    for snapshot in snapshots:
        m = snapshot.manifest
        state = [
            w
            for w, so in (
                ("in gebruik", m.id in newest),
                ("apart gehouden", store.held.holds(snapshot)),
                ("aangehaald", m.id in cited),
            )
            if so
        ]
        size = m.size or sum(f.stat().st_size for f in snapshot.path.iterdir())
        rows.append(
            (
                m.source,
                m.table,
                m.id,
                f"{m.retrieved:%Y-%m-%d %H:%M}",
                m.last_period,
                m.rows,
                size,
                ", ".join(state),
            )
        )
    show_rows(
        ("bron", "tabel", "peilmoment", "opgehaald", "t/m", "rijen", "bytes", "staat"), rows, plain
    )
    if not plain:
        tables = len({row[:2] for row in rows})
        setup.say(
            f"{many(len(rows), 'peilmoment', 'peilmomenten')} van"
            f" {many(tables, 'tabel', 'tabellen')}."
        )


@figures.command()
@click.argument("identity", metavar="PEILMOMENT|TABEL")
@click.option(
    "--rows", "number", default=10, show_default=True, help="Zoveel van de laatste rijen tonen."
)
@click.option(
    "--out", metavar="BESTAND", help="Schrijf alle rijen naar dit bestand, .csv of .parquet."
)
@as_csv
def show(identity: str, number: int, out: str | None, plain: bool) -> None:
    """Toon de beschrijving van een peilmoment en zijn laatste rijen; met --csv alleen de rijen.

    Tellingen staan in het bestand van --out in de kolommen area,topic,period,count,status: koers
    screen leest het, en de pagina voor eigen bestanden ook. Een lege cel bij count is niet
    gepubliceerd.
    """
    target = target_file(out, (".csv", ".parquet")) if out else None
    store = setup.archive()
    snapshot = _one(store, identity)
    m = snapshot.manifest
    if not plain:
        described = {
            "peilmoment": m.id,
            "bron": m.source,
            "tabel": m.table,
            "titel": m.title,
            "inhoud": m.content,
            "soort": m.scheme,
            "opgehaald": m.retrieved_at,
            "gepubliceerd": m.published_at,
            "adres": m.address,
            "t/m": m.last_period,
            "rijen": m.rows,
            "bytes": m.size,
            "licentie": m.licence,
            "bronvermelding": m.attribution,
            "opmerking": m.note,
            "verzonnen": "ja" if m.fictitious else "",
            "sha256 van de bron": m.sha256,
            **{f"sha256 van {name}": digest for name, digest in sorted(m.files.items())},
            "eenheid": ", ".join(dict.fromkeys(m.units.values())),
            "codes": (
                ", ".join(_coded(m, code) for code in list(m.topics)[:8])
                + (f" en nog {len(m.topics) - 8}" if len(m.topics) > 8 else "")
            ),
        }
        for name, value in described.items():
            if value != "":
                click.echo(f"{name + ':':<28} {value}")
        click.echo()
    columns, rows = _last_rows(store, snapshot, number)
    show_rows(columns, rows, plain)
    if target is not None:
        _write_rows(store, snapshot, target)
        setup.say(f"{out}: {many(m.rows, 'rij', 'rijen')}.")


def _write_rows(store: FigureStore, snapshot: Snapshot, target: Path) -> None:
    from koers.figures.queries.writes.files import write_snapshot

    with beside(target) as draft:
        write_snapshot(store, snapshot, Path(draft), target.name)


def _coded(manifest: Manifest, code: str) -> str:
    """A code with its title, and its unit where the codes of the table do not all have the same."""
    unit = manifest.units.get(code, "") if len(set(manifest.units.values())) > 1 else ""
    title = manifest.topics[code]
    return f"{code} {title} [{unit}]" if unit and f"({unit})" not in title else f"{code} {title}"


def _last_rows(
    store: FigureStore, snapshot: Snapshot, number: int
) -> tuple[list[str], list[tuple[Any, ...]]]:
    from koers.figures.queries.last_rows import last_rows

    columns, rows = last_rows(store, snapshot, number)
    # A year is no number to be written with a point.
    return columns, [
        tuple(str(v) if c == "year" else v for c, v in zip(columns, row, strict=True))
        for row in rows
    ]


@figures.command()
@click.argument("first", metavar="TABEL|PEILMOMENT")
@click.argument("second", metavar="[PEILMOMENT]", required=False)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="BESTAND.csv",
    help="Schrijf elke telling die verschilt naar dit bestand.",
)
@as_csv
def diff(first: str, second: str | None, out: Path | None, plain: bool) -> None:
    """Toon wat er veranderde tussen twee peilmomenten, of tussen de nieuwste twee van een TABEL.

    Per niveau en periode: het totaal van de tellingen die in beide peilmomenten staan, en hoeveel
    er zijn herzien, bijgekomen of vervallen.
    """
    from koers.figures.queries.changed_cells import changed_cells
    from koers.figures.queries.differences import differences

    store = setup.archive()
    before, after = _pair(store, first, second)
    try:
        found = differences(store, before.manifest.id, after.manifest.id)
    except ValueError:
        setup.fail(
            f"Peilmoment {before.manifest.id} of {after.manifest.id} bevat geen tellingen.", 2
        )
    rows: list[tuple[Any, ...]] = [
        (
            p.level if plain else LEVELS.get(p.level, p.level),
            p.period,
            p.before,
            p.after,
            p.change,
            None if p.ratio != p.ratio else round(100 * (p.ratio - 1), 2),
            p.revised,
            p.added,
            p.removed,
        )
        for p in found.periods
    ]
    show_rows(
        ("niveau", "periode", "was", "werd", "verschil", "procent", "herzien", "bij", "vervallen"),
        rows,
        plain,
    )
    if out is not None:
        write_rows(
            out,
            DIFFERENCE_COLUMNS,
            (
                (c.area, c.topic, c.period, c.before, c.after, c.change)
                for c in changed_cells(store, before.manifest.id, after.manifest.id)
            ),
        )
        setup.say(f"{out}: elke telling die verschilt.")
    _say_difference(found)


def _say_difference(found: Differences) -> None:
    for moment, m in (("van", found.before), ("naar", found.after)):
        setup.say(
            f"{moment:<5}{m.source} {m.table} {m.id}, opgehaald {m.retrieved:%Y-%m-%d %H:%M}, t/m"
            f" {m.last_period}"
        )
    setup.say(
        f"{dutch.number(found.rows_revised)}"
        f" {'telling' if found.rows_revised == 1 else 'tellingen'} herzien,"
        f" {dutch.number(found.rows_added)} bijgekomen, {dutch.number(found.rows_removed)}"
        f" vervallen, {dutch.number(found.rows_same)} gelijk; {dutch.number(found.rows_confirmed)}"
        " van voorlopig naar definitief."
    )
    for label, codes in (
        ("Nieuwe codes", found.topics_added),
        ("Verdwenen codes", found.topics_removed),
    ):
        if codes:
            setup.say(f"{label}: {', '.join(codes)}.")
    for code, old, new in found.topics_renamed:
        setup.say(f"Andere titel: {code} was '{old}' en is '{new}'.")


@figures.command()
@click.option("--dry-run", is_flag=True, help="Toon alleen wat er weg zou gaan.")
@as_csv
def thin(dry_run: bool, plain: bool) -> None:
    """Dun oude peilmomenten uit: van de laatste 24 maanden blijft alles, daarna één per kwartaal,
    na tien jaar één per jaar.

    Wat in gebruik is of in een besluit, doel of signaal wordt aangehaald, blijft altijd. `koers
    worker` doet dit elke nacht.
    """
    setup.wake_django()
    from koers.apps.intake.services.cited import cited_snapshots
    from koers.figures.thinning import thin as thin_out

    store = setup.figure_store()
    cited = cited_snapshots([s.manifest.id for s in store.snapshots()])
    result = thin_out(store, cited, datetime.now(UTC), dry_run=dry_run)
    rows = [
        (m.source, m.table, m.id, f"{m.retrieved:%Y-%m-%d %H:%M}", m.size)
        for m in (s.manifest for s in result.removed)
    ]
    show_rows(("bron", "tabel", "peilmoment", "opgehaald", "bytes"), rows, plain)
    what = "zouden weggaan" if dry_run else "weggehaald"
    setup.say(
        f"{many(len(result.removed), 'peilmoment', 'peilmomenten')} {what}, {len(result.kept)}"
        f" blijven, waarvan {len(result.kept_for_citation)} alleen omdat een document ze aanhaalt."
    )


def _cited(ids: Sequence[str]) -> set[str]:
    """What documents cite; nothing where there is no database yet."""
    from django.db import DatabaseError

    from koers.apps.intake.services.cited import cited_snapshots

    try:
        return cited_snapshots(ids)
    except DatabaseError:
        setup.say(
            "De database is nog niet klaar; welke peilmomenten zijn aangehaald is niet bekend."
        )
        return set()


def _one(store: FigureStore, text: str) -> Snapshot:
    """The snapshot with this id (or its beginning), or the newest of the table with this name."""
    of_table = [s for s in store.snapshots() if s.manifest.table == text]
    found = of_table[-1:] or [
        s for s in store.everything() if len(text) >= 4 and s.manifest.id.startswith(text)
    ]
    if len(found) != 1:
        problem = (
            f"past bij {len(found)} peilmomenten" if found else "is geen peilmoment en geen tabel"
        )
        setup.fail(
            f"'{text}' {problem}. Bekijk ze met 'koers figures list'. Tabellen hier:"
            f" {_tables(store)}.",
            2,
        )
    return found[0]


def _pair(store: FigureStore, first: str, second: str | None) -> tuple[Snapshot, Snapshot]:
    if second is not None:
        return _one(store, first), _one(store, second)
    newest = _one(store, first)
    own = list(store.of_table(newest.manifest.table, newest.manifest.source))
    if store.held.holds(newest):
        own.append(newest)
    at = own.index(newest)
    if at == 0:
        setup.fail(
            f"Van {newest.manifest.table} is er geen peilmoment vóór {newest.manifest.id} om mee te"
            " vergelijken.",
            2,
        )
    return own[at - 1], newest


def _tables(store: FigureStore) -> str:
    return ", ".join(sorted({s.manifest.table for s in store.snapshots()})) or "nog geen"


for command in (verify, repair, held, accept, reject, hold):
    figures.add_command(command)
