"""The command line: each command in a module of its own, read only when it is asked for."""

import importlib
import os

import click

from koers import __version__
from koers.uncollected import uncollected

COMMANDS = {
    "start": "Zet alles klaar, laad cijfers en open de site.",
    "load": "Laad cijfers in het cijferarchief.",
    "figures": "Bekijk het cijferarchief: peilmomenten, verschillen, controle.",
    "worker": "Haal cijfers op de achtergrond op, en volgens schema.",
    "screen": "Zoek signalen in een eigen CSV-bestand.",
    "scan": "Zoek clusters in een eigen CSV-bestand.",
    "near-repeat": "Kijk of een geval snel en dichtbij wordt gevolgd, in een eigen CSV-bestand.",
    "evaluate": "Beoordeel of een maatregel werkte, met een eigen CSV-bestand.",
    "decide": "Maak het collegebesluit van een plan als PDF.",
    "administrator": "Maak een link voor de eerste beheerder van een gemeente.",
    "backup": "Maak een reservekopie, ook terwijl de site draait.",
    "restore": "Zet een reservekopie terug.",
    "move": "Verhuis de database naar PostgreSQL, of terug naar SQLite.",
    "check": "Kijk of deze installatie in orde is.",
}


class LazyGroup(click.Group):
    """Reads a command's module when it runs, so that `koers --help` answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = name.replace("-", "_")
        with uncollected():
            found: click.Command = getattr(importlib.import_module(f"koers.cli.{module}"), module)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Opdrachten"):
            formatter.write_dl(list(COMMANDS.items()))


EPILOG = """\b
Voorbeelden:
  koers start                                   site met de cijfers die er zijn
  koers start --figures map/met/bestanden       site met opgeslagen bronbestanden
  koers load --figures map/met/bestanden        alleen cijfers laden
  koers figures diff 47022NED                   wat is er sinds vorige keer herzien?
  koers worker                                  werk op de achtergrond en het schema
  koers screen tellingen.csv --out signalen.csv signalen in een eigen bestand
  koers scan gevallen.csv --out clusters.json   clusters in een eigen bestand
  koers near-repeat inbraken.csv --out paren.json herhaling dichtbij en snel
  koers evaluate tellingen.csv --treated A,B --start 2024-03 --out effect.json
  koers decide MIJN-PLAN --out besluit.pdf      het collegebesluit
  koers backup /elders/koers-2026-12-01         een reservekopie van alles
  koers restore /elders/koers-2026-12-01        die reservekopie terugzetten
  koers move --to postgresql://…                naar een andere database
  koers check                                   is alles in orde?

\b
Alles wat Koers bewaart staat in de map KOERS_HOME; DATABASE_URL wijst een
PostgreSQL-server aan. Afsluitcodes: 0 gelukt, 1 niet gelukt of niet in orde,
2 verkeerde opdracht of onleesbare invoer.
"""


@click.group(cls=LazyGroup, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="koers")
def main() -> None:
    """Koers: de lokale veiligheidscyclus van een gemeente, van gepubliceerde cijfers tot besluit.

    Koers leest politiecijfers en CBS-cijfers, laat per buurt zien wat er speelt, houdt het
    uitvoeringsplan en de maandelijkse overleggen bij, en schrijft het collegebesluit en de openbare
    pagina.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "koers.web.settings")
