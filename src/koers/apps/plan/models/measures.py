"""Measure → action."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import models

from koers.apps.described import DAILY, FROZEN, UNKEPT, Type, described, exempt
from koers.apps.people.models import Municipality
from koers.apps.people.owned import Revised
from koers.apps.people.ownership import WithDeputy
from koers.apps.plan.models.adoptable import Adoptable
from koers.apps.plan.models.frameworks import Partner
from koers.apps.plan.models.lines import Goal, Priority
from koers.apps.recorded import TextsField

if TYPE_CHECKING:
    from koers.apps.picture.models import Signal

_UNTIL = (
    "einde, eind, einddatum, datum einde, tot, tot en met, t/m, deadline, uiterlijk,"
    " gereed, datum gereed, streefdatum, opleverdatum, gereed op, klaar op, afgerond op,"
    " afronding, oplevering, realisatiedatum, afgerond, eindigt, klaar"
)
_WHEN = (
    "wanneer, tijdpad, tijdsplanning, periode, looptijd, termijn, tijd, kwartaal, planning in tijd,"
    " uitvoering in, tijdsbestek, fasering, tijdvak,"
    " tijdspad, tijdlijn, doorlooptijd, planning en fasering, uitvoeringsperiode, moment"
)
_STATE = (
    "status, stand van zaken, voortgang, fase, stoplicht, voortgang en status, rag-status,"
    " verkeerslicht, stavaza, statuskleur"
)


class MeasureKind(models.TextChoices):
    PREVENTION = "prevention", "preventie"
    EARLY_SIGNALLING = "early_signalling", "vroegsignalering"
    ENFORCEMENT = "enforcement", "handhaving"
    CARE = "care", "zorg"
    COHESION = "cohesion", "sociale cohesie"


class MeasureState(models.TextChoices):
    PLANNED = "planned", "gepland"
    RUNNING = "running", "loopt"
    AT_RISK = "at_risk", "loopt gevaar"
    STOPPED = "stopped", "gestopt"
    DONE = "done", "klaar"


NEEDS_A_REASON = (MeasureState.AT_RISK, MeasureState.STOPPED)


class Measure(Adoptable, WithDeputy, Revised):
    """What is done towards the goals of a priority."""

    owner_after = "end"

    priority: models.ForeignKey[Priority, Priority] = exempt(
        models.ForeignKey(
            Priority, models.CASCADE, related_name="measures", verbose_name="prioriteit"
        ),
        "where it stands",
    )
    title = described(
        models.CharField("maatregel", max_length=200),
        FROZEN,
        part="Wat",
        search=True,
        words=(
            "maatregelen, naam maatregel, titel, naam, activiteit, activiteiten, aanpak,"
            " interventie, wat, wat gaan we doen, inspanning, inspanningen, actie, acties, project,"
            " projecten, inzet, actiepunt, actiepunten, wat gaan we ervoor doen, hoe,"
            " wat gaan we daarvoor doen, wat gaan we hiervoor doen, wat doen we,"
            " wat doen we ervoor, te nemen maatregel,"
            " concrete actie, concrete acties, activiteit/maatregel"
        ),
    )
    description = described(
        models.TextField("toelichting", blank=True),
        FROZEN,
        lines=3,
        search=True,
        words=(
            "omschrijving, beschrijving, uitleg, opmerking, opmerkingen, inhoud, toelichtingen,"
            " bijzonderheden"
        ),
    )
    kind = described(
        models.CharField(
            "soort", max_length=20, choices=MeasureKind.choices, default=MeasureKind.PREVENTION
        ),
        FROZEN,
        words="type, soort maatregel, categorie",
    )
    state = described(
        models.CharField(
            "staat", max_length=8, choices=MeasureState.choices, default=MeasureState.PLANNED
        ),
        DAILY,
        part="Hoe staat het ervoor",
        words=_STATE,
    )
    state_reason = described(
        models.CharField("reden van de staat", max_length=300, blank=True),
        DAILY,
        help="Nodig bij 'loopt gevaar' en 'gestopt'.",
        words="reden, toelichting status",
    )
    planning = described(
        models.CharField("planning", max_length=300, blank=True),
        FROZEN,
        part="Wanneer",
        help="Zoals het in uw plan staat: 'Q2 en Q3 2026', 'doorlopend', 'voor de zomer'.",
        words=_WHEN,
    )
    start = described(
        models.DateField("begin", null=True, blank=True),
        FROZEN,
        words="start, startdatum, begindatum, van, vanaf, ingangsdatum, gestart op, aanvang",
    )
    end = described(
        models.DateField("einde", null=True, blank=True), FROZEN, until=True, words=_UNTIL
    )
    partners = described(
        models.ManyToManyField(
            Partner, blank=True, verbose_name="partners", related_name="measures"
        ),
        FROZEN,
        filter="partner",
        words=(
            "partner, samenwerking, samenwerkingspartners, ketenpartners, betrokken partijen,"
            " partijen, met wie, betrokkenen, samen met, samenwerking met, interne en externe"
            " partners, betrokken partners, externe partners, partners extern, stakeholders,"
            " netwerkpartners, samenwerkende partijen, ketenpartijen,"
            " veiligheidspartners, deelnemers,"
            " betrokken organisaties, samenwerkingspartner, samenwerkingspartijen"
        ),
    )
    areas = described(
        TextsField("gebieden", blank=True),
        FROZEN,
        type=Type.AREAS,
        part="Waar",
        help="Kies geen gebied als de maatregel voor de hele gemeente is.",
        filter="gebied",
        words="gebied, wijk, wijken, buurt, buurten, waar, locatie, kern, kernen",
    )
    topics = described(
        TextsField("indicatoren", blank=True),
        FROZEN,
        type=Type.INDICATORS,
        part="Waarover",
        folded=True,
        help="De cijfers waarop deze maatregel invloed moet hebben.",
        filter="onderwerp",
        words="indicator, meetbaar aan, cijfers",
    )
    budget = described(
        models.DecimalField(
            "budget in euro's", max_digits=11, decimal_places=2, null=True, blank=True
        ),
        FROZEN,
        part="Middelen",
        folded=True,
        header="Budget",
        words=(
            "kosten, begroting, bedrag, middelen, geld, budget in euro's, financien, euro, dekking,"
            " financiele middelen, kosten en dekking, raming, benodigde middelen,"
            " benodigd budget, kostenraming, geraamde kosten"
        ),
    )
    budget_words = described(
        models.CharField("budget in woorden", max_length=300, blank=True),
        FROZEN,
        help="Als het geen bedrag is: 'n.t.b.', '€ 2.000 per jaar', 'binnen bestaande formatie'.",
    )
    hours = described(
        models.PositiveIntegerField("uren", null=True, blank=True),
        FROZEN,
        words="aantal uren, capaciteit, inzet in uren, uren per jaar",
    )
    other_priorities = described(
        models.ManyToManyField(
            Priority, blank=True, verbose_name="ook voor prioriteiten", related_name="also_served"
        ),
        FROZEN,
        part="Waarvoor",
        help="De maatregel staat onder haar eigen prioriteit; bij deze staat een verwijzing.",
        words=(
            "ook voor prioriteit, ook voor thema's, andere prioriteiten, andere thema's, draagt ook"
            " bij aan, raakt ook aan, tweede prioriteit"
        ),
    )
    goals = described(
        models.ManyToManyField(Goal, blank=True, verbose_name="doelen", related_name="measures"),
        FROZEN,
        help="De doelen waaraan de maatregel bijdraagt.",
        header="Draagt bij aan doelen",
        words="draagt bij aan doel, draagt bij aan, dient doel, bij doel, hoort bij doel",
    )
    number = described(
        models.CharField("nummer", max_length=20, blank=True),
        FROZEN,
        part="In uw plan",
        folded=True,
        words="nr, nummer maatregel, volgnummer",
    )
    safety_field = described(
        models.CharField("veiligheidsveld", max_length=200, blank=True),
        FROZEN,
        help="Alleen als dat een ander veld is dan dat van de prioriteit.",
        words="veld, veiligheidsdomein, domein, pijler, veiligheidsvelden",
    )
    sub_theme = described(
        models.CharField("subthema", max_length=200, blank=True),
        FROZEN,
        search=True,
        help="Het deel van de prioriteit waaronder de maatregel valt.",
        words="deelthema, onderwerp, subonderwerp, onderdeel, sub-thema, deelonderwerp, deelopgave",
    )
    aim = described(
        models.TextField("doel in woorden", blank=True),
        FROZEN,
        lines=2,
        search=True,
        help="Wat de maatregel moet bereiken, zoals het in uw plan staat.",
        header="Doel",
        words=(
            "doelstelling, doelstellingen, doelen, subdoel, subdoelstelling, subdoelen,"
            " subdoelstellingen, beoogd effect, beoogd doel, wat willen we bereiken, ambitie,"
            " gewenst effect, operationeel doel, hoofddoel, kerndoel, strategisch doel"
        ),
    )
    result = described(
        models.TextField("resultaat", blank=True),
        FROZEN,
        lines=2,
        search=True,
        help="Wat er is als de maatregel is uitgevoerd.",
        words="resultaten, beoogd resultaat, product, producten, output, opbrengst, op te leveren",
    )
    evidence = described(
        models.TextField("wat bekend is over de werking", blank=True),
        FROZEN,
        part="Wat is bekend",
        folded=True,
        lines=3,
        help="Werkt dit elders? Wat is daarvan gemeten?",
        words="bewijs, werking, onderbouwing, effect",
    )
    evidence_source = described(
        models.CharField("bron daarvan", max_length=300, blank=True),
        FROZEN,
        free_text=False,
        help="Rapport, artikel of website waar dat staat.",
        header="Bron",
        words="bronnen, bron daarvan",
    )
    shared_with = described(
        models.ManyToManyField(
            Municipality, blank=True, verbose_name="gedeeld met", related_name="shared_measures"
        ),
        UNKEPT,
        part="Delen",
        folded=True,
        help=(
            "Deze gemeenten mogen de maatregel lezen, niet wijzigen. Haar evaluatie telt dan mee"
            " in wat gemeenten samen maten."
        ),
        words="delen met, gedeeld",
    )
    library = described(
        models.SlugField("uit de bibliotheek", max_length=80, blank=True, editable=False),
        UNKEPT,
        undone=False,
        words="bibliotheek",
    )

    class Meta:
        ordering = ["priority", "title"]

    def __str__(self) -> str:
        return self.title

    @property
    def band(self) -> str:
        """The field of safety under which it stands: its own, else that of its priority."""
        return self.safety_field or self.priority.safety_field

    def clean(self) -> None:
        super().clean()
        if self.start and self.end and self.end < self.start:
            raise ValidationError({"end": "Het einde ligt vóór het begin. Kies een latere datum."})
        if self.state in NEEDS_A_REASON and not self.state_reason.strip():
            label = self.get_state_display()
            raise ValidationError(
                {
                    "state_reason": (
                        f"Bij de staat '{label}' hoort een reden. Schrijf op wat er speelt."
                    )
                }
            )


class ActionState(models.TextChoices):
    OPEN = "open", "open"
    DONE = "done", "gedaan"
    DROPPED = "dropped", "vervallen"


class Action(Adoptable, WithDeputy, Revised):
    """One step of a measure, or of a signal that was taken up: owner, due date, state.

    It is the work of every day: nothing of it is frozen.
    """

    owner_after = "title"
    decided_on = False

    measure: models.ForeignKey[Measure | None, Measure | None] = exempt(
        models.ForeignKey(
            Measure,
            models.CASCADE,
            null=True,
            blank=True,
            related_name="actions",
            verbose_name="maatregel",
        ),
        "where it stands",
    )
    title = described(
        models.CharField("actie", max_length=200),
        DAILY,
        search=True,
        words=(
            "acties, actiepunt, actiepunten, taak, taken, stap, stappen, to do, todo, wat,"
            " afspraak, omschrijving, activiteit"
        ),
    )
    number = described(
        models.CharField("nummer", max_length=20, blank=True),
        DAILY,
        folded=True,
        words="nr, nummer actie, volgnummer",
    )
    planning = described(
        models.CharField("planning", max_length=300, blank=True),
        DAILY,
        help="Zoals het in uw plan staat: 'Q2 en Q3 2026', 'doorlopend', 'voor de zomer'.",
        words=_WHEN,
    )
    due = described(
        models.DateField("uiterlijk", null=True, blank=True), DAILY, until=True, words=_UNTIL
    )
    state = described(
        models.CharField(
            "staat", max_length=7, choices=ActionState.choices, default=ActionState.OPEN
        ),
        DAILY,
        words=_STATE,
    )
    note = described(
        models.TextField("opmerking", blank=True),
        UNKEPT,
        folded=True,
        lines=2,
        search=True,
        words="opmerkingen, notitie, toelichting, resultaat",
    )
    signal: models.ForeignKey[Signal | None, Signal | None] = described(
        models.ForeignKey(
            "picture.Signal",
            models.SET_NULL,
            null=True,
            blank=True,
            related_name="actions",
            verbose_name="signaal",
        ),
        UNKEPT,
        form=False,
        in_files=False,
    )

    class Meta:
        ordering = ["state", "due", "title"]

    def __str__(self) -> str:
        return self.title
