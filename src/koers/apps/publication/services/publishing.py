"""Publishing a version of an adopted plan, and withdrawing it; nothing does so by itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from koers.apps.intake.archive import is_internal
from koers.apps.people.models import Municipality
from koers.apps.plan.models import (
    Adoption,
    Judgement,
    Measure,
    Plan,
    PlanState,
    PlanVersion,
    Priority,
)
from koers.apps.plan.services.in_force import plan_at_hand
from koers.apps.plan.services.versions import adopt
from koers.apps.publication.models import Publication
from koers.records import LineRecord, Value
from koers.records.published import (
    PublishedAnswer,
    PublishedGoal,
    PublishedMeasure,
    PublishedPlan,
    PublishedPriority,
)

EXAMPLE = "Verzonnen voorbeeld"


class NotPublishableError(ValueError):
    """This cannot be made public, and why; in Dutch."""


def publishable(municipality: Municipality) -> list[PlanVersion]:
    """The versions that can be made public: of the plan at hand where it was adopted, the newest
    first."""
    plan = plan_at_hand(municipality)
    if plan is None or plan.state != PlanState.ADOPTED:
        return []
    return list(plan.versions.filter(archived_at=None))


@transaction.atomic
def publish(version: PlanVersion, by: UUID | None, *, with_progress: bool = False) -> Publication:
    """Make a version public from now on, in the place of what was.

    Raises
    ------
    NotPublishableError
        When it is no version of an adopted plan.
    """
    # Whoever publishes at the same moment waits here.
    Municipality.objects.select_for_update().get(pk=version.municipality_id)
    content = as_published(version, with_progress=with_progress)
    now = timezone.now()
    for former in Publication.objects.of(version.municipality).public():
        _end(former, by, now)
    return Publication.objects.create(
        municipality=version.municipality, version=version, content=content, by=by, since=now
    )


def withdraw(publication: Publication, by: UUID | None) -> None:
    """End a publication; the public page is a page without a plan again."""
    if publication.until is None:
        _end(publication, by, timezone.now())


def publish_example(plan: Plan) -> None:
    """The invented municipality publishes its plan by itself, once, so that a first start has
    something to show."""
    if not plan.municipality.fictitious:
        raise NotPublishableError("Alleen een verzonnen gemeente plaatst haar plan vanzelf.")
    if Publication.objects.filter(municipality=plan.municipality).exists():
        return
    if plan.state != PlanState.ADOPTED:
        adopt(plan, timezone.localdate(), EXAMPLE)
    newest = plan.versions.first()
    if newest is not None:
        publish(newest, None, with_progress=True)


def _end(publication: Publication, by: UUID | None, moment: datetime) -> None:
    publication.until, publication.ended_by = moment, by
    publication.save()


def as_published(version: PlanVersion, *, with_progress: bool = False) -> PublishedPlan:
    """What everyone would read of a version: lines that somebody confirmed, and no example.

    How far measures are is the work of every day and no part of a version: it is published only
    when asked, as it is today.
    """
    if not Plan.objects.of(version.municipality).filter(
        pk=version.plan_id, state=PlanState.ADOPTED
    ):
        raise NotPublishableError(
            "Alleen een vastgesteld plan kan openbaar worden gemaakt. Stel het plan eerst vast."
        )
    # The joint part of several municipalities is published by the one that keeps it.
    entries = [entry for entry in version.content.lines if not (entry.example or entry.of)]
    plan = next(entry.values for entry in entries if entry.kind == "plan")
    priorities = [entry for entry in entries if entry.kind == "prioriteit"]
    states = _states(version.plan) if with_progress else {}
    answers = _answers(version.plan) if with_progress else {}
    slugs = _slugs(version.plan, priorities)
    return PublishedPlan(
        **_said(plan, "title", "start_year", "end_year", "summary"),
        adopted_on=version.adopted_on,
        progress_on=timezone.localdate() if with_progress else None,
        lines=tuple(_priority(e, entries, slugs, states, answers) for e in priorities),
    )


def left_out(version: PlanVersion) -> list[str]:
    """Titles of lines of a version that stay out: examples, and what stands under one."""
    content = as_published(version)
    kept = {(line.line, "prioriteit") for line in content.lines}
    kept |= {(g.line, "doel") for line in content.lines for g in line.goals}
    kept |= {(m.line, "maatregel") for line in content.lines for m in line.measures}
    shown = ("prioriteit", "doel", "maatregel")
    return [
        entry.title
        for entry in version.content.lines
        if entry.kind in shown and not entry.of and (entry.line, entry.kind) not in kept
    ]


def _priority(
    entry: LineRecord,
    entries: list[LineRecord],
    slugs: dict[int, str],
    states: dict[int, str],
    answers: dict[int, PublishedAnswer],
) -> PublishedPriority:
    fields = entry.values
    under = [e for e in entries if e.parent == entry.line]
    return PublishedPriority(
        line=entry.line,
        slug=slugs[entry.line],
        **_said(fields, "title", "description", "indicators"),
        safety_field=str(fields.get("safety_field") or ""),
        sub_themes=tuple(fields.get("sub_themes") or ()),  # type: ignore[arg-type]
        attention=fields["kind"] == "attention",
        aside=fields["kind"] == "aside",
        begins=fields.get("begins"),  # type: ignore[arg-type]
        ends=fields.get("ends"),  # type: ignore[arg-type]
        goals=tuple(
            _goal(e, answers) for e in under if e.kind == "doel" and not e.values.get("ended")
        ),
        measures=tuple(_measure(e, states) for e in under if e.kind == "maatregel"),
    )


_BEFORE_KINDS: dict[str, Value] = {
    "kind": "value",
    "unit": "",
    "direction": "",
    "path": (),
    "peers": (),
    "question": "",
}
"""Of a version that was adopted before goals had kinds."""


def _goal(entry: LineRecord, answers: dict[int, PublishedAnswer]) -> PublishedGoal:
    values = {**_BEFORE_KINDS, **entry.values}
    said = _said(values, "title", "indicator", "area_code", "target", "due", *_BEFORE_KINDS)
    # Where a goal starts is an own figure where its snapshot is.
    own = is_internal(str(values.get("start_snapshot") or ""))
    return PublishedGoal(
        line=entry.line,
        **said,
        base=None if own else values.get("start_value"),  # type: ignore[arg-type]
        base_period=str(values.get("start_period") or ""),
        said=answers.get(entry.line),
    )


def _answers(plan: Plan) -> dict[int, PublishedAnswer]:
    """What people said last of each goal in words."""
    found = Judgement.objects.filter(goal__priority__plan=plan, archived_at=None)
    return {
        j.goal_id: PublishedAnswer(answer=j.answer, on=j.on) for j in found.order_by("on", "pk")
    }


def _measure(entry: LineRecord, states: dict[int, str]) -> PublishedMeasure:
    said = _said(entry.values, "title", "description", "kind", "start", "end")
    return PublishedMeasure(
        line=entry.line,
        sub_theme=str(entry.values.get("sub_theme") or ""),
        state=states.get(entry.line, ""),
        **said,
    )


def _said(values: Mapping[str, Value], *names: str) -> dict[str, Any]:
    """Values of a line, for a record that checks what each of them is."""
    return {name: values[name] for name in names}


def _states(plan: Plan) -> dict[int, str]:
    """How far each measure is today."""
    found = Measure.objects.filter(priority__plan=plan, archived_at=None, adoption=Adoption.ADOPTED)
    return dict(found.values_list("pk", "state"))


def _slugs(plan: Plan, priorities: list[LineRecord]) -> dict[int, str]:
    """The end of each address: as it is in the plan, so that an address outlives a new title."""
    known = dict(Priority.objects.filter(plan=plan).values_list("pk", "slug"))
    return {
        e.line: known.get(e.line) or slugify(e.title) or f"prioriteit-{e.line}" for e in priorities
    }
