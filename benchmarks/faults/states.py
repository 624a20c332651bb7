"""What the walk through the site's forms leaves behind it nowhere: a draft with examples and an
archived line, a signal that can be closed, a mail that was refused, figures that are public."""

from __future__ import annotations

import datetime as dt
from typing import Any

from benchmarks.fuzz.site import PLACE


def more_states() -> list[str]:
    """Makes them in the municipality that is walked; gives the pages with what can be done then."""
    from koers.apps.people.models import Municipality

    place = Municipality.objects.get(code=PLACE)
    return [
        *(*_draft(place), *_meeting(place), *_signals(place)),
        *(*_post(place), *_public(place), *_effect(place)),
    ]


def _draft(place: Any) -> list[str]:
    from django.urls import reverse

    from koers.apps.plan.models import Action, Goal, Measure, Plan, Priority

    own = {"municipality": place}
    plan = Plan.objects.create(
        **own, slug="ontwerp", title="Ontwerp", start_year=2029, end_year=2031
    )
    priority = Priority.objects.create(
        **own, plan=plan, title="Ontwerp van een prioriteit", slug="ontwerp", number=1
    )
    goal = Goal.objects.create(
        **own,
        priority=priority,
        title="Ontwerp van een doel",
        indicator="woninginbraak",
        target=1,
        due=dt.date(2031, 12, 31),
    )
    judged = Goal.objects.create(
        **own,
        priority=priority,
        title="Buren kennen elkaar",
        kind="words",
        question="Gaat het beter?",
        due=dt.date(2031, 12, 31),
    )
    measure = Measure.objects.create(**own, priority=priority, title="Ontwerp van een maatregel")
    action = Action.objects.create(**own, measure=measure, title="Ontwerp van een actie")
    Action.objects.create(**own, measure=measure, title="Gearchiveerd").archive()
    lines = {"prioriteit": priority, "doel": goal, "maatregel": measure, "actie": action}
    return [
        reverse("plan:archived"),
        reverse("plan:priority", args=[priority.pk]),
        reverse("plan:end-priority", args=[priority.pk]),
        reverse("plan:goal", args=[goal.pk]),
        reverse("plan:judge", args=[judged.pk]),
        reverse("plan:measure", args=[measure.pk]),
        reverse("plan:add", args=["maatregel", priority.pk]),
        *(reverse("plan:edit", args=[kind, line.pk]) for kind, line in lines.items()),
    ]


def _meeting(place: Any) -> list[str]:
    from django.urls import reverse

    from koers.apps.meetings.models import Attendance, Event, Meeting, MeetingDecision, Part

    own = {"municipality": place}
    before = Meeting.objects.create(**own, date=dt.date(2026, 11, 3), state="held")
    MeetingDecision.objects.create(**own, meeting=before, text="Nog af te handelen")
    meeting = Meeting.objects.of(place).filter(state="planned").latest("date")
    Attendance.objects.create(**own, meeting=meeting, organisation="Politie", part=Part.values[0])
    event = Event.objects.create(**own, name="Kermis", start=dt.date(2026, 12, 10))
    return [
        reverse("meetings:meeting", args=[meeting.pk]),
        reverse("meetings:event", args=[event.pk]),
        reverse("meetings:redact"),
    ]


def _signals(place: Any) -> list[str]:
    from django.urls import reverse
    from tests.apps.neighbours import _signal

    from koers.apps.meetings.models import PriorityProposal, SignalOutcome, Usefulness
    from koers.apps.picture.models import SignalState
    from koers.apps.plan.models import Plan, PlanState

    own = {"municipality": place}
    done = _signal(place, "2026-07", SignalState.TAKEN_UP)
    closed = _signal(place, "2026-06", SignalState.CLOSED)
    SignalOutcome.objects.create(**own, signal=closed, usefulness=Usefulness.USEFUL)
    proposal = PriorityProposal.objects.create(
        **own,
        signal=done,
        plan=Plan.objects.of(place).filter(state=PlanState.ADOPTED).first(),
        title="Andere prioriteit",
        reason="Het signaal",
    )
    return [
        *(reverse("picture:signal", args=[signal.pk]) for signal in (done, closed)),
        *(reverse("meetings:close-signal", args=[signal.pk]) for signal in (done, closed)),
        reverse("meetings:signals-became"),
        reverse("meetings:priority-proposal", args=[proposal.pk]),
    ]


def _post(place: Any) -> list[str]:
    from django.urls import reverse

    from koers.apps.people.models import Mail, MailState

    for state in (MailState.REFUSED, MailState.QUEUED):
        Mail.objects.create(
            municipality=place,
            address="iemand@voorbeeld.invalid",
            about="uitnodiging",
            state=state,
            problem="De mailserver weigert deze mail (550).",
        )
    return [reverse("status"), reverse("home")]


def _public(place: Any) -> list[str]:
    from django.urls import reverse

    from koers.apps.plan.models import PlanVersion
    from koers.apps.publication.services.publishing import publish

    public = publish(PlanVersion.objects.of(place).latest("number"), None)
    return [reverse("decisions:index"), reverse("publishing:withdraw", args=[public.pk])]


def _effect(place: Any) -> list[str]:
    """A measure of which the effect can be looked at."""
    from django.urls import reverse

    from koers.apps.evaluation.services.fixing import Choices, fix
    from koers.apps.plan.models import Measure

    measure = Measure.objects.of(place).filter(archived_at=None).order_by("pk")[0]
    chosen = Choices("woninginbraak", ("VB020101",), dt.date(2025, 7, 1), "eb", 0.3, 12)
    fix(measure, chosen, "Alsnog gekozen")
    return [reverse("evaluation:measure", args=[measure.pk])]
