"""The versions of a plan: adopting it, reading one, and holding two beside each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from koers.apps.downloads import page
from koers.apps.intake.archive import sees_internal
from koers.apps.people.access import allow, own_or_404
from koers.apps.people.names import name_of, names_of
from koers.apps.people.privacy import PersonalDataWarning
from koers.apps.plan.forms.made import date_input
from koers.apps.plan.kinds import KINDS
from koers.apps.plan.models import Plan, PlanVersion
from koers.apps.plan.overviews.html import EXAMPLE
from koers.apps.plan.places import DECIDING
from koers.apps.plan.services import versions as services
from koers.apps.plan.services.content import in_words_of
from koers.apps.plan.views.pages import may_change
from koers.plain_text import whole_number
from koers.records import LineRecord, PlanRecord
from koers.tables import DAY, Column, Look, Table

NOW, ALL = "nu", "alles"
NEW_LINE = "\n"
NO_VERSIONS = (
    "Dit plan is nog niet vastgesteld. Wordt het collegebesluit over dit plan in Koers vastgesteld,"
    " dan maakt Koers vanzelf versie 1."
)
SHORT = 150
"""With so many lines a version is shown unfolded."""
CHANGES = 200
"""Changes on a page."""
COUNTED = ("doel", "maatregel", "actie")


class DecidedForm(PersonalDataWarning):
    """When something was decided, and where: a meeting or decision that Koers knows, or in one's
    own words."""

    free_text = ("decided_in",)
    field_order = ("decided_on", "decided_in", "keep_personal")
    decided_on = forms.DateField(
        label="Besloten op",
        widget=date_input(),
        error_messages={"invalid": "Vul een datum in, zoals 11-03-2025."},
    )
    decided_in = forms.CharField(
        label="Besloten in",
        max_length=200,
        help_text="Het besluit of het overleg. Kies er een uit de lijst, of typ het zelf.",
        error_messages={"required": "Schrijf op in welk besluit of overleg dit is besloten."},
    )

    def __init__(self, *args, choices=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["decided_in"].widget.attrs["list"] = "besloten-in"
        self.choices = list(choices)
        self.initial.setdefault("decided_on", date.today())

    def clean_decided_on(self):
        day = self.cleaned_data["decided_on"]
        if day > date.today():
            raise forms.ValidationError(
                "Deze datum ligt in de toekomst: dan is het nog niet besloten."
            )
        return day


def deciding(plan: Plan) -> list[str]:
    """The meetings and decisions in which something may be decided, as later apps name them."""
    return [label for labels in DECIDING.all(plan) for label in labels]


@allow("plan.view_plan")
def index(request, pk):
    """Every version of a plan, and a choice of two to compare."""
    plan = own_or_404(request, Plan, pk=pk)
    found = list(plan.versions.defer("content"))
    who = _who(found)
    columns = (
        Column(
            "number",
            "Versie",
            lambda v: f"Versie {v.number}",
            link=lambda v: reverse("plan:version", args=[plan.pk, v.number]),
        ),
        Column("adopted_on", "Vastgesteld op", kind=DAY),
        Column("decided_in", "Vastgesteld in"),
        Column("who", "Door", lambda v: who[v.pk]),
    )
    context = {"plan": plan, "versions": bool(found), "may_change": may_change(request)}
    table = Table("versies", f"Versies van {plan}", columns, found, empty=NO_VERSIONS)
    return page(request, "plan/versions.html", context, [table])


def _who(versions: list[PlanVersion]) -> dict[int, str]:
    """Who brought in each version."""
    made = {
        v.pk: v.history.filter(history_type="+").values_list("history_user_id", flat=True).first()
        for v in versions
    }
    names = names_of(made.values())
    return {pk: name_of(pseudonym, names) for pk, pseudonym in made.items()}


@allow("plan.change_plan")
def adopt(request, pk):
    """Record that the plan was adopted, where the decision was not taken in Koers."""
    plan = own_or_404(request, Plan, pk=pk)
    form = DecidedForm(request.POST or None, choices=deciding(plan))
    if request.method == "POST" and form.is_valid():
        version = services.adopt(
            plan, form.cleaned_data["decided_on"], form.cleaned_data["decided_in"]
        )
        messages.success(request, f"Het plan is vastgesteld: versie {version.number}.")
        return redirect("plan:versions", plan.pk)
    return render(request, "plan/adopt.html", {"plan": plan, "form": form})


@dataclass(frozen=True)
class Part:
    """A priority in a version; what it held is written out only where it is open."""

    key: int
    title: str
    said: str
    open: bool
    lines: list[SafeString]


@allow("plan.view_plan")
def version(request, pk, number):
    """A version as it was adopted, folded in per priority unless it is short; ``?open=KEY`` unfolds
    one, ``?open=alles`` all."""
    plan = own_or_404(request, Plan, pk=pk)
    found = get_object_or_404(plan.versions, number=number)
    entries = found.content.lines
    asked = ALL if len(entries) <= SHORT else request.GET.get("open", "")
    inside = sees_internal(request, request.municipality)
    parts = _parts(entries, asked, inside)
    if "HX-Request" in request.headers and (opened := [p for p in parts if p.open]):
        return render(request, "plan/_version_part.html", {"part": opened[0]})
    context = {
        "plan": plan,
        "version": found,
        "who": _who([found])[found.pk],
        "parts": parts,
        "open": asked == ALL,
        "long": len(entries) > SHORT,
        "head": [kept_line(e, inside) for e in entries if e.kind == "plan"],
    }
    return page(request, "plan/version.html", context, [_content_table(number, entries, inside)])


def _parts(entries: Iterable[LineRecord], asked: str, inside: bool) -> list[Part]:
    """The priorities of a version in their order, each with the lines that follow it."""
    groups: list[list[LineRecord]] = []
    for entry in entries:
        if entry.kind == "prioriteit":
            groups.append([entry])
        elif groups:
            groups[-1].append(entry)
    parts = []
    for priority, *under in groups:
        opened = asked in (ALL, str(priority.line))
        number = Counter(e.kind for e in under)
        said = ", ".join(
            f"{number[name]} {name if number[name] == 1 else KINDS[name].many}" for name in COUNTED
        )
        lines = [kept_line(e, inside) for e in (priority, *under)] if opened else []
        said += f"; gezamenlijk deel van gemeente {priority.of}" if priority.of else ""
        parts.append(Part(priority.line, priority.title, said, opened, lines))
    return parts


def _content_table(number: int, entries: Sequence[LineRecord], inside: bool) -> Table:
    titles = {(e.kind, e.line): e.title for e in entries}
    columns = (
        Column("line", "Regel", lambda e: e.title),
        Column("kind", "Soort"),
        Column("above", "Onder", lambda e: titles.get((KINDS[e.kind].above, e.parent), "")),
        Column(
            "adoption",
            "Vaststelling",
            lambda e: "voorbeeld, niet vastgesteld" if e.example else "vastgesteld",
        ),
        *([Column("of", "Gezamenlijk deel van")] if any(e.of for e in entries) else []),
        Column("content", "Inhoud", lambda e: _said(e, inside)),
    )
    return Table("inhoud", f"Inhoud van versie {number}", columns, entries)


def _said(entry: LineRecord, inside: bool) -> str:
    return "; ".join(f"{label}: {words}" for label, words in in_words_of(entry, inside))


def kept_line(entry: LineRecord, inside: bool = False) -> SafeString:
    """A line of a version as HTML: thousands of them through a template take too long. Every text
    is escaped."""
    kind, title = entry.kind, escape(entry.title)
    said = [
        (label, escape(words))
        for label, words in in_words_of(entry, inside)
        if label != "Vaststelling"
    ]
    example = EXAMPLE if entry.example else ""
    if kind == "actie":
        facts = "; ".join(f"{label.lower()}: {words}" for label, words in said)
        return mark_safe(
            f'<p class="k-indent">Actie: {title}{example} <span class="k-note">{facts}</span></p>'
        )  # noqa: S308
    head = "" if kind in ("plan", "prioriteit") else f"<h3>{kind.capitalize()}: {title}</h3>"
    beneath = f"<p>{example}</p>" if example else ""
    facts = "".join(
        f"<dt>{label}</dt><dd>{words.replace(NEW_LINE, '<br>')}</dd>" for label, words in said
    )
    return mark_safe(
        f'{head}{beneath}<dl class="k-facts">{facts}</dl>' if facts else f"{head}{beneath}"
    )  # noqa: S308


@allow("plan.view_plan")
def difference(request, pk):
    """Two versions side by side; ``nu`` is the plan as it stands."""
    plan = own_or_404(request, Plan, pk=pk)
    numbers = list(plan.versions.order_by("number").values_list("number", flat=True))
    if not numbers:
        messages.info(request, "Dit plan heeft nog geen versies om te vergelijken.")
        return redirect("plan:versions", pk)
    first = request.GET.get("van") or str(numbers[-2] if len(numbers) > 1 else numbers[-1])
    second = request.GET.get("naar") or (str(numbers[-1]) if len(numbers) > 1 else NOW)
    old = _content(plan, first)
    new = _content(plan, second, old)
    found = services.differences(old, new, sees_internal(request, request.municipality))
    shown = Paginator(found, CHANGES).get_page(request.GET.get("blad"))
    title = f"Verschil tussen {_named(first).lower()} en {_named(second).lower()}"
    context = {
        "plan": plan,
        "title": title,
        "shown": shown,
        "first": first,
        "second": second,
        "choices": [*((str(n), f"versie {n}") for n in numbers), (NOW, "het plan van nu")],
    }
    columns = (
        Column("line", "Regel"),
        Column("kind", "Soort"),
        Column("field", "Veld"),
        Column("old", _named(first), css="k-beside__old"),
        Column("new", _named(second), css="k-beside__new"),
    )
    listed = Table(
        "verschil",
        title,
        columns,
        list(shown),
        whole=lambda: found,
        look=Look.BESIDE_LINES,
        empty="Er is geen verschil.",
    )
    return page(request, "plan/difference.html", context, [listed])


def _content(plan: Plan, which: str, beside: PlanRecord | None = None) -> PlanRecord:
    if which == NOW:
        return services.whole_content(plan, beside)
    if (number := whole_number(which)) is None:
        raise Http404
    return get_object_or_404(plan.versions, number=number).content


def _named(which: str) -> str:
    return "Het plan van nu" if which == NOW else f"Versie {which}"
