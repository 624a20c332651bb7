"""A page asks the database as many questions with many lines as with few."""

import datetime as dt

import pytest
from django.db import connection

from koers.apps.plan.models import Action, Measure, Partner
from koers.apps.plan.services import versions

PAGES = [
    "/",
    "/plan/",
    "/plan/boom/",
    "/plan/maatregelen/",
    "/plan/acties/",
    "/plan/bord/",
    "/plan/bord/?naar=datum",
    "/plan/mijn-werk/",
    "/plan/prioriteit/{line}/",
    "/plan/prioriteit/{line}/?blad=2",
    "/plan/boom/?open={line}",
    "/plan/boom/?open=alles",
    "/plan/kaders/",
    "/plan/bibliotheek/",
    "/plan/archief/",
    "/plan/versies/{plan}/",
    "/plan/versies/{plan}/1/",
    "/plan/versies/{plan}/1/?open={line}",
    "/plan/versies/{plan}/verschil/?van=1&naar=nu",
    "/plan/tijdlijn/",
    "/plan/buurt/",
    "/plan/buurt/VB010101/",
    "/plan/partner/",
]


def grow(municipality, plan, user, number):
    priority = plan.priorities.first()
    partner = Partner.objects.of(municipality).first()
    for n in range(number):
        measure = Measure.objects.create(
            municipality=municipality,
            priority=priority,
            title=f"M{n}",
            areas=["VB010101"],
            owner=user,
            start=dt.date(2026, 1, 1),
        )
        measure.partners.add(partner)
        Action.objects.create(
            municipality=municipality,
            measure=measure,
            title=f"A{n}",
            owner=user,
            due=dt.date(2026, 2, 1),
        )


def asked(client, page):
    seen = []
    with connection.execute_wrapper(
        lambda execute, *rest: (seen.append(rest[0]), execute(*rest))[1]
    ):
        assert client.get(page).status_code == 200
    return seen


@pytest.mark.parametrize("page", PAGES)
def test_fifty_measures_take_no_more_questions_than_five(
    client, person, plan, municipality, page, monkeypatch
):
    from koers.charts import render

    monkeypatch.setattr(render, "_render", lambda spec: '<svg width="1" viewBox="0 0 1 1"></svg>')
    user = person("adviser")
    client.force_login(user)
    grow(municipality, plan, user, 5)
    versions.adopt(plan, dt.date(2026, 1, 1), "Raad")
    page = page.format(line=plan.priorities.first().pk, plan=plan.pk)
    client.get(page)
    few = asked(client, page)
    grow(municipality, plan, user, 45)
    many = asked(client, page)
    assert len(few) > 3
    assert len(many) == len(few), sorted(set(many) - set(few))
