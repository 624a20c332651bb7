"""Figures in the background: one run at a time, its progress kept, a crashed one noticed and
started again."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.utils import timezone

from koers import dutch
from koers.apps.intake.archive import store
from koers.apps.intake.background import Heart, RunState
from koers.apps.intake.models import LoadRun, RunKind
from koers.apps.intake.places import FIGURES_CHANGED, FiguresChanged
from koers.apps.intake.services import held
from koers.apps.intake.services.cited import cited_snapshots
from koers.apps.intake.services.live import LoadingError, answer, fetch, no_less
from koers.figures.manifest import Manifest
from koers.figures.store import FigureStore
from koers.figures.thinning import thin
from koers.figures.verification import verify
from koers.records.intake import Lines

Progress = Callable[[float, float, str], None]
log = logging.getLogger(__name__)


def carry_out(pk: int) -> None:
    """Do what a run says and keep what came of it. A run that is no longer in the queue is left
    alone."""
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
        _end(
            pk,
            {
                "state": RunState.FAILED,
                "error": f"Er ging iets mis in Koers ({type(problem).__name__}).",
            },
        )
        raise
    except BaseException:
        # Ctrl-C may fall anywhere, also between two lines that do nothing but keep the books.
        _end(pk, {"state": RunState.INTERRUPTED, "error": "De worker is gestopt."})
        raise


def _claim(pk: int) -> bool:
    now = timezone.now()
    waiting = LoadRun.objects.filter(pk=pk, state=RunState.QUEUED)
    return bool(waiting.update(state=RunState.RUNNING, started_at=now, heartbeat_at=now))


def _end(pk: int, outcome: dict[str, Any]) -> None:
    now = timezone.now()
    LoadRun.objects.filter(pk=pk, state=RunState.RUNNING).update(
        claim=None, heartbeat_at=now, finished_at=now, **outcome
    )
    log.info(
        "figures",
        extra={
            "line": {
                "run": pk,
                "state": str(outcome["state"]),
                "loaded": len(outcome.get("loaded", ())),
                "held": len(outcome.get("held", ())),
                "refused": len(outcome.get("refused", ())),
            }
        },
    )


def _load(run: LoadRun, advance: Progress) -> dict[str, Any]:
    archive = store()
    asked = no_less(archive, run.codes)
    if not answer(asked):
        raise LoadingError(
            "De bronnen op internet antwoorden niet. De eerdere cijfers blijven in gebruik."
        )
    report = fetch(archive, asked, advance)
    if report.loaded:
        advance(1, 1, "Veiligheidsbeeld bijwerken")
        FIGURES_CHANGED.tell(FiguresChanged(tuple(s.manifest.id for s in report.loaded)))
    if report.held:
        held.tell(archive, report.newly_held)
    nothing = not report.loaded and not report.unchanged and not report.held
    return {
        "state": RunState.FAILED if nothing else RunState.DONE,
        "loaded": _told(_described(s.manifest) for s in report.loaded),
        "unchanged": len(report.unchanged),
        "held": _told(held.held_words(archive, snapshot) for snapshot in report.held),
        "refused": _told(str(problem) for problem in report.refused),
        "notes": _told(report.notes),
        "error": (
            "Er is niets binnengekomen. De eerdere cijfers blijven in gebruik." if nothing else ""
        ),
    }


def _told(lines: Iterable[str]) -> Lines:
    return Lines(lines=tuple(lines))


def _described(manifest: Manifest) -> str:
    until = f", cijfers t/m {dutch.period(manifest.last_period)}" if manifest.last_period else ""
    return f"{manifest.title} ({manifest.table}{until}, {dutch.number(manifest.rows)} rijen)"


def _check() -> dict[str, Any]:
    """Is every snapshot whole? Where all are, old ones are thinned. What the queue keeps of tasks
    long done goes."""
    call_command("prune_db_task_results", verbosity=0)
    archive = store()
    verdicts = list(verify(archive))
    problems = [f"{v.table}, peilmoment {v.id}: {v.problem}" for v in verdicts if v.problem]
    for verdict in verdicts:
        if verdict.problem:
            _show_again(verdict.path)
    return {
        "state": RunState.FAILED if problems else RunState.DONE,
        "refused": _told(problems),
        "error": "Een deel van het cijferarchief is beschadigd." if problems else "",
        "notes": _told(() if problems else _thin(archive)),
        "unchanged": len(verdicts) - len(problems),
    }


def _show_again(folder: Path) -> None:
    """A disk that forgets changes no file's time: with a new one, every process of the site looks
    at it again."""
    for file in folder.iterdir() if folder.is_dir() else ():
        with suppress(OSError):
            os.utime(file)


def _thin(archive: FigureStore) -> list[str]:
    """Remove old snapshots by the rule of docs/cijferarchief.md, never one that is cited; says
    which went."""
    cited = cited_snapshots([s.manifest.id for s in archive.snapshots()])
    return [
        f"Uitgedund: {s.manifest.table}, peilmoment {s.manifest.id} van"
        f" {dutch.day(s.manifest.retrieved.date())}."
        for s in thin(archive, cited, timezone.now()).removed
    ]
