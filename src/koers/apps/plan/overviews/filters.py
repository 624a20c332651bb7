"""What is chosen on a page of measures or actions: read from its address, and applied in the
database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django import forms
from django.db.models import Model, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.text import capfirst

from koers.apps.described import LineField, Type, fields_of
from koers.apps.people.colleagues import colleagues
from koers.apps.people.models import User
from koers.apps.plan.models import Action, ActionState, Measure, Priority
from koers.apps.plan.places import Heard
from koers.apps.plan.services.areas import area_names
from koers.apps.plan.services.news import without_news
from koers.apps.plan.services.owners import ENDED, without_owner
from koers.apps.plan.services.serving import serves
from koers.indicators import load_indicators

ALL = "alle"
NOBODY = "geen"
ABOVE = "measure__"


def in_area(lines: QuerySet, code: str, prefix: str = "") -> QuerySet:
    """Lines with this area in their list of areas; as text, because SQLite cannot look inside a
    list."""
    return _listed(lines, f"{prefix}areas", code)


def _listed(lines: QuerySet, field: str, code: str) -> QuerySet:
    return lines.alias(listed=Cast(field, TextField())).filter(listed__contains=f'"{code}"')


FIRST = ("zoek", "staat", "prioriteit")


@dataclass(frozen=True)
class _Chosen:
    """A field by which lines are chosen: of the line itself, or of the one above it."""

    field: LineField
    above: str

    @property
    def path(self) -> str:
        return f"{self.above}{self.field.name}"


def _chosen_by(model: type[Model]) -> dict[str, _Chosen]:
    """What lines are chosen by, by its name in the address; of an action also what is said of its
    measure."""
    found = {f.filter: _Chosen(f, "") for f in fields_of(model) if f.filter}
    if model is Action:
        found = {f.filter: _Chosen(f, ABOVE) for f in fields_of(Measure) if f.filter} | found
    return found


class FilterForm(forms.Form):
    """The choices of one page. What is not a choice here (an old address) counts as not chosen."""

    zoek = forms.CharField(label="Zoek in de tekst", required=False, max_length=100)
    prioriteit = forms.ChoiceField(label="Prioriteit", required=False)
    zonder_eigenaar = forms.BooleanField(label="Zonder eigenaar", required=False)
    zonder_nieuws = forms.BooleanField(label="Zonder nieuws", required=False)
    over_tijd = forms.BooleanField(label="Over tijd", required=False)

    def __init__(self, query, *, model, municipality, state: str = ALL):
        data = query.copy()
        data.setdefault("staat", state)
        super().__init__(data, auto_id="kies-%s")
        self.model, self.default_state = model, state
        self.municipality = municipality
        self.by = _chosen_by(model)
        self._offer()
        self.full_clean()

    def _offer(self) -> None:
        flags = [name for name in self.fields if name not in FIRST]
        for name, chosen in self.by.items():
            choices = [(ALL, ALL), *self._choices(chosen)]
            label = name.replace("_", " ").capitalize()
            self.fields[name] = forms.ChoiceField(label=label, required=False, choices=choices)
        priorities = Priority.objects.of(self.municipality).values_list("pk", "title")
        self.fields["prioriteit"].choices = [
            (ALL, ALL),
            *((str(pk), capfirst(title)) for pk, title in priorities),
        ]
        self.order_fields([*FIRST, *_in_order(self.by), *flags])

    def _choices(self, chosen: _Chosen) -> list[tuple[str, str]]:
        field = chosen.field
        match field.type:
            case Type.CHOICE:
                return [(str(value), label) for value, label in field.choices.items()]
            case Type.YES_NO:
                return [("True", "ja"), ("False", "nee")]
            case Type.PERSON:
                found = owners_in(self.municipality)
                return [(NOBODY, "niemand"), *((str(u.pk), str(u)) for u in found)]
            case Type.REFERENCES:
                found = field.field.related_model.objects.of(self.municipality)
                return [(str(one.pk), str(one)) for one in found]
            case Type.AREAS:
                codes = sorted(self._listed_in(field))
                named = zip(codes, area_names(codes), strict=True)
                return sorted(named, key=lambda o: o[1])
            case Type.INDICATORS:
                known = load_indicators()
                names = {t: known[t].title if t in known else t for t in self._listed_in(field)}
                return sorted(names.items(), key=lambda o: o[1])
        lines = field.model.objects.of(self.municipality)
        return [(value, value) for value in said_in(lines, field.name)]

    def _listed_in(self, field: LineField) -> set[str]:
        lists = field.model.objects.of(self.municipality).values_list(field.name, flat=True)
        return {code for codes in lists for code in codes}

    def chosen(self, name: str) -> str:
        value = self.cleaned_data.get(name) or ""
        return "" if value == ALL else value

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the usual is chosen."""
        usual = {"staat": self.default_state}
        return any(
            value and value not in (ALL, usual.get(name, ""))
            for name, value in self.cleaned_data.items()
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
        for name, chosen in self.by.items():
            if value := self.chosen(name):
                lines = _narrowed(lines, chosen, value)
        if priority := self.chosen("prioriteit"):
            above = "" if self.model is Measure else ABOVE
            lines = lines.filter(serves(int(priority), above))
        if self.cleaned_data.get("zonder_eigenaar"):
            lines = without_owner(lines, self.municipality)
        if self.cleaned_data.get("zonder_nieuws"):
            lines = without_news(lines, known)
        if self.cleaned_data.get("over_tijd"):
            lines = overdue(lines, today)
        return self._search(lines)

    def _search(self, lines: QuerySet) -> QuerySet:
        paths = [_searched(f) for f in fields_of(self.model) if f.said.search]
        if self.model is Action:
            paths.append(f"{ABOVE}title")
        for word in self.cleaned_data.get("zoek", "").split():
            found = Q()
            for path in paths:
                found |= Q(**{f"{path}__icontains": word})
            lines = lines.filter(found)
        return lines


def _in_order(by: dict[str, _Chosen]) -> list[str]:
    """In the order of a measure: what an action has of its own stands where its measure has it."""
    known = [f.filter for f in fields_of(Measure) if f.filter]
    return sorted(by, key=lambda name: known.index(name) if name in known else len(known))


def _narrowed(lines: QuerySet, chosen: _Chosen, value: str) -> QuerySet:
    match chosen.field.type:
        case Type.AREAS | Type.INDICATORS:
            return _listed(lines, chosen.path, value)
        case Type.PERSON if value == NOBODY:
            return lines.filter(**{chosen.path: None})
        case Type.PERSON:
            return lines.filter(Q(**{chosen.path: value}) | Q(deputy=value))
    return lines.filter(**{chosen.path: value})


def _searched(field: LineField) -> str:
    return f"{field.name}__name" if field.type == Type.PERSON else field.name


def overdue(lines: QuerySet, today: date) -> QuerySet:
    """Open actions past their date, or measures past their end that have not ended."""
    if lines.model is Action:
        return lines.filter(state=ActionState.OPEN, due__lt=today)
    return lines.filter(end__lt=today).exclude(state__in=ENDED)


def owners_in(municipality) -> QuerySet[User]:
    """Who works here, and who left and still stands at a line."""
    standing = Q()
    for model in (Measure, Action):
        lines = model.objects.of(municipality)
        standing |= Q(pk__in=lines.exclude(owner=None).values("owner"))
        standing |= Q(pk__in=lines.exclude(deputy=None).values("deputy"))
    return User.objects.filter(standing | Q(pk__in=colleagues(municipality).values("pk")))


def said_in(lines: QuerySet, name: str) -> Iterable[str]:
    """What is written in a field of these lines, each once."""
    found = lines.exclude(**{name: ""}).order_by(name)
    return found.values_list(name, flat=True).distinct()
