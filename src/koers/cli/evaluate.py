"""`koers evaluate`: did a measure work, by a user's own counts?"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np

from koers.cli import setup
from koers.cli.screen.bounds import PeriodOption
from koers.cli.target import target_file, write_text
from koers.dutch import chance, number, percent

METHODS = ["wdd", "synthetic", "its"]
PLANNED = -0.2
PROMISED = (-0.2, -0.4, -0.6)
LOPSIDED = 3
STEPS = 100


class AreaList(click.ParamType):
    name = "GEBIED,…"

    def convert(self, value, param, ctx):
        if isinstance(value, tuple):
            return value
        return tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))


class UnsuitableError(Exception):
    """Options or counts with which this measure cannot be judged; the message says why."""


@dataclass(frozen=True)
class Prepared:
    design: object
    notes: tuple[str, ...]


@click.command()
@click.argument("file", metavar="BESTAND.csv", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--treated", type=AreaList(), required=True, help="De gebieden met de maatregel.")
@click.option("--displacement", type=AreaList(), default=(),
              help="De ring eromheen, waarheen criminaliteit zich kan verplaatsen.")  # fmt: skip
@click.option("--start", type=PeriodOption(), required=True, help="De eerste periode met de maatregel.")
@click.option("--topic", metavar="ONDERWERP", help="Eén onderwerp; anders tellen alle onderwerpen samen.")
@click.option("--method", type=click.Choice(METHODS), default="wdd", show_default=True,
              help="wdd: verschil met de vergelijkingsgebieden; synthetic: gewogen vergelijkingsgebieden; "
              "its: breuk in de eigen reeks.")  # fmt: skip
@click.option("--permutations", type=click.IntRange(1), default=250, show_default=True,
              help="Synthetic: hoeveel keer andere gebieden de maatregel zogenaamd kregen.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Begin van het toeval.")
@click.option("--out", default="-", show_default=True, metavar="BESTAND", help="JSON; - is de standaarduitvoer.")
def evaluate(file, treated, displacement, start, topic, method, permutations, seed, out):
    """Werkte de maatregel, en had dat met deze aantallen kunnen blijken?

    BESTAND.csv heeft de kolommen area,topic,period,count en eventueel population en andere kerncijfers, zoals bij
    koers screen. Vergeleken wordt met alle gebieden die niet bij --treated of --displacement staan. De tijd ervoor is
    even lang als de tijd erna (wdd), of alles ervoor (synthetic, its).

    De uitvoer heeft effect, relative_effect, lower, upper, p_value, verdict, power en balance. Effect, lower en upper zijn
    aantallen over de hele tijd erna; min is minder. De marge is 95 %.

    Bij onjuiste invoer is de afsluitcode 2 en komt er geen uitvoer.
    """
    from koers.analysis.effects.design import DesignError
    from koers.analysis.effects.verdict import verdict
    from koers.figures.counts_csv import CountsFileError

    target = target_file(out, (".json",))
    with setup.progress_bar("Evalueren") as advance:
        advance(0, STEPS, "lezen")
        try:
            prepared = prepare(file, treated, displacement, start, topic, method)
            advance(10, STEPS, "rekenen")
            found = _judge(prepared.design, method, permutations, seed,
                           lambda done, total: advance(10 + 85 * done / max(total, 1), STEPS, "rekenen"))  # fmt: skip
        except CountsFileError as error:
            setup.fail(str(error), 2)
        except UnsuitableError as error:
            setup.fail(f"{file.name}: {error}", 2)
        except DesignError as error:
            setup.fail(f"{file.name}: {_in_dutch(error, prepared.design)}", 2)
        word = verdict(found, PLANNED)
        text = json.dumps(_document(found, word), ensure_ascii=False, indent=2) + "\n"
        try:
            write_text(text, target)
        except OSError as error:
            setup.fail(f"{out} is niet te schrijven: {error.strerror}.")
        advance(STEPS, STEPS, "klaar")
    for note in prepared.notes:
        setup.say(f"Let op: {note}")
    if method == "synthetic" and not found.exact:
        setup.say(
            "Let op: geen weging van de vergelijkingsgebieden past precies; dit is de best passende. Zie balance."
        )
    if method == "wdd" and found.balance[0].unweighted > LOPSIDED * max(found.balance[0].treated, 1):
        setup.say("Let op: in de vergelijkingsgebieden gebeurt veel meer dan in de gebieden met de maatregel; dan toont wdd "
                  "zelden iets aan. Laat alleen vergelijkbare gebieden in het bestand, of kies --method synthetic.")  # fmt: skip
    setup.say(sentence(found, word))


def _judge(design, method, permutations, seed, advance):
    if method == "wdd":
        from koers.analysis.effects.wdd import wdd

        return wdd(design)
    if method == "its":
        from koers.analysis.effects.its import its

        return its(design)
    from koers.analysis.effects.synthetic import synthetic_control

    return synthetic_control(design, permutations, seed, advance)


def prepare(file, treated, displacement, start, topic, method) -> Prepared:
    """The design of a measure from a file, with what had to be left out; UnsuitableError when it cannot be made."""
    from koers.analysis.effects.design import Design
    from koers.analysis.period import STEPS_PER_YEAR
    from koers.cli.screen.bounds import BoundError, asked
    from koers.figures.counts_csv import read_counts

    counts = read_counts(file)
    panel = counts.panel
    _known_areas(panel.areas, treated, displacement)
    if topic is not None and topic not in panel.topics:
        raise UnsuitableError(f"het onderwerp '{topic}' staat er niet in. Wel: {_some(panel.topics)}.")
    try:
        since = asked(counts, start, None)
    except BoundError as error:
        raise UnsuitableError(str(error)) from error
    if since.all() or not since.any():
        where = "in of voor de eerste" if since.all() else "na de laatste"
        raise UnsuitableError(
            f"de start {start.text} ligt {where} periode ({counts.labels[0]} tot en met {counts.labels[-1]}); er is geen "
            f"telling {'ervoor' if since.all() else 'erna'}."
        )  # fmt: skip
    is_treated = np.isin(panel.areas, treated)
    is_ring = np.isin(panel.areas, displacement)
    notes = []
    judged = panel.counts if topic is None else panel.counts[:, [panel.topics.index(topic)]]
    unknown = np.isnan(judged).any(axis=1)
    used = np.ones(len(since), dtype=bool)
    if method == "wdd":
        used[: max(int(np.argmax(since)) - int(since.sum()), 0)] = False
    watched = used & ~unknown[is_treated | is_ring].any(axis=0)
    gone = [label for label, use, kept in zip(counts.labels, used, watched, strict=True) if use and not kept]
    if gone:
        notes.append(
            f"perioden zonder volledige telling in de gebieden met de maatregel of de ring tellen niet mee ({_some(gone)})."
        )
    kept_periods = ~unknown[is_treated | is_ring].any(axis=0)
    first = int(kept_periods[~since].sum())
    if first == 0 or first == kept_periods.sum():
        raise UnsuitableError(
            "in de gebieden met de maatregel of de ring is voor of na de start geen enkele periode volledig geteld."
        )
    needed = kept_periods & used
    keep = is_treated | is_ring | ~unknown[:, needed].any(axis=1)
    if not keep.all():
        left_out = [a for a, k in zip(panel.areas, keep, strict=True) if not k]
        notes.append(
            f"{len(left_out)} vergelijkingsgebieden zonder volledige telling tellen niet mee ({_some(left_out)})."
        )
    values, names = np.zeros((int(keep.sum()), 0)), ()
    if method == "synthetic":
        values, names, keep = _key_figures(file, counts, since, keep, is_treated, is_ring, notes)
    time = np.flatnonzero(kept_periods).astype(float)
    outcome = judged.sum(axis=1)[np.ix_(keep, kept_periods)]
    # In a comparison area a period that the method does not use may be unknown.
    outcome = np.nan_to_num(outcome)
    history = panel.counts[keep][:, :, kept_periods]
    whole = ~np.isnan(history[:, :, :first]).any(axis=(0, 2))
    design = Design(
        outcome, history[:, whole] if whole.any() else outcome[:, None, :], is_treated[keep], is_ring[keep], first,
        STEPS_PER_YEAR[panel.frequency], time, values, names,
        tuple(np.array(panel.topics)[whole]) if whole.any() else ("",),
    )  # fmt: skip
    return Prepared(design, tuple(notes))


def _known_areas(areas, treated, displacement) -> None:
    if not treated:
        raise UnsuitableError("--treated noemt geen gebied.")
    for option, named in (("--treated", treated), ("--displacement", displacement)):
        if strange := [area for area in named if area not in areas]:
            raise UnsuitableError(f"{option}: {_some(strange)} staat niet in de kolom area. Wel: {_some(areas)}.")
    if both := [area for area in treated if area in displacement]:
        raise UnsuitableError(
            f"{_some(both)} staat in --treated en in --displacement; een gebied hoort bij één van de twee."
        )


def _some(texts) -> str:
    return ", ".join(str(text) for text in texts[:6]) + (" …" if len(texts) > 6 else "")


def _key_figures(file, counts, since, keep, is_treated, is_ring, notes):
    from koers.figures.covariates_csv import read_key_figures

    before = [label for label, later in zip(counts.labels, since, strict=True) if not later]
    found = read_key_figures(file, counts.panel.areas, before)
    if found.texts:
        notes.append(f"de kolommen {_some(found.texts)} bevatten geen getallen en tellen niet mee.")
    whole = ~np.isnan(found.values)
    use = whole[is_treated | is_ring].all(axis=0)
    if not use.all():
        missing = [name for name, ok in zip(found.names, use, strict=True) if not ok]
        notes.append(f"{_some(missing)} ontbreekt voor een gebied met de maatregel of de ring, en telt niet mee.")
    complete = whole[:, use].all(axis=1)
    if dropped := int((keep & ~complete).sum()):
        notes.append(f"{dropped} vergelijkingsgebieden zonder alle kerncijfers tellen niet mee.")
    keep = keep & complete
    return found.values[keep][:, use], tuple(np.array(found.names, dtype=object)[use]), keep


def _in_dutch(error, design) -> str:
    if error.reason == "no comparison":
        return "er blijft geen gebied over om mee te vergelijken; alleen --method its kan zonder."
    if error.reason == "too few before":
        return (
            f"er zijn {design.start} perioden voor de start en {design.after} erna; wdd heeft er evenveel voor als na nodig, "
            "its ten minste vier ervoor. Laat de laatste perioden weg of kies --method synthetic."
        )  # fmt: skip
    return "voor of na de start is er geen telling."


def _document(found, word) -> dict:
    return {
        "effect": _plain(found.effect),
        "relative_effect": _plain(found.relative),
        "lower": _plain(found.interval[0]),
        "upper": _plain(found.interval[1]),
        "p_value": _plain(found.p_value),
        "verdict": str(word),
        "power": {
            "planned_change": PLANNED,
            "power": _plain(found.power.at(PLANNED)),
            "smallest_detectable_change": _plain(found.power.smallest()),
            "changes": [{"change": change, "power": _plain(found.power.at(change))} for change in PROMISED],
        },
        "balance": {
            "exact": found.exact,
            "terms": [
                {"name": t.name, "treated": _plain(t.treated), "comparison": _plain(t.weighted),
                 "comparison_unweighted": _plain(t.unweighted)}
                for t in found.balance
            ],
        },
    }  # fmt: skip


def _plain(value: float):
    """A number as JSON has it: none for what is not finite."""
    return float(value) if math.isfinite(value) else None


def sentence(found, word) -> str:
    """The verdict in one plain sentence: effect with margin, displacement, what could have been shown."""
    low, high = found.interval
    said = f"{str(word).capitalize()}: {_more_or_less(found.effect)} dan verwacht"
    if not math.isnan(found.relative):
        said += f" ({percent(1 + found.relative)})"
    said += f", marge van 95 %: {_signed(low)} tot {_signed(high)} (p {chance(found.p_value)})"
    if not math.isnan(found.displacement):
        said += f"; in de ring {_more_or_less(found.displacement)}"
    least = found.power.smallest()
    if math.isnan(least):
        return said + "; met deze aantallen was geen enkele daling aan te tonen met 80 % kans."
    return said + f"; een daling van {number(-100 * least)} % of meer was aan te tonen met 80 % kans."


def _more_or_less(change: float) -> str:
    return f"{number(abs(change))} {'minder' if change < 0 else 'meer'}"


def _signed(value: float) -> str:
    if math.isinf(value):
        return "onbegrensd"
    return f"{'−' if value <= -0.5 else '+' if value >= 0.5 else ''}{number(abs(value))}"
