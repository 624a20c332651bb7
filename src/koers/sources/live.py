"""The live sources for a municipality and its region; which of them answered and which did not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import httpx

from koers.figures.store import FigureStore
from koers.sources import police, statline
from koers.sources.odata import Service
from koers.sources.report import FigureFileError, LoadReport

YEARS_OF_MONTHS = 7
FIRST_YEAR = 2012
Progress = Callable[[float, float, str], None]


@dataclass(frozen=True)
class Addresses:
    """Where the services are; a test or a mirror may put others here."""

    police: str = "https://dataderden.cbs.nl"
    statline: str = "https://opendata.cbs.nl"


def reachable(addresses: Addresses, timeout: float = 3.0) -> bool:
    """Whether the police figures answer within ``timeout`` seconds, looking up the name included."""
    answered = threading.Event()

    def ask() -> None:
        address = f"{addresses.police}/ODataFeed/odata/47018NED/TableInfos"
        try:
            answer = httpx.get(address, params={"$format": "json"}, timeout=timeout)
            if answer.is_success and "value" in answer.json():
                answered.set()
        except (httpx.HTTPError, ValueError):
            pass

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(timeout)
    return answered.is_set()


def load_live(
    store: FigureStore,
    municipalities: Sequence[str],
    topics: Mapping[str, Sequence[str]],
    this_year: int,
    addresses: Addresses | None = None,
    progress: Progress = lambda done, total, text: None,
) -> LoadReport:
    """The figures of these municipalities as snapshots; a table that fails is in the report, the others go on.

    ``topics`` gives the codes that are wanted of each scheme (crime, nuisance).
    """
    addresses = addresses or Addresses()
    report = LoadReport()
    have = {snapshot.manifest.id for snapshot in store.snapshots()}
    with Service(addresses.police) as figures, Service(addresses.statline) as key_figures:
        tasks: list[Callable] = [
            lambda advance: statline.fetch_areas(figures),
            lambda advance: statline.fetch_inhabitants(key_figures, municipalities),
        ]
        for spec in police.TABLES:
            since = FIRST_YEAR if spec.frequency == "year" else this_year - YEARS_OF_MONTHS
            wanted = topics.get(spec.scheme, ())
            tasks.append(partial(_table, figures, spec, municipalities, wanted, since))
        for number, task in enumerate(tasks):
            try:
                draft, columns = task(partial(_advance, progress, number, len(tasks)))
                snapshot = store.write(draft, columns)
                (report.unchanged if snapshot.manifest.id in have else report.loaded).append(snapshot)
            except FigureFileError as refusal:
                report.refused.append(refusal)
            progress(number + 1, len(tasks), "")
    return report


def _table(service, spec, municipalities, topics, since, advance):
    return police.fetch(service, spec, municipalities, topics, since, advance)


def _advance(progress: Progress, number: int, tasks: int, done: float, total: float, text: str) -> None:
    """One bar for everything: a table is one step of it."""
    progress(number + done / max(total, 1), tasks, text)
