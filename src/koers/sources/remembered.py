"""For whom and from when was loaded the last time, so that a later load asks for no less than that
by accident."""

from __future__ import annotations

from pathlib import Path

from koers.analysis.period import Period
from koers.figures.store import FigureStore
from koers.sources.pieces import Workshop
from koers.sources.scope import Scope

_NAME = "scope"


def former_scope(store: FigureStore) -> Scope | None:
    """What was asked the last time; None when that never happened."""
    known = _workshop(store).known(_NAME)
    if "municipalities" not in known:
        return None
    codes = known["municipalities"]
    since = Period.parse(known["since"]) if known.get("since") else None
    return Scope(None if codes is None else tuple(codes), since)


def remember(store: FigureStore, scope: Scope) -> None:
    """What later loads ask for where nobody says anything else."""
    codes = None if scope.everywhere else list(scope.codes)
    _workshop(store).note(_NAME, {"municipalities": codes, "since": str(scope.since or "")})


def widened(asked: Scope, former: Scope | None, first_year: int) -> Scope:
    """What is asked and what was asked the last time, together; see :func:`said_of_less` for
    ``first_year``."""
    if former is None:
        return asked
    everywhere = asked.everywhere or former.everywhere
    codes = None if everywhere else tuple(dict.fromkeys([*asked.codes, *former.codes]))
    longer = former.since is not None and former.since.year < first_year
    return Scope(codes, former.since if longer and asked.since is None else asked.since)


def said_of_less(asked: Scope, former: Scope | None, first_year: int) -> str:
    """In plain Dutch what an earlier load asked for and this one does not; '' where it asks for no
    less.

    ``first_year`` is where tables by month begin when nobody says from when.
    """
    if former is None:
        return ""
    less = [*_areas(asked, former), *_periods(asked, former, first_year)]
    if not less:
        return ""
    return (
        f"Dit laden vraagt minder dan de vorige keer: {' en '.join(less)} staan niet in de nieuwe"
        " peilmomenten, en dus niet meer op de pagina's. De eerdere peilmomenten blijven bewaard."
        " Laad zonder die beperking om alles weer te zien."
    )


def _areas(asked: Scope, former: Scope) -> list[str]:
    if asked.everywhere:
        return []
    if former.everywhere:
        return ["andere gemeenten"]
    gone = [code for code in former.codes if code not in asked.codes]
    if not gone:
        return []
    return [", ".join(gone[:6]) + (f" en nog {len(gone) - 6} gemeenten" if len(gone) > 6 else "")]


def _periods(asked: Scope, former: Scope, first_year: int) -> list[str]:
    """Years are whole where nobody says from when, months then begin in ``first_year``."""

    def begin(scope: Scope) -> tuple[int, int]:
        since = scope.since
        return (
            (first_year, 1)
            if since is None
            else (since.year, since.number if since.frequency == "month" else 1)
        )

    later = begin(asked) > begin(former) or (asked.since is not None and former.since is None)
    return [f"cijfers van vóór {asked.since or first_year}"] if later else []


def _workshop(store: FigureStore) -> Workshop:
    return Workshop(Path(store.root).parent)
