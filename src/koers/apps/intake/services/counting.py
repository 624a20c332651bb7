"""Own files to snapshots: what a category counts as, the preview, and keeping what was counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from koers import dutch
from koers.apps.intake.archive import store
from koers.apps.intake.models import ColumnMapping, FileKind, OwnTable, Upload
from koers.apps.intake.services import uploads
from koers.figures.areas import Area
from koers.figures.manifest import Draft
from koers.figures.queries.area_list import list_areas
from koers.indicators import load_indicators
from koers.sources.mapping import topic_titles
from koers.sources.own import OWN, Counted, Wanted, count
from koers.sources.own.book import Book, header_mark
from koers.sources.own.cells import CellError
from koers.sources.own.counting import digest, own_topic
from koers.sources.own.places import Gazetteer

SCHEMES = {FileKind.COUNTS: "local", FileKind.REPORTS: "local", FileKind.EARLY: "early"}


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
                    indicator.denominator.topics, f"{indicator.title}: totaal ({indicator.denominator.title})"
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
    raise CellError("dit is geen soort misdrijf van de politie, zoals 1.1.1 Diefstal/inbraak woning")


def topic_reader(kind: str) -> Callable[[str], tuple[str, str]]:
    return _police if kind == FileKind.EARLY else _own


def gazetteer(municipality) -> Gazetteer:
    """The municipality with its districts and neighbourhoods."""
    archive = store()
    inside = list_areas(archive, within=municipality.code)
    own = list_areas(archive, codes=[municipality.code])
    return Gazetteer(
        [*(own or [Area(municipality.code, municipality.name, "municipality", "", None, None, "")]), *inside]
    )


def preview(upload: Upload, book: Book, choice: Choice) -> Counted:
    """What would be counted.

    Raises
    ------
    BookError
        When the file cannot be counted with this choice.
    """
    wanted = Wanted(upload.kind, choice.columns, choice.topic, choice.topics or {})
    return count(
        book, book.sheet(choice.sheet), choice.header_row, wanted, gazetteer(upload.municipality),
        topic_reader(upload.kind),
    )  # fmt: skip


def confirm(upload: Upload, book: Book, choice: Choice, counted: Counted) -> OwnTable:
    """Keep the counts as a snapshot and the mapping for the next file; the file goes, also when that fails."""
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
        table=name, defaults={"municipality": municipality, "kind": upload.kind, "title": choice.title}
    )
    this_month = timezone.localdate().isoformat()[:7]
    columns = counted.columns([p for p in counted.periods if p >= this_month[: len(p)]])
    titles = counted.titles
    if table.snapshot and (before := _before(table.snapshot)) is not None:
        columns = _replaced(before[0], columns)
        titles = {**before[1], **titles}
    snapshot = store().write(_draft(table, columns, titles), columns)
    periods = sorted({str(p) for p in columns["period"]})
    table.snapshot, table.counted_at, table.archived_at = snapshot.manifest.id, timezone.now(), None
    table.rows_read, table.rows_refused = counted.rows, len(counted.problems)
    table.first_period, table.last_period = periods[0], periods[-1]
    table.released_at, table.released_by, table.release_reason = None, "", ""
    table.save()
    names = book.sheet(choice.sheet).checked_header(choice.header_row)
    ColumnMapping.objects.update_or_create(
        municipality=municipality, kind=upload.kind, header=header_mark(names),
        defaults={"title": choice.title, "sheet": choice.sheet, "header_row": choice.header_row, "archived_at": None,
                  "columns": dict(choice.columns), "topic": choice.topic, "topics": dict(choice.topics or {})},
    )  # fmt: skip
    return table


def _before(snapshot: str) -> tuple[dict[str, np.ndarray], dict[str, str]] | None:
    archive = store()
    try:
        manifest = archive.get(snapshot).manifest
    except KeyError:
        return None
    rows = archive.connect([snapshot]).execute(
        "SELECT area, topic, period, coalesce(value, 'nan'::DOUBLE) AS value, status FROM observations"
    ).fetchnumpy()  # fmt: skip
    return {name: np.asarray(np.ma.filled(values)) for name, values in rows.items()}, dict(manifest.topics)


def _replaced(before: dict[str, np.ndarray], new: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What the new file says of a topic and period replaces all that was known of them; the rest stays."""
    said = set(zip(new["topic"], new["period"], strict=True))
    stays = np.array([key not in said for key in zip(before["topic"], before["period"], strict=True)], dtype=bool)
    return {name: np.concatenate([before[name][stays], new[name]]) for name in new}


def _draft(table: OwnTable, columns: dict[str, np.ndarray], titles: dict[str, str]) -> Draft:
    home = table.municipality
    by = "politie, vooruit geleverd" if table.kind == FileKind.EARLY else f"gemeente {home.name}, eigen telling"
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


def release(table: OwnTable, user, reason: str) -> None:
    """Record that somebody finds these figures fit to be published. No public page shows them before disclosure control."""
    table.released_at, table.released_by, table.release_reason = timezone.now(), str(user), reason
    table.save()


def withdraw_release(table: OwnTable) -> None:
    table.released_at, table.released_by, table.release_reason = None, "", ""
    table.save()


def summary(table: OwnTable) -> tuple[tuple[str, ...], list[tuple]]:
    """Columns and rows: of each topic the total of the municipality in the last periods."""
    rows = (
        store()
        .connect([table.snapshot])
        .execute(
            """SELECT topic, period, sum(value) FROM observations
            WHERE period IN (SELECT DISTINCT period FROM observations ORDER BY period DESC LIMIT 12) GROUP BY ALL"""
        )
        .fetchall()
    )
    titles = store().get(table.snapshot).manifest.topics
    periods = sorted({period for _, period, _ in rows})
    known = {(topic, period): value for topic, period, value in rows}
    topics = sorted({topic for topic, _, _ in rows}, key=lambda t: titles.get(t, t))
    shown = [(titles.get(t, t), *(whole(known.get((t, p))) for p in periods)) for t in topics]
    return ("Onderwerp", *(dutch.period(p) for p in periods)), shown


def origin(table: OwnTable) -> str:
    """Whose count it is, of when, and that it is internal."""
    m = store().get(table.snapshot).manifest
    counted = f"geteld op {dutch.day(timezone.localdate(table.counted_at))}, " if table.counted_at else ""
    return f"Bron: {m.attribution}, {m.title}. Cijfers t/m {dutch.period(table.last_period)}, {counted}peilmoment {m.id}. Intern."


def whole(value: float | None) -> float | int | None:
    """A count as a whole number where it is one."""
    return int(value) if value is not None and float(value).is_integer() else value


def recognised(category: str) -> str:
    """The indicator as which a category counts when nobody says otherwise; '' for a topic of its own."""
    code, title = _own(category)
    return title if code in local_topics() else ""


def cells(table: OwnTable) -> list[tuple]:
    """Area, topic, period and count of every cell."""
    archive = store()
    titles = archive.get(table.snapshot).manifest.topics
    names = {a.code: a.name for a in gazetteer(table.municipality).areas}
    rows = (
        archive.connect([table.snapshot])
        .execute("SELECT area, topic, period, value FROM observations ORDER BY 3, 2, 1")
        .fetchall()
    )
    return [
        (area, names.get(area, area), titles.get(topic, topic), period, value) for area, topic, period, value in rows
    ]
