"""What several commands do first: wake up Django, bring the database up to date, load figures and plans."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

console = Console(stderr=True, highlight=False)


def say(text: str = "", **style) -> None:
    click.secho(text, err=True, **style)


@contextmanager
def progress_bar(label: str) -> Iterator:
    """A callback ``(done, total, text)`` that draws a bar on standard error."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("nog"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(label, total=None)

        def advance(done: float, total: float, text: str = "") -> None:
            progress.update(task, completed=done, total=total, description=f"{label} {text}".strip()[:76])

        yield advance


def wake_django() -> None:
    """Django, with its database up to date."""
    import django
    from django.core.management import call_command
    from django.db import OperationalError

    django.setup()
    try:
        call_command("migrate", verbosity=0, interactive=False)
    except OperationalError as error:
        raise click.ClickException(f"De database is niet te bereiken: {error}") from error


def figure_store():
    from django.conf import settings

    from koers.figures.store import FigureStore

    return FigureStore(settings.HOME)


@dataclass(frozen=True)
class Loaded:
    """Where the figures came from, and whether anything was refused."""

    origin: str
    refused: int = 0
    fictitious: bool = False


def load_figures(folder: Path | None, municipality: str | None) -> Loaded:
    """Figures from a folder, else live, else what is here, else the example; says what it does."""
    from koers.apps.plan.services.bundled import region_of

    store = figure_store()
    if folder is not None:
        return _from_folder(store, folder)
    real = [s for s in store.current() if not s.manifest.fictitious]
    if real:
        say(f"Cijfers: {len(real)} tabellen die er al waren.")
        return Loaded("archive")
    if municipality and (loaded := load_live_figures(store, [municipality, *region_of(municipality)])):
        return loaded
    return _from_example(store)


def _from_folder(store, folder: Path) -> Loaded:
    from koers.sources.saved import load_folder

    begin = time.perf_counter()
    with progress_bar("Cijfers lezen") as advance:
        report = load_folder(store, folder, progress=advance)
    _say_outcome(store, report, "bestanden", time.perf_counter() - begin)
    return Loaded("folder", len(report.refused))


def _say_outcome(store, report, what: str, seconds: float) -> None:
    for note in _grouped(report.notes):
        say(f"  {note}")
    for error in report.refused:
        say(f"Geweigerd: {error}", fg="red")
    say(f"Cijfers: {len(report.loaded)} tabellen geladen, {len(report.unchanged)} ongewijzigd ({seconds:.1f} s).")
    if report.refused and store.current():
        say(f"Van de geweigerde {what} blijven de eerder geladen cijfers in gebruik.")


def _grouped(notes: Sequence[str]) -> list[str]:
    """Remarks in their order; tables of which the same is said in one line."""
    tables: dict[str, list[str]] = {}
    for note in notes:
        table, colon, said = note.partition(": ")
        tables.setdefault(said if colon else note, []).append(table if colon else "")
    return [f"{', '.join(names)}: {said}" if names[0] else said for said, names in tables.items()]


def load_live_figures(
    store,
    municipalities: Sequence[str] | None,
    *,
    sources: Sequence[str] = (),
    since=None,
    fresh: bool = False,
    all_topics: bool = False,
) -> Loaded | None:
    """The live figures of the first municipality and of the others, its region; None when nothing came in.

    ``municipalities`` None is the whole country. Without ``all_topics`` only the kinds that an indicator counts.
    """
    from datetime import date

    from django.conf import settings

    from koers.indicators.reader import topics_by_scheme
    from koers.sources.live import YEARS_OF_MONTHS, Addresses, load_live, reachable
    from koers.sources.remembered import former_scope, remember, said_of_less
    from koers.sources.report import FigureFileError
    from koers.sources.scope import Scope

    addresses = Addresses(**settings.KOERS_SOURCES)
    this_year = date.today().year
    asked, former = Scope(None if municipalities is None else tuple(municipalities), since), former_scope(store)
    if not sources and not reachable(addresses):
        say("Cijfers: de bronnen op internet antwoorden niet.")
        return None
    whom = "heel Nederland" if municipalities is None else _whom(municipalities)
    say(f"Cijfers: van {addresses.police} en {addresses.statline}, voor {whom}.")
    topics = None if all_topics else topics_by_scheme()
    begin = time.perf_counter()
    try:
        with progress_bar("Cijfers ophalen") as advance:
            report = load_live(
                store,
                municipalities,
                topics,
                this_year,
                addresses,
                advance,
                sources=sources,
                since=since,
                fresh=fresh,
            )
    except FigureFileError as refusal:
        say(f"Geweigerd: {refusal}", fg="red")
        return Loaded("live", 1)
    if not sources or former is None:
        remember(store, asked)
    if less := said_of_less(asked, former, this_year - YEARS_OF_MONTHS):
        report.notes.insert(0, less)
    _say_outcome(store, report, "tabellen", time.perf_counter() - begin)
    counted = [s for s in (*report.loaded, *report.unchanged) if sources or s.manifest.content == "observations"]
    return Loaded("live", len(report.refused)) if counted or report.refused else None


def _whom(municipalities: Sequence[str]) -> str:
    shown = ", ".join(municipalities[:6])
    return f"{shown} en nog {len(municipalities) - 6} gemeenten" if len(municipalities) > 6 else shown


def former_scope():
    """For whom was loaded the last time; None when that never happened."""
    from koers.sources.remembered import former_scope as remembered

    return remembered(figure_store())


def home_municipalities() -> list[str]:
    """The real municipalities that use this installation."""
    from koers.apps.people.models import Municipality

    return list(Municipality.objects.filter(fictitious=False).values_list("code", flat=True))


def unit_members(homes: Sequence[str]) -> list[str]:
    """The municipalities of the police units of these municipalities; says where that is known from."""
    from django.conf import settings

    from koers.sources.live import Addresses, statline_if_it_answers
    from koers.sources.places import UnknownUnitError, unit_of

    found: list[str] = []
    with statline_if_it_answers(Addresses(**settings.KOERS_SOURCES)) as statline:
        for home in homes:
            if home in found:
                continue
            try:
                members, known_from = unit_of(home, statline)
            except UnknownUnitError as error:
                raise click.ClickException(str(error)) from error
            say(f"Regio van {home}: {len(members)} gemeenten (volgens {known_from}).")
            found += members
    return found


def _from_example(store) -> Loaded:
    from koers.sources.example import write_example

    with progress_bar("Verzonnen voorbeeldcijfers maken") as advance:
        write_example(store, progress=advance)
    say("Cijfers: verzonnen voorbeeldcijfers van een niet-bestaande gemeente.")
    say("  Eigen bestanden: koers start --figures MAP. Zodra er internet is: koers load --municipality CODE.")
    return Loaded("example", fictitious=True)


def fail(message: str, status: int = 1) -> None:
    """End with one clear message on standard error."""
    say(f"koers: {message}", fg="red")
    sys.exit(status)
