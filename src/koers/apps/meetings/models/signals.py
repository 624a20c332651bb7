"""What becomes of a signal after it was taken up: how it ended, and the priority that was proposed
from it."""

from django.db import models

from koers.apps.meetings.models.meetings import Meeting
from koers.apps.people.owned import Owned
from koers.apps.picture.models import Signal
from koers.apps.plan.models import Adjustment, Plan, Priority


class Usefulness(models.TextChoices):
    USEFUL = "useful", "nuttig"
    NOT_USEFUL = "not_useful", "niet nuttig"
    UNCLEAR = "unclear", "niet te zeggen"


class SignalOutcome(Owned):
    """How a signal was closed, by a person."""

    signal = models.OneToOneField(
        Signal, models.CASCADE, related_name="outcome", verbose_name="signaal"
    )
    usefulness = models.CharField("het signaal was", max_length=10, choices=Usefulness.choices)
    note = models.TextField("wat het opleverde", blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.signal}: {self.get_usefulness_display()}"


class ProposalState(models.TextChoices):
    PROPOSED = "proposed", "voorgesteld"
    ACCEPTED = "accepted", "overgenomen"
    REJECTED = "rejected", "afgewezen"


class PriorityProposal(Owned):
    """A new or changed priority, proposed from a signal; a strategic meeting decides whether it
    goes to the college.

    ``priority`` is the one to change, none for a new one. Once accepted it is an ``adjustment`` of
    the plan.
    """

    signal = models.ForeignKey(
        Signal, models.PROTECT, related_name="priority_proposals", verbose_name="signaal"
    )
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="+", verbose_name="plan")
    priority = models.ForeignKey(
        Priority,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="bestaande prioriteit",
    )
    title = models.CharField("prioriteit", max_length=200)
    description = models.TextField("toelichting", blank=True)
    reason = models.TextField("waarom")
    state = models.CharField(
        "staat", max_length=8, choices=ProposalState.choices, default=ProposalState.PROPOSED
    )
    proposed_by = models.UUIDField("voorgesteld door", null=True, blank=True, editable=False)
    meeting = models.ForeignKey(
        Meeting,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="priority_proposals",
        verbose_name="overleg",
    )
    decided_because = models.CharField("reden van het besluit", max_length=500, blank=True)
    adjustment = models.OneToOneField(
        Adjustment,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="aanpassing",
    )

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.title
