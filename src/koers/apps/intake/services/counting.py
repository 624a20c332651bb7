"""Own files to snapshots: what a category counts as, the preview, and keeping what was counted."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from numpy.typing import NDArray

from koers import dutch
from koers.apps.intake.archive import public_shelf, store
from koers.apps.intake.models import ColumnMapping, FileKind, OwnTable, Upload
from koers.apps.intake.services import uploads
from koers.apps.intake.services.pairs import near_repeats_of
from koers.apps.people.models import Municipality, User
from koers.figures.areas import Area
from koers.figures.doubts.look import not_judged
from koers.figures.manifest import Draft, Snapshot
from koers.figures.queries.area_list import list_areas
from koers.figures.queries.latest_totals import latest_totals
from koers.figures.queries.snapshot_rows import snapshot_rows
from koers.indicators import load_indicators
from koers.records.intake import Categories, Roles
from koers.sources.mapping import topic_titles
from koers.sources.own import OWN, Counted, Wanted, count
from koers.sources.own.counted import Kind, digest
from koers.sources.own.counting import own_topic
from koers.sources.own.places import Gazetteer
from koers.tables.reading.book import Book, header_mark
from koers.tables.reading.cells import CellError

SCHEMES = {
    FileKind.COUNTS: "local",
    FileKind.REPORTS: "local",
    FileKind.TYPED: "local",
    FileKind.EARLY: "early",
}
_COUNTED_AS: Mapping[str, Kind] = {
    FileKind.COUNTS: "counts",
    FileKind.REPORTS: "reports",
    FileKind.EARLY: "early",
}
_AVERAGE = re.compile(
    r"gemiddeld|mediaan|rapportcijfer|percentage|procent|%|\bper (?:1\.?000|100|inwoner|week|uur)\b"
    r"|\bscore\b|\bkm/u|\bindex\b",
    re.IGNORECASE,
)
_Columns = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Choice:
    """Which sheet and header row, what the columns mean, and under which name the table is kept."""

    title: str
    sheet: str
    header_row: int
    columns: Mapping[str, str]
    topic: str = ""
    topics: Mapping[str, str] | None = None


def local_topics() -> dict[str, str]:
    """Title of each topic that an indicator waits for from the municipality itself."""
    found: dict[str, str] = {}
    for indicator in load_indicators().values():
        if indicator.own_count:
            found |= dict.fromkeys(indicator.topics, indicator.title)
            if indicator.denominator:
                found |= dict.fromkeys(
                    indicator.denominator.topics,
                    f"{indicator.title}: totaal ({indicator.denominator.title})",
                )
    return found


def _own(category: str) -> tuple[str, str]:
    topics = local_topics()
    code = next((c for c, title in topics.items() if category.lower() in (c, title.lower())), None)
    return (code, topics[code]) if code else (own_topic(category), category)


def _police(category: str) -> tuple[str, str]:
    titles = topic_titles("crime")
    for code, title in titles.items():
        if category.lower() in (code, title.lower(), f"{code} {title}".lower()):
            return code, title
    raise CellError(
        "dit is geen soort misdrijf van de politie, zoals 1.1.1 Diefstal/inbraak woning"
    )


def topic_reader(kind: str) -> Callable[[str], tuple[str, str]]:
    return _police if kind == FileKind.EARLY else _own


def gazetteer(municipality: Municipality) -> Gazetteer:
    """The municipality with its districts and neighbourhoods."""
    shelf = public_shelf()
    inside = list_areas(shelf.store, within=municipality.code, ids=shelf.ids)
    own = list_areas(shelf.store, codes=[municipality.code], ids=shelf.ids)
    return Gazetteer(
        [
            *(
                own
                or [Area(municipality.code, municipality.name, "municipality", "", None, None, "")]
            ),
            *inside,
        ]
    )


def preview(upload: Upload, book: Book, choice: Choice) -> Counted:
    """What would be counted.

    Raises
    ------
    BookError
        When the file cannot be counted with this choice.
    """
    wanted = Wanted(_COUNTED_AS[upload.kind], choice.columns, choice.topic, choice.topics or {})
    return count(
        book,
        book.sheet(choice.sheet),
        choice.header_row,
        wanted,
        gazetteer(upload.municipality),
        topic_reader(upload.kind),
    )


def confirm(upload: Upload, book: Book, choice: Choice, counted: Counted) -> OwnTable:
    """Keep the counts as a snapshot and the mapping for the next file; the file goes, also when
    that fails."""
    try:
        table = _keep(upload, book, choice, counted)
    except BaseException:
        uploads.discard(upload, "tellen mislukt; verwijderd")
        raise
    uploads.discard(upload, f"geteld in {table.title}")
    return table


@transaction.atomic
def _keep(upload: Upload, book: Book, choice: Choice, counted: Counted) -> OwnTable:
    municipality = upload.municipality
    name = f"{municipality.code.lower()}-{upload.kind}-{slugify(choice.title)[:60]}"
    table, _ = OwnTable.objects.get_or_create(
        table=name,
        defaults={"municipality": municipality, "kind": upload.kind, "title": choice.title},
    )
    this_month = timezone.localdate().isoformat()[:7]
    columns = counted.columns([p for p in counted.periods if p >= this_month[: len(p)]])
    titles = counted.titles
    if table.snapshot and (before := _before(table.snapshot)) is not None:
        columns = _replaced(before[0], columns)
        titles = {**before[1], **titles}
    snapshot = store().write(_draft(table, columns, titles), columns, look=not_judged)
    periods = sorted({str(p) for p in columns["period"]})
    table.snapshot, table.counted_at, table.archived_at = snapshot.manifest.id, timezone.now(), None
    table.near_repeats = near_repeats_of(counted)
    table.rows_read, table.rows_refused = counted.rows, len(counted.problems)
    table.first_period, table.last_period = periods[0], periods[-1]
    table.released_at, table.released_by, table.release_reason = None, "", ""
    table.save()
    names = book.sheet(choice.sheet).checked_header(choice.header_row)
    ColumnMapping.objects.update_or_create(
        municipality=municipality,
        kind=upload.kind,
        header=header_mark(names),
        defaults={
            "title": choice.title,
            "sheet": choice.sheet,
            "header_row": choice.header_row,
            "archived_at": None,
            "columns": Roles(columns=dict(choice.columns)),
            "topic": choice.topic,
            "topics": Categories.of(choice.topics or {}),
        },
    )
    return table


def _before(snapshot: str) -> tuple[_Columns, dict[str, str]] | None:
    archive = store()
    try:
        manifest = archive.get(snapshot).manifest
    except KeyError:
        return None
    return snapshot_rows(archive, snapshot), dict(manifest.topics)


def _replaced(before: _Columns, new: _Columns) -> _Columns:
    """What the new file says of a topic and period replaces all that was known of them; the rest
    stays."""
    said = set(zip(new["topic"], new["period"], strict=True))
    stays = np.array(
        [key not in said for key in zip(before["topic"], before["period"], strict=True)], dtype=bool
    )
    return {name: np.concatenate([before[name][stays], new[name]]) for name in new}


def _draft(table: OwnTable, columns: _Columns, titles: dict[str, str]) -> Draft:
    home = table.municipality
    by = (
        "politie, vooruit geleverd"
        if table.kind == FileKind.EARLY
        else f"gemeente {home.name}, eigen telling"
    )
    return Draft(
        source=OWN,
        table=table.table,
        title=table.title,
        content="observations",
        scheme=SCHEMES[FileKind(table.kind)],
        sha256=digest(columns),
        address="eigen bestand",
        licence="intern, niet voor publicatie",
        attribution=by,
        note="Intern. Alleen aantallen; het bestand zelf is na het tellen verwijderd.",
        topics=titles,
        fictitious=home.fictitious,
    )


def release(table: OwnTable, user: User, reason: str) -> None:
    """Record that somebody finds these figures fit to be published. No public page shows them
    before disclosure control."""
    table.released_at, table.released_by, table.release_reason = timezone.now(), str(user), reason
    table.save()


def withdraw_release(table: OwnTable) -> None:
    table.released_at, table.released_by, table.release_reason = None, "", ""
    table.save()


def in_use(table: OwnTable) -> Snapshot | None:
    """The figures of a table: the last that were counted, else where those are damaged the ones
    before; None where nothing whole is left."""
    return store().newest(OWN, table.table)


def summary(table: OwnTable) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Columns and rows: of each topic the total of the municipality in the last periods."""
    used = in_use(table)
    if used is None:
        return ("Onderwerp",), []
    titles = used.manifest.topics
    alone = _not_added(table, titles)
    known = latest_totals(store(), used.manifest.id, _totals_of(table), alone)
    periods = sorted({period for _, period in known})
    topics = sorted({topic for topic, _ in known}, key=lambda t: titles.get(t, t))
    shown = [
        (
            titles.get(t, t) + (" (niet op te tellen)" if t in alone else ""),
            *(whole(known.get((t, p))) for p in periods),
        )
        for t in topics
    ]
    return ("Onderwerp", *(dutch.period(p) for p in periods)), shown


def _not_added(table: OwnTable, titles: Mapping[str, str]) -> set[str]:
    """The topics of which neighbourhoods do not add up: a speed, a mark, an average. Reports are
    counts, whatever they are of."""
    if table.kind == FileKind.TYPED:
        known = load_indicators()
        return {t for t in titles if t not in known or not known[t].adds_up}
    if table.kind != FileKind.COUNTS:
        return set()
    values = {
        topic
        for indicator in load_indicators().values()
        if indicator.own_count and indicator.measure == "value"
        for topic in indicator.topics
    }
    return {t for t, title in titles.items() if t in values or _AVERAGE.search(title)}


def _totals_of(table: OwnTable) -> dict[str, Area]:
    """Of which areas a row is a total: of none in a list of reports, where a row of the
    municipality is of reports of which nobody knows the neighbourhood."""
    if table.kind == FileKind.REPORTS:
        return {}
    return {area.code: area for area in gazetteer(table.municipality).areas}


def origin(table: OwnTable) -> str:
    """Whose count it is, of when, and that it is internal."""
    used = in_use(table)
    if used is None:
        return f"Beschadigd: de cijfers van {table.title}. Er zijn geen eerdere. Intern."
    m = used.manifest
    counted = (
        f"geteld op {dutch.day(timezone.localdate(table.counted_at))}, " if table.counted_at else ""
    )
    return (
        f"Bron: {m.attribution}, {m.title}. Cijfers t/m {dutch.period(m.last_period)},"
        f" {counted}peilmoment {m.id}. Intern."
    )


def whole(value: float | None) -> float | int | None:
    """A count as a whole number where it is one."""
    return int(value) if value is not None and float(value).is_integer() else value


def recognised(category: str) -> str:
    """The indicator as which a category counts when nobody says otherwise; '' for a topic of its
    own."""
    code, title = _own(category)
    return title if code in local_topics() else ""


def cells(table: OwnTable) -> list[tuple[Any, ...]]:
    """Area, topic, period and count of every cell."""
    archive, used = store(), in_use(table)
    if used is None:
        return []
    titles = used.manifest.topics
    names = {a.code: a.name for a in gazetteer(table.municipality).areas}
    rows = snapshot_rows(archive, used.manifest.id)
    return [
        (
            area,
            names.get(area, area),
            titles.get(topic, topic),
            period,
            None if value != value else value,
        )
        for area, topic, period, value in zip(
            *(rows[name].tolist() for name in ("area", "topic", "period", "value")), strict=True
        )
    ]
