"""Figures in the background: one run at a time, its progress kept, a crashed one noticed and started again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from koers import dutch
from koers.apps.intake.archive import store
from koers.apps.intake.background import BUSY, Heart, RunState
from koers.apps.intake.events import figures_changed
from koers.apps.intake.models import LoadRun, RunKind
from koers.apps.intake.services.cited import cited_snapshots
from koers.apps.people.models import Municipality
from koers.apps.people.registry import panels
from koers.figures.store import FigureStore
from koers.figures.thinning import thin
from koers.sources.live import YEARS_OF_MONTHS, Addresses, load_live, reachable
from koers.sources.remembered import former_scope, remember, widened
from koers.sources.report import FigureFileError, LoadReport
from koers.sources.scope import Scope

Progress = Callable[[float, float, str], None]


class LoadingError(Exception):
    """Why nothing could be loaded, in plain Dutch."""


def fetch(archive: FigureStore, codes: Sequence[str], progress: Progress) -> LoadReport:
    """The live figures of these municipalities and of those that `koers load` was asked for the last time: as much as that.

    Raises
    ------
    LoadingError
        When the sources do not answer, or the load as a whole is refused.
    """
    addresses = Addresses(**settings.KOERS_SOURCES)
    if not reachable(addresses):
        raise LoadingError("De bronnen op internet antwoorden niet. De eerdere cijfers blijven in gebruik.")
    try:
        this_year = date.today().year
        scope = widened(Scope(tuple(codes)), former_scope(archive), this_year - YEARS_OF_MONTHS)
        report = load_live(archive, scope.municipalities, None, this_year, addresses, progress, since=scope.since)
        remember(archive, scope)
        return report
    except FigureFileError as refusal:
        raise LoadingError(str(refusal)) from refusal


def with_region(municipalities: Sequence[Municipality]) -> list[str]:
    """These municipalities first, then what belongs to their region, as the plans below say."""
    homes = [m for m in municipalities if not m.fictitious]
    region = [code for m in homes for codes in panels("figures.region", None, m) for code in codes]
    return list(dict.fromkeys([*(m.code for m in homes), *region]))


def current_run() -> LoadRun | None:
    """The run that is busy now, of whichever municipality."""
    LoadRun.release_stale()
    return LoadRun.objects.filter(state__in=BUSY).first()


def start(
    municipality: Municipality, codes: Sequence[str], kind: str = RunKind.LOAD, scheduled: bool = False
) -> tuple[LoadRun, bool]:
    """Put a run in the queue; the one that is busy already, and False, where there is one."""
    from koers.apps.intake.tasks import carry_out as task

    LoadRun.release_stale()
    try:
        with transaction.atomic():
            run = LoadRun.objects.create(
                municipality=municipality, kind=kind, claim="busy", codes=list(codes), scheduled=scheduled
            )
            task.enqueue(run.pk)
    except IntegrityError:
        return LoadRun.objects.get(claim="busy"), False
    return run, True


def carry_out(pk: int) -> None:
    """Do what a run says and keep what came of it. A run that is no longer in the queue is left alone."""
    try:
        if not _claim(pk):
            return
        run = LoadRun.objects.get(pk=pk)
        with Heart(LoadRun, pk) as heart:
            outcome = _check() if run.kind == RunKind.CHECK else _load(run, heart.advance)
        _end(pk, outcome)
    except LoadingError as problem:
        _end(pk, {"state": RunState.FAILED, "error": str(problem)})
    except Exception as problem:
        _end(pk, {"state": RunState.FAILED, "error": f"Er ging iets mis in Koers ({type(problem).__name__})."})
        raise
    except BaseException:
        # Ctrl-C may fall anywhere, also between two lines that do nothing but keep the books.
        _end(pk, {"state": RunState.INTERRUPTED, "error": "De worker is gestopt."})
        raise


def _claim(pk: int) -> bool:
    now = timezone.now()
    waiting = LoadRun.objects.filter(pk=pk, state=RunState.QUEUED)
    return bool(waiting.update(state=RunState.RUNNING, started_at=now, heartbeat_at=now))


def _end(pk: int, outcome: dict) -> None:
    now = timezone.now()
    LoadRun.objects.filter(pk=pk, state=RunState.RUNNING).update(
        claim=None, heartbeat_at=now, finished_at=now, **outcome
    )


def _load(run: LoadRun, advance: Progress) -> dict:
    report = fetch(store(), run.codes, advance)
    if report.loaded:
        advance(1, 1, "Veiligheidsbeeld bijwerken")
        figures_changed.send(sender=LoadRun)
    nothing = not report.loaded and not report.unchanged
    return {
        "state": RunState.FAILED if nothing else RunState.DONE,
        "loaded": [_described(s.manifest) for s in report.loaded],
        "unchanged": len(report.unchanged),
        "refused": [str(problem) for problem in report.refused],
        "notes": list(report.notes),
        "error": "Er is niets binnengekomen. De eerdere cijfers blijven in gebruik." if nothing else "",
    }


def _described(manifest) -> str:
    until = f", cijfers t/m {dutch.period(manifest.last_period)}" if manifest.last_period else ""
    return f"{manifest.title} ({manifest.table}{until}, {dutch.number(manifest.rows)} rijen)"


def _check() -> dict:
    """Is every snapshot in use whole? Where all are, old ones are thinned. What the queue keeps of tasks long done goes."""
    call_command("prune_db_task_results", verbosity=0)
    archive = store()
    problems = [
        f"{s.manifest.title} ({s.manifest.table}): {problem}"
        for s in archive.current()
        if (problem := archive.problem_with(s))
    ]
    return {"state": RunState.FAILED if problems else RunState.DONE, "refused": problems,
            "error": "Een deel van het cijferarchief is beschadigd." if problems else "",
            "notes": [] if problems else _thin(archive),
            "unchanged": len(archive.current()) - len(problems)}  # fmt: skip


def _thin(archive: FigureStore) -> list[str]:
    """Remove old snapshots by the rule of docs/cijferarchief.md, never one that is cited; says which went."""
    cited = cited_snapshots([s.manifest.id for s in archive.snapshots()])
    return [
        f"Uitgedund: {s.manifest.table}, peilmoment {s.manifest.id} van {dutch.day(s.manifest.retrieved.date())}."
        for s in thin(archive, cited, timezone.now()).removed
    ]
