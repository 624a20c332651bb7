"""The text of a plan, as it is and as it was."""

from __future__ import annotations

from collections.abc import Iterator

from django.shortcuts import get_object_or_404
from django.urls import reverse

from koers.apps.downloads import page
from koers.apps.people.access import allow, own_or_404
from koers.apps.people.names import name_of, names_of
from koers.apps.plan.models import Plan
from koers.apps.texts.models import TextKind, TextVersion
from koers.apps.texts.services.versions import versions_of
from koers.apps.texts.tables import block_table, versions_table
from koers.plain_text import whole_number
from koers.records.text import Section, SectionedText
from koers.records.text import Table as TableBlock

DEEPEST = 6


@allow("plan.view_plan")
def plan_text(request, pk):
    """The text in its newest version, or in the one that ``?versie=`` names."""
    plan = own_or_404(request, Plan, pk=pk)
    known = list(versions_of(TextKind.PLAN, plan.pk))
    asked = whole_number(request.GET.get("versie", ""))
    version = known[0] if known else None
    if asked is not None:
        version = get_object_or_404(versions_of(TextKind.PLAN, plan.pk), number=asked)
    context = {
        "plan": plan,
        "version": version,
        "newest": known[0].number if known else 0,
        "sections": list(_levels(version.content)) if version else [],
    }
    if version is None:
        return page(request, "texts/plan.html", context, [])
    names = names_of([v.by for v in known])
    tables = [block_table(b) for b in version.content.blocks if isinstance(b, TableBlock)]
    address = reverse("texts:plan", args=[plan.pk])

    def address_of(one: TextVersion) -> str:
        return f"{address}?versie={one.number}"

    listed = versions_table(known, lambda one: name_of(one.by, names), None, address_of)
    return page(request, "texts/plan.html", context, [*tables, listed])


def _levels(text: SectionedText) -> Iterator[tuple[Section, int]]:
    """Each section with the level of its heading on a page under a title: none is passed over."""
    before = 1
    for section in text.sections:
        if section.heading:
            before = min(section.level + 1, before + 1, DEEPEST)
        yield section, before
