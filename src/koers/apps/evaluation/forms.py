"""What a person fixes of a measure, who lies around and beside it, and what a meeting decides."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django import forms
from django.utils.html import escape

from koers.apps.evaluation.models import (
    MOST_SECONDARY,
    Course,
    EffectDesign,
    Horizon,
    Method,
)
from koers.apps.evaluation.services.fixing import Choices
from koers.apps.evaluation.services.region import Region, suggested_method
from koers.apps.people.privacy import PersonalDataWarning
from koers.apps.plan.models import Measure
from koers.apps.plan.together import FoundTogether

USUAL_FALL = 20
METHOD_HELP = (
    "Weet u het niet, laat Koers dan kiezen: wat vooraf te verwachten was, en bij een maatregel die"
    " overal geldt de breuk. De andere methoden staan er in elk geval naast."
)


class ReasonForm(PersonalDataWarning):
    """A form that asks for a reason once the measure has begun."""

    free_text = ("reason",)
    reason = forms.CharField(
        label="Waarom verandert de opzet na het begin?",
        help_text="De reden blijft bij de maatregel en bij elke evaluatie staan.",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def _ask_reason(self, design: EffectDesign | None) -> None:
        if design is None or not design.started:
            del self.fields["reason"]


class DesignForm(ReasonForm):
    """Outcome, areas, start, method, expected change and horizon."""

    indicator = forms.ChoiceField(
        label="Waaraan moet het te zien zijn?", help_text="De uitkomst waarop het oordeel rust."
    )
    secondary = forms.MultipleChoiceField(
        label=f"Welke uitkomsten staan ernaast? (hooguit {MOST_SECONDARY}, het mag ook geen)",
        help_text=(
            "Zij geven geen oordeel. Hoe meer u er kiest, hoe ruimer hun marges, zodat die samen"
            " kloppen."
        ),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    everywhere = forms.BooleanField(label="De maatregel geldt in de hele gemeente", required=False)
    areas = forms.MultipleChoiceField(
        label="Of alleen in deze buurten", required=False, widget=forms.CheckboxSelectMultiple
    )
    start = forms.DateField(
        label="Wanneer begint de maatregel?",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    expected_fall = forms.IntegerField(
        label="Welke daling verwacht u (in %)?", min_value=1, max_value=95
    )
    horizon = forms.TypedChoiceField(
        label="Na welke tijd oordelen we?", choices=Horizon.choices, coerce=int
    )
    method = forms.ChoiceField(
        label="Methode",
        required=False,
        choices=[("", "Koers kiest wat bij de gebieden past"), *Method.choices],
        help_text=METHOD_HELP,
    )
    field_order = (
        "indicator",
        "secondary",
        "everywhere",
        "areas",
        "start",
        "expected_fall",
        "horizon",
        "method",
        "reason",
        "keep_personal",
    )

    def __init__(
        self,
        *args,
        measure: Measure,
        region: Region,
        outcomes,
        design: EffectDesign | None = None,
        measured: Collection[FoundTogether] = (),
        **kwargs,
    ):
        areas = [c for c in (design.areas if design else measure.areas) if c in region.codes]
        outcome = design.indicator if design else _first_outcome(measure, outcomes)
        everywhere = bool(areas) and set(areas) >= set(region.own)
        initial = {
            "indicator": outcome,
            "secondary": design.secondary if design else [],
            "everywhere": everywhere,
            "areas": [] if everywhere else areas,
            "start": design.start if design else measure.start,
            "expected_fall": _expected_fall(outcome, design, measured),
            "horizon": design.horizon if design else Horizon.YEAR,
            "method": design.method if design else "",
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.region = region
        possible = [(i.id, i.title) for i in outcomes]
        self.fields["indicator"].choices = self.fields["secondary"].choices = possible
        self.counted = {i.id: (i.numerator.scheme, i.topics) for i in outcomes}
        self.fields["areas"].choices = [(code, region.name(code)) for code in region.own]
        self.fields["expected_fall"].help_text = _what_others_found(measured)
        self._ask_reason(design)

    def clean_start(self) -> date:
        start = self.cleaned_data["start"]
        if start.year < 2000:
            raise forms.ValidationError("Dit jaar klopt niet. Vul de datum in als 2026-03-01.")
        return start

    def clean_secondary(self) -> list[str]:
        chosen = self.cleaned_data["secondary"]
        if len(chosen) > MOST_SECONDARY:
            raise forms.ValidationError(
                f"Kies er hooguit {MOST_SECONDARY}; u koos er {len(chosen)}. Met meer uitkomsten is"
                " er altijd wel één die toevallig daalt."
            )
        if self.cleaned_data.get("indicator") in chosen:
            raise forms.ValidationError(
                "Op deze uitkomst rust het oordeel al. Kies hier andere, of geen."
            )
        every = [*chosen, *filter(None, [self.cleaned_data.get("indicator")])]
        if len({self.counted[name] for name in every}) < len(every):
            raise forms.ValidationError(
                "Twee van de uitkomsten die u koos, tellen hetzelfde en delen het alleen door iets"
                " anders. Laat er een van weg."
            )
        return chosen

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("everywhere") and not cleaned.get("areas") and "areas" in cleaned:
            self.add_error("areas", "Kies ten minste één buurt, of de hele gemeente.")
        return cleaned

    @property
    def choices(self) -> Choices:
        data = self.cleaned_data
        areas = tuple(self.region.own if data["everywhere"] else data["areas"])
        method = data["method"] or suggested_method(self.region, areas, data["start"])
        return Choices(
            data["indicator"],
            areas,
            data["start"],
            method,
            -data["expected_fall"] / 100,
            data["horizon"],
            tuple(data["secondary"]),
        )


def _first_outcome(measure: Measure, outcomes) -> str:
    """An indicator of the measure's priority, where it can be judged by."""
    ids = [i.id for i in outcomes]
    return next((i for i in measure.priority.indicators if i in ids), ids[0] if ids else "")


def _expected_fall(
    outcome: str, design: EffectDesign | None, measured: Collection[FoundTogether]
) -> int | None:
    """What was fixed; else what others found together, with nothing where it did not fall there."""
    if design:
        return round(-100 * design.expected_change)
    found = next((x for x in measured if x.indicator == outcome), None)
    return found.expected_fall if found else USUAL_FALL


def _what_others_found(measured: Collection[FoundTogether]) -> str:
    return escape(" ".join(found.sentence for found in measured))


class SurroundingsForm(ReasonForm):
    """The ring and the comparison areas: those that stay, and one to add to each."""

    ring = forms.MultipleChoiceField(
        label="De ring: deze blijven", required=False, widget=forms.CheckboxSelectMultiple
    )
    add_ring = forms.ChoiceField(label="Komt erbij in de ring", required=False)
    comparison = forms.MultipleChoiceField(
        label="Vergelijkingsgebieden: deze blijven",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    add_comparison = forms.ChoiceField(label="Komt erbij om mee te vergelijken", required=False)
    field_order = ("ring", "add_ring", "comparison", "add_comparison", "reason", "keep_personal")

    def __init__(self, *args, design: EffectDesign, region: Region, **kwargs):
        super().__init__(
            *args, initial={"ring": design.ring, "comparison": design.comparison}, **kwargs
        )
        named = {
            code: f"{region.name(code)} ({region.municipality(code)})" for code in region.codes
        }
        taken = {*design.areas, *design.ring, *design.comparison}
        free = sorted(
            ((c, n) for c, n in named.items() if c not in taken), key=lambda entry: entry[1]
        )
        self.fields["ring"].choices = [(c, named.get(c, c)) for c in design.ring]
        self.fields["comparison"].choices = [(c, named.get(c, c)) for c in design.comparison]
        self.fields["add_ring"].choices = self.fields["add_comparison"].choices = [
            ("", "geen"),
            *free,
        ]
        if design.method == Method.ITS:
            del self.fields["comparison"], self.fields["add_comparison"]
        self._ask_reason(design)

    def clean(self):
        cleaned = super().clean()
        ring = [*cleaned.get("ring", []), *filter(None, [cleaned.get("add_ring")])]
        compared = [*cleaned.get("comparison", []), *filter(None, [cleaned.get("add_comparison")])]
        if set(ring) & set(compared):
            self.add_error(
                "add_ring", "Een gebied hoort bij de ring óf bij de vergelijking, niet bij beide."
            )
        if "comparison" in self.fields and not compared:
            self.add_error("comparison", "Laat ten minste één gebied staan om mee te vergelijken.")
        return cleaned | {"all_ring": ring, "all_comparison": compared}


class TakeBackForm(PersonalDataWarning):
    """Why a decision is taken back."""

    free_text = ("why",)
    why = forms.CharField(
        label="Waarom nemen we dit besluit terug?",
        help_text="De reden blijft erbij staan. Iedereen die hier meewerkt kan haar lezen.",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DecideForm(PersonalDataWarning):
    """What the meeting decides on a proposal, and why."""

    free_text = ("reason",)
    decision = forms.ChoiceField(
        label="Wat besluit het overleg?", choices=Course.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label="Waarom?",
        help_text=(
            "De reden staat daarna bij de maatregel. Iedereen die hier meewerkt kan haar lezen."
        ),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
