"""Saved source files in a folder to snapshots; a file that is damaged or foreign is refused with
row and column."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import numpy as np

from koers.figures.doubts.look import judged
from koers.figures.manifest import Draft
from koers.figures.store import FigureStore
from koers.figures.text import DamagedTextError, decode, first_line
from koers.sources.bounded import MOST_SAVED, TooMuchError, gunzipped
from koers.sources.drift import refuse_if_changed
from koers.sources.mapping import FileMapping, TableMapping, bundled_mappings, topic_titles
from koers.sources.report import FigureFileError, LoadReport
from koers.sources.rows import GET_AGAIN, Row, RowReader, read_areas, read_observations

READABLE = (".csv", ".csv.gz", ".json", ".geojson")
Progress = Callable[[float, float, str], None]


def load_folder(
    store: FigureStore,
    folder: Path,
    progress: Progress = lambda done, total, text: None,
    mappings: Sequence[FileMapping] | None = None,
) -> LoadReport:
    """Every described file in a folder and its subfolders becomes snapshots; the rest is said in
    the report."""
    mappings = bundled_mappings() if mappings is None else mappings
    report = LoadReport()
    files = sorted(f for f in Path(folder).rglob("*") if f.is_file() and f.name.endswith(READABLE))
    for number, file in enumerate(files):
        progress(number, len(files), file.name)
        mapping = _mapping_of(file, folder, mappings)
        if mapping is None:
            _say_what_it_is(file, mappings, report)
            continue
        try:
            _load_file(store, file, mapping, report)
        except FigureFileError as refusal:
            report.refused.append(refusal)
    progress(len(files), len(files), "")
    return report


def _mapping_of(file: Path, folder: Path, mappings: Sequence[FileMapping]) -> FileMapping | None:
    name = file.relative_to(folder).as_posix().removesuffix(".gz")
    return next(
        (m for m in mappings if fnmatch(name, m.file) or fnmatch(name, f"*/{m.file}")), None
    )


def _say_what_it_is(file: Path, mappings: Sequence[FileMapping], report: LoadReport) -> None:
    """A file that no mapping names is left alone, but one that looks like a figure file is refused
    with a hint."""
    if not file.name.endswith((".csv", ".csv.gz")):
        return
    try:
        header = set(_header(_text(file, _bytes_of(file))[0]))
    except FigureFileError as refusal:
        report.refused.append(refusal)
        return
    for mapping in mappings:
        if (
            mapping.format == "csv"
            and len(mapping.csv_columns) > 3
            and mapping.csv_columns <= header
        ):
            report.notes.append(
                f"{file.name}: niet gelezen. Het heeft de kolommen van {mapping.file}; geef het die"
                " naam of schrijf er een beschrijving (mapping) bij."
            )
            return


def _load_file(store: FigureStore, file: Path, mapping: FileMapping, report: LoadReport) -> None:
    raw = _bytes_of(file)
    digest = hashlib.sha256(raw).hexdigest()
    drafts = [_draft(table, mapping, digest, file) for table in mapping.tables]
    # Against what is in use: a file that is again as it once was is new after what came between.
    known = [same for draft in drafts if (same := store.same(draft)) is not None]
    if len(known) == len(drafts):
        for snapshot in known:
            report.take(store, snapshot, new=False)
        return
    text, encoding = _text(file, raw)
    if encoding != "UTF-8":
        report.notes.append(f"{file.name}: gelezen als {encoding} (het bestand is geen UTF-8).")
    rows = list(_rows(file, mapping, text))
    columns = []
    for table in mapping.tables:
        reader = RowReader(file.name, table)
        if table.content == "areas":
            columns.append(read_areas(reader, rows))
        else:
            columns.append(
                read_observations(reader, rows, complete=mapping.complete and not table.repeated)
            )
    # Written only after every table of the file has been read: a file is taken whole or not at all.
    drafts = [_with_codes(draft, found) for draft, found in zip(drafts, columns, strict=True)]
    for draft, table_columns in zip(drafts, columns, strict=True):
        report.notes.extend(refuse_if_changed(store, draft, table_columns, file=file.name))
    for draft, table_columns in zip(drafts, columns, strict=True):
        have = {snapshot.manifest.id for snapshot in store.everything()}
        snapshot = store.write(draft, table_columns, look=judged)
        report.take(store, snapshot, snapshot.manifest.id not in have)


def _bytes_of(file: Path) -> bytes:
    size = file.stat().st_size
    if size > MOST_SAVED:
        raise TooMuchError(
            file.name,
            f"het bestand is {size // 10**6} MB, en dat is meer dan een bestand met cijfers heeft.",
            "Zet het goede bestand onder deze naam.",
        )
    return file.read_bytes()


def _with_codes(draft: Draft, columns: Mapping[str, np.ndarray]) -> Draft:
    """Where no scheme gives titles, the codes of the file itself are by what a change is seen the
    next time."""
    if draft.topics or draft.content != "observations":
        return draft
    return replace(
        draft, topics={code: code for code in sorted({str(code) for code in columns["topic"]})}
    )


def _draft(table: TableMapping, mapping: FileMapping, digest: str, file: Path) -> Draft:
    return Draft(
        source=mapping.source,
        table=table.table,
        title=table.title,
        content=table.content,
        scheme=table.scheme,
        sha256=digest,
        description=mapping.description,
        address=mapping.address or file.name,
        licence=mapping.licence,
        attribution=mapping.attribution,
        note=table.note,
        topics=topic_titles(table.scheme),
    )


def _text(file: Path, raw: bytes) -> tuple[str, str]:
    """The text of a file and its encoding; unpacks gzip, drops a byte order mark."""
    if not raw:
        raise FigureFileError(file.name, "het bestand is leeg.", GET_AGAIN, row=1)
    if file.name.endswith(".gz"):
        try:
            raw = gunzipped(file.name, raw)
        except (EOFError, zlib.error) as error:
            readable = _readable_lines(raw)
            raise FigureFileError(
                file.name,
                f"het ingepakte bestand is afgebroken of beschadigd (leesbaar t/m rij {readable}).",
                GET_AGAIN,
                row=readable + 1,
            ) from error
    try:
        return decode(raw)
    except DamagedTextError as error:
        raise FigureFileError(file.name, error.problem, GET_AGAIN, row=error.row) from error


def _readable_lines(raw: bytes) -> int:
    unpack = zlib.decompressobj(wbits=31)
    try:
        return unpack.decompress(raw).count(b"\n")
    except zlib.error:
        return 0


def _rows(file: Path, mapping: FileMapping, text: str) -> Iterator[Row]:
    if mapping.format == "csv":
        return _csv_rows(file, mapping, text)
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise FigureFileError(
            file.name,
            "het bestand is afgebroken of geen JSON.",
            GET_AGAIN,
            row=error.lineno,
            column=str(error.colno),
        ) from error
    return (
        _geojson_rows(file, mapping, document)
        if mapping.format == "geojson"
        else _json_rows(file, mapping, document)
    )


def _header(text: str) -> list[str]:
    first = first_line(text)
    delimiter = ";" if first.count(";") > first.count(",") else ","
    return [name.strip() for name in next(csv.reader([first], delimiter=delimiter), [])]


def _csv_rows(file: Path, mapping: FileMapping, text: str) -> Iterator[Row]:
    header = _header(text)
    absent = sorted(mapping.csv_columns - set(header))
    if absent:
        raise _foreign(file, mapping, header, absent)
    first = first_line(text)
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    next(reader)
    number = 1
    for number, cells in enumerate(reader, 2):
        if not cells:
            continue
        if len(cells) != len(header):
            raise FigureFileError(
                file.name,
                f"deze rij heeft {len(cells)} van de {len(header)} kolommen; het bestand is"
                " waarschijnlijk afgebroken.",
                GET_AGAIN,
                row=number,
                column=header[min(len(cells), len(header) - 1)],
            )
        yield Row(number, dict(zip(header, cells, strict=True)))
    if number == 1:
        raise FigureFileError(
            file.name, "het bestand heeft een kop maar geen rijen.", GET_AGAIN, row=2
        )


def _foreign(
    file: Path, mapping: FileMapping, header: list[str], absent: list[str]
) -> FigureFileError:
    look = next(
        (
            m.file
            for m in bundled_mappings()
            if m.format == "csv" and m is not mapping and m.csv_columns <= set(header)
        ),
        None,
    )
    seems = (
        f" Het lijkt op de tabel van {look}."
        if look
        else f" Het heeft de kolommen {', '.join(header)[:120]}."
    )
    return FigureFileError(
        file.name,
        f"dit is een andere tabel dan verwacht: de kolom {', '.join(absent)} ontbreekt.{seems}",
        "Zet het goede bestand onder deze naam.",
        row=1,
        column=absent[0],
    )


def _geojson_rows(file: Path, mapping: FileMapping, document: Any) -> Iterator[Row]:
    features = document.get("features") if isinstance(document, dict) else None
    if not features:
        raise FigureFileError(file.name, "er staan geen gebieden (features) in.", GET_AGAIN, row=1)
    wanted = {n for n in mapping.csv_columns if n != "geometry"}
    for number, feature in enumerate(features, 1):
        properties = feature.get("properties") or {}
        if absent := wanted - set(properties):
            raise FigureFileError(
                file.name, "een gebied mist een kenmerk.", GET_AGAIN, row=number, column=min(absent)
            )
        geometry = (
            json.dumps(feature["geometry"], separators=(",", ":"))
            if feature.get("geometry")
            else ""
        )
        yield Row(number, {**{n: str(properties[n]) for n in wanted}, "geometry": geometry})


def _json_rows(file: Path, mapping: FileMapping, document: Any) -> Iterator[Row]:
    """A list of records; a field that holds a list gives a row for each of its items."""
    if not isinstance(document, list) or not document:
        raise FigureFileError(file.name, "er staat geen lijst met regels in.", GET_AGAIN, row=1)
    for number, record in enumerate(document, 1):
        lists = [name for name in mapping.csv_columns if isinstance(record.get(name), list)]
        for item in record[lists[0]] if lists else [None]:
            cells = {**record, **({lists[0]: item} if lists else {})}
            yield Row(number, {name: str(cells.get(name, "")) for name in mapping.csv_columns})
