"""What commands on a file of one's own take alike."""

from collections.abc import Callable
from pathlib import Path

import click
from click.decorators import FC

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


def figures_folder(more: str) -> Callable[[FC], FC]:
    """``--figures``: a folder of saved files; ``more`` is what the command says of it besides."""
    return click.option(
        "--figures",
        "folder",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        metavar="MAP",
        help=f"Map met opgeslagen bronbestanden{more}",
    )


def replicates_option(what: str) -> Callable[[FC], FC]:
    """``--replicates``: how often chance is drawn; ``what`` is what is drawn."""
    return click.option(
        "--replicates",
        type=click.IntRange(1, 99_999),
        default=999,
        show_default=True,
        help=f"Aantal keren {what}.",
    )
