"""A source that changed its columns, codes or units is refused; the last good snapshot stays in
use."""

from __future__ import annotations

from koers.figures.manifest import Draft
from koers.figures.queries.writes.writing import Columns
from koers.figures.schema import SchemaChangedError
from koers.figures.store import FigureStore
from koers.sources.report import FigureFileError
from koers.sources.web import CHANGED


def refuse_if_changed(
    store: FigureStore, draft: Draft, columns: Columns | None = None, *, file: str = ""
) -> tuple[str, ...]:
    """Remarks on what is new in a table since its last snapshot; every loader asks this before it
    writes.

    ``file`` is how the user knows what is loaded, else it is the table.

    Raises
    ------
    FigureFileError
        Saying what changed, where a person has to look first.
    """
    name = file or draft.table
    try:
        changes = store.refuse_if_changed(draft, columns)
    except SchemaChangedError as refusal:
        since = f"{refusal.former.retrieved:%d-%m-%Y}"
        raise FigureFileError(
            name,
            f"de bron is veranderd sinds {since}. {' '.join(refusal.changes.refusals)}",
            CHANGED,
        ) from refusal
    return tuple(f"{name}: {remark}" for remark in changes.remarks)
