"""The counted result of a survey: read whole or refused with row and column, and shown with how
sure it is."""

import math

import pytest
from django.urls import reverse

from koers.apps.consultation.models import SurveyCount
from koers.apps.consultation.surveys import (
    Row,
    SurveyFileError,
    _share,
    bring_in,
    read_rows,
    shares_of,
)
from koers.apps.people.models import Role
from koers.apps.plan.models import Priority
from koers.apps.plan.services.themes import themes_of
from koers.indicators.themes import themes


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [";", ","])
def test_what_dutch_excel_and_others_write_is_read_alike(encoding, separator):
    lines = ["Thema;Groep;Aantal;Deelnemers", "Één thema;inwoners;12;40", "Ander;inwoners;5;"]
    raw = "\r\n".join(lines).replace(";", separator).encode(encoding)
    assert read_rows(raw) == [
        Row("Één thema", "inwoners", 12, 40),
        Row("Ander", "inwoners", 5, None),
    ]


def test_other_columns_are_not_read():
    rows = read_rows(b"naam,thema,groep,aantal\nIemand,Cybercrime,inwoners,3\n")
    assert rows == [Row("Cybercrime", "inwoners", 3, None)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "leeg"),
        ("  \n", "leeg"),
        ("thema,groep\na,b\n", "Rij 1: de kolom 'aantal' ontbreekt"),
        ("thema,groep,aantal\n", "Rij 2: er staan geen rijen"),
        ("thema,groep,aantal\na,b,2.5\n", "Rij 2, kolom aantal: '2.5' is geen geheel getal"),
        ("thema,groep,aantal\na,b,\n", "Rij 2, kolom aantal"),
        ("thema,groep,aantal\na,b,-1\n", "Rij 2, kolom aantal: -1 is kleiner dan nul"),
        ("thema,groep,aantal\n,b,1\n", "Rij 2, kolom thema: hier staat niets"),
        ("thema,groep,aantal\na,,1\n", "Rij 2, kolom groep: hier staat niets"),
        ("thema,groep,aantal\na,b,1\na,b,2\n", "Rij 3: a, b staat ook al op rij 2"),
        (
            "thema,groep,aantal,deelnemers\na,b,9,8\n",
            "Rij 2, kolom aantal: 9 is meer dan het aantal deelnemers (8)",
        ),
    ],
)
def test_what_is_wrong_is_said_with_row_and_column(text, says):
    with pytest.raises(SurveyFileError) as refused:
        read_rows(text.encode())
    assert says in str(refused.value)


def test_a_share_has_the_margin_of_wilson():
    found = _share(SurveyCount(theme="a", group="b", count=120, respondents=400))
    assert found.share == 30
    # Wilson by hand: (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n)
    z, p, n = 1.959963984540054, 0.3, 400
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = ((p + z * z / (2 * n) + sign * half) / (1 + z * z / n) for sign in (-1, 1))
    assert math.isclose(found.lower, 100 * low, rel_tol=1e-9)
    assert math.isclose(found.upper, 100 * high, rel_tol=1e-9)


def test_without_respondents_there_is_no_share():
    found = _share(SurveyCount(theme="a", group="b", count=120))
    assert math.isnan(found.share)
    assert math.isnan(found.lower)


RESULT = b"""thema,groep,aantal,deelnemers
Cyber- en gedigitaliseerde criminaliteit,inwoners,30,100
VERKEERSVEILIGHEID,inwoners,40,100
Hondenpoep,inwoners,50,100
"""


@pytest.fixture
def survey(plan):
    return bring_in(plan, "Enquete", "2026", RESULT)


def named(priority):
    return [share.theme for _, share in shares_of(priority)]


def test_a_survey_stands_at_the_priority_of_its_theme_whatever_it_is_called(survey, plan, adviser):
    of_title = {p.title: p for p in plan.lines.all()}
    assert named(of_title["Cybercrime"]) == ["Cyber- en gedigitaliseerde criminaliteit"]
    assert named(of_title["Ondermijning"]) == []
    page = adviser.get(reverse("plan:priority", args=[of_title["Cybercrime"].pk])).content.decode()
    assert "Inwoners over “Cyber- en gedigitaliseerde criminaliteit”: 30 keer genoemd" in page


def test_what_koers_does_not_know_is_offered_to_choose(survey, plan, adviser):
    page = adviser.get(f"/raadpleging/enquete/{survey.pk}/").content.decode()
    assert "Van 1 thema weet Koers niet waar het over gaat: Hondenpoep." in page
    address = f"/raadpleging/enquete/{survey.pk}/themas/"
    form = adviser.get(address).context["form"]
    assert [f.initial for f in form] == ["cybercrime", "", "verkeer-en-fietspaden"]
    chosen = {"thema-0": "cybercrime", "thema-1": "fysieke-kwaliteit", "thema-2": ""}
    assert "opgeslagen" in adviser.post(address, chosen, follow=True).content.decode()
    assert dict(survey.counts.values_list("theme", "safety_theme")) == {
        "Cyber- en gedigitaliseerde criminaliteit": "cybercrime",
        "Hondenpoep": "fysieke-kwaliteit",
        "VERKEERSVEILIGHEID": "",
    }
    assert adviser.post(address, {"thema-0": "parkeren"}).status_code == 200


def test_only_who_answers_chooses_themes(survey, client, person):
    client.force_login(person(Role.COMMITTEE))
    assert client.get(f"/raadpleging/enquete/{survey.pk}/themas/").status_code == 403


def test_a_priority_with_a_name_of_its_own_is_found_by_that_name(plan):
    line = plan.lines.first()
    Priority.objects.filter(pk=line.pk).update(title="Hondenpoep", slug="hondenpoep")
    survey = bring_in(plan, "Enquete", "2026", RESULT)
    line.refresh_from_db()
    assert "Hondenpoep" in named(line)
    (theme,) = themes_of(line)
    assert survey.counts.get(theme="Hondenpoep").safety_theme == theme
    assert theme in themes(), "by its indicators, which are all of one theme"


def test_somebody_may_say_what_a_priority_is_about(survey, plan, adviser):
    line = plan.lines.get(title="Ondermijning")
    plan.state = "draft"
    plan.save()
    page = adviser.get(f"/plan/bewerken/prioriteit/{line.pk}/")
    form = page.context["form"]
    data = {name: form[name].value() or "" for name in form.fields if name != "frameworks"}
    data |= {"themes": ["cybercrime", "ondermijning"], "frameworks": form["frameworks"].value()}
    adviser.post(f"/plan/bewerken/prioriteit/{line.pk}/", data)
    line.refresh_from_db()
    assert line.themes == ["cybercrime", "ondermijning"]
    assert named(line) == ["Cyber- en gedigitaliseerde criminaliteit"]
    shown = adviser.get(reverse("plan:priority", args=[line.pk])).content.decode()
    assert "Gaat over: Cybercrime; Ondermijning." in shown
