"""`koers check`: is this installation in order?"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata

import click

from koers.cli import setup

LEAST_FREE_BYTES = 500_000_000
OLD_AFTER_DAYS = 62


@dataclass(frozen=True)
class Finding:
    subject: str
    ok: bool
    text: str


@click.command()
def check():
    """Kijk of deze installatie in orde is: database, cijfers en hun leeftijd, schijf, pakketten.

    Afsluitcode 1 als er iets niet in orde is.
    """
    findings = [finding for examine in (_packages, _disk, _database, _figures) for finding in _safely(examine)]
    for finding in findings:
        click.secho(("goed   " if finding.ok else "FOUT   "), fg="green" if finding.ok else "red", nl=False)
        click.echo(f"{finding.subject}: {finding.text}")
    wrong = sum(not finding.ok for finding in findings)
    click.echo("Alles is in orde." if not wrong else f"{wrong} van de {len(findings)} punten niet in orde.")
    raise SystemExit(1 if wrong else 0)


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
            if not requirement.specifier.contains(metadata.version(requirement.name), prereleases=True):
                wrong.append(f"{requirement.name} {metadata.version(requirement.name)} past niet")
        except metadata.PackageNotFoundError:
            wrong.append(f"{requirement.name} ontbreekt")
    yield Finding("pakketten", not wrong, "; ".join(wrong) or "alle Python-pakketten zijn er")
    setup_settings()
    from django.conf import settings
    from django.contrib.staticfiles import finders

    sheets = list(dict.fromkeys(sheet for theme in settings.KOERS_THEMES for sheet in theme.stylesheets))
    absent = [sheet for sheet in sheets if finders.find(sheet) is None]
    advice = f"{', '.join(absent)} ontbreekt; voer 'make start' opnieuw uit"
    yield Finding("huisstijl", not absent, advice if absent else ", ".join(sheets))


def setup_settings() -> None:
    import django

    django.setup()


def _disk() -> Iterator[Finding]:
    from django.conf import settings

    free = shutil.disk_usage(settings.HOME).free
    yield Finding("schijf", free >= LEAST_FREE_BYTES, f"{free / 1e9:.1f} GB vrij in {settings.HOME}")


def _database() -> Iterator[Finding]:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    text = f"{len(waiting)} wijzigingen nog niet doorgevoerd; voer 'koers start' uit" if waiting else "bij de tijd"
    yield Finding("database", not waiting, f"{connection.vendor}, {text}")


def _figures() -> Iterator[Finding]:
    from koers.sources.own import OWN

    store = setup.figure_store()
    snapshots = store.current()
    if not snapshots:
        yield Finding("cijfers", False, "nog geen cijfers; voer 'koers load --figures MAP' uit")
    for snapshot in snapshots:
        manifest = snapshot.manifest
        age = (datetime.now(UTC) - datetime.fromisoformat(manifest.retrieved_at)).days
        problem = store.problem_with(snapshot)
        text = problem or f"{manifest.rows} rijen, t/m {manifest.last_period or 'n.v.t.'}, {age} dagen geleden geladen"
        # Own figures are as old as the last file that somebody brought; that is no fault of this installation.
        old = age > OLD_AFTER_DAYS and not manifest.fictitious and manifest.source != OWN
        yield Finding(
            f"cijfers {manifest.source} {manifest.table}", not problem and not old, text + (" (oud)" if old else "")
        )
