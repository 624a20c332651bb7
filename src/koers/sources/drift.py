"""A source that changed its columns, codes or units is refused; the last good snapshot stays in use."""

from __future__ import annotations

from koers.figures.manifest import Draft
from koers.figures.schema import changes_against
from koers.figures.store import FigureStore
from koers.sources.report import FigureFileError
from koers.sources.web import CHANGED


def refuse_if_changed(store: FigureStore, draft: Draft) -> tuple[str, ...]:
    """Remarks on what is new in a table since its last snapshot.

    Raises
    ------
    FigureFileError
        Saying what changed, where a person has to look first.
    """
    former = [s for s in store.current() if (s.manifest.source, s.manifest.table) == (draft.source, draft.table)]
    if not former:
        return ()
    changes = changes_against(former[-1].manifest, draft)
    if changes.refusals:
        raise FigureFileError(draft.table, f"de bron is veranderd. {' '.join(changes.refusals)}", CHANGED)
    return tuple(f"{draft.table}: {remark}" for remark in changes.remarks)
