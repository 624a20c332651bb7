"""What could stand on an agenda: what changed since the last meeting, and what lies ahead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from django.db.models import QuerySet
from django.urls import reverse

from koers import dutch
from koers.apps.meetings.models import (
    ItemKind,
    Meeting,
    MeetingDecision,
    MeetingKind,
    PriorityProposal,
    ProposalState,
)
from koers.apps.meetings.places import AGENDA_ITEMS, Candidate
from koers.apps.meetings.services import ahead, paper
from koers.apps.meetings.services.agenda.memory import Before, before, cluster_key
from koers.apps.meetings.services.agenda.revised import revised_months
from koers.apps.picture.freshness import frequency_of, newest_of, said_of_past
from koers.apps.picture.models import Cluster, Signal
from koers.apps.picture.services.happenings import Happening, open_happenings
from koers.apps.plan.lines import page_of
from koers.apps.plan.models import (
    Action,
    Adjustment,
    AdjustmentState,
    Goal,
    Measure,
    MeasureState,
    quarter_of,
)
from koers.apps.plan.places import Heard
from koers.apps.plan.services.news import heard, without_news
from koers.apps.plan.services.outlook import course_of, goals_to_judge
from koers.apps.plan.services.owners import AnyStep, without_owner
from koers.figures.shelf import Shelf

# A chance that fell by less than this is no news: forecasts move that much from month to month.
FELL = 0.10
LOOK_AHEAD = timedelta(weeks=6)
# Nobody discusses a hundred actions one by one: beyond this the rest is one item with a link to the
# list.
MOST_ACTIONS, MOST_STILL = 20, 10


def candidates(
    shelf: Shelf,
    meeting: Meeting,
    earlier: Before | None = None,
    due: paper.ActionList | None = None,
) -> list[Candidate]:
    """Everything that this meeting has to speak about, in the order of the agenda; ``earlier`` and
    ``due`` for who looked up already what was before it, and its actions."""
    strategic = meeting.kind == MeetingKind.STRATEGIC
    earlier = earlier or before(meeting)
    found = [
        c for source in (STRATEGIC if strategic else OPERATIONAL) for c in source(meeting, earlier)
    ]
    if not strategic:
        found += _actions(meeting, due or paper.action_list(meeting))
    by_figures = STRATEGIC_BY_FIGURES if strategic else OPERATIONAL_BY_FIGURES
    found += [c for source in by_figures for c in source(shelf, meeting, earlier)]
    # Evaluations and decisions are made by later apps, which enrol what they bring in.
    found += [c for brought in AGENDA_ITEMS.all(meeting) for c in brought]
    order = list(ItemKind)
    return sorted(found, key=lambda c: order.index(c.kind))


def _decisions(meeting: Meeting, _: Before) -> Iterator[Candidate]:
    open_ones = MeetingDecision.objects.of(meeting.municipality).filter(
        settled=False, meeting__kind=meeting.kind, meeting__date__lt=meeting.date
    )
    for d in open_ones.select_related("meeting"):
        yield Candidate(
            ItemKind.DECISION,
            str(d.pk),
            d.text[:300],
            f"Besloten op {dutch.day(d.meeting.date)}.",
            d.meeting.get_absolute_url(),
            d.pk,
        )


def _happenings(shelf: Shelf, meeting: Meeting, earlier: Before) -> Iterator[Candidate]:
    """Each event once: signals, with the cluster that they are part of; then clusters without a
    signal that the last meeting did not see."""
    known = set(earlier.memory.clusters)
    newest = newest_of(shelf, meeting.municipality.code)
    alone = []
    for h in open_happenings(shelf, meeting.municipality):
        for s in h.signals:
            yield _of_signal(s, meeting, h, newest)
        if h.cluster is not None and not h.signals and cluster_key(h.cluster) not in known:
            alone.append(h.cluster)
    for c in alone:
        yield Candidate(
            ItemKind.CLUSTER,
            cluster_key(c),
            f"{c.title}: {c.where}"[:300],
            _with_age(_cluster_counted(c), c.last, meeting, newest),
            reverse("picture:index"),
            c.pk,
        )


def _of_signal(s: Signal, meeting: Meeting, h: Happening, newest: Mapping[str, str]) -> Candidate:
    more = "Meer" if s.kind == "rise" else "Minder"
    months = "1 maand" if s.window == 1 else f"{s.window} maanden"
    detail = (
        f"{dutch.number(s.observed)} geteld, {dutch.number(s.expected, 1)} verwacht (marge"
        f" {dutch.number(s.lower)} tot {dutch.number(s.upper)}), {months} t/m"
        f" {dutch.period(s.period)}."
    )
    if h.cluster is not None:
        detail += f" Ook een cluster: {h.cluster.where}, {_cluster_counted(h.cluster)}"
    return Candidate(
        ItemKind.SIGNAL,
        str(s.pk),
        f"{more} {s.topic_title.lower()} in {s.area_name}"[:300],
        _with_age(detail, s.period, meeting, newest),
        reverse("picture:signal", args=[s.pk]),
        s.pk,
    )


def _cluster_counted(c: Cluster) -> str:
    return (
        f"{dutch.number(c.observed)} geteld, {dutch.number(c.expected, 1)} verwacht,"
        f" {dutch.period(c.first)} t/m {dutch.period(c.last)}."
    )


def _with_age(detail: str, last: str, meeting: Meeting, newest: Mapping[str, str]) -> str:
    """What is old on the day of the meeting says so."""
    until = newest.get(frequency_of(last), "")
    return f"{detail} {said_of_past(last, until, meeting.date)}".strip()


def _goals_that_fell(shelf: Shelf, meeting: Meeting, earlier: Before) -> Iterator[Candidate]:
    """Goals whose chance is clearly lower than at the close of the last meeting."""
    chances = earlier.memory.chances
    for goal in _adopted_goals(meeting):
        course, was = course_of(shelf, goal), chances.get(str(goal.pk))
        if course.chance is not None and was is not None and was - course.chance >= FELL:
            yield _goal(
                goal,
                f"De kans daalde van {_percent(was)} naar {_percent(course.chance)}."
                f" {course.outlook.text}",
            )


def _goals_off_course(shelf: Shelf, meeting: Meeting, _: Before) -> Iterator[Candidate]:
    for goal in _adopted_goals(meeting):
        if (course := course_of(shelf, goal)).fails:
            yield _goal(goal, course.outlook.text)


def _goals_in_words(meeting: Meeting, _: Before) -> Iterator[Candidate]:
    """Goals of which nobody said this quarter how it goes: their question is asked here."""
    for goal in goals_to_judge(meeting.municipality, meeting.date):
        yield _goal(goal, f"Nog niet beoordeeld in het {quarter_of(meeting.date)}: {goal.question}")


def _adopted_goals(meeting: Meeting) -> QuerySet[Goal]:
    return (
        Goal.objects.of(meeting.municipality).adopted().select_related("priority", "municipality")
    )


def _goal(goal: Goal, detail: str) -> Candidate:
    return Candidate(ItemKind.GOAL, str(goal.pk), str(goal)[:300], detail, page_of(goal), goal.pk)


def _percent(share: float) -> str:
    return f"{dutch.number(100 * share)} %"


def _measures_at_risk(meeting: Meeting, _: Before) -> Iterator[Candidate]:
    for m in Measure.objects.of(meeting.municipality).adopted().filter(state=MeasureState.AT_RISK):
        yield Candidate(
            ItemKind.MEASURE,
            str(m.pk),
            f"Loopt gevaar: {m}"[:300],
            m.state_reason,
            page_of(m),
            m.pk,
        )


def _actions(meeting: Meeting, due: paper.ActionList) -> Iterator[Candidate]:
    """Open actions that are due before the following meeting; what is overdue first."""
    more = due.due - MOST_ACTIONS
    if more > 0:
        those, must = ("actie", "moet") if more == 1 else ("acties", "moeten")
        yield Candidate(
            ItemKind.ACTION,
            "rest",
            f"En nog {dutch.number(more)} {those} die voor het volgende overleg klaar {must} zijn",
            "",
            reverse("plan:actions"),
        )
    for a in due.soon[:MOST_ACTIONS]:
        assert a.due is not None
        when = "had klaar moeten zijn op" if a.due < meeting.date else "uiterlijk"
        who = a.owner_label or "nog geen eigenaar"
        yield Candidate(
            ItemKind.ACTION,
            str(a.pk),
            a.title[:300],
            f"{who}, {when} {dutch.day(a.due)}.",
            page_of(a),
            a.pk,
        )


def _events(meeting: Meeting, _: Before) -> Iterator[Candidate]:
    last = paper.following_date(meeting) + LOOK_AHEAD
    for e in ahead.events_between(meeting.municipality, meeting.date, last):
        days = dutch.day(e.start) + (
            f" t/m {dutch.day(e.end)}" if e.end and e.end != e.start else ""
        )
        visitors = f"{dutch.number(e.visitors)} bezoekers verwacht" if e.visitors else ""
        words = "; ".join(filter(None, [days, e.area, visitors]))
        yield Candidate(
            ItemKind.EVENT,
            str(e.pk),
            e.name,
            f"{words}. {e.remark}".strip(),
            reverse("meetings:events"),
            e.pk,
        )


def _seasons(meeting: Meeting, earlier: Before) -> Iterator[Candidate]:
    region = meeting.series.school_region if meeting.series else ""
    known = earlier.last
    seen = (
        set(known.items.filter(kind=ItemKind.SEASON).values_list("key", flat=True))
        if known
        else set()
    )
    for s in ahead.seasons_between(
        meeting.date, paper.following_date(meeting) + timedelta(weeks=2), region
    ):
        key = f"{s.name}:{s.start}:{s.where}"[:200]
        if key in seen:
            continue
        title = f"{s.name}, {s.where}" if s.where else s.name
        yield Candidate(
            ItemKind.SEASON,
            key,
            title,
            f"{dutch.day(s.start)} t/m {dutch.day(s.end)}. {s.remark}".strip(),
            reverse("meetings:events"),
        )


def _revisions(shelf: Shelf, meeting: Meeting, earlier: Before) -> Iterator[Candidate]:
    for r in revised_months(shelf, meeting.municipality, earlier.memory):
        yield Candidate(
            ItemKind.REVISION,
            f"{r.table}:{r.after}"[:200],
            f"Herzien: {r.title}"[:300],
            r.words,
            r.url,
        )


def _still(meeting: Meeting, earlier: Before) -> Iterator[Candidate]:
    """Measures and actions that nobody owns, and measures of which nothing was heard."""
    for model, name, page in (
        (Measure, "maatregelen", "plan:measures"),
        (Action, "acties", "plan:actions"),
    ):
        alone = without_owner(model.objects.of(meeting.municipality), meeting.municipality)
        yield from _some(
            alone,
            f"Zonder eigenaar: {name}",
            "Zonder eigenaar",
            "",
            f"owner:{model._meta.model_name}",
            page,
            "zonder_eigenaar",
        )
    before_last = earlier.last_but_one
    if before_last is not None:
        measures = Measure.objects.of(meeting.municipality).exclude(state=MeasureState.PLANNED)
        since = f"Sinds {dutch.day(before_last.date)} is hier niets aan gewijzigd."
        known = heard(meeting.municipality)
        spoken = Heard(before_last.date, known.measures if known else frozenset())
        yield from _some(
            without_news(measures, spoken),
            "Zonder nieuws: maatregelen",
            "Zonder nieuws",
            since,
            "news",
            "plan:measures",
            "zonder_nieuws",
        )


def _some(
    lines: QuerySet[AnyStep],
    of_many: str,
    of_one: str,
    detail: str,
    key: str,
    page: str,
    chosen: str,
) -> Iterator[Candidate]:
    """Each of a few lines; of many the list."""
    number = lines.count()
    if number > MOST_STILL:
        address = f"{reverse(page)}?{chosen}=on"
        yield Candidate(
            ItemKind.STILL, f"{key}:list", f"{of_many} ({dutch.number(number)})", detail, address
        )
        return
    for line in lines:
        yield Candidate(
            ItemKind.STILL,
            f"{key}:{line.pk}",
            f"{of_one}: {line}"[:300],
            detail,
            page_of(line),
            line.pk,
        )


def _priorities(meeting: Meeting, _: Before) -> Iterator[Candidate]:
    found = PriorityProposal.objects.of(meeting.municipality).filter(state=ProposalState.PROPOSED)
    for p in found.select_related("signal", "priority"):
        what = (
            f"Andere prioriteit: {p.priority} wordt {p.title}"
            if p.priority
            else f"Nieuwe prioriteit: {p.title}"
        )
        yield Candidate(
            ItemKind.PRIORITY,
            str(p.pk),
            what[:300],
            f"{p.reason}\nUit het signaal: {p.signal}.",
            reverse("meetings:priority-proposal", args=[p.pk]),
            p.pk,
        )


def _adjustments(meeting: Meeting, _: Before) -> Iterator[Candidate]:
    accepted = set(
        PriorityProposal.objects.exclude(adjustment=None).values_list("adjustment_id", flat=True)
    )
    for a in Adjustment.objects.of(meeting.municipality).filter(state=AdjustmentState.PROPOSED):
        if a.pk not in accepted:
            yield Candidate(
                ItemKind.ADJUSTMENT,
                str(a.pk),
                f"Aanpassing van {a.title}"[:300],
                a.reason,
                reverse("plan:index"),
                a.pk,
            )


OPERATIONAL = (
    _decisions,
    _events,
    _seasons,
    _still,
)
# Exceptions and decisions only.
STRATEGIC = (_decisions, _priorities, _adjustments, _measures_at_risk, _goals_in_words)
# These ask the figures.
OPERATIONAL_BY_FIGURES = (_happenings, _goals_that_fell, _revisions)
STRATEGIC_BY_FIGURES = (_goals_off_course,)
