"""What a municipality shows to everyone of an adopted plan, as it was when somebody published
it."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from koers.records.aim import Aim, AimKind, Direction, known_steps
from koers.records.base import Code, Codes, Part, Record, Slug


class PublishedAnswer(Part):
    """What people said last of a goal in words; their reason is no part of it."""

    answer: str
    on: date


class PublishedGoal(Part):
    """``line`` is the key that the goal has in the version; the rest is its :class:`Aim`, or the
    question that people answer. ``base`` is absent where it is an own figure."""

    line: int
    title: str
    kind: AimKind = "value"
    indicator: Code = ""
    area_code: Code = ""
    unit: Code = ""
    direction: Direction = ""
    target: float | None = None
    due: date
    path: Codes = ()
    base: float | None = None
    base_period: Code = ""
    peers: Codes = ()
    question: str = ""
    said: PublishedAnswer | None = None

    def aim(self, home: str) -> Aim:
        """What it asks of the figures; ``home`` is the area where none is named."""
        return Aim(
            kind=self.kind,
            indicator=self.indicator,
            area=self.area_code or home,
            unit=self.unit,
            direction=self.direction,
            target=self.target,
            due=self.due,
            path=known_steps(self.path),
            base=self.base,
            base_period=self.base_period,
            peers=self.peers,
        )


class PublishedMeasure(Part):
    """``state`` is how far it was at :attr:`PublishedPlan.progress_on`; '' where progress is no
    part of the publication."""

    line: int
    title: str
    description: str = ""
    sub_theme: str = ""
    kind: Code
    state: Code = ""
    start: date | None = None
    end: date | None = None


class PublishedPriority(Part):
    """``slug`` is the end of its public address; ``attention`` where it is an attention theme,
    ``aside`` where it is any other theme that is no priority."""

    line: int
    slug: Slug
    title: str
    description: str = ""
    safety_field: str = ""
    sub_themes: tuple[str, ...] = ()
    attention: bool = False
    aside: bool = False
    begins: date | None = None
    ends: date | None = None
    indicators: Codes = ()
    goals: tuple[PublishedGoal, ...] = ()
    measures: tuple[PublishedMeasure, ...] = ()


class PublishedPlan(Record):
    """The confirmed lines of one version of an adopted plan.

    ``progress_on`` is the day whose states of measures are published with it, None for none.
    """

    VERSION: ClassVar[int] = 2  # since 2 goals have kinds

    title: str
    start_year: int
    end_year: int
    summary: str = ""
    adopted_on: date
    progress_on: date | None = None
    lines: tuple[PublishedPriority, ...] = ()

    @property
    def priorities(self) -> tuple[PublishedPriority, ...]:
        return tuple(line for line in self.lines if not (line.attention or line.aside))

    @property
    def attention_themes(self) -> tuple[PublishedPriority, ...]:
        return tuple(line for line in self.lines if line.attention)

    @property
    def other_themes(self) -> tuple[PublishedPriority, ...]:
        return tuple(line for line in self.lines if line.aside)

    def line(self, slug: str) -> PublishedPriority | None:
        """The priority or theme with this address."""
        return next((line for line in self.lines if line.slug == slug), None)
