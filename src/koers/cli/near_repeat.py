"""`koers near-repeat`: is a case followed by another near it more often than by chance?"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from koers.cli import setup
from koers.cli.options import json_out, own_csv, replicates_option, seed_option
from koers.cli.target import target_file, write_text, writing

if TYPE_CHECKING:
    from koers.analysis.clusters import NearRepeats, PairsCell

STEPS = 100


class Rising(click.ParamType):  # type: ignore[type-arg]
    """Numbers above 0 with commas between them, each greater than the one before."""

    name = "getallen"

    def __init__(self, kind: type[int] | type[float]) -> None:
        self.kind = kind

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[float, ...]:
        if isinstance(value, tuple):
            return value
        try:
            found = tuple(self.kind(part.strip()) for part in str(value).split(","))
        except ValueError:
            what = "hele getallen" if self.kind is int else "getallen"
            self.fail(f"'{value}': schrijf {what} met komma's ertussen.", param, ctx)
        if not all(math.isfinite(number) for number in found) or any(
            high <= low for low, high in zip((0, *found), found, strict=False)
        ):
            self.fail(f"'{value}': elk getal moet groter zijn dan 0 en dan het vorige.", param, ctx)
        return found


@click.command(name="near-repeat")
@own_csv
@click.option(
    "--distance",
    type=Rising(float),
    default="100,200,400",
    show_default=True,
    metavar="METERS,…",
    help="De bovengrenzen van de afstanden, in meters.",
)
@click.option(
    "--days",
    type=Rising(int),
    default="7,14,28",
    show_default=True,
    metavar="DAGEN,…",
    help="De bovengrenzen van de tijd ertussen, in dagen.",
)
@replicates_option("dat de datums opnieuw over de punten worden verdeeld")
@seed_option
@json_out
def near_repeat(
    file: Path,
    distance: tuple[float, ...],
    days: tuple[int, ...],
    replicates: int,
    seed: int,
    out: str,
) -> None:
    """Komt er na een inbraak vaker dan door toeval snel een tweede in de buurt?

    BESTAND.csv heeft een rij per geval met de kolommen x,y,date, met een komma of puntkomma, in
    UTF-8 of Latin-1: x en y in meters, date als 2024-03-25 of als heel dagnummer.

    Koers telt alle paren van twee gevallen naar afstand en tijd ertussen. Een vak is boven
    distance_from tot en met distance_to, en boven days_from tot en met days_to; van 0 tot 0 is
    hetzelfde punt of dezelfde dag, apart geteld. Verwacht (expected) is wat er bij toeval zou zijn:
    dezelfde punten en dezelfde datums, maar door elkaar. De ratio is pairs gedeeld door expected.
    De p_value is (b + 1) / (replicates + 1), met b het aantal keren dat de geschudde datums ten
    minste zo veel paren gaven.

    De punten worden alleen geteld; in de uitkomst staat geen plaats en geen datum.

    Bij onjuiste invoer is de afsluitcode 2 en komt er geen uitvoer.
    """
    from koers.analysis.clusters import NearRepeatOptions, near_repeats
    from koers.figures.counts_columns import CountsFileError
    from koers.figures.points_csv import read_points

    target = target_file(out, (".json",))
    options = NearRepeatOptions(distance, days, replicates, seed)
    with setup.progress_bar("Paren tellen") as advance:
        advance(0, STEPS, "lezen")
        try:
            points = read_points(file)
        except CountsFileError as error:
            setup.fail(str(error), 2)

        def progress(done: int, total: int) -> None:
            advance(5 + 90 * done / total, STEPS, "rekenen")

        found = near_repeats(points.x, points.y, points.day, options, progress)
        text = json.dumps([_described(cell) for cell in found.cells], indent=1)
        with writing(out):
            write_text(text + "\n", target)
        advance(STEPS, STEPS, "klaar")
    _say(found)


def _described(cell: PairsCell) -> dict[str, Any]:
    """In the words of the contract; a ratio to nothing expected is null."""
    return {
        "distance_from": _short(cell.distance_from),
        "distance_to": _short(cell.distance_to),
        "days_from": cell.days_from,
        "days_to": cell.days_to,
        "pairs": cell.pairs,
        "expected": cell.expected,
        "ratio": cell.ratio if math.isfinite(cell.ratio) else None,
        "p_value": cell.p_value,
    }


def _short(metres: float) -> float | int:
    return int(metres) if float(metres).is_integer() else metres


def _say(found: NearRepeats) -> None:
    if found.points < 2:
        setup.say("Er is maar 1 geval, dus er zijn geen paren.")
        return
    sure = sum(cell.p_value <= 0.05 for cell in found.cells)
    setup.say(
        f"{found.points} gevallen: in {sure} van de {len(found.cells)} vakken meer paren dan"
        " verwacht, met p van hoogstens 0,05."
    )
