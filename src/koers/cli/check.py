"""`koers check`: is this installation in order?"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from importlib import metadata

import click

from koers.cli import setup

LEAST_FREE_BYTES = 500_000_000
OWED_AT_MOST = timedelta(minutes=15)


@dataclass(frozen=True)
class Finding:
    subject: str
    ok: bool
    text: str


@click.command()
def check() -> None:
    """Kijk of deze installatie in orde is: database, cijfers en hun leeftijd, schijf, pakketten.

    Afsluitcode 1 als er iets niet in orde is.
    """
    findings = [finding for examine in _examined() for finding in _safely(examine)]
    for finding in findings:
        click.secho(
            ("goed   " if finding.ok else "FOUT   "), fg="green" if finding.ok else "red", nl=False
        )
        click.echo(f"{finding.subject}: {finding.text}")
    wrong = sum(not finding.ok for finding in findings)
    click.echo(
        "Alles is in orde." if not wrong else f"{wrong} van de {len(findings)} punten niet in orde."
    )
    raise SystemExit(1 if wrong else 0)


def _examined() -> tuple[Callable[[], Iterator[Finding]], ...]:
    """The database and the figures cannot be looked at before the settings say where they are."""
    from koers.environment import problems

    always = (_packages, _settings, _house_style)
    if problems():
        return always
    looked = _Database()
    return (*always, _disk, looked.database, _figures, looked.background, _worker)


def _safely(examine: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """A check that breaks is itself a finding."""
    try:
        yield from examine()
    except Exception as error:
        yield Finding(examine.__name__.strip("_"), False, f"{type(error).__name__}: {error}")


def _packages() -> Iterator[Finding]:
    from packaging.requirements import Requirement

    wrong = []
    for line in metadata.requires("koers") or ():
        requirement = Requirement(line)
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            if not requirement.specifier.contains(
                metadata.version(requirement.name), prereleases=True
            ):
                wrong.append(f"{requirement.name} {metadata.version(requirement.name)} past niet")
        except metadata.PackageNotFoundError:
            wrong.append(f"{requirement.name} ontbreekt")
    yield Finding("pakketten", not wrong, "; ".join(wrong) or "alle Python-pakketten zijn er")


def _settings() -> Iterator[Finding]:
    """Each setting in the environment, and each place where apps take part in one another."""
    from django.core.checks import run_checks

    from koers.apps.people.checks import KOERS, in_words
    from koers.environment import CHECKS

    setup.read_django()
    # The house style has a line of its own.
    found = in_words(p for p in run_checks(tags=[KOERS]) if p.id != "koers.W002")
    for text in found:
        yield Finding("instellingen", False, text)
    if not found:
        yield Finding("instellingen", True, f"{len(CHECKS)} instellingen nagekeken")


def _house_style() -> Iterator[Finding]:
    from django.conf import settings
    from django.core.checks import run_checks

    from koers.apps.people.checks import KOERS

    absent = [p.obj for p in run_checks(tags=[KOERS]) if p.id == "koers.W002"]
    sheets = dict.fromkeys(sheet for theme in settings.KOERS_THEMES for sheet in theme.stylesheets)
    advice = f"{', '.join(absent)} ontbreekt; voer 'make start' opnieuw uit"
    yield Finding("huisstijl", not absent, advice if absent else ", ".join(sheets))


def _disk() -> Iterator[Finding]:
    from django.conf import settings

    free = shutil.disk_usage(settings.HOME).free
    yield Finding(
        "schijf", free >= LEAST_FREE_BYTES, f"{free / 1e9:.1f} GB vrij in {settings.HOME}"
    )


class _Database:
    """The database, looked through once for damage: that reads all of it."""

    @cached_property
    def damage(self) -> str:
        from koers.cli.damaged_database import damaged_database, missing_database

        return missing_database() or damaged_database(thorough=True)

    def database(self) -> Iterator[Finding]:
        from django.conf import settings
        from django.db import connection
        from django.db.migrations.executor import MigrationExecutor

        from koers.upkeep.versions import refusal_of

        if self.damage:
            yield Finding("database", False, self.damage)
            return
        if wrong := refusal_of(settings.HOME, connection):
            yield Finding("database", False, wrong)
            return
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        text = (
            f"{len(waiting)} wijzigingen nog niet doorgevoerd; voer 'koers start' uit"
            if waiting
            else "bij de tijd"
        )
        yield Finding("database", not waiting, f"{connection.vendor}, {text}")

    def background(self) -> Iterator[Finding]:
        """What the worker still owes, and what it gave up."""
        from django.db import connection
        from django.utils import timezone

        from koers.apps.intake.models import LoadRun
        from koers.apps.intake.services.released import GIVEN_UP
        from koers.apps.people.models import Municipality
        from koers.apps.picture.services.screening import screening_owed

        if self.damage or LoadRun._meta.db_table not in connection.introspection.table_names():
            return
        owed = [m.name for m in Municipality.objects.all() if screening_owed(m)]
        newest = max((s.manifest.retrieved for s in setup.figure_store().current()), default=None)
        late = newest is None or timezone.now() - newest > OWED_AT_MOST
        advice = (
            f"nog niet gezocht in de nieuwste cijfers van {', '.join(owed)}; de worker doet dat"
        )
        yield Finding(
            "signalen", not (owed and late), advice if owed else "gezocht in de nieuwste cijfers"
        )
        last = LoadRun.objects.first()
        if last is not None and last.error == GIVEN_UP:
            yield Finding("achtergrondwerk", False, f"{last.get_kind_display()}: {GIVEN_UP}")


def _figures() -> Iterator[Finding]:
    from koers.figures.verification import verify
    from koers.sources.own import OWN

    store = setup.figure_store()
    snapshots = store.current()
    if not snapshots and not store.damaged() and not store.held.waiting():
        yield Finding("cijfers", False, "nog geen cijfers; voer 'koers load --figures MAP' uit")
    damaged = [verdict for verdict in verify(store) if verdict.problem]
    for verdict in damaged:
        yield Finding(
            f"cijfers {verdict.source} {verdict.table}",
            False,
            f"peilmoment {verdict.id} beschadigd: {verdict.problem}; herstel met 'koers figures"
            " repair'",
        )
    for held in store.held.waiting():
        m = held.snapshot.manifest
        yield Finding(
            f"cijfers {m.source} {m.table}",
            False,
            f"peilmoment {m.id} wordt apart gehouden tot iemand ernaar keek: zie 'koers figures"
            " held', of de pagina Cijfers",
        )
    for snapshot in snapshots:
        manifest = snapshot.manifest
        now = datetime.now(UTC)
        age = (now - manifest.retrieved).days
        until = manifest.last_period or "n.v.t."
        text = f"{manifest.rows} rijen, t/m {until}, {age} dagen geleden geladen"
        if ahead := manifest.is_ahead(now):
            text = (
                f"geladen op {manifest.retrieved:%Y-%m-%d %H:%M}, en dat is later dan nu: de klok"
                " van deze computer klopt niet, of klopte toen niet; zet haar goed en voer 'koers"
                " load --fresh' uit"
            )
        # Own figures are as old as the last file that somebody brought; that is no fault of this
        # installation.
        old = manifest.is_old(now) and manifest.source != OWN
        yield Finding(
            f"cijfers {manifest.source} {manifest.table}",
            not ahead and not old,
            text + (" (oud)" if old else ""),
        )


def _worker() -> Iterator[Finding]:
    """A worker that was stopped in order is no fault while nothing runs; one that fell silent
    is."""
    from koers.apps.intake.services.pulse import Life, sign

    found = sign()
    at = "" if found.at is None else f"{found.at.astimezone():%d-%m-%Y %H:%M}"
    said = {
        Life.ALIVE: "werkt",
        Life.NEVER: "heeft hier nog niet gewerkt; hij begint met 'koers start' of 'koers worker'",
        Life.STOPPED: f"gestopt op verzoek, {at}",
        Life.SILENT: f"zwijgt sinds {at or 'onbekend'}; start 'koers start' of 'koers worker'"
        " opnieuw, en kijk in het logboek waarom hij stopte",
    }
    yield Finding("worker", found.life is not Life.SILENT, said[found.life])
