"""An agenda is made of rows: what changed since the last meeting, what was postponed, and what
somebody put on it."""

from django.db import models

from koers.apps.meetings.models.meetings import Meeting
from koers.apps.people.owned import Owned, Revised
from koers.apps.people.ownership import WithOwner
from koers.apps.plan.models import Action


class ItemKind(models.TextChoices):
    """In the order in which they stand on the agenda."""

    DECISION = "decision", "besluit van een eerdere keer"
    PRIORITY = "priority", "voorgestelde prioriteit"
    ADJUSTMENT = "adjustment", "voorgestelde aanpassing van het plan"
    TO_DECIDE = "to_decide", "besluit te nemen"
    SIGNAL = "signal", "signaal"
    CLUSTER = "cluster", "cluster"
    GOAL = "goal", "doel"
    MEASURE = "measure", "maatregel"
    EVALUATION = "evaluation", "werkt het?"
    ACTION = "action", "actie"
    EVENT = "event", "evenement"
    SEASON = "season", "seizoen"
    REVISION = "revision", "herziene cijfers"
    STILL = "still", "zonder eigenaar of nieuws"
    OWN = "own", "eigen punt"


class ItemState(models.TextChoices):
    OPEN = "open", "open"
    DISCUSSED = "discussed", "besproken"
    TAKEN_UP = "taken_up", "opgepakt"
    SET_ASIDE = "set_aside", "terzijde gelegd"
    POSTPONED = "postponed", "volgende keer"


class AgendaItem(Owned, WithOwner, Revised):
    """One item of a meeting; ``key`` says what it is about, so that it is on the agenda once."""

    meeting = models.ForeignKey(
        Meeting, models.CASCADE, related_name="items", verbose_name="overleg"
    )
    position = models.PositiveIntegerField("plaats")
    kind = models.CharField("soort", max_length=10, choices=ItemKind.choices, default=ItemKind.OWN)
    key = models.CharField("verwijzing", max_length=200, blank=True, editable=False)
    ref_id = models.PositiveBigIntegerField("nummer", null=True, blank=True, editable=False)
    url = models.CharField("adres", max_length=300, blank=True, editable=False)
    title = models.CharField("punt", max_length=300)
    detail = models.TextField("toelichting", blank=True)
    state = models.CharField(
        "staat", max_length=10, choices=ItemState.choices, default=ItemState.OPEN
    )
    note = models.TextField("notitie", blank=True)
    reason = models.CharField("reden", max_length=500, blank=True)
    due = models.DateField("uiterlijk", null=True, blank=True)
    actions = models.ManyToManyField(
        Action, blank=True, related_name="agenda_items", verbose_name="acties"
    )

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "kind", "key"],
                condition=~models.Q(key=""),
                name="one_item_a_subject",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def untouched(self) -> bool:
        """Whether nobody did anything with it, so that it may leave the agenda by itself."""
        return self.state == ItemState.OPEN and not (
            self.note or self.owner_id or self.owner_department or self.due
        )
