"""What lies ahead of a meeting: events of the municipality, and periods with a risk of their own
(``data/seasons.yaml``)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, model_validator

from koers.apps.meetings.models import Event, SchoolRegion
from koers.apps.people.models import Municipality
from koers.yaml_files import YamlFileError, read_yaml

FILE = Path(__file__).resolve().parent.parent / "data" / "seasons.yaml"


class SeasonsError(YamlFileError):
    """The file with seasonal risks cannot be used."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Yearly(_Strict):
    """From one day to another, each as month-day; the end may lie in the next year."""

    start: str
    end: str


class Period(_Strict):
    name: str
    remark: str = ""
    regions: tuple[SchoolRegion, ...] = ()
    start: date | None = None
    end: date | None = None
    yearly: Yearly | None = None

    @model_validator(mode="after")
    def _has_days(self) -> Period:
        if self.yearly is None and (
            self.start is None or self.end is None or self.end < self.start
        ):
            raise ValueError("hier hoort een begin en een later einde, of 'yearly'")
        return self


class _Seasons(_Strict):
    periods: tuple[Period, ...]


@dataclass(frozen=True)
class Season:
    """A period in one certain year; ``regions`` is empty where it holds everywhere."""

    name: str
    start: date
    end: date
    remark: str
    regions: tuple[str, ...]

    @property
    def where(self) -> str:
        everywhere = not self.regions or len(self.regions) == len(SchoolRegion)
        return "" if everywhere else f"regio {' en '.join(self.regions)}"


@lru_cache(maxsize=1)
def periods() -> tuple[Period, ...]:
    return read_yaml(FILE, _Seasons, SeasonsError).periods


def seasons_between(first: date, last: date, region: str = "") -> list[Season]:
    """Periods that begin in these days or are under way, of one region of the school holidays or
    ('') of all."""
    found = []
    for period in periods():
        if region and period.regions and region not in period.regions:
            continue
        for start, end in _days(period, first, last):
            if start <= last and end >= first:
                regions = tuple(
                    str(r.value) for r in period.regions if not region or r.value == region
                )
                found.append(
                    Season(period.name, start, end, period.remark, () if region else regions)
                )
    return sorted(found, key=lambda s: (s.start, s.name))


def _days(period: Period, first: date, last: date) -> list[tuple[date, date]]:
    if period.yearly is None:
        assert period.start is not None and period.end is not None
        return [(period.start, period.end)]
    found = []
    for year in range(first.year - 1, last.year + 1):
        start = date.fromisoformat(f"{year}-{period.yearly.start}")
        end = date.fromisoformat(f"{year}-{period.yearly.end}")
        found.append(
            (start, end if end >= start else date.fromisoformat(f"{year + 1}-{period.yearly.end}"))
        )
    return found


def events_between(municipality: Municipality, first: date, last: date) -> list[Event]:
    """Events that begin in these days or are under way."""
    return [e for e in Event.objects.of(municipality).filter(start__lte=last) if e.last >= first]
