"""What a table says of a goal: where it starts, what is aimed at in which year, in which unit and
direction. What is not understood whole is left in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from koers.apps.exchange.part import plain_name
from koers.indicators.units import INDEX, UNITS
from koers.records.aim import number_of

PERCENT, MARK, COUNT, RATE = "percent", "mark", "count", "rate"
MOST, LEAST = "most", "least"


@dataclass(frozen=True)
class Figure:
    """A number as it is written; ``unit`` is a key of GOAL_UNITS, "rate" where it does not say per
    1,000 of what, "" where it says nothing."""

    value: float
    unit: str = ""
    direction: str = ""
    year: int | None = None


@dataclass(frozen=True)
class SaidGoal:
    """``indicator`` is what a column of that name says, ``unread`` the columns with numbers that
    were not understood; ``kind`` where words say that it is no value of its own."""

    title: str
    indicator: str = ""
    kind: str = ""
    base: Figure | None = None
    base_year: int | None = None
    targets: dict[int, Figure] = field(default_factory=dict)
    target: Figure | None = None
    unit: str = ""
    direction: str = ""
    unread: tuple[str, ...] = ()

    @property
    def in_figures(self) -> bool:
        """Whether it says a value to reach, or a kind of goal that figures decide."""
        return bool(self.targets or self.target or (self.kind and self.kind != "keep")) or (
            self.kind == "keep" and bool(self.base or self.base_year)
        )


_DIRECTIONS = (
    (MOST, r"max(?:imaal|imum)?\.?|hoogstens|ten hoogste|niet meer dan|[≤<]=?|minder dan|lager dan"
           r"|onder(?: de)?"),
    (LEAST, r"min(?:imaal|imum)?\.?|minstens|ten minste|tenminste|niet minder dan|[≥>]=?"
            r"|meer dan|hoger dan|boven(?: de)?"),
)  # fmt: skip
_PER = {
    "inwoners": "per_1000_inhabitants",
    "woningen": "per_1000_dwellings",
    "bedrijfsvestigingen": "per_1000_premises",
    "bedrijven": "per_1000_premises",
    "jongeren": "per_1000_youths",
    "jeugdigen": "per_1000_youths",
}
_UNITS = (
    (PERCENT, r"%|procent|pct\.?|percentage"),
    (
        RATE,
        rf"(?:aantal )?(?:per|/) ?1[. ]?000(?: (?P<of>{'|'.join(_PER)})[^,;]{{0,40}})?|‰|promille",
    ),
    (MARK, r"(?:rapport)?cijfer(?: \(?1.{0,8}10\)?)?"),
    (INDEX, r"index(?:cijfer)?"),
    (COUNT, r"aantal(?:len)?|x|keer|stuks|meldingen|incidenten|gevallen|misdrijven|aangiften"),
    ("minutes", r"min(?:uten|\.)?"),
    ("hours", r"uur|uren"),
    ("km_per_hour", r"km ?(?:/|per) ?(?:u|uur)"),
)  # fmt: skip
_NUMBER = r"(?P<number>\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?)"
_FIGURE = re.compile(
    rf"(?:(?:(?P<most>{_DIRECTIONS[0][1]})|(?P<least>{_DIRECTIONS[1][1]})) ?)?"
    rf"(?:een |rapport)*(?P<before>cijfer|index)? ?{_NUMBER}(?P<after> ?[^\d()]{{0,30}}"
    r"(?:1[. ]?000[^\d()]{0,40})?)(?:\((?P<year>(?:19|20)\d\d)\)| in (?P<in>(?:19|20)\d\d))?"
)
_PER_YEAR = re.compile(r"\bper (?:jaar|12 maanden)\b|\bp\.?j\.?(?=$|\s)|\bof (?:lager|hoger)\b")
_YEAR = re.compile(r"\b((?:19|20)\d{2})\b")


def unit_in(text: str) -> str:
    """The unit that a text is; "" where it is none."""
    wanted = " ".join(text.lower().split()).strip(" .;:")
    for unit, pattern in _UNITS:
        if found := re.fullmatch(pattern, wanted):
            of = found.groupdict().get("of")
            return _PER[of] if of else unit
    label = {u.label: key for key, u in UNITS.items()}
    return label.get(wanted, "")


def unit_within(text: str) -> str:
    """The unit that a title names: 'Inbraken per 1.000 woningen', 'Voelt zich onveilig (%)'."""
    plain = " ".join(text.lower().split())
    if found := re.search(_UNITS[1][1], plain):
        return _PER.get(found.groupdict().get("of") or "", RATE)
    if re.search(r"%|\bprocent\b|\bpercentage\b|\baandeel\b", plain):
        return PERCENT
    return MARK if re.search(r"\brapportcijfer\b", plain) else ""


def figure_in(text: str) -> Figure | None:
    """The number of a cell that is one, with its unit, direction and year; None where it says
    something else."""
    plain = " ".join(text.lower().replace("\u2212", "-").split()).strip(" .;")
    said = direction_in(plain) if _PER_YEAR.search(plain) else ""
    plain = " ".join(_PER_YEAR.sub(" ", plain).split())
    found = _FIGURE.fullmatch(plain)
    if found is None:
        return None
    after = found["after"].strip()
    unit = unit_in(after) if after else ""
    if after and not unit:
        return None
    if found["before"]:
        unit = MARK if found["before"] == "cijfer" else INDEX
    direction = MOST if found["most"] else LEAST if found["least"] else said
    year = found["year"] or found["in"]
    return Figure(number_of(found["number"]), unit, direction, int(year) if year else None)


_KINDS = (
    ("peers", r"(?:beter|lager|hoger|minder|meer) dan (?:het )?(?:gemiddelde (?:van )?)?"
              r"(?:de )?(?:vergelijkbare|soortgelijke|omliggende|andere) gemeenten"),
    ("earlier", r"(?:lager|minder|hoger|meer|beter|daling|afname|stijging|toename)(?: dan| ten"
                r" opzichte van| t\.?o\.?v\.?) (?:het )?(?:vorig|voorgaande?|jaar ervoor|vorige?)"
                r"(?: jaar)?"),
    ("keep", r"(?:minimaal |ten minste )?(?:(?:het )?niveau (?:van )?(?:(?:19|20)\d\d )?)?"
             r"(?:behoud(?:en)?|handhaven|vasthouden|gelijk(?: blijven| houden)?|stabiel"
             r"|stabilisatie|stabiliseren)(?: (?:van )?(?:het )?niveau)?(?: (?:van |op )?"
             r"(?:(?:19|20)\d\d))?|(?:minimaal |ten minste )?(?:het )?niveau (?:van )?"
             r"(?:19|20)\d\d"),
)  # fmt: skip


def kind_in(text: str) -> tuple[str, int | None]:
    """The kind of goal that words ask for, with the year that they name; ("", None) for none."""
    plain = " ".join(text.lower().split()).strip(" .;")
    for kind, pattern in _KINDS:
        if re.fullmatch(pattern, plain):
            year = _YEAR.search(plain)
            return kind, int(year[1]) if year else None
    return "", None


def direction_in(text: str) -> str:
    """Which way is better, where a text says so."""
    plain = text.lower()
    if re.search(r"\b(?:lager|minder|daling|dalen|dalend|afname|afnemen|omlaag)\b|[↓↘]", plain):
        return MOST
    if re.search(r"\b(?:hoger|meer|stijging|stijgen|stijgend|toename|omhoog)\b|[↑↗]", plain):
        return LEAST
    return ""


_BASE = re.compile(
    r"nulmeting|0-meting|nulsituatie|uitgangs|startwaarde|huidige (?:stand|waarde)|^stand\b|^basis"
)
_INDICATOR = re.compile(r"indicator|\bkpi\b|meetbaar")
_BESIDE = re.compile(
    r"\bbron\b|bronnen|frequentie|definitie|peildatum|realisatie|gerealiseerd|prognose|referentie"
    r"|meet"
)
_UNIT_COLUMN = re.compile(r"eenheid")
_WAY_COLUMN = re.compile(r"richting|trend|gewenste ontwikkeling")


def said_goal(title: str, named: Sequence[tuple[str, str]]) -> SaidGoal:
    """The goal of a row: its title, and the cells beside it with the names of their columns."""
    found = SaidGoal(title, unit=unit_within(title))
    for name, text in named:
        if text.strip() not in ("", "-", "–"):
            found = _with(found, plain_name(name), " ".join(text.split()))
    if found.indicator and (figure := figure_in(title)) is not None:
        # The number stands first, and what it is about beside it.
        found = _aimed(replace(found, title=found.indicator), figure.year, figure)
    if not found.in_figures and (kind := kind_in(title))[0]:
        found = replace(found, kind=kind[0], base_year=kind[1] or found.base_year)
    return found


def _with(goal: SaidGoal, name: str, text: str) -> SaidGoal:
    years = _YEAR.findall(name)
    year = int(years[-1]) if years else None
    figure = figure_in(text)
    if _UNIT_COLUMN.search(name):
        return replace(goal, unit=unit_in(text) or unit_within(text) or goal.unit)
    if _WAY_COLUMN.search(name):
        return replace(goal, direction=direction_in(text) or goal.direction)
    if _BESIDE.search(name):
        return goal
    if _BASE.search(name):
        if figure is None:
            return replace(goal, unread=(*goal.unread, name))
        return replace(goal, base=figure, base_year=year or figure.year)
    if _INDICATOR.search(name):
        return replace(goal, indicator=text) if figure is None else _aimed(goal, year, figure)
    if figure is not None:
        return _aimed(goal, year or figure.year, figure)
    kind, kept = kind_in(text)
    if kind:
        return replace(goal, kind=kind, base_year=kept or goal.base_year)
    if re.search(r"\d", text):
        return replace(goal, unread=(*goal.unread, name))
    return replace(goal, direction=goal.direction or direction_in(text))


def _aimed(goal: SaidGoal, year: int | None, figure: Figure) -> SaidGoal:
    if year is None:
        return replace(goal, target=figure)
    return replace(goal, targets={**goal.targets, year: figure})


def unit_of(goal: SaidGoal) -> str | None:
    """The one unit of its numbers; None where they contradict each other."""
    figures: Iterable[Figure | None] = (goal.base, goal.target, *goal.targets.values())
    units = {f.unit for f in figures if f is not None and f.unit}
    if goal.unit:
        units.add(goal.unit)
    if RATE in units and any(unit in UNITS and UNITS[unit].measure == "rate" for unit in units):
        units.discard(RATE)
    if len(units) > 1:
        return None
    return units.pop() if units else ""


def direction_of(goal: SaidGoal, target: float) -> str:
    """Which way is better: as it is said, else from where it starts to where it goes."""
    figures = (goal.target, *goal.targets.values())
    said = {f.direction for f in figures if f is not None and f.direction}
    if len(said) == 1:
        return said.pop()
    if goal.direction:
        return goal.direction
    if goal.base is not None and goal.base.value != target:
        return MOST if target < goal.base.value else LEAST
    return ""
