"""Indicators are files: what is counted, per what, from which source, and what it does not say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from koers.figures.topics import TOGETHER
from koers.indicators.themes import fields, themes
from koers.indicators.units import DENOMINATORS, UNITS, Measure
from koers.yaml_files import YamlFileError, read_yaml

FOLDER = Path(__file__).parent
DIRECTIONS = {
    "down": "minder is beter",
    "up": "meer is beter",
    "neither": "geen: meer kan goed of slecht nieuws zijn",
}
LEVELS = {
    "neighbourhood": "buurt",
    "municipality": "gemeente",
    "team": "basisteam van de politie",
    "country": "heel Nederland",
}
SETS = {"bbv": "verplichte indicatoren van begroting en jaarverslag (BBV)"}
"""Indicators that belong together, whatever their theme."""


class IndicatorError(YamlFileError):
    """An indicator file that cannot be used: names file, line and field."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Text = Field(min_length=1)


class Numerator(_Strict):
    """What is counted: topics of a scheme, added up where there are several."""

    scheme: Literal["crime", "nuisance", "accidents", "survey", "response", "registered", "local"]
    topics: tuple[str, ...] = Field(min_length=1)
    title: str = Text


class Per(_Strict):
    """What it is divided by: a key figure, or counts of the same scheme (``topics``), or a base
    that the source used."""

    of: Literal[tuple(DENOMINATORS)]  # type: ignore[valid-type]
    topics: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return DENOMINATORS[self.of].title

    @property
    def key_figure(self) -> str:
        return DENOMINATORS[self.of].key_figure


# Months after a period until its figure is out and complete: the police refresh a month by the
# middle of the next and the last two are incomplete; a year, or a round of a survey, is published
# in the spring after it.
_LATE = {"month": 3, "year": 6, "two-years": 6, "own": 1}


class LiveTable(_Strict):
    """A published table (or an own count) that fills the indicator; ``late`` where it takes other
    than usual."""

    table: str = Text
    level: Literal[tuple(LEVELS)]  # type: ignore[valid-type]
    frequency: Literal["month", "year", "two-years", "own"]
    late: int | None = Field(default=None, ge=0)

    @property
    def months_late(self) -> int:
        """After how many months the figure of a period is out."""
        return _LATE[self.frequency] if self.late is None else self.late


class Indicator(_Strict):
    """One figure, defined once. ``level`` is the lowest at which it exists; ``to_check`` are facts
    that nobody has looked up yet, shown as such. Of one that is not ``searched`` the counts are
    looked at for clusters under another indicator. One that a municipality made itself has the
    code of that ``municipality``."""

    id: str
    municipality: str = ""
    title: str = Text
    theme: Literal[tuple(themes())]  # type: ignore[valid-type]
    why: str = Text
    searched: bool = True
    sets: tuple[Literal[tuple(SETS)], ...] = ()  # type: ignore[valid-type]
    numerator: Numerator
    denominator: Per | None = None
    unit: Literal[tuple(UNITS)]  # type: ignore[valid-type]
    direction: Literal[tuple(DIRECTIONS)]  # type: ignore[valid-type]
    level: Literal[tuple(LEVELS)]  # type: ignore[valid-type]
    delay: str = Text
    tables: tuple[LiveTable, ...] = Field(min_length=1)
    limits: str = Text
    to_check: tuple[str, ...] = ()
    source: str = Text
    reviewed: date

    @field_validator("unit")
    @classmethod
    def _unit_goes_with_denominator(cls, unit: str, info: Any) -> str:
        if "denominator" not in info.data:
            return unit
        per, allowed = info.data["denominator"], UNITS[unit].denominators
        if per is None and allowed and UNITS[unit].measure in ("rate", "share"):
            raise ValueError(f"'{unit}' heeft een noemer nodig: {' of '.join(allowed)}")
        if per is not None and per.of not in allowed:
            raise ValueError(f"de noemer '{per.of}' past niet bij de eenheid '{unit}'")
        return unit

    @model_validator(mode="after")
    def _reports_of_hidden_crime_have_no_direction(self) -> Indicator:
        if (
            self.numerator.scheme == "crime"
            and themes()[self.theme].more_reports_may_be_good
            and self.direction != "neither"
        ):
            raise ValueError(
                f"direction: bij het thema '{self.theme}' is de richting van meldingen 'neither';"
                " meer kan goed nieuws zijn"
            )
        return self

    @property
    def topics(self) -> tuple[str, ...]:
        return self.numerator.topics

    @property
    def topic(self) -> str:
        """The code that it has in a table; of several that are added up, all of them:
        ``1.4.6+1.4.7``."""
        return TOGETHER.join(self.numerator.topics)

    @property
    def measure(self) -> Measure:
        return UNITS[self.unit].measure

    @property
    def adds_up(self) -> bool:
        """Whether months and neighbourhoods can be added up."""
        return self.measure in ("count", "rate")

    @property
    def unit_label(self) -> str:
        return UNITS[self.unit].label

    @property
    def direction_label(self) -> str:
        return DIRECTIONS[self.direction]

    @property
    def level_label(self) -> str:
        return LEVELS[self.level]

    @property
    def theme_title(self) -> str:
        return themes()[self.theme].title

    @property
    def field_title(self) -> str:
        """The field of safety to which its theme belongs."""
        return fields()[themes()[self.theme].field].title

    @property
    def own_count(self) -> bool:
        """Whether the municipality brings the figures itself."""
        return self.numerator.scheme == "local"

    @property
    def waits_for(self) -> str:
        return ", ".join(dict.fromkeys(t.table for t in self.tables))


def read_indicator(file: Path) -> Indicator:
    """One indicator file.

    Raises
    ------
    IndicatorError
        Naming file, line and field.
    """
    return read_yaml(file, Indicator, IndicatorError, id=file.stem)


@cache
def bundled_indicators() -> dict[str, Indicator]:
    """Those that come with Koers, by their id, in the order of the themes."""
    return _ordered(read_indicator(file) for file in sorted(FOLDER.glob("*.yaml")))


def _ordered(found: Iterable[Indicator]) -> dict[str, Indicator]:
    order = list(themes())
    return {
        i.id: i
        for i in sorted(found, key=lambda i: (order.index(i.theme), i.numerator.topics, i.id))
    }


class _AtHand:
    """The indicators of a municipality at work; its own ones are asked for when they are needed."""

    def __init__(self, ask: Callable[[], Sequence[Indicator]]) -> None:
        self._ask = ask

    @cached_property
    def own(self) -> tuple[Indicator, ...]:
        return tuple(self._ask())

    @cached_property
    def all(self) -> dict[str, Indicator]:
        bundled = bundled_indicators()
        return _ordered([*bundled.values(), *self.own]) if self.own else bundled


_at_hand: ContextVar[_AtHand | None] = ContextVar("indicators at hand", default=None)


@contextmanager
def own_at_hand(ask: Callable[[], Sequence[Indicator]]) -> Iterator[None]:
    """Meanwhile those that ``ask`` gives are indicators as well; of nobody else, and no longer."""
    token = _at_hand.set(_AtHand(ask))
    try:
        yield
    finally:
        _at_hand.reset(token)


def own_now() -> tuple[Indicator, ...]:
    """The own indicators of the municipality at hand."""
    found = _at_hand.get()
    return () if found is None else found.own


def load_indicators() -> dict[str, Indicator]:
    """Every indicator by its id, in the order of the themes, with those that the municipality at
    hand made itself."""
    found = _at_hand.get()
    return bundled_indicators() if found is None else found.all


def topics_by_scheme() -> dict[str, list[str]]:
    """The codes that the bundled indicators count, of each scheme."""
    found: dict[str, list[str]] = {}
    for indicator in bundled_indicators().values():
        wanted = (
            *indicator.topics,
            *(indicator.denominator.topics if indicator.denominator else ()),
        )
        for topic in wanted:
            if topic not in found.setdefault(indicator.numerator.scheme, []):
                found[indicator.numerator.scheme].append(topic)
    return found
