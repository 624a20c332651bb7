"""`koers scan`: clusters in a user's own cases, regardless of boundaries."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from koers.cli import setup
from koers.cli.options import json_out, own_csv, replicates_option, seed_option
from koers.cli.rows import many
from koers.cli.target import target_file, write_text, writing

if TYPE_CHECKING:
    from koers.analysis.clusters import Cluster, NoCirclesError, Scan, ScanOptions
    from koers.figures.places_csv import PlacesFile

METHODS = ["spatial", "space-time", "permutation"]
STEPS = 100
CHANCE = {
    "spatial": "elk geval valt los van de andere, naar wat verwacht is (Poisson)",
    "space-time": "elk geval valt los van de andere, naar wat verwacht is (Poisson)",
    "permutation": "de momenten van de gevallen zijn over hun plaatsen geschud",
}


@click.command()
@own_csv
@click.option(
    "--method",
    type=click.Choice(METHODS),
    default="spatial",
    show_default=True,
    help=(
        "Alle perioden samen, of clusters die nu nog duren: naar inwoners (space-time) of zonder"
        " (permutation)."
    ),
)
@click.option(
    "--geographic",
    is_flag=True,
    help="x en y zijn lengte- en breedtegraden; de straal is dan in kilometers.",
)
@click.option(
    "--max-population",
    type=click.FloatRange(0, 1, min_open=True),
    default=0.5,
    show_default=True,
    help="Grootste deel van de inwoners in een cirkel (permutation: van de gevallen).",
)
@click.option(
    "--max-duration",
    type=click.IntRange(1),
    default=12,
    show_default=True,
    help="Hoeveel perioden een cluster hoogstens duurt; niet bij spatial.",
)
@replicates_option("dat toeval wordt nagebootst")
@seed_option
@json_out
def scan(
    file: Path,
    method: str,
    geographic: bool,
    max_population: float,
    max_duration: int,
    replicates: int,
    seed: int,
    out: str,
) -> None:
    """Zoek clusters: waar zijn er meer gevallen dan verwacht, ongeacht de grenzen van buurten?

    BESTAND.csv heeft de kolommen area,x,y,cases en population of expected (als beide er zijn, telt
    expected), met een komma of puntkomma, in UTF-8 of Latin-1. Voor space-time en permutation ook
    period: 2024-03, 2024-W07, 2024 of een volledige datum. Permutation heeft geen population nodig.

    Verwacht is naar inwoners × dagen, of naar expected, geschaald naar alle gevallen samen. Een
    combinatie van gebied en periode zonder rij is nul, zoals --missing zero bij koers screen; de
    inwoners zijn dan die van de dichtstbijzijnde periode. Een lege cel bij cases is "niet
    gepubliceerd": dat gebied telt dan niet mee.

    Zonder --geographic is de straal in de eenheid van x en y. Plaatsen in het Rijksdriehoekstelsel
    geeft u in meters.

    De uitkomst is een lijst van clusters die geen gebied delen, de sterkste eerst. Clusters met p =
    1 staan er niet in.

    Toeval is hier: gevallen die los van elkaar vallen (permutation: geschudde momenten). Komen zij
    in series, of verandert een gebied langzaam, dan is p te klein. De pagina's van Koers
    vergelijken daarom met een verwachting die dat meerekent.

    Bij onjuiste invoer is de afsluitcode 2 en komt er geen uitvoer.
    """
    from koers.analysis.clusters import NoCirclesError, ScanOptions
    from koers.figures.counts_columns import CountsFileError
    from koers.figures.places_csv import read_places

    target = target_file(out, (".json",))
    options = ScanOptions(max_population, max_duration, replicates, seed)
    with setup.progress_bar("Clusters zoeken") as advance:
        advance(0, STEPS, "lezen")
        try:
            places = read_places(
                file,
                by_period=method != "spatial",
                with_expected=method != "permutation",
                geographic=geographic,
            )
            advance(5, STEPS, "rekenen")
            found = _scanned(places, method, geographic, options, advance)
        except CountsFileError as error:
            setup.fail(str(error), 2)
        except NoCirclesError as error:
            setup.fail(f"{file.name}: {_no_circles(error, method, max_population)}", 2)
        advance(98, STEPS, "schrijven")
        text = json.dumps(
            [_described(cluster, places) for cluster in found.clusters],
            ensure_ascii=False,
            indent=1,
        )
        with writing(out):
            write_text(text + "\n", target)
        advance(STEPS, STEPS, "klaar")
    _say(places, found, method)


def _scanned(
    places: PlacesFile,
    method: str,
    geographic: bool,
    options: ScanOptions,
    advance: Callable[..., None],
) -> Scan:
    from koers.analysis.clusters import Places, scan_permutation, scan_poisson

    where = Places(places.x, places.y, geographic)

    def progress(done: int, total: int) -> None:
        advance(5 + 90 * done / total, STEPS, "rekenen")

    if method == "permutation":
        return scan_permutation(where, places.cases, options, progress)
    assert places.expected is not None
    return scan_poisson(
        where, places.cases, places.expected, options, method == "space-time", progress
    )


def _described(cluster: Cluster, places: PlacesFile) -> dict[str, Any]:
    """In the words of the contract; what is not known or not finite is null."""
    labels = places.labels
    return {
        "areas": [places.areas[i] for i in cluster.areas],
        "centre": places.areas[cluster.centre],
        "radius": cluster.radius,
        "from": labels[cluster.first] if labels else None,
        "to": labels[cluster.last] if labels else None,
        "cases": cluster.cases,
        "expected": cluster.expected,
        "relative_risk": _finite(cluster.relative_risk),
        "llr": cluster.llr,
        "p_value": cluster.p_value,
        "gumbel_p_value": _finite(cluster.gumbel_p_value),
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _no_circles(error: NoCirclesError, method: str, max_population: float) -> str:
    what = "gevallen" if method == "permutation" else "verwachte gevallen"
    if math.isnan(error.smallest):
        return f"er zijn geen {what}, dus ook geen cirkels om te onderzoeken."
    return (
        f"er is geen cirkel met hoogstens {max_population:g} van de {what}: het kleinste gebied"
        f" heeft al {error.smallest:.3g}. Neem een grotere --max-population of kleinere gebieden."
    )


def _say(places: PlacesFile, found: Scan, method: str) -> None:
    if places.unpublished:
        setup.say(
            f"Let op: {places.unpublished} lege cellen bij cases zijn niet meegeteld, en de"
            " inwoners daar ook niet."
        )
    if places.absent:
        setup.say(
            f"Let op: {places.absent} combinaties van gebied en periode staan niet in het bestand;"
            " ze tellen als 0 gevallen."
        )
    cases = int(places.cases.sum())
    if cases < 2:
        setup.say(
            f"Geen clusters: er {'is 1 geval' if cases else 'zijn geen gevallen'}, en een cluster"
            " heeft er ten minste 2."
        )
        return
    sure = sum(cluster.p_value <= 0.05 for cluster in found.clusters)
    setup.say(
        f"{len(places.areas)} gebieden, {cases} gevallen, {found.circles} cirkels:"
        f" {many(len(found.clusters), 'cluster', 'clusters')}, waarvan {sure}"
        " met p van hoogstens 0,05."
    )
    setup.say(
        f"Toeval is hier: {CHANCE[method]}. Komen gevallen in series of verandert een gebied"
        " langzaam, dan is p te klein."
    )
