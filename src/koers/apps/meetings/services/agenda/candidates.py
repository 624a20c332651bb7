"""What could stand on an agenda: what changed since the last meeting, and what lies ahead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet
from django.urls import reverse

from koers import dutch
from koers.apps.meetings.models import ItemKind, Meeting, MeetingDecision, MeetingKind, PriorityProposal, ProposalState
from koers.apps.meetings.services import ahead, paper
from koers.apps.meetings.services.agenda.memory import cluster_key, last_held, memory_of
from koers.apps.meetings.services.agenda.revised import revised_months
from koers.apps.people.registry import panels
from koers.apps.picture.models import Cluster
from koers.apps.plan.lines import page_of
from koers.apps.plan.models import Action, Adjustment, AdjustmentState, Goal, Measure, MeasureState
from koers.apps.plan.services.news import Heard, heard, without_news
from koers.apps.plan.services.outlook import course_of
from koers.apps.plan.services.owners import without_owner

# A chance that fell by less than this is no news: forecasts move that much from month to month.
FELL = 0.10
LOOK_AHEAD = timedelta(weeks=6)
# Nobody discusses a hundred actions one by one: beyond this the rest is one item with a link to the list.
MOST_ACTIONS, MOST_STILL = 20, 10


@dataclass(frozen=True)
class Candidate:
    """A subject; ``key`` is the same at the next meeting when it is the same subject."""

    kind: ItemKind
    key: str
    title: str
    detail: str = ""
    url: str = ""
    ref_id: int | None = None


def candidates(meeting: Meeting) -> list[Candidate]:
    """Everything that this meeting has to speak about, in the order of the agenda."""
    sources = STRATEGIC if meeting.kind == MeetingKind.STRATEGIC else OPERATIONAL
    found = [c for source in sources for c in source(meeting)]
    # Evaluations and decisions are made by later apps, which enrol what they bring in.
    found += [c for brought in panels("meetings.items", None, meeting) for c in brought]
    order = list(ItemKind)
    return sorted(found, key=lambda c: order.index(c.kind))


def _decisions(meeting: Meeting) -> Iterator[Candidate]:
    open_ones = MeetingDecision.objects.of(meeting.municipality).filter(
        settled=False, meeting__kind=meeting.kind, meeting__date__lt=meeting.date
    )
    for d in open_ones.select_related("meeting"):
        yield Candidate(ItemKind.DECISION, str(d.pk), d.text[:300], f"Besloten op {dutch.day(d.meeting.date)}.",
                        d.meeting.get_absolute_url(), d.pk)  # fmt: skip


def _signals(meeting: Meeting) -> Iterator[Candidate]:
    for s in paper.new_signals(meeting):
        more = "Meer" if s.kind == "rise" else "Minder"
        months = "1 maand" if s.window == 1 else f"{s.window} maanden"
        yield Candidate(
            ItemKind.SIGNAL, str(s.pk), f"{more} {s.topic_title.lower()} in {s.area_name}"[:300],
            f"{dutch.number(s.observed)} geteld, {dutch.number(s.expected, 1)} verwacht ({dutch.number(s.lower)} tot "
            f"{dutch.number(s.upper)}), {months} t/m {dutch.period(s.period)}.",
            reverse("picture:signal", args=[s.pk]), s.pk,
        )  # fmt: skip


def _clusters(meeting: Meeting) -> Iterator[Candidate]:
    known = set(memory_of(last_held(meeting)).get("clusters", ()))
    for c in Cluster.objects.of(meeting.municipality):
        if (key := cluster_key(c)) not in known:
            yield Candidate(
                ItemKind.CLUSTER, key, f"{c.title}: {c.where}"[:300],
                f"{dutch.number(c.observed)} geteld, {dutch.number(c.expected, 1)} verwacht, {dutch.period(c.first)} t/m "
                f"{dutch.period(c.last)}.", reverse("picture:index"), c.pk,
            )  # fmt: skip


def _goals_that_fell(meeting: Meeting) -> Iterator[Candidate]:
    """Goals whose chance is clearly lower than at the close of the last meeting."""
    before = memory_of(last_held(meeting)).get("chances", {})
    for goal in _adopted_goals(meeting):
        course, was = course_of(goal), before.get(str(goal.pk))
        if course.chance is not None and was is not None and was - course.chance >= FELL:
            yield _goal(
                goal, f"De kans daalde van {_percent(was)} naar {_percent(course.chance)}. {course.outlook.text}"
            )


def _goals_off_course(meeting: Meeting) -> Iterator[Candidate]:
    for goal in _adopted_goals(meeting):
        if (course := course_of(goal)).outlook.state == "off_course":
            yield _goal(goal, course.outlook.text)


def _adopted_goals(meeting: Meeting):
    return Goal.objects.of(meeting.municipality).adopted().select_related("priority", "municipality")


def _goal(goal: Goal, detail: str) -> Candidate:
    return Candidate(ItemKind.GOAL, str(goal.pk), str(goal)[:300], detail, page_of(goal), goal.pk)


def _percent(share: float) -> str:
    return f"{dutch.number(100 * share)} %"


def _measures_at_risk(meeting: Meeting) -> Iterator[Candidate]:
    for m in Measure.objects.of(meeting.municipality).adopted().filter(state=MeasureState.AT_RISK):
        yield Candidate(ItemKind.MEASURE, str(m.pk), f"Loopt gevaar: {m}"[:300], m.state_reason, page_of(m), m.pk)


def _actions(meeting: Meeting) -> Iterator[Candidate]:
    """Open actions that are due before the following meeting; what is overdue first."""
    found = paper.due_actions(meeting)
    more = found.count() - MOST_ACTIONS
    if more > 0:
        yield Candidate(ItemKind.ACTION, "rest", f"En nog {dutch.number(more)} acties die voor het volgende overleg klaar moeten zijn",
                        "", reverse("plan:actions"))  # fmt: skip
    for a in found[:MOST_ACTIONS]:
        when = "had klaar moeten zijn op" if a.due < meeting.date else "uiterlijk"
        who = a.owner_label or "nog geen eigenaar"
        yield Candidate(
            ItemKind.ACTION, str(a.pk), a.title[:300], f"{who}, {when} {dutch.day(a.due)}.", page_of(a), a.pk
        )


def _events(meeting: Meeting) -> Iterator[Candidate]:
    last = paper.following_date(meeting) + LOOK_AHEAD
    for e in ahead.events_between(meeting.municipality, meeting.date, last):
        days = dutch.day(e.start) + (f" t/m {dutch.day(e.end)}" if e.end and e.end != e.start else "")
        visitors = f"{dutch.number(e.visitors)} bezoekers verwacht" if e.visitors else ""
        words = "; ".join(filter(None, [days, e.area, visitors]))
        yield Candidate(
            ItemKind.EVENT, str(e.pk), e.name, f"{words}. {e.remark}".strip(), reverse("meetings:events"), e.pk
        )


def _seasons(meeting: Meeting) -> Iterator[Candidate]:
    region = meeting.series.school_region if meeting.series else ""
    known = last_held(meeting)
    seen = set(known.items.filter(kind=ItemKind.SEASON).values_list("key", flat=True)) if known else set()
    for s in ahead.seasons_between(meeting.date, paper.following_date(meeting) + timedelta(weeks=2), region):
        key = f"{s.name}:{s.start}:{s.where}"[:200]
        if key in seen:
            continue
        title = f"{s.name}, {s.where}" if s.where else s.name
        yield Candidate(ItemKind.SEASON, key, title, f"{dutch.day(s.start)} t/m {dutch.day(s.end)}. {s.remark}".strip(),
                        reverse("meetings:events"))  # fmt: skip


def _revisions(meeting: Meeting) -> Iterator[Candidate]:
    for r in revised_months(meeting.municipality, memory_of(last_held(meeting))):
        yield Candidate(ItemKind.REVISION, f"{r.table}:{r.after}"[:200], f"Herzien: {r.title}"[:300], r.words, r.url)


def _still(meeting: Meeting) -> Iterator[Candidate]:
    """Measures and actions that nobody owns, and measures of which nothing was heard."""
    for model, name, page in ((Measure, "maatregelen", "plan:measures"), (Action, "acties", "plan:actions")):
        alone = without_owner(model.objects.of(meeting.municipality), meeting.municipality)
        yield from _some(alone, f"Zonder eigenaar: {name}", "Zonder eigenaar", "", f"owner:{model._meta.model_name}", page,
                         "zonder_eigenaar")  # fmt: skip
    before_last = last_held(meeting, 2)
    if before_last is not None:
        measures = Measure.objects.of(meeting.municipality).exclude(state=MeasureState.PLANNED)
        since = f"Sinds {dutch.day(before_last.date)} is hier niets aan gewijzigd."
        known = heard(None, meeting.municipality)
        spoken = Heard(before_last.date, known.measures if known else frozenset())
        yield from _some(without_news(measures, spoken), "Zonder nieuws: maatregelen", "Zonder nieuws", since,
                         "news", "plan:measures", "zonder_nieuws")  # fmt: skip


def _some(
    lines: QuerySet, of_many: str, of_one: str, detail: str, key: str, page: str, chosen: str
) -> Iterator[Candidate]:
    """Each of a few lines; of many the list."""
    number = lines.count()
    if number > MOST_STILL:
        address = f"{reverse(page)}?{chosen}=on"
        yield Candidate(ItemKind.STILL, f"{key}:list", f"{of_many} ({dutch.number(number)})", detail, address)
        return
    for line in lines:
        yield Candidate(ItemKind.STILL, f"{key}:{line.pk}", f"{of_one}: {line}"[:300], detail, page_of(line), line.pk)


def _priorities(meeting: Meeting) -> Iterator[Candidate]:
    found = PriorityProposal.objects.of(meeting.municipality).filter(state=ProposalState.PROPOSED)
    for p in found.select_related("signal", "priority"):
        what = f"Andere prioriteit: {p.priority} wordt {p.title}" if p.priority else f"Nieuwe prioriteit: {p.title}"
        yield Candidate(ItemKind.PRIORITY, str(p.pk), what[:300], f"{p.reason}\nUit het signaal: {p.signal}.",
                        reverse("meetings:priority-proposal", args=[p.pk]), p.pk)  # fmt: skip


def _adjustments(meeting: Meeting) -> Iterator[Candidate]:
    accepted = set(PriorityProposal.objects.exclude(adjustment=None).values_list("adjustment_id", flat=True))
    for a in Adjustment.objects.of(meeting.municipality).filter(state=AdjustmentState.PROPOSED):
        if a.pk not in accepted:
            yield Candidate(ItemKind.ADJUSTMENT, str(a.pk), f"Aanpassing van {a.title}"[:300], a.reason,
                            reverse("plan:index"), a.pk)  # fmt: skip


OPERATIONAL = (_decisions, _signals, _clusters, _goals_that_fell, _actions, _events, _seasons, _revisions, _still)
# Exceptions and decisions only.
STRATEGIC = (_decisions, _priorities, _adjustments, _goals_off_course, _measures_at_risk)
