"""The signals of the latest months of each municipality, kept with what people did with them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping

from django.db import OperationalError, transaction

from koers import dutch
from koers.analysis.period import Period
from koers.analysis.screening import Cell, FamilyResult, screen_family
from koers.analysis.screening.sums import TOGETHER
from koers.apps.intake.archive import public_shelf
from koers.apps.people.models import Municipality
from koers.apps.picture.models import ClusterSearch, Screening, Signal, SignalState
from koers.apps.picture.services.clusters import search_clusters
from koers.apps.picture.services.expecting import prepare_expectations
from koers.figures.areas import Area
from koers.figures.queries.coverage import Coverage
from koers.figures.shelf import CountTable, Shelf
from koers.sources.mapping import topic_titles

RATE = 0.1
Tried = dict[tuple[str, tuple[str, ...]], int]
log = logging.getLogger(__name__)


def compute_picture(
    municipalities: Iterable[Municipality],
    progress: Callable[[float, float, str], None] = lambda d, t, x: None,
) -> None:
    """Signals and clusters of every municipality with monthly figures by neighbourhood; what was
    done before is left alone."""
    municipalities = list(municipalities)
    prepare_expectations(progress)
    for done, municipality in enumerate(municipalities):
        progress(done, len(municipalities), municipality.name)
        screen_municipality(municipality)
        search_clusters(municipality)
    progress(len(municipalities), max(len(municipalities), 1), "")


def compute_first_picture(
    municipality: Municipality, progress: Callable[[float, float, str], None]
) -> None:
    """What the first pages of a site show: what was to be expected, and the signals of the
    municipality that it is for. The worker does the others, and searches for clusters."""
    prepare_expectations(progress)
    screen_municipality(municipality)
    progress(1, 1, "")


def screen_everyone() -> None:
    """Figures came in: look again at every municipality of this installation."""
    compute_picture(Municipality.objects.all())


def screening_owed(municipality: Municipality) -> bool:
    """Whether its newest figures have not been screened: whoever should have done so was killed, or
    they came in by the command.

    It follows from what is there, so nobody has to remember it. Clusters are searched last: what
    they have seen, signals have.
    """
    newest = monthly_table(public_shelf(), municipality.code)
    if newest is None:
        return False
    seen = Screening.objects.of(municipality).first()
    if seen is None or seen.snapshots != [newest.snapshot]:
        return True
    search = ClusterSearch.objects.of(municipality).first()
    return search is not None and newest.snapshot not in search.snapshots


def _never_searched(municipality: Municipality) -> bool:
    """A first start screens, and leaves the search for clusters to the worker."""
    return not ClusterSearch.objects.of(municipality).exists()


def screen_what_is_owed(tried: Tried) -> list[str]:
    """The municipalities that are screened now because nobody did. What fails twice with the same
    figures waits for other ones, or another worker."""
    figures = public_shelf().ids
    owed = [
        m
        for m in Municipality.objects.all()
        if tried.get((m.code, figures), 0) < 2 and (screening_owed(m) or _never_searched(m))
    ]
    for municipality in owed:
        key = municipality.code, figures
        tried[key] = tried.get(key, 0) + 1
        try:
            compute_picture([municipality])
        except OperationalError:
            raise
        except Exception:
            log.exception("screening")
    return [m.code for m in owed]


def monthly_table(shelf: Shelf, code: str) -> Coverage | None:
    """The newest table with crime by neighbourhood and month for a municipality."""
    return next(iter(shelf.monthly_entries("crime", code)), None)


def screen_municipality(municipality: Municipality) -> Screening | None:
    """Signals of the latest complete month and, of rises only, of the newest month, which is still
    provisional.

    Returns what was screened last; None where there are no monthly figures. Running it twice
    changes nothing.
    """
    shelf = public_shelf().with_patience()
    entry = monthly_table(shelf, municipality.code)
    if entry is None:
        return None
    table = shelf.table(entry.table, "neighbourhood", "month", tuple(sorted(entry.topics)))
    if table is None:
        return None
    done = None
    for period, provisional in _to_screen(table):
        done = Screening.objects.filter(municipality=municipality, period=str(period)).first()
        if done is not None and done.snapshots == [table.snapshot]:
            continue
        result = screen_family(
            table.panel,
            period,
            municipality.code,
            rate=RATE,
            falls=not provisional,
            complete=table.complete,
            again=_is_first(municipality, period),
        )
        done = _keep(shelf, municipality, period, provisional, result, table.snapshot)
    return done


def _is_first(municipality: Municipality, period: Period) -> bool:
    """Whether nobody saw an earlier list, so that nothing was told yet."""
    earlier = Screening.objects.filter(municipality=municipality, period__lt=str(period))
    return not earlier.exists()


def _to_screen(table: CountTable) -> list[tuple[Period, bool]]:
    """The latest complete month and the newest, each with whether it is provisional: a count that
    still grows is no fall."""
    complete = [
        p for p, late in zip(table.panel.periods, table.open_months, strict=True) if not late
    ]
    newest = table.panel.periods[-1]
    chosen = [(complete[-1], False)] if complete else []
    return chosen if chosen and chosen[0][0] == newest else [*chosen, (newest, True)]


@transaction.atomic
def _keep(
    shelf: Shelf,
    municipality: Municipality,
    period: Period,
    provisional: bool,
    result: FamilyResult,
    snapshot: str,
) -> Screening:
    known = shelf.areas
    titles = topic_titles("crime")
    counted = {
        topic for entry in shelf.coverage if entry.snapshot == snapshot for topic in entry.topics
    }
    kept: dict[Cell, Signal] = {}
    # The main ones come first, so what a signal points to is there already.
    for found in result.signals:
        half, most, _ = found.intervals
        signal, _ = Signal.objects.update_or_create(
            municipality=municipality,
            area_code=found.area,
            topic=found.topic,
            period=str(found.period),
            window=found.window,
            kind=found.kind,
            defaults={
                "area_name": known[found.area].name if found.area in known else found.area,
                "level": found.level,
                "topic_title": _title(found.topic, titles, counted),
                "observed": found.observed,
                "expected": found.expected,
                "lower": found.lower,
                "upper": found.upper,
                "lower_50": half.lower,
                "upper_50": half.upper,
                "lower_80": most.lower,
                "upper_80": most.upper,
                "part_own": found.origin.own,
                "part_district": found.origin.district,
                "part_municipality": found.origin.municipality,
                "part_peers": found.origin.peers,
                "explained_by": kept.get(found.explained_by) if found.explained_by else None,
                "provisional": provisional,
                "p_value": found.p,
                "q_value": found.q,
                "main": found.main,
                "snapshots": [snapshot],
            },
        )
        kept[found.cell] = signal
    # What revised figures no longer bear out disappears, unless somebody already did something with
    # it.
    gone = Signal.objects.filter(
        municipality=municipality, period=str(period), state=SignalState.NEW
    ).exclude(pk__in=[signal.pk for signal in kept.values()])
    gone.delete()
    screening, _ = Screening.objects.update_or_create(
        municipality=municipality,
        period=str(period),
        defaults={
            "tested": result.tested,
            "rate": RATE,
            "pairs": result.pairs,
            "blind": result.blind,
            "too_few": result.too_few,
            "provisional": provisional,
            "smallest_rise": _visible(result, str(period), known, titles, counted),
            "snapshots": [snapshot],
        },
    )
    return screening


def _title(topic: str, titles: dict[str, str], counted: Iterable[str]) -> str:
    """The title of a kind, or of a group of kinds: those of it that the table counts."""
    if topic == TOGETHER:
        return "Alle soorten samen"
    if topic in titles:
        return titles[topic]
    members = [titles.get(code, code) for code in sorted(counted) if code.startswith(f"{topic}.")]
    title = " en ".join(members[:2]) + (
        f" en {len(members) - 2} andere" if len(members) > 2 else ""
    )
    return (title or topic)[:200]


def _visible(
    result: FamilyResult,
    period: str,
    known: Mapping[str, Area],
    titles: dict[str, str],
    counted: Iterable[str],
) -> str:
    """What rise would have been a signal, for a list without any."""
    if result.visible is None:
        return "Er is nog te weinig geschiedenis om iets te zien."
    seen = result.visible
    name = known[seen.cell.area].name if seen.cell.area in known else seen.cell.area
    topic = _title(seen.cell.topic, titles, counted)
    months = "1 maand" if seen.cell.window == 1 else f"{seen.cell.window} maanden"
    return (
        f"Bijvoorbeeld {topic[:1].lower()}{topic[1:]} in {name}: geteld is"
        f" {dutch.number(seen.observed)} in {months} t/m {dutch.period(period)}, waar"
        f" {dutch.number(seen.expected)} werd verwacht; om op te vallen waren er ongeveer"
        f" {dutch.number(seen.count)} nodig."
    )
