"""The lines of a page with what asks for attention at each; a fixed number of queries, however many
lines there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.utils.safestring import SafeString, mark_safe

from koers.apps.plan.models import Action, ActionState, Measure
from koers.apps.plan.places import Heard
from koers.apps.plan.services.news import without_news
from koers.apps.plan.services.owners import ENDED, without_owner

NO_OWNER, NO_NEWS, OVERDUE = "zonder eigenaar", "zonder nieuws", "over tijd"
BADGES = {
    word: f'<span class="k-badge k-badge--{shade}">{word}</span>'
    for word, shade in ((NO_OWNER, "warn"), (NO_NEWS, "warn"), (OVERDUE, "bad"))
}


@dataclass(frozen=True)
class Row:
    """A measure or action, and what asks for attention: of ``NO_OWNER``, ``NO_NEWS`` and
    ``OVERDUE`` those that hold."""

    line: Measure | Action
    flags: tuple[str, ...]

    @property
    def attention(self) -> str:
        return ", ".join(self.flags)

    @property
    def badges(self) -> SafeString:
        """The flags as HTML: an include for each row of a long table takes too long."""
        return badges(self.flags)


def badges(flags: Iterable[str]) -> SafeString:
    return mark_safe(
        '<span class="k-visually-hidden">,</span> '.join(BADGES[flag] for flag in flags)
    )  # noqa: S308


def measures_of(municipality) -> QuerySet[Measure]:
    """The measures of the plans here, with what a row shows."""
    steps = Count("actions", filter=Q(actions__archived_at=None))
    open_steps = Count(
        "actions", filter=Q(actions__archived_at=None, actions__state=ActionState.OPEN)
    )
    return (
        Measure.objects.of(municipality)
        .filter(priority__archived_at=None)
        .select_related("priority", "owner")
        .annotate(steps=steps, open_steps=open_steps)
    )


def actions_of(municipality) -> QuerySet[Action]:
    return Action.objects.of(municipality).select_related("owner", "measure", "signal")


def rows_of(
    lines: Iterable[Measure] | Iterable[Action], known: Heard | None, today: date
) -> list[Row]:
    """These lines as rows."""
    lines = list(lines)
    if not lines:
        return []
    there = type(lines[0]).objects.filter(pk__in=[line.pk for line in lines])
    ownerless = set(without_owner(there, lines[0].municipality).values_list("pk", flat=True))
    quiet = set(without_news(there, known).values_list("pk", flat=True)) if known else set()
    return [Row(line, _flags(line, ownerless, quiet, today)) for line in lines]


def flags_by_key(lines: QuerySet, municipality, known: Heard | None) -> tuple[set[int], set[int]]:
    """Of many lines at once the keys of those without owner and of those without news."""
    quiet = set(without_news(lines, known).values_list("pk", flat=True)) if known else set()
    return set(without_owner(lines, municipality).values_list("pk", flat=True)), quiet


def _flags(
    line: Measure | Action, ownerless: set[int], quiet: set[int], today: date
) -> tuple[str, ...]:
    holds = (
        (NO_OWNER, line.pk in ownerless),
        (NO_NEWS, line.pk in quiet),
        (OVERDUE, is_overdue(line, today)),
    )
    return tuple(word for word, so in holds if so)


def is_overdue(line: Measure | Action, today: date) -> bool:
    if isinstance(line, Action):
        return line.state == ActionState.OPEN and line.due is not None and line.due < today
    return line.end is not None and line.end < today and line.state not in ENDED


def soonest_first(rows: Sequence[Row]) -> list[Row]:
    """By the day on which something is due; what has no day last."""

    def key(row: Row) -> tuple:
        day = row.line.due if isinstance(row.line, Action) else row.line.end
        return day is None, day or date.max, row.line.title

    return sorted(rows, key=key)
