"""`koers evaluate`: did a measure work, by a user's own counts?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from koers.cli import setup
from koers.cli.evaluated import PLANNED, document, sentence
from koers.cli.missing import missing_option
from koers.cli.options import json_out, own_csv, seed_option
from koers.cli.screen.bounds import PeriodOption
from koers.cli.target import target_file, write_text, writing

if TYPE_CHECKING:
    from koers.analysis.effects.design import Design, DesignError
    from koers.analysis.effects.preparing import Gathered, Method
    from koers.figures.counts_csv import CountsFile, Missing
    from koers.figures.counts_dates import Moment

METHODS = ["eb", "wdd", "synthetic", "its"]
LOPSIDED = 3
STEPS = 100


class AreaList(click.ParamType[tuple[str, ...]]):
    name = "GEBIED,…"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        if isinstance(value, tuple):
            return value
        return tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))


class UnsuitableError(Exception):
    """Options or counts with which this measure cannot be judged; the message says why."""


@dataclass(frozen=True)
class Prepared:
    design: Design
    notes: tuple[str, ...]


@click.command()
@own_csv
@click.option("--treated", type=AreaList(), required=True, help="De gebieden met de maatregel.")
@click.option(
    "--displacement",
    type=AreaList(),
    default=(),
    help="De ring eromheen, waarheen criminaliteit zich kan verplaatsen.",
)
@click.option(
    "--start", type=PeriodOption(), required=True, help="De eerste periode met de maatregel."
)
@click.option(
    "--topic", metavar="ONDERWERP", help="Eén onderwerp; anders tellen alle onderwerpen samen."
)
@click.option(
    "--method",
    type=click.Choice(METHODS),
    default="wdd",
    show_default=True,
    help=(
        "eb: wat vooraf te verwachten was, met ten minste twee jaar ervoor; wdd: verschil met de"
        " vergelijkingsgebieden; synthetic: gewogen vergelijkingsgebieden; "
        "its: breuk in de eigen reeks."
    ),
)
@click.option(
    "--permutations",
    type=click.IntRange(1),
    default=250,
    show_default=True,
    help="Synthetic: hoeveel keer andere gebieden de maatregel zogenaamd kregen.",
)
@seed_option
@missing_option
@json_out
def evaluate(
    file: Path,
    treated: tuple[str, ...],
    displacement: tuple[str, ...],
    start: Moment,
    topic: str | None,
    method: Method,
    permutations: int,
    seed: int,
    missing: Missing | None,
    out: str,
) -> None:
    """Werkte de maatregel, en had dat met deze aantallen kunnen blijken?

    BESTAND.csv heeft de kolommen area,topic,period,count en eventueel population en andere
    kerncijfers, zoals bij koers screen. Een combinatie van gebied, onderwerp en periode zonder rij,
    tussen de eerste en de laatste rij van het gebied, is nul of onbekend zoals --missing zegt;
    zonder --missing wordt zo'n bestand geweigerd. Vergeleken wordt met alle gebieden die niet bij
    --treated of --displacement staan. De tijd ervoor is even lang als de tijd erna (wdd), of alles
    ervoor (eb, synthetic, its).

    De uitvoer heeft effect, relative_effect, lower, upper, p_value, verdict, power en balance.
    Effect, lower en upper zijn aantallen over de hele tijd erna; min is minder. De marge is 95 %.

    Bij onjuiste invoer is de afsluitcode 2 en komt er geen uitvoer.
    """
    from koers.analysis.effects.design import DesignError
    from koers.analysis.effects.preparing import judge
    from koers.analysis.effects.verdict import verdict
    from koers.figures.counts_csv import CountsFileError

    target = target_file(out, (".json",))
    with setup.progress_bar("Evalueren") as advance:
        advance(0, STEPS, "lezen")
        try:
            prepared = prepare(file, treated, displacement, start, topic, method, missing)
            advance(10, STEPS, "rekenen")
            found = judge(
                method,
                prepared.design,
                placebos=permutations,
                seed=seed,
                advance=lambda done, total: advance(
                    10 + 85 * done / max(total, 1), STEPS, "rekenen"
                ),
            )
        except CountsFileError as error:
            setup.fail(str(error), 2)
        except UnsuitableError as error:
            setup.fail(f"{file.name}: {error}", 2)
        except DesignError as error:
            setup.fail(f"{file.name}: {_in_dutch(error, prepared.design)}", 2)
        word = verdict(found, PLANNED)
        text = json.dumps(document(found, word), ensure_ascii=False, indent=2) + "\n"
        with writing(out):
            write_text(text, target)
        advance(STEPS, STEPS, "klaar")
    for note in prepared.notes:
        setup.say(f"Let op: {note}")
    if method == "synthetic" and not found.exact:
        setup.say(
            "Let op: geen weging van de vergelijkingsgebieden past precies; dit is de best"
            " passende. Zie balance."
        )
    if method == "wdd" and found.balance[0].unweighted > LOPSIDED * max(
        found.balance[0].treated, 1
    ):
        setup.say(
            "Let op: in de vergelijkingsgebieden gebeurt veel meer dan in de gebieden met de"
            " maatregel; dan toont wdd zelden iets aan. Laat alleen vergelijkbare gebieden in het"
            " bestand, of kies --method synthetic."
        )
    setup.say(sentence(found, word))


def prepare(
    file: Path,
    treated: tuple[str, ...],
    displacement: tuple[str, ...],
    start: Moment,
    topic: str | None,
    method: Method,
    missing: Missing | None,
) -> Prepared:
    """The design of a measure from a file, with what had to be left out; UnsuitableError when it
    cannot be made."""
    from koers.analysis.effects.preparing import complete, design_of
    from koers.cli.screen.bounds import BoundError, asked
    from koers.figures.counts_csv import read_counts

    counts = read_counts(file, missing=missing)
    panel = counts.panel
    _known_areas(panel.areas, treated, displacement)
    if topic is not None and topic not in panel.topics:
        raise UnsuitableError(
            f"het onderwerp '{topic}' staat er niet in. Wel: {_some(panel.topics)}."
        )
    try:
        since = asked(counts, start, None)
    except BoundError as error:
        raise UnsuitableError(str(error)) from error
    if since.all() or not since.any():
        where = "in of voor de eerste" if since.all() else "na de laatste"
        raise UnsuitableError(
            f"de start {start.text} ligt {where} periode ({counts.labels[0]} tot en met"
            f" {counts.labels[-1]}); er is geen telling {'ervoor' if since.all() else 'erna'}."
        )
    gathered = _gathered(counts, treated, displacement, since, topic)
    needed = _needed(since, method)
    areas, periods = complete(gathered.outcome, gathered.watched, needed)
    if not (periods & ~since).any() or not (periods & since).any():
        raise UnsuitableError(
            "in de gebieden met de maatregel of de ring is voor of na de start geen enkele periode"
            " volledig geteld."
        )
    notes = _left_out(counts, areas, needed & ~periods)
    values: np.ndarray | None = None
    names: tuple[str, ...] = ()
    if method == "synthetic":
        values, names, areas = _key_figures(file, counts, since, areas, gathered.watched, notes)
    return Prepared(design_of(gathered, areas, periods, values, names), tuple(notes))


def _gathered(
    counts: CountsFile,
    treated: tuple[str, ...],
    displacement: tuple[str, ...],
    since: np.ndarray,
    topic: str | None,
) -> Gathered:
    """The counts of the file with who is who; of no topic in particular all are added up."""
    from koers.analysis.effects.preparing import Gathered
    from koers.analysis.period import STEPS_PER_YEAR

    panel = counts.panel
    judged = panel.counts if topic is None else panel.counts[:, [panel.topics.index(topic)]]
    return Gathered(
        judged.sum(axis=1),
        panel.counts,
        np.isin(panel.areas, treated),
        np.isin(panel.areas, displacement),
        since,
        np.arange(len(since), dtype=float),
        STEPS_PER_YEAR[panel.frequency],
        tuple(panel.topics),
    )


def _needed(since: np.ndarray, method: Method) -> np.ndarray:
    """The periods in which an area has to be counted to be compared with."""
    needed = np.ones(len(since), dtype=bool)
    if method == "wdd":
        needed[: max(int(np.argmax(since)) - int(since.sum()), 0)] = False
    return needed


def _left_out(counts: CountsFile, areas: np.ndarray, periods: np.ndarray) -> list[str]:
    """What of the file is not used, in words, and people who step."""
    from koers.cli.people_steps import steps_note

    notes = [note] if (note := steps_note(counts)) else []
    if gone := [label for label, out in zip(counts.labels, periods, strict=True) if out]:
        notes.append(
            "perioden zonder volledige telling in de gebieden met de maatregel of de ring tellen"
            f" niet mee ({_some(gone)})."
        )
    if dropped := [a for a, kept in zip(counts.panel.areas, areas, strict=True) if not kept]:
        notes.append(
            f"{len(dropped)} vergelijkingsgebieden zonder volledige telling tellen niet mee"
            f" ({_some(dropped)})."
        )
    return notes


def _known_areas(areas: Sequence[str], treated: Sequence[str], displacement: Sequence[str]) -> None:
    if not treated:
        raise UnsuitableError("--treated noemt geen gebied.")
    for option, named in (("--treated", treated), ("--displacement", displacement)):
        if strange := [area for area in named if area not in areas]:
            raise UnsuitableError(
                f"{option}: {_some(strange)} staat niet in de kolom area. Wel: {_some(areas)}."
            )
    if both := [area for area in treated if area in displacement]:
        raise UnsuitableError(
            f"{_some(both)} staat in --treated en in --displacement; een gebied hoort bij één van"
            " de twee."
        )


def _some(texts: Sequence[object]) -> str:
    return ", ".join(str(text) for text in texts[:6]) + (" …" if len(texts) > 6 else "")


def _key_figures(
    file: Path,
    counts: CountsFile,
    since: np.ndarray,
    keep: np.ndarray,
    watched: np.ndarray,
    notes: list[str],
) -> tuple[np.ndarray, tuple[str, ...], np.ndarray]:
    from koers.figures.covariates_csv import read_key_figures

    before = [label for label, later in zip(counts.labels, since, strict=True) if not later]
    found = read_key_figures(file, counts.panel.areas, before)
    if found.texts:
        notes.append(f"de kolommen {_some(found.texts)} bevatten geen getallen en tellen niet mee.")
    whole = ~np.isnan(found.values)
    use = whole[watched].all(axis=0)
    if not use.all():
        missing = [name for name, ok in zip(found.names, use, strict=True) if not ok]
        notes.append(
            f"{_some(missing)} ontbreekt voor een gebied met de maatregel of de ring, en telt niet"
            " mee."
        )
    complete = whole[:, use].all(axis=1)
    if dropped := int((keep & ~complete).sum()):
        notes.append(f"{dropped} vergelijkingsgebieden zonder alle kerncijfers tellen niet mee.")
    keep = keep & complete
    return found.values[keep][:, use], tuple(np.array(found.names, dtype=object)[use]), keep


def _in_dutch(error: DesignError, design: Design) -> str:
    if error.reason == "no comparison":
        return "er blijft geen gebied over om mee te vergelijken; alleen --method its kan zonder."
    if error.reason == "too few before":
        return (
            f"er zijn {design.start} perioden voor de start en {design.after} erna; eb heeft er"
            " twee jaar voor nodig, wdd evenveel voor als na, its ten minste vier ervoor. Laat de"
            " laatste perioden weg of kies --method synthetic."
        )
    return "voor of na de start is er geen telling."
