"""What Koers counts of itself, from its own database at the moment that it is asked: no snapshot, no table.

A later app enrols what it counts, so that imports go one way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from koers import dutch
from koers.analysis.period import Period
from koers.apps.people.models import Municipality
from koers.apps.picture import figures
from koers.apps.picture.readings import reading
from koers.indicators import load_indicators

# So many months may lie between the last period of a table and today, by how often it comes out.
MONTHS_ALLOWED = {"month": 3, "year": 24, "two-years": 36}


@dataclass(frozen=True)
class OwnNumber:
    """``part`` of ``whole`` (both counts), and in words what they are of."""

    part: int
    whole: int
    words: str

    @property
    def share(self) -> str:
        """The share in words; of none there is no share."""
        return f"{dutch.number(100 * self.part / self.whole)} %" if self.whole else ""


Counter = Callable[[Municipality], OwnNumber]
_counters: dict[str, Counter] = {}


def counts(topic: str) -> Callable[[Counter], Counter]:
    """Register what counts the topic of an indicator of Koers itself."""

    def register(counter: Counter) -> Counter:
        _counters[topic] = counter
        return counter

    return register


def is_counted_here(topic: str) -> bool:
    return topic in _counters


def own_number(topic: str, municipality: Municipality) -> OwnNumber | None:
    """What Koers counts of this topic now; None where it does not count it."""
    return _counters[topic](municipality) if topic in _counters else None


@counts("tables-up-to-date")
def tables_up_to_date(municipality: Municipality, today: date | None = None) -> OwnNumber:
    """Tables whose last period is as recent as their frequency allows."""
    today = today or date.today()
    latest: dict[str, bool] = {}
    for entry in figures.covered(figures.current_ids()):
        if entry.scheme in ("local", "early", "key-figures"):
            continue
        latest[entry.table] = latest.get(entry.table, False) or _is_recent(entry.last, entry.frequency, today)
    return OwnNumber(
        sum(latest.values()), len(latest),
        "tabellen met cijfers van hoogstens drie maanden geleden (maandtabellen) of van vorig jaar of het jaar ervoor (jaartabellen)",
    )  # fmt: skip


def _is_recent(last: str, frequency: str, today: date) -> bool:
    period = Period.parse(last)
    end = 12 * period.year + 12 if frequency == "year" else period.ordinal + 1
    return 12 * today.year + today.month - 1 - end <= MONTHS_ALLOWED[frequency]


@counts("indicators-automatic")
def indicators_automatic(municipality: Municipality) -> OwnNumber:
    """Indicators with figures of this municipality that nobody types in."""
    found = load_indicators().values()
    filled = [
        i for i in found
        if is_counted_here(i.topic) or (not i.own_count and reading(municipality.code, i.id).is_own)
    ]  # fmt: skip
    return OwnNumber(len(filled), len(found), "indicatoren met cijfers van deze gemeente, zonder dat iemand ze invoert")
