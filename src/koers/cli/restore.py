"""`koers restore`: a backup takes the place of what is there, all of it or nothing."""

from pathlib import Path

import click

from koers import dutch
from koers.cli import setup


@click.command()
@click.argument(
    "source", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="IN"
)
@click.option(
    "--replace", is_flag=True, help="Ook als er al iets staat; dat blijft ernaast bewaard."
)
def restore(source: Path, replace: bool) -> None:
    """Zet de reservekopie in de map IN terug in KOERS_HOME en in de database van DATABASE_URL.

    Eerst wordt van elk bestand de SHA-256 nagekeken. Klopt er iets niet, dan gebeurt er niets. De
    database komt terug in SQLite of in PostgreSQL, waar zij ook vandaan kwam. Stop eerst de site en
    de worker.

    Wordt het terugzetten afgebroken, dan staat er wat er stond, of alles uit de reservekopie. Met
    --replace gaat wat er stond naar KOERS_HOME/previous, en in PostgreSQL naar een schema
    koers_previous; haal dat zelf weg als u het niet meer nodig hebt.

    De geheime sleutel zit niet in een reservekopie. Zet uw bewaarde sleutel in
    KOERS_HOME/secret-key of in KOERS_SECRET_KEY; met een andere sleutel moet iedereen opnieuw
    aanmelden en de tweede stap opnieuw instellen.
    """
    setup.refuse_wrong_settings(newer_home=True)
    setup.read_django()
    from django.conf import settings
    from django.db import DatabaseError, connection

    from koers.upkeep.home import UpkeepError, use_alone
    from koers.upkeep.restore import restore as put_back
    from koers.upkeep.restore import settle

    try:
        use_alone(settings.HOME)
        if settle(settings.HOME, connection):
            setup.say("Een eerder afgebroken terugzetten is eerst afgemaakt.")
        with setup.progress_bar("Reservekopie") as advance:
            done = put_back(
                settings.HOME,
                source,
                connection,
                advance,
                key=settings.SECRET_KEY,
                replace=replace,
            )
    except UpkeepError as refusal:
        setup.fail(str(refusal))
    except DatabaseError as error:
        setup.fail(f"De database is niet te bereiken: {error}")
    what = "alles" if done.backup.whole else "de database"
    setup.say(
        f"Teruggezet: {what} van {done.backup.made_at[:16].replace('T', ' ')} (UTC),"
        f" {dutch.number(done.backup.rows)} rijen en {dutch.number(len(done.backup.files))}"
        " bestanden."
    )
    if done.aside:
        setup.say(f"Wat er stond: {done.aside}")
    if done.schema:
        setup.say(f"Wat er in de database stond: schema {done.schema}")
    if not done.key_fits:
        setup.say(
            "Let op: de geheime sleutel is een andere dan toen. Zet uw bewaarde sleutel in"
            f" {settings.HOME}/secret-key, of iedereen moet opnieuw aanmelden en de tweede stap"
            " opnieuw instellen."
        )
    setup.say("Verder: koers check, en dan koers start.")
