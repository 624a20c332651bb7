"""Every number that an overview of the plan or a page of the consultation says, counted again."""

import math
import re

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from koers.apps.consultation.surveys import bring_in
from koers.apps.people.models import Role
from koers.apps.plan.models import Action, ActionState, Measure, Priority
from tests.claims import unexplained

OVERVIEWS = (
    "/plan/",
    "/plan/boom/?open=alles",
    "/plan/bord/",
    "/plan/maatregelen/",
    "/plan/acties/",
    "/plan/mijn-werk/",
    "/plan/tijdlijn/",
    "/plan/buurt/VB010101/",
    "/plan/bibliotheek/",
)
_COUNTED = re.compile(
    r"\b(\d{1,3})(?: van (\d+))? (maatregel(?:en)?|acties?|voorstel(?:len)?|vraagt|vragen)\b"
)


@pytest.fixture
def busy(plan, municipality, person):
    """A plan with actions in every state, some too late, and somebody who owns a few."""
    owner = person(Role.ADVISER, Role.ADMINISTRATOR)
    today = timezone.localdate()
    measures = list(Measure.objects.of(municipality))
    for number, measure in enumerate(measures):
        for k in range(number % 4):
            Action.objects.create(
                municipality=municipality,
                measure=measure,
                title=f"Stap {'abc'[k % 3]}",
                state=list(ActionState)[(number + k) % len(ActionState)],
                owner=owner if k else None,
                due=today - timezone.timedelta(days=30) if k == 1 else None,
            )
    return owner


def text_of(html):
    return re.sub(
        r"\s+",
        " ",
        strip_tags(re.sub(r"<(?:/?(?:li|td|th|h\d|p|summary|option)\b)[^>]*>", " ¶ ", html)),
    )


def test_each_priority_and_measure_of_the_tree_says_how_many_there_are(client, busy, municipality):
    client.force_login(busy)
    html = client.get("/plan/boom/?open=alles").content.decode()
    measures = Measure.objects.of(municipality).select_related("priority")
    found = re.findall(r"<summary>(?:(?!</summary>).)*?(\d+) maatregel(?:en)?</span>", html, re.S)
    by_priority = [measures.filter(priority=p).count() for p in Priority.objects.of(municipality)]
    assert sorted(map(int, found)) == sorted(n for n in by_priority)
    pairs = re.findall(r"(\d+) van (\d+) acties? open", html)
    counted = []
    for measure in measures:
        live = Action.objects.of(municipality).filter(measure=measure)
        counted.append((live.filter(state=ActionState.OPEN).count(), live.count()))
    assert sorted((int(a), int(b)) for a, b in pairs) == sorted(counted)


def test_the_lists_and_the_board_say_how_many_they_hold(client, busy, municipality):
    client.force_login(busy)
    measures = Measure.objects.of(municipality)
    html = text_of(client.get("/plan/maatregelen/").content.decode())
    assert int(re.search(r"(\d+) maatregel(?:en)?\b", html).group(1)) == measures.count()
    live = Action.objects.of(municipality)
    for state in ("", *ActionState):
        page = client.get("/plan/acties/", {"staat": state} if state else {"staat": ""})
        html = text_of(page.content.decode())
        wanted = live.filter(state=state) if state else live
        shown = int(re.search(r"(\d+) acties? \(", html).group(1))
        assert shown == wanted.count(), (state, html[:400])


@pytest.mark.parametrize("path", OVERVIEWS)
def test_no_overview_says_a_number_that_nobody_counted(client, busy, municipality, path):
    """Titles and texts of people aside, which hold numbers of their own."""
    client.force_login(busy)
    page = client.get(path)
    assert page.status_code == 200
    measures, live = Measure.objects.of(municipality), Action.objects.of(municipality)
    known = {measures.count(), live.count()}
    known |= {measures.filter(priority=p).count() for p in Priority.objects.of(municipality)}
    known |= {live.filter(measure=m).count() for m in measures}
    known |= {live.filter(measure=m, state=s).count() for m in measures for s in ActionState}
    known |= {live.filter(state=s).count() for s in ActionState} | {live.filter(owner=busy).count()}
    known |= {live.filter(owner=busy, state=s).count() for s in ActionState}
    said = [
        (int(n), what)
        for number, of, what in _COUNTED.findall(text_of(page.content.decode()))
        for n in (number, of)
        if n and not what.startswith("vra")
    ]
    if "bibliotheek" not in path:
        assert [one for one in said if one[0] not in known] == []


def wilson(count, respondents):
    """By its formula, as an oracle."""
    z, p = 1.959963984540054, count / respondents
    middle = (p + z * z / (2 * respondents)) / (1 + z * z / respondents)
    half = (
        z
        * math.sqrt(p * (1 - p) / respondents + z * z / (4 * respondents**2))
        / (1 + z * z / respondents)
    )
    return middle - half, middle + half


def test_a_survey_says_its_counts_and_a_share_that_follows_from_them(client, busy, plan):
    rows = [
        ("Woninginbraak", "inwoners", 84, 203),
        ("Verkeer", "inwoners", 31, 203),
        ("Honden", "ondernemers", 7, 40),
    ]
    raw = "thema;groep;aantal;deelnemers\n" + "\n".join(";".join(map(str, r)) for r in rows)
    survey = bring_in(plan, "Enquête", "Gehouden in mei 2026", raw.encode())
    client.force_login(busy)
    html = text_of(client.get(f"/raadpleging/enquete/{survey.pk}/").content.decode())
    for theme, group, count, respondents in rows:
        low, high = (100 * v for v in wilson(count, respondents))
        line = re.search(rf"{theme}[ ¶]+{group}[ ¶]+(.*?)(?=Woninginbraak|Verkeer|Honden|$)", html)
        line = line or re.search(rf"{group}[ ¶]+{theme}[ ¶]+(.*)", html)
        numbers = [float(n.replace(",", ".")) for n in re.findall(r"\d+(?:,\d+)?", line.group(1))]
        for wanted in (count, respondents, 100 * count / respondents, low, high):
            assert any(abs(n - wanted) <= 0.51 for n in numbers), (theme, wanted, numbers)
    (sentence,) = re.findall(r"Van \d+ thema[^.]*\.", html) or [""]
    if sentence:
        assert unexplained(sentence.split(":")[0], {str(sentence.count(";") + 1)}) == []
