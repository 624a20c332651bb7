"""The signals of the latest months of each municipality, kept with what people did with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from django.db import transaction

from koers import dutch
from koers.analysis.period import Period
from koers.analysis.screening import Cell, FamilyResult, screen_family
from koers.analysis.screening.sums import TOGETHER
from koers.apps.people.models import Municipality
from koers.apps.picture import figures
from koers.apps.picture.models import Screening, Signal, SignalState
from koers.apps.picture.services.clusters import search_clusters
from koers.figures.areas import Area
from koers.figures.queries.coverage import Coverage
from koers.sources.mapping import topic_titles

RATE = 0.1


def compute_picture(
    municipalities: Iterable[Municipality], progress: Callable[[float, float, str], None] = lambda d, t, x: None
) -> None:
    """Signals and clusters of every municipality with monthly figures by neighbourhood; what was done before is left alone."""
    municipalities = list(municipalities)
    for done, municipality in enumerate(municipalities):
        progress(done, len(municipalities), municipality.name)
        screen_municipality(municipality)
        search_clusters(municipality)
    progress(len(municipalities), max(len(municipalities), 1), "")


def screen_everyone(sender=None, **kwargs) -> None:
    """Figures came in: look again at every municipality of this installation."""
    compute_picture(Municipality.objects.all())


def monthly_table(code: str, ids: figures.Ids) -> Coverage | None:
    """The newest table with crime by neighbourhood and month for a municipality."""
    entries = [
        c for c in figures.covered(ids)
        if c.scheme == "crime" and c.level == "neighbourhood" and c.frequency == "month" and code in c.municipalities
    ]  # fmt: skip
    return max(entries, key=lambda c: c.last, default=None)


def screen_municipality(municipality: Municipality) -> Screening | None:
    """Signals of the latest complete month and, of rises only, of the newest month, which is still provisional.

    Returns what was screened last; None where there are no monthly figures. Running it twice changes nothing.
    """
    ids = figures.current_ids()
    entry = monthly_table(municipality.code, ids)
    if entry is None:
        return None
    table = figures.table(entry.table, "neighbourhood", "month", tuple(sorted(entry.topics)), ids)
    if table is None:
        return None
    done = None
    for period, provisional in _to_screen(table):
        done = Screening.objects.filter(municipality=municipality, period=str(period)).first()
        if done is not None and done.snapshots == [table.snapshot]:
            continue
        result = screen_family(
            table.panel, period, municipality.code, rate=RATE, falls=not provisional, complete=table.complete
        )
        done = _keep(municipality, period, provisional, result, table.snapshot, ids)
    return done


def _to_screen(table: figures.Table) -> list[tuple[Period, bool]]:
    """The latest complete month and the newest, each with whether it is provisional: a count that still grows is no fall."""
    complete = [p for p, late in zip(table.panel.periods, table.open_months, strict=True) if not late]
    newest = table.panel.periods[-1]
    chosen = [(complete[-1], False)] if complete else []
    return chosen if chosen and chosen[0][0] == newest else [*chosen, (newest, True)]


@transaction.atomic
def _keep(
    municipality: Municipality, period: Period, provisional: bool, result: FamilyResult, snapshot: str, ids: figures.Ids
) -> Screening:
    known = figures.areas_by_code(ids)
    titles = topic_titles("crime")
    counted = {topic for entry in figures.covered(ids) if entry.snapshot == snapshot for topic in entry.topics}
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
    # What revised figures no longer bear out disappears, unless somebody already did something with it.
    gone = Signal.objects.filter(municipality=municipality, period=str(period), state=SignalState.NEW).exclude(
        pk__in=[signal.pk for signal in kept.values()]
    )
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
    title = " en ".join(members[:2]) + (f" en {len(members) - 2} andere" if len(members) > 2 else "")
    return (title or topic)[:200]


def _visible(
    result: FamilyResult, period: str, known: Mapping[str, Area], titles: dict[str, str], counted: Iterable[str]
) -> str:
    """What rise would have been a signal, for a list without any."""
    if result.visible is None:
        return "Er is nog te weinig geschiedenis om iets te zien."
    seen = result.visible
    name = known[seen.cell.area].name if seen.cell.area in known else seen.cell.area
    topic = _title(seen.cell.topic, titles, counted)
    months = "1 maand" if seen.cell.window == 1 else f"{seen.cell.window} maanden"
    return (
        f"Wel opgevallen was bijvoorbeeld: {topic[:1].lower()}{topic[1:]} in {name}, vanaf ongeveer {dutch.number(seen.count)} "
        f"in {months} t/m {dutch.period(period)}, waar {dutch.number(seen.expected)} werd verwacht."
    )
