"""Where later apps take part in the meetings, and what these tell them."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from koers.apps.meetings.models import ItemKind, Meeting, PriorityProposal
from koers.apps.people.registry import Announcement, Place


@dataclass(frozen=True)
class Candidate:
    """A subject for an agenda; ``key`` is the same at the next meeting when it is the same
    subject."""

    kind: ItemKind
    key: str
    title: str
    detail: str = ""
    url: str = ""
    ref_id: int | None = None


@dataclass(frozen=True)
class PriorityDecided:
    """The strategic meeting accepted or rejected a proposed priority."""

    proposal: PriorityProposal


AGENDA_ITEMS = Place[[Meeting], list[Candidate]](
    "meetings.items", "onderwerpen voor de agenda van dit overleg"
)
AGENDA_PANELS = Place[[HttpRequest, Meeting], str](
    "meetings.agenda", "HTML bij de stukken van een overleg dat nog open is"
)
KEPT_LINES = Place[[Meeting], list[str]](
    "meetings.kept", "regels die in de stukken van een gesloten overleg bewaard blijven"
)
PROPOSAL_PANELS = Place[[HttpRequest, PriorityProposal], str](
    "meetings.priority", "HTML bij een voorgestelde prioriteit: hoe het verdergaat"
)
PRIORITY_DECIDED = Announcement[PriorityDecided](
    "meetings.priority-decided", "het strategisch overleg besloot over een voorgestelde prioriteit"
)
