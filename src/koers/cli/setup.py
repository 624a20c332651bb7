"""What several commands do first: wake up Django, bring the database up to date, load figures and
plans."""

from __future__ import annotations

import atexit
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from koers.uncollected import uncollected

if TYPE_CHECKING:
    from koers.analysis.period import Period
    from koers.figures.store import FigureStore
    from koers.sources.report import LoadReport
    from koers.sources.scope import Scope

console = Console(stderr=True, highlight=False)


def say(text: str = "", **style: Any) -> None:
    # Who keeps the site alive goes on where nothing can be said, as on a full disk.
    with suppress(OSError):
        click.secho(text, err=True, **style)


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[..., None]]:
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
            progress.update(
                task, completed=done, total=total, description=f"{label} {text}".strip()[:76]
            )

        yield advance


def refuse_wrong_settings(*, newer_home: bool = False) -> None:
    """End with what is wrong with the settings in the environment, if anything is, or with a home
    of a newer Koers (unless that goes)."""
    from koers.environment import refusals

    if found := refusals(newer_home=newer_home):
        for wrong in found[:-1]:
            say(f"koers: {wrong}", fg="red")
        fail(found[-1])


def refuse_other_database() -> None:
    """End when the database is away, is of a newer Koers or was moved elsewhere; first a restore
    that was killed is ended or undone."""
    from django.conf import settings
    from django.db import DatabaseError, connection

    from koers.cli.damaged_database import missing_database
    from koers.upkeep.restore import settle
    from koers.upkeep.versions import refusal_at_start

    try:
        settled = settle(settings.HOME, connection)
    except DatabaseError:
        # Whoever needs the database says that it does not answer.
        return
    if settled:
        fail("Een afgebroken terugzetten is nu afgemaakt. Geef de opdracht opnieuw.")
    if away := missing_database():
        fail(away)
    if wrong := refusal_at_start(settings.HOME, connection):
        fail(wrong)


def read_django() -> None:
    """Django with all apps of Koers; of the database nothing is asked yet."""
    import django

    with uncollected():
        django.setup()
    atexit.unregister(_close_databases)
    atexit.register(_close_databases)


def _close_databases() -> None:
    """What is uncollected is not closed by itself, and whoever is the last to close a file of
    SQLite puts into it what stands beside it in its log."""
    from django.db import connections

    connections.close_all()


def make_no_database() -> None:
    """From now on a file of SQLite that is not there is away: it is not made anew. An empty one in
    its place would take the log along of the one that is brought back."""
    from django.db import connections

    found = connections.settings["default"]
    if found["ENGINE"].endswith("sqlite3"):
        at = Path(found["NAME"]).absolute().as_uri()
        found["OPTIONS"] = {**found.get("OPTIONS", {}), "database": f"{at}?mode=rw"}


def django_ready() -> None:
    """Django with all its apps, if this installation is in order; says what is not. A damaged
    database is named before anything is asked of it."""
    from django.core.checks import run_checks

    from koers.apps.people.checks import KOERS, in_words
    from koers.cli.damaged_database import damaged_database

    refuse_wrong_settings()
    read_django()
    found = run_checks(tags=[KOERS])
    for text in in_words(p for p in found if not p.is_serious()):
        say(f"Let op: {text}")
    if wrong := in_words(p for p in found if p.is_serious()):
        fail(" ".join(wrong))
    if problem := damaged_database():
        fail(problem)
    refuse_other_database()


def wake_django() -> None:
    """Django, with its database up to date; before it is changed, a backup is made of it."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import OperationalError, connection

    from koers.upkeep import home
    from koers.upkeep.tables import waiting

    django_ready()
    from koers.apps.first_tables import make_where_empty, settle

    try:
        if not waiting(connection):
            settle()
            return
        if not make_where_empty():
            _back_up_first()
            call_command("migrate", verbosity=0, interactive=False)
        home.mark(settings.HOME)
    except OperationalError as error:
        raise click.ClickException(f"De database is niet te bereiken: {error}") from error


def _back_up_first() -> None:
    from django.conf import settings
    from django.db import connection

    from koers.upkeep.backup import KEPT, back_up_before_migrating
    from koers.upkeep.home import UpkeepError
    from koers.upkeep.tables import is_set_up

    if not is_set_up(connection):
        return
    say("De database wordt bijgewerkt voor deze versie van Koers. Eerst een reservekopie van haar.")
    try:
        with progress_bar("Reservekopie") as advance:
            made = back_up_before_migrating(
                settings.HOME, connection, advance, key=settings.SECRET_KEY
            )
    except UpkeepError as refusal:
        fail(f"{refusal} De database is niet bijgewerkt.")
    say(f"Reservekopie van de database: {made.place} (de laatste {KEPT} blijven bewaard).")


def figure_store() -> FigureStore:
    refuse_wrong_settings()
    from django.conf import settings

    from koers.figures.store import FigureStore

    return FigureStore(settings.HOME)


def archive() -> FigureStore:
    """The archive, for a command that needs no database."""
    refuse_wrong_settings()
    read_django()
    refuse_other_database()
    return figure_store()


@dataclass(frozen=True)
class Loaded:
    """Where the figures came from, and whether anything was refused or held."""

    origin: str
    refused: int = 0
    held: int = 0
    fictitious: bool = False


def load_figures(folder: Path | None, municipality: str | None) -> Loaded:
    """Figures from a folder, else live, else what is here, else the example; says what it does."""
    from koers.apps.intake.damage import damaged_words
    from koers.apps.plan.services.bundled import region_of
    from koers.sources.example import EXAMPLE

    store = figure_store()
    if folder is not None:
        return _from_folder(store, folder)
    # An invented table is made anew below; in the place of a real one nothing invented may come.
    damaged = [d for d in store.damaged() if d.source != EXAMPLE]
    for damage in damaged:
        say(f"{damaged_words(damage)} Herstel ze met 'koers figures repair'.", fg="red")
    real = [s for s in store.current() if not s.manifest.fictitious]
    if real or damaged:
        say(f"Cijfers: {len(real)} tabellen die er al waren.")
        return Loaded("archive")
    if municipality and (
        loaded := load_live_figures(store, [municipality, *region_of(municipality)])
    ):
        return loaded
    return _from_example(store)


def _from_folder(store: FigureStore, folder: Path) -> Loaded:
    from koers.sources.saved import load_folder

    begin = time.perf_counter()
    with progress_bar("Cijfers lezen") as advance:
        report = load_folder(store, folder, progress=advance)
    _say_outcome(store, report, "bestanden", time.perf_counter() - begin)
    return Loaded("folder", len(report.refused), len(report.held))


def _say_outcome(store: FigureStore, report: LoadReport, what: str, seconds: float) -> None:
    for note in _grouped(report.notes):
        say(f"  {note}")
    for error in report.refused:
        say(f"Geweigerd: {error}", fg="red")
    _say_held(store, report)
    say(
        f"Cijfers: {len(report.loaded)} tabellen geladen, {len(report.unchanged)} ongewijzigd"
        f" ({seconds:.1f} s)."
    )
    if report.refused and store.current():
        say(f"Van de geweigerde {what} blijven de eerder geladen cijfers in gebruik.")


def _say_held(store: FigureStore, report: LoadReport) -> None:
    """What waits for a person; administrators are mailed too."""
    from koers.apps.intake.services.held import held_words, tell

    for snapshot in report.held:
        say(f"Apart gehouden: {held_words(store, snapshot)}", fg="yellow")
    if report.held:
        tell(store, report.newly_held)
        say(
            "Koers gebruikt deze cijfers niet tot iemand ernaar keek: op de pagina Cijfers, of met"
            " 'koers figures held'."
        )


def _grouped(notes: Sequence[str]) -> list[str]:
    """Remarks in their order; tables of which the same is said in one line."""
    tables: dict[str, list[str]] = {}
    for note in notes:
        table, colon, said = note.partition(": ")
        tables.setdefault(said if colon else note, []).append(table if colon else "")
    return [f"{', '.join(names)}: {said}" if names[0] else said for said, names in tables.items()]


def load_live_figures(
    store: FigureStore,
    municipalities: Sequence[str] | None,
    *,
    sources: Sequence[str] = (),
    since: Period | None = None,
    fresh: bool = False,
    all_topics: bool = False,
) -> Loaded | None:
    """The live figures of the first municipality and of the others, its region; None when nothing
    came in.

    ``municipalities`` None is the whole country. Without ``all_topics`` only the kinds that an
    indicator counts.
    """
    from koers.apps.intake.services import live
    from koers.indicators.reader import topics_by_scheme
    from koers.sources.scope import Scope

    asked = live.Asked(
        Scope(None if municipalities is None else tuple(municipalities), since),
        tuple(sources),
        None if all_topics else topics_by_scheme(),
        fresh,
    )
    if not live.answer(asked):
        say("Cijfers: de bronnen op internet antwoorden niet.")
        return None
    whom = "heel Nederland" if municipalities is None else _whom(municipalities)
    addresses = live.addresses()
    say(f"Cijfers: van {addresses.police} en {addresses.statline}, voor {whom}.")
    begin = time.perf_counter()
    try:
        with progress_bar("Cijfers ophalen") as advance:
            report = live.fetch(store, asked, advance)
    except live.LoadingError as refusal:
        say(f"Geweigerd: {refusal}", fg="red")
        return Loaded("live", 1)
    _say_outcome(store, report, "tabellen", time.perf_counter() - begin)
    counted = [
        s
        for s in (*report.loaded, *report.unchanged, *report.held)
        if sources or s.manifest.content == "observations"
    ]
    done = Loaded("live", len(report.refused), len(report.held))
    return done if counted or report.refused else None


def _whom(municipalities: Sequence[str]) -> str:
    shown = ", ".join(municipalities[:6])
    return (
        f"{shown} en nog {len(municipalities) - 6} gemeenten" if len(municipalities) > 6 else shown
    )


def former_scope() -> Scope | None:
    """For whom was loaded the last time; None when that never happened."""
    from koers.sources.remembered import former_scope as remembered

    return remembered(figure_store())


def home_municipalities() -> list[str]:
    """The real municipalities that use this installation."""
    from koers.apps.people.models import Municipality

    return list(Municipality.objects.filter(fictitious=False).values_list("code", flat=True))


def unit_members(homes: Sequence[str]) -> list[str]:
    """The municipalities of the police units of these municipalities; says where that is known
    from."""
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


def _from_example(store: FigureStore) -> Loaded:
    from koers.sources.example import write_example

    with progress_bar("Verzonnen voorbeeldcijfers maken") as advance:
        write_example(store, progress=advance)
    say("Cijfers: verzonnen voorbeeldcijfers van een niet-bestaande gemeente.")
    say(
        "  Eigen bestanden: koers start --figures MAP. Zodra er internet is: koers load"
        " --municipality CODE."
    )
    return Loaded("example", fictitious=True)


def fail(message: str, status: int = 1) -> NoReturn:
    """End with one clear message on standard error."""
    say(f"koers: {message}", fg="red")
    sys.exit(status)
