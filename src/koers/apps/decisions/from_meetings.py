"""What decisions do for the meetings: what is to be decided stands on the strategic agenda, an
accepted priority gets a draft."""

from datetime import date

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from koers.apps.decisions.models import Decision, DecisionState
from koers.apps.decisions.services.figures import figure_data
from koers.apps.decisions.services.texts import text_for
from koers.apps.meetings.models import (
    ItemKind,
    Meeting,
    MeetingKind,
    PriorityProposal,
    ProposalState,
)
from koers.apps.meetings.places import (
    AGENDA_ITEMS,
    PRIORITY_DECIDED,
    PROPOSAL_PANELS,
    Candidate,
    PriorityDecided,
)
from koers.apps.people.registry import enrol


@enrol(AGENDA_ITEMS)
def to_decide(meeting: Meeting) -> list[Candidate]:
    """Proposals to the college that were not adopted yet, for the strategic meeting."""
    if meeting.kind != MeetingKind.STRATEGIC:
        return []
    found = (
        Decision.objects.of(meeting.municipality)
        .exclude(state=DecisionState.ADOPTED)
        .select_related("plan")
    )
    return [
        Candidate(
            ItemKind.TO_DECIDE,
            str(d.pk),
            str(d)[:300],
            f"Staat op {d.get_state_display()}; collegevergadering {d.meeting_date:%d-%m-%Y}.",
            reverse("decisions:decision", args=[d.pk]),
            d.pk,
        )
        for d in found
    ]


@enrol(PRIORITY_DECIDED)
def draft_for(news: PriorityDecided) -> None:
    """A draft to the college for the plan with the accepted priority; the draft that is there when
    there is one."""
    if news.proposal.state == ProposalState.ACCEPTED:
        _draft(news.proposal)


def _draft(proposal) -> Decision:
    open_drafts = Decision.objects.of(proposal.municipality).filter(
        plan=proposal.plan, state=DecisionState.DRAFT
    )
    found = open_drafts.first()
    if found is not None:
        return found
    texts = text_for(proposal.plan).with_paragraph(
        "reasons",
        f"Voorgesteld in het {proposal.meeting}: prioriteit '{proposal.title}'. {proposal.reason}",
    )
    return Decision.objects.create(
        municipality=proposal.municipality,
        plan=proposal.plan,
        meeting_date=date.today(),
        texts=texts,
        figures=figure_data(proposal.plan),
    )


@enrol(PROPOSAL_PANELS)
def way_to_college(request: HttpRequest, proposal: PriorityProposal) -> str:
    """Where the decision on it stands."""
    if proposal.state != ProposalState.ACCEPTED:
        return ""
    if not request.user.has_perm("decisions.view_decisions", proposal.municipality):
        return ""
    found = Decision.objects.of(proposal.municipality).filter(
        plan=proposal.plan, created_at__gte=proposal.created_at
    )
    decision = (
        found.first()
        or Decision.objects.of(proposal.municipality)
        .filter(plan=proposal.plan, state=DecisionState.DRAFT)
        .first()
    )
    if decision is None:
        return ""
    url = reverse("decisions:decision", args=[decision.pk])
    return format_html(
        '<p>Naar het college: <a href="{}">{}</a> ({}).</p>',
        url,
        decision,
        decision.get_state_display(),
    )
