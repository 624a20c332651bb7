"""The one door by which live figures come in, for the command and for the worker."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings

from koers.figures.store import FigureStore
from koers.sources.live import YEARS_OF_MONTHS, Addresses, load_live, reachable
from koers.sources.remembered import former_scope, remember, said_of_less, widened
from koers.sources.report import FigureFileError, LoadReport
from koers.sources.scope import Scope
from koers.sources.web import Patience

Progress = Callable[[float, float, str], None]


class LoadingError(Exception):
    """Why nothing could be loaded, in plain Dutch."""


@dataclass(frozen=True)
class Asked:
    """For whom and from when; ``sources`` () is all of them, ``topics`` None is every kind.
    ``fresh`` also fetches what by its source has not changed."""

    scope: Scope
    sources: tuple[str, ...] = ()
    topics: Mapping[str, Sequence[str]] | None = None
    fresh: bool = False


def addresses() -> Addresses:
    """Where this installation gets its figures."""
    return Addresses(**settings.KOERS_SOURCES)


def answer(asked: Asked) -> bool:
    """Whether the sources answer; who asks for a few of them by name is not kept from trying."""
    return bool(asked.sources) or reachable(addresses())


def fetch(archive: FigureStore, asked: Asked, progress: Progress) -> LoadReport:
    """What was asked, as snapshots; it is remembered for the next time, and the notes say where it
    is less than the last time.

    Raises
    ------
    LoadingError
        When the load as a whole is refused.
    """
    this_year = date.today().year
    former = former_scope(archive)
    try:
        report = load_live(
            archive,
            asked.scope.municipalities,
            asked.topics,
            this_year,
            addresses(),
            progress,
            sources=asked.sources,
            since=asked.scope.since,
            fresh=asked.fresh,
            patience=Patience().within(60 * settings.KOERS_LOAD_MINUTES),
        )
    except FigureFileError as refusal:
        raise LoadingError(str(refusal)) from refusal
    if not asked.sources or former is None:
        remember(archive, asked.scope)
    if less := said_of_less(asked.scope, former, this_year - YEARS_OF_MONTHS):
        report.notes.insert(0, less)
    return report


def no_less(archive: FigureStore, codes: Sequence[str]) -> Asked:
    """These municipalities, and all that was asked for the last time."""
    first_year = date.today().year - YEARS_OF_MONTHS
    return Asked(widened(Scope(tuple(codes)), former_scope(archive), first_year))
