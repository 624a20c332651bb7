"""All years of registered accidents: a zip that has not changed is not fetched again, and none is
kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from koers.sources.bron import (
    FIRST_YEAR,
    TABLE,
    Neighbourhoods,
    count,
    delivery,
    download,
    read_zip,
)
from koers.sources.delivery import Delivery
from koers.sources.headers import newest
from koers.sources.pdok import Boundary
from koers.sources.pieces import Piece, Pieces, Workshop
from koers.sources.report import FigureFileError
from koers.sources.scope import Scope
from koers.sources.web import CHANGED, NotThereError, Validators, Web

__all__ = ["FIRST_YEAR", "TABLE", "fetch"]


def fetch(
    web: Web,
    address: str,
    years: Iterable[int],
    boundaries: Sequence[Boundary],
    boundaries_id: str,
    scope: Scope,
    workshop: Workshop,
    advance: Callable[[int, int], None] = lambda done, total: None,
) -> Delivery:
    """Counts of these years by the neighbourhoods of one year; a year that is not published is left
    out.

    Raises
    ------
    NotThereError
        When no year is there.
    """
    wanted = list(years)
    pieces = workshop.pieces(TABLE, f"{address} {boundaries_id} {scope.text}")
    neighbourhoods = Neighbourhoods(boundaries)
    parts = []
    absent = []
    for done, year in enumerate(wanted, 1):
        try:
            parts.append(_year(web, address, year, neighbourhoods, scope, workshop, pieces))
        except NotThereError:
            absent.append(str(year))
        advance(done, len(wanted))
    if not parts:
        raise NotThereError(
            TABLE, f"de bron heeft geen ongevallen van {', '.join(absent)}.", CHANGED
        )
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    remarks = (f"{TABLE}: van {', '.join(absent)} heeft de bron geen bestand.",) if absent else ()
    kept = (pieces.read(f"bron-{year}") for year in wanted if str(year) not in absent)
    published = newest(piece.validators.modified for piece in kept if piece is not None)
    return delivery(columns, address, remarks, published)


def _year(
    web: Web,
    address: str,
    year: int,
    neighbourhoods: Neighbourhoods,
    scope: Scope,
    workshop: Workshop,
    pieces: Pieces,
) -> dict[str, np.ndarray]:
    """The counts of one year; kept, so that an unchanged file need not come again."""
    kept = pieces.read(f"bron-{year}")
    usable = kept if kept is not None and kept.validators else None
    file, validators = download(
        web, address, year, workshop.root / "files", usable.validators if usable else None
    )
    if file is None:
        assert usable is not None
        return _texts(usable.columns)
    try:
        accidents = read_zip(file)
        wrong = sorted({a.year for a in accidents} - {year})
        if wrong:
            raise FigureFileError(
                f"{TABLE} {year}", f"het bestand heeft ongevallen van {wrong[0]}.", CHANGED
            )
        columns = count(accidents, neighbourhoods, scope)
    finally:
        file.unlink(missing_ok=True)
    plain = {
        name: values.astype(str) if values.dtype == object else values
        for name, values in columns.items()
    }
    pieces.write(
        f"bron-{year}", Piece(plain, len(plain["area"]), validators=validators or Validators())
    )
    return columns


def _texts(columns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {
        name: values if values.dtype.kind == "f" else values.astype(object)
        for name, values in columns.items()
    }
