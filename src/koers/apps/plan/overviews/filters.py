"""What is chosen on a page of measures or actions: read from its address, and applied in the database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django import forms
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from koers.apps.people.models import User
from koers.apps.picture.readings import area as find_area
from koers.apps.plan.models import (
    Action,
    ActionState,
    Adoption,
    Measure,
    MeasureKind,
    MeasureState,
    Partner,
    Priority,
)
from koers.apps.plan.services.news import Heard, without_news
from koers.apps.plan.services.owners import ENDED, without_owner
from koers.indicators import load_indicators

ALL = "alle"
NOBODY = "geen"


def in_area(lines: QuerySet, code: str, prefix: str = "") -> QuerySet:
    """Lines with this area in their list of areas; as text, because SQLite cannot look inside a list."""
    return _listed(lines, f"{prefix}areas", code)


def _listed(lines: QuerySet, field: str, code: str) -> QuerySet:
    return lines.alias(listed=Cast(field, TextField())).filter(listed__contains=f'"{code}"')


class FilterForm(forms.Form):
    """The choices of one page. What is not a choice here (an old address) counts as not chosen."""

    zoek = forms.CharField(label="Zoek in de tekst", required=False, max_length=100)
    staat = forms.ChoiceField(label="Staat", required=False)
    prioriteit = forms.ChoiceField(label="Prioriteit", required=False)
    soort = forms.ChoiceField(label="Soort", required=False, choices=[(ALL, ALL), *MeasureKind.choices])
    eigenaar = forms.ChoiceField(label="Eigenaar", required=False)
    afdeling = forms.ChoiceField(label="Afdeling", required=False)
    partner = forms.ChoiceField(label="Partner", required=False)
    gebied = forms.ChoiceField(label="Gebied", required=False)
    onderwerp = forms.ChoiceField(label="Onderwerp", required=False)
    vaststelling = forms.ChoiceField(label="Vaststelling", required=False, choices=[(ALL, ALL), *Adoption.choices])
    zonder_eigenaar = forms.BooleanField(label="Zonder eigenaar", required=False)
    zonder_nieuws = forms.BooleanField(label="Zonder nieuws", required=False)
    over_tijd = forms.BooleanField(label="Over tijd", required=False)

    def __init__(self, query, *, model, municipality, state: str = ALL):
        data = query.copy()
        data.setdefault("staat", state)
        super().__init__(data, auto_id="kies-%s")
        self.model, self.default_state = model, state
        self.municipality = municipality
        self._offer(municipality)
        self.full_clean()

    def _offer(self, municipality) -> None:
        states = ActionState if self.model is Action else MeasureState
        measures = Measure.objects.of(municipality)
        offers: dict[str, list[tuple[str, str]]] = {
            "staat": list(states.choices),
            "prioriteit": [(str(pk), title) for pk, title in
                           Priority.objects.of(municipality).values_list("pk", "title")],
            "eigenaar": [(NOBODY, "niemand"), *((str(u.pk), str(u)) for u in owners_in(municipality))],
            "afdeling": [(d, d) for d in departments(self.model.objects.of(municipality))],
            "partner": [(str(pk), name) for pk, name in Partner.objects.of(municipality).values_list("pk", "name")],
        }  # fmt: skip
        lists = list(measures.values_list("areas", "topics"))
        known = load_indicators()
        offers["gebied"] = sorted(
            ((code, name_of_area(code)) for code in {c for areas, _ in lists for c in areas}), key=lambda o: o[1]
        )
        topics = {t for _, these in lists for t in these}
        offers["onderwerp"] = sorted(((t, known[t].title if t in known else t) for t in topics), key=lambda o: o[1])
        for name, choices in offers.items():
            self.fields[name].choices = [(ALL, ALL), *choices]

    def chosen(self, name: str) -> str:
        value = self.cleaned_data.get(name) or ""
        return "" if value == ALL else value

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the usual is chosen."""
        usual = {"staat": self.default_state}
        return any(
            value and value not in (ALL, usual.get(name, "")) for name, value in self.cleaned_data.items()
        ) or self.cleaned_data.get("staat") not in (self.default_state, None)

    @property
    def words(self) -> str:
        """What is chosen, to read above the table."""
        said = []
        for name, field in self.fields.items():
            value = self.cleaned_data.get(name)
            if not value or value == ALL:
                continue
            if isinstance(field, forms.ChoiceField):
                said.append(f"{field.label.lower()}: {dict(field.choices).get(value, value)}")
            else:
                said.append(field.label.lower() if value is True else f"met '{value}'")
        return ", ".join(said)

    def apply(self, lines: QuerySet, known: Heard | None, today: date) -> QuerySet:
        """The lines that were chosen."""
        above = "" if self.model is Measure else "measure__"
        exact = {"staat": "state", "prioriteit": f"{above}priority", "soort": f"{above}kind", "afdeling": "owner_department",
                 "partner": f"{above}partners", "vaststelling": "adoption"}  # fmt: skip
        lines = lines.filter(**{field: value for name, field in exact.items() if (value := self.chosen(name))})
        if owner := self.chosen("eigenaar"):
            lines = lines.filter(owner=None) if owner == NOBODY else lines.filter(Q(owner=owner) | Q(deputy=owner))
        if code := self.chosen("gebied"):
            lines = in_area(lines, code, above)
        if topic := self.chosen("onderwerp"):
            lines = _listed(lines, f"{above}topics", topic)
        if self.cleaned_data.get("zonder_eigenaar"):
            lines = without_owner(lines, self.municipality)
        if self.cleaned_data.get("zonder_nieuws"):
            lines = without_news(lines, known)
        if self.cleaned_data.get("over_tijd"):
            lines = overdue(lines, today)
        return self._search(lines, above)

    def _search(self, lines: QuerySet, above: str) -> QuerySet:
        for word in self.cleaned_data.get("zoek", "").split():
            found = Q(title__icontains=word) | Q(owner__name__icontains=word) | Q(owner_department__icontains=word)
            found |= Q(description__icontains=word) if self.model is Measure else (
                Q(note__icontains=word) | Q(measure__title__icontains=word)
            )  # fmt: skip
            lines = lines.filter(found)
        return lines


def overdue(lines: QuerySet, today: date) -> QuerySet:
    """Open actions past their date, or measures past their end that have not ended."""
    if lines.model is Action:
        return lines.filter(state=ActionState.OPEN, due__lt=today)
    return lines.filter(end__lt=today).exclude(state__in=ENDED)


def name_of_area(code: str) -> str:
    found = find_area(code)
    return found.name if found else code


def owners_in(municipality) -> QuerySet[User]:
    """People who take part here."""
    return User.objects.filter(memberships__municipality=municipality).distinct()


def departments(lines: QuerySet) -> Iterable[str]:
    found = lines.exclude(owner_department="").order_by("owner_department")
    return found.values_list("owner_department", flat=True).distinct()
