"""What has to be said of the people by whom counts are divided: a merger, a step that nothing
explains, a number of another year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from koers import dutch
from koers.analysis.period import Period
from koers.figures.areas import Area
from koers.figures.boundaries import PeopleNote
from koers.figures.shelf import Shelf
from koers.indicators import Indicator


def said_of_people(
    notes: Iterable[PeopleNote], known: Mapping[str, Area], counted: str = "inwoners"
) -> tuple[str, ...]:
    """A sentence for each, and one for all steps of an area; ``counted`` is what a count is divided
    by."""
    listed = list(notes)
    said = [_sentence(note, known, counted) for note in listed if note.kind != "step"]
    steps: dict[str, list[PeopleNote]] = {}
    for note in listed:
        if note.kind == "step":
            steps.setdefault(note.area, []).append(note)
    said += [_of_steps(_name(area, known), each, counted) for area, each in steps.items()]
    return tuple(dict.fromkeys(said))


def _name(code: str, known: Mapping[str, Area]) -> str:
    return known[code].name if code in known else code


def _sentence(note: PeopleNote, known: Mapping[str, Area], counted: str) -> str:
    name, with_whom = _name(note.area, known), _named(note.others, known)
    if note.kind == "none":
        return (
            f"{name} kreeg in {note.year} andere grenzen{with_whom}. De aantallen van de jaren"
            f" ervoor zijn herrekend naar het gebied van nu, het aantal {counted} van toen niet."
            f" Daarom is er van die jaren geen cijfer per 1.000 {counted}."
        )
    if note.kind == "after":
        return (
            f"{name} kreeg in {note.year} andere grenzen{with_whom}. Het aantal {counted} binnen de"
            f" grenzen van nu is niet geladen. Daarom is er geen cijfer per 1.000 {counted}."
        )
    if note.kind == "sum":
        return (
            f"{name} kreeg in {note.year} andere grenzen{with_whom}. Van de jaren ervoor is het"
            f" aantal {counted} dat van de gebieden samen die er nu bij horen."
        )
    return (
        f"Het aantal {counted} van {name} is dat van {note.year}, ook bij gevallen van meer dan een"
        " jaar ervoor of erna: een nader jaar is niet geladen."
    )


def _of_steps(name: str, steps: Sequence[PeopleNote], counted: str) -> str:
    years = ", ".join(f"{note.year} ({dutch.percent(note.ratio)})" for note in steps)
    return (
        f"Let op: het aantal {counted} van {name} sprong in {years}, en Koers kent geen herindeling"
        " die dat verklaart. Vergelijk een cijfer per inwoner van vóór en van na zo'n sprong met"
        " zorg."
    )


def _named(codes: Sequence[str], known: Mapping[str, Area]) -> str:
    names = [known[code].name for code in codes if code in known and known[code].name != code]
    if not names:
        return " (een herindeling)"
    return f" (een herindeling met {', '.join(names)})"


def divisor_of(indicator: Indicator, fallback: bool = False) -> tuple[str, str]:
    """The key figure by which counts of an indicator are divided, and its name; ``fallback``: by
    inhabitants where that key figure is not loaded."""
    per = indicator.denominator
    if per is None or not per.key_figure or fallback:
        return "inhabitants", "inwoners"
    return per.key_figure, per.title.split(" op ")[0]


def remarks_of(
    shelf: Shelf,
    areas: tuple[str, ...],
    periods: tuple[Period, ...],
    codes: Iterable[str],
    divisor: tuple[str, str],
) -> tuple[str, ...]:
    """What has to be said of the rates of some of the areas of a panel over its periods.

    A step is marked of municipalities: in a neighbourhood a new street is one.
    """
    topic, counted = divisor
    people, known = shelf.people(areas, periods, topic), shelf.areas
    notes = [
        note
        for code in codes
        for note in people.notes_of(code)
        if note.kind != "step" or code not in known or known[code].level == "municipality"
    ]
    return said_of_people(notes, known, counted)
