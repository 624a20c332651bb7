"""`koers figures verify` and `repair`: is the archive whole, and how it becomes so."""

from __future__ import annotations

from pathlib import Path

import click

from koers.cli import setup
from koers.cli.options import figures_folder
from koers.cli.rows import many


@click.command()
def verify() -> None:
    """Controleer van elk peilmoment of alle bestanden nog zijn zoals ze zijn geschreven (SHA-256).

    Afsluitcode 1 als er een peilmoment beschadigd is; op standaarduitvoer staat welk.
    """
    from koers.figures.verification import verify as verify_all

    store = setup.archive()
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
        setup.say(
            f"{len(damaged)} van de {many(total, 'peilmoment', 'peilmomenten')} beschadigd. Herstel"
            " ze met 'koers figures repair'.",
            fg="red",
        )
        raise SystemExit(1)
    setup.say(f"{many(total, 'peilmoment', 'peilmomenten')} gecontroleerd; alles is heel.")


@click.command()
@click.option(
    "--backup",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="MAP",
    help="Een back-up of een kopie van het cijferarchief: wat daarin heel is, komt terug.",
)
@figures_folder(", als de cijfers daaruit kwamen.")
@click.option("--drop", is_flag=True, help="Haal weg wat dan nog beschadigd is.")
def repair(backup: Path | None, folder: Path | None, drop: bool) -> None:
    """Herstel beschadigde peilmomenten: uit een back-up, of door de tabel opnieuw op te halen.

    Dezelfde cijfers komen op dezelfde plek terug, met hetzelfde kenmerk. Heeft de bron inmiddels
    nieuwere cijfers, dan komen die in gebruik. Intussen, en als het niet lukt, gebruikt Koers de
    laatste cijfers die heel zijn.

    Afsluitcode 1 als er iets beschadigd blijft.
    """
    from koers.apps.intake.services.repair import repair as repair_all

    store = setup.archive()
    with setup.progress_bar("Herstellen") as advance:
        done = repair_all(store, backup, folder, drop, advance)
    for note in done.notes:
        setup.say(f"  {note}")
    for word, verdicts in (
        ("hersteld ", done.whole),
        ("ingehaald", done.overtaken),
        ("weg      ", done.dropped),
        ("FOUT     ", done.damaged),
    ):
        for v in verdicts:
            click.echo(f"{word} {v.source} {v.table} {v.id}: {v.problem}")
    if done.overtaken:
        setup.say(
            "Ingehaald: er zijn hele cijfers van later in gebruik; met --drop gaat het beschadigde"
            " peilmoment weg."
        )
    if done.damaged:
        setup.say(
            "Nog niet alles is hersteld. Geef met --backup MAP een back-up op, of met --figures MAP"
            " de bronbestanden. Een eigen tabel kunt u ook opnieuw inlezen op de pagina Cijfers.",
            fg="red",
        )
    if done.damaged or done.overtaken:
        raise SystemExit(1)
    setup.say("Er is niets meer beschadigd.")
