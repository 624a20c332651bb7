"""What commands on a file of one's own take alike."""

from pathlib import Path

import click

own_csv = click.argument(
    "file", metavar="BESTAND.csv", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
seed_option = click.option(
    "--seed",
    type=click.IntRange(0),
    default=1,
    show_default=True,
    help="Hetzelfde getal geeft hetzelfde toeval.",
)
json_out = click.option(
    "--out",
    default="-",
    show_default=True,
    metavar="BESTAND.json",
    help="JSON; - is de standaarduitvoer.",
)
