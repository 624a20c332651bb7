"""A form shows what most lines need; the rest is folded until something is in it, and of the
indicators those of the priority come first."""

import re

import pytest
from django.urls import reverse

from koers.apps.plan.models import Measure, Priority

pytestmark = pytest.mark.django_db


def folds(page):
    """By its name: whether a fold is open, and the fields in it."""
    found = re.findall(
        r'<details class="k-fold"( open)?>\s*<summary>(.*?)</summary>(.*?)(?=<details|<button)',
        page,
        re.S,
    )
    return {
        name: (bool(opened), set(re.findall(r'name="(\w+)"', html))) for opened, name, html in found
    }


@pytest.fixture
def measure(plan):
    found = plan.priorities.first().measures.filter(archived_at=None).first()
    Measure.objects.filter(pk=found.pk).update(budget=None, hours=None, evidence="", topics=[])
    return found


def edit_page(client, measure, sent=None):
    address = reverse("plan:edit", args=["maatregel", measure.pk])
    answer = client.get(address) if sent is None else client.post(address, sent)
    return folds(answer.content.decode())


def test_a_fold_opens_where_something_is_in_it_or_wrong(adviser, measure):
    found = edit_page(adviser, measure)
    assert found["Middelen"] == (False, {"budget", "budget_words", "hours"})
    Measure.objects.filter(pk=measure.pk).update(budget=0)
    assert edit_page(adviser, measure)["Middelen"][0]
    assert not edit_page(adviser, measure)["In uw plan"][0]
    wrong = edit_page(adviser, measure, {"title": "", "hours": "veel"})
    assert wrong["Middelen"][0] and not wrong["Wat is bekend"][0]


def test_what_is_required_is_never_folded(adviser, plan):
    for kind, above in (("maatregel", plan.priorities.first()), ("doel", plan.priorities.first())):
        page = adviser.get(reverse("plan:add", args=[kind, above.pk])).content.decode()
        for opened, names in folds(page).values():
            asked = [n for n in names if re.search(rf'name="{n}"[^>]* required', page)]
            assert opened or not asked


def test_the_indicators_of_the_themes_of_the_priority_come_first(adviser, measure):
    Priority.objects.filter(pk=measure.priority_id).update(
        themes=["jeugdoverlast"], indicators=["woninginbraak"]
    )
    page = adviser.get(reverse("plan:edit", args=["maatregel", measure.pk])).content.decode()
    near, _, others = page.partition("<summary>Alle andere</summary>")
    ticks = r'name="topics" value="([\w-]+)"'
    first, rest = set(re.findall(ticks, near)), set(re.findall(ticks, others))
    assert "woninginbraak" in first and "jeugdoverlast" in first
    assert len(rest) > len(first) and not first & rest
