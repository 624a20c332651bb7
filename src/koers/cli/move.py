"""`koers move`: to another kind of database, and back."""

import click

from koers import dutch
from koers.cli import setup
from koers.cli.rows import show_rows


@click.command()
@click.option(
    "--to",
    "url",
    required=True,
    metavar="ADRES",
    help=(
        "De lege database, zoals postgresql://gebruiker:wachtwoord@server:5432/koers of"
        " sqlite:////map/koers.sqlite3."
    ),
)
@click.option("--csv", "plain", is_flag=True, help="Schrijf de tabellen als CSV (met komma's).")
def move(url: str, plain: bool) -> None:
    """Verhuis de database naar PostgreSQL, of terug naar SQLite.

    Alle tabellen gaan over in één transactie: alles of niets. Van elke tabel worden daarna het
    aantal rijen en een SHA-256 van alle waarden vergeleken; die staan op standaarduitvoer. Nieuwe
    regels krijgen nummers die nog nooit zijn gebruikt.

    Stop eerst de site en de worker. De database waar het heen gaat moet leeg zijn; de oude blijft
    zoals zij was. Zet daarna DATABASE_URL op het nieuwe adres.
    """
    setup.wake_django()
    from django.conf import settings
    from django.db import connection

    from koers.upkeep.home import UpkeepError, use_alone
    from koers.upkeep.moving import move as move_to
    from koers.upkeep.moving import place_of

    try:
        use_alone(settings.HOME)
        with setup.progress_bar("Verhuizen") as advance:
            copied = move_to(settings.HOME, connection, url, advance)
    except UpkeepError as refusal:
        setup.fail(str(refusal))
    show_rows(
        ("tabel", "rijen", "sha256"),
        [(name, found.rows, found.sha256) for name, found in copied.tables.items()],
        plain,
    )
    setup.say(
        f"Verhuisd: {dutch.number(copied.rows)} rijen in {len(copied.tables)} tabellen; van elke"
        " tabel zijn aantal en SHA-256 aan beide kanten gelijk."
    )
    if copied.left:
        setup.say(f"Niet van Koers, en dus gebleven: {', '.join(copied.left)}.")
    setup.say("Zet nu DATABASE_URL op het adres dat u bij --to gaf, en start Koers.")
    setup.say(
        f"De oude database staat er nog ({place_of(connection)}); haal haar weg als alles werkt."
    )
