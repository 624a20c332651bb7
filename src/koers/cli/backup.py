"""`koers backup`: everything of this installation in one folder, while Koers goes on."""

from pathlib import Path

import click

from koers import dutch
from koers.cli import setup


@click.command()
@click.argument("out", type=click.Path(path_type=Path), metavar="UIT")
def backup(out: Path) -> None:
    """Maak een reservekopie in de nieuwe map UIT; de site en de worker mogen doorgaan.

    Erin staan de database zoals die op één moment was, het cijferarchief, bestanden die wachten,
    huisstijlen en de instellingen, elk met een SHA-256 in backup.json. De database staat er altijd
    als SQLite-bestand in, ook als Koers PostgreSQL gebruikt; 'koers restore' zet haar in elk van
    beide terug.

    Er staan geen wachtwoorden van de database of de mailserver in, en ook de geheime sleutel niet:
    bewaar KOERS_HOME/secret-key (of KOERS_SECRET_KEY) apart. De gegevens van mensen staan er wel
    in: bewaar de kopie als de database zelf.

    Wordt het maken afgebroken, dan staat er niets onder de naam UIT. Bestaat UIT al, dan gebeurt er
    niets.
    """
    setup.django_ready()
    from django.conf import settings
    from django.db import DatabaseError, connection

    from koers.upkeep.backup import back_up
    from koers.upkeep.home import UpkeepError

    try:
        with setup.progress_bar("Reservekopie") as advance:
            made = back_up(settings.HOME, out, connection, advance, key=settings.SECRET_KEY)
    except UpkeepError as refusal:
        setup.fail(str(refusal))
    except DatabaseError as error:
        setup.fail(f"De database is niet te bereiken: {error}")
    setup.say(
        f"{made.place}: {dutch.number(made.rows)} rijen en {dutch.number(made.files)} bestanden,"
        f" {dutch.number(made.size / 1e6, 1)} MB."
    )
    setup.say("Terugzetten: koers restore " + str(out))
