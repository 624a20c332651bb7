"""Every live source and what is loaded of it, in the order in which one needs the other."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import get_args

from koers.figures.manifest import Content, Snapshot
from koers.figures.queries.boundary_rows import boundary_rows
from koers.figures.store import FigureStore
from koers.sources import accidents, changes, pdok, police, response, statline
from koers.sources.delivery import Delivery
from koers.sources.odata import Service
from koers.sources.odata4 import ServiceV4
from koers.sources.pdok import Boundaries, Boundary
from koers.sources.pieces import Workshop
from koers.sources.report import FigureFileError
from koers.sources.scope import Scope
from koers.sources.web import SINCE_EARLIER, NothingNewerError, NotThereError, Web
from koers.sources.wide import WideTable

Advance = Callable[[int, int], None]
SOURCES = {
    "politie": "misdrijven, overlast en reactietijden van de politie",
    "cbs": "namen, kerncijfers, geregistreerde criminaliteit en Veiligheidsmonitor van het CBS",
    "pdok": "grenzen van gemeenten, wijken en buurten, per jaar",
    "bron": "geregistreerde verkeersongevallen van Rijkswaterstaat",
}
YEARS_OF_BOUNDARIES = 7


@dataclass(frozen=True)
class Asking:
    """What a load has at hand; ``months`` is its scope in tables by month, ``years`` in the
    others."""

    store: FigureStore
    workshop: Workshop
    police: Service
    statline: Service
    statline_v4: ServiceV4
    boundaries: Boundaries
    bron: Web
    bron_address: str
    this_year: int
    topics: Mapping[str, Sequence[str]] | None
    months: Scope
    years: Scope
    answers: Callable[[str], bool] = lambda address: True

    def answering(self, services: Sequence[Service]) -> list[Service]:
        """Those of these services that answer at all; all of them where none does, so that one says
        what is wrong."""
        return [s for s in services if self.answers(s.address)] or list(services)


@dataclass(frozen=True)
class Task:
    """One table to load.

    ``stamp`` is by what the source tells that it has not changed ('': it does not); ``scope`` what
    was asked; ``required``: without it a load has not succeeded; ``only_named``: loaded only where
    somebody names the table, as it is older than what is asked.
    """

    source: str
    table: str
    scope: str
    addresses: tuple[str, ...]
    stamp: Callable[[], str]
    run: Callable[[Advance], list[Delivery]]
    required: bool = False
    only_named: bool = False

    @property
    def name(self) -> str:
        return f"{self.source}-{self.table}"


def tasks_for(asking: Asking, names: Sequence[str]) -> list[Task]:
    """The tasks of these sources and tables; all of them where none is named.

    Raises
    ------
    FigureFileError
        When a name is no source and no table.
    """
    tasks = [*_cbs_names(asking), *_cbs(asking), *_police(asking), *_pdok(asking), *_bron(asking)]
    wanted = [name.strip().lower() for name in names]
    known = {name for task in tasks for name in (task.source, task.table.lower())}
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise FigureFileError(
            unknown[0],
            "deze bron of tabel kent Koers niet.",
            f"Kies uit {', '.join(SOURCES)}, of een tabel zoals 47022NED, 85984NED, BRON of"
            f" gebieden-{asking.this_year - 1}.",
        )
    return [
        task
        for task in tasks
        if task.table.lower() in wanted
        or (not task.only_named and (not wanted or task.source in wanted))
    ]


def _cbs_names(asking: Asking) -> Iterator[Task]:
    yield Task(
        source="cbs",
        table="wijken-en-buurten",
        scope="",
        addresses=(asking.police.address,),
        stamp=partial(_stamp, [asking.police], "47018NED"),
        run=lambda advance: [statline.fetch_areas(asking.police)],
        required=True,
    )


def _cbs(asking: Asking) -> Iterator[Task]:
    services: list[Service] = [asking.statline, asking.statline_v4]
    # People of the year before still divide the first months that are asked.
    first = asking.years.since.year - 1 if asking.years.since else 0
    for spec in (*statline.KEY_FIGURES, statline.REGISTERED, statline.VEILIGHEIDSMONITOR):
        yield Task(
            source="cbs",
            table=spec.table,
            scope=asking.years.text,
            addresses=tuple(s.address for s in services),
            stamp=partial(_answering_stamp, asking, services, spec.table),
            run=partial(_cbs_table, asking, services, spec),
            required=spec.required,
            only_named=spec.year is not None and spec.year < first,
        )


def _police(asking: Asking) -> Iterator[Task]:
    service = asking.police
    for spec in police.TABLES:
        scope = asking.years if spec.frequency == "year" else asking.months
        topics = None if asking.topics is None else tuple(asking.topics.get(spec.scheme, ()))
        yield Task(
            source="politie",
            table=spec.table,
            scope=f"{scope.text}; {'alles' if topics is None else ','.join(sorted(topics))}",
            addresses=(service.address,),
            stamp=partial(_stamp, [service], spec.table),
            run=partial(_one, partial(police.fetch, service, spec, scope, topics)),
            required=True,
        )
    yield Task(
        source="politie",
        table=response.TABLE.table,
        scope=asking.months.text,
        addresses=(service.address,),
        stamp=partial(_stamp, [service], response.TABLE.table),
        run=partial(_one, lambda advance: response.fetch_response(service, asking.months, advance)),
    )


def _pdok(asking: Asking) -> Iterator[Task]:
    first = max(
        pdok.FIRST_YEAR, asking.months.since.year if asking.months.since else pdok.FIRST_YEAR
    )
    for year in range(pdok.FIRST_YEAR, asking.this_year + 1):
        yield Task(
            source="pdok",
            table=f"gebieden-{year}",
            scope=asking.years.text,
            addresses=(asking.boundaries.address, asking.boundaries.wfs_address),
            # Boundaries of a year that is over do not change any more.
            stamp=partial(_stamp_of_year, year, asking.this_year),
            run=partial(_boundaries, asking, year),
            only_named=year < first,
        )
    if "changes" in get_args(Content):
        yield Task(
            source="pdok",
            table="gebieden-wijzigingen",
            scope=asking.years.text,
            addresses=(asking.boundaries.address, asking.boundaries.wfs_address),
            stamp=lambda: _boundaries_stamp(asking.store),
            run=partial(_changes, asking),
        )


def _bron(asking: Asking) -> Iterator[Task]:
    yield Task(
        source="bron",
        table=accidents.TABLE,
        scope=asking.years.text,
        addresses=(asking.bron_address,),
        stamp=lambda: "",
        run=partial(_accidents, asking),
    )


def _one(fetch: Callable[[Advance], Delivery], advance: Advance) -> list[Delivery]:
    return [fetch(advance)]


def _cbs_table(
    asking: Asking, services: Sequence[Service], spec: WideTable, advance: Advance
) -> list[Delivery]:
    return [statline.fetch_table(asking.answering(services), spec, asking.years, advance)]


def _answering_stamp(asking: Asking, services: Sequence[Service], table: str) -> str:
    return _stamp(asking.answering(services), table)


def _stamp_of_year(year: int, this_year: int) -> str:
    return "voorbij" if year < this_year else ""


def _stamp(services: Sequence[Service], table: str) -> str:
    """By what the first of these services that has the table says whether it was changed."""
    for service in services:
        try:
            if found := service.stamp(table):
                return found
        except FigureFileError:
            continue
    return ""


def _boundaries(asking: Asking, year: int, advance: Advance) -> list[Delivery]:
    found, address = asking.boundaries.of_year(year, asking.years, advance)
    return [pdok.delivery(year, found, address, asking.boundaries.published_at(year))]


def _changes(asking: Asking, advance: Advance) -> list[Delivery]:
    years = sorted(_boundary_snapshots(asking.store).items())
    found: list[changes.SurfaceChange] = []
    lost: list[str] = []
    for done, ((before, old), (after, new)) in enumerate(zip(years, years[1:], strict=False), 1):
        if after == before + 1:
            between = changes.changes_between(_read(old), _read(new), after)
            found += between.changes
            lost += between.lost
        advance(done, max(len(years) - 1, 1))
    if len(years) < 2:
        raise NotThereError(
            "gebieden-wijzigingen",
            "er zijn nog geen grenzen van twee jaren na elkaar.",
            "Laad eerst pdok.",
        )
    return [changes.delivery(found, lost, asking.boundaries.address)]


def _accidents(asking: Asking, advance: Advance) -> list[Delivery]:
    years = sorted(_boundary_snapshots(asking.store).items())
    if not years:
        raise NotThereError(
            accidents.TABLE,
            "zonder grenzen van buurten zijn ongevallen niet te tellen.",
            "Laad eerst pdok.",
        )
    newest = years[-1][1]
    first = max(
        accidents.FIRST_YEAR,
        asking.years.since.year if asking.years.since else accidents.FIRST_YEAR,
    )
    if first >= asking.this_year:
        raise NothingNewerError(
            accidents.TABLE, asking.years.nothing_since(str(asking.this_year - 1)), SINCE_EARLIER
        )
    return [
        accidents.fetch(
            asking.bron,
            asking.bron_address,
            range(first, asking.this_year),
            _read(newest),
            newest.manifest.id,
            asking.years,
            asking.workshop,
            advance,
        )
    ]


def _boundary_snapshots(store: FigureStore) -> dict[int, Snapshot]:
    found = {}
    for snapshot in store.current():
        prefix, _, year = snapshot.manifest.table.rpartition("-")
        if snapshot.manifest.source == "pdok" and prefix == "gebieden" and year.isdigit():
            found[int(year)] = snapshot
    return found


def _boundaries_stamp(store: FigureStore) -> str:
    """The change table follows from the boundaries: the same ones give the same table."""
    return fingerprint(
        *(f"{year} {s.manifest.id}" for year, s in sorted(_boundary_snapshots(store).items()))
    )


def _read(snapshot: Snapshot) -> list[Boundary]:
    return list(pdok.read_boundaries(boundary_rows(snapshot)))


def fingerprint(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
