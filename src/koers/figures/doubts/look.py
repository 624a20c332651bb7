"""The look that every snapshot is given between being written and being put in place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from pathlib import Path

from koers.figures.doubts.doubt import Doubt
from koers.figures.doubts.judging import Former, judge
from koers.figures.doubts.tally import Tally
from koers.figures.manifest import Draft, Snapshot
from koers.figures.queries.area_tally import area_tally
from koers.figures.queries.tally import tally

Look = Callable[[Draft, Path, Snapshot | None, datetime], Sequence[Doubt]]
"""What is odd about the files in a folder, with the snapshot in use and the moment."""


def judged(
    draft: Draft,
    folder: Path,
    former: Snapshot | None,
    now: datetime,
    asked: Collection[str] | None = None,
) -> Sequence[Doubt]:
    """What is odd by the rules of ``judge``. Figures that Koers made up itself are not looked at,
    and of a table that says which area became which nothing is to be expected."""
    if draft.fictitious or draft.content == "changes":
        return ()
    today = now.astimezone().date()
    if former is not None and former.manifest.content != draft.content:
        former = None
    if draft.content == "areas":
        return judge(area_tally(folder / "data.parquet"), "", today, _areas(former, asked))
    new = tally(folder / "data.parquet")
    return judge(new, draft.scheme, today, _beside(former, new, folder, asked))


def not_judged(
    draft: Draft, folder: Path, former: Snapshot | None, now: datetime
) -> Sequence[Doubt]:
    """For figures that a person looks at before they are kept."""
    return ()


def _areas(former: Snapshot | None, asked: Collection[str] | None) -> Former | None:
    if former is None:
        return None
    return Former(area_tally(former.data), Tally({}), Tally({}), asked)


def _beside(
    former: Snapshot | None, new: Tally, folder: Path, asked: Collection[str] | None
) -> Former | None:
    if former is None:
        return None
    whole = tally(former.data)
    if whole.areas.keys() == new.areas.keys():
        return Former(whole, whole, new, asked)
    both = whole.areas.keys() & new.areas.keys()
    return Former(whole, tally(former.data, both), tally(folder / "data.parquet", both), asked)
