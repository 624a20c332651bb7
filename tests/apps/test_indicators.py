"""What an indicator says of a municipality: sums, denominators, shares; its pages; and with whom it
is compared."""

import hashlib
import shutil
from datetime import date, datetime

import numpy as np
import pytest
from django.conf import settings
from django.utils import timezone

from koers.apps.intake.archive import public_shelf
from koers.apps.meetings.models import Meeting, MeetingState
from koers.apps.people.models import Role
from koers.apps.picture import peers, presenters
from koers.apps.picture.models import PeerChoice
from koers.apps.picture.outlook import goal_outlook
from koers.apps.picture.own_numbers import own_number, tables_up_to_date
from koers.apps.picture.readings import reading
from koers.apps.plan.models import Action, Adoption
from koers.figures.areas import COUNTRY
from koers.figures.manifest import Draft
from koers.figures.store import FigureStore
from koers.indicators import load_indicators
from koers.records.aim import Aim

TOWNS = {f"GM90{n:02d}": (20_000 * (1 + n), 50 * (1 + n)) for n in range(14)}


@pytest.fixture
def own_home(plan, tmp_path, monkeypatch):
    home = tmp_path / "home"
    shutil.copytree(settings.HOME, home)
    monkeypatch.setattr(settings, "HOME", home)
    return FigureStore(home)


def write(store, table, scheme, rows, source="cbs"):
    """Rows of (area, topic, period, value) as a snapshot."""
    draft = Draft(
        source=source,
        table=table,
        title=table,
        content="observations",
        scheme=scheme,
        sha256=hashlib.sha256(repr(rows).encode()).hexdigest(),
        address="x",
        licence="x",
        attribution="test",
    )
    columns = {
        name: np.array([r[k] for r in rows], dtype=object)
        for k, name in enumerate(("area", "topic", "period"))
    }
    columns["value"] = np.array([r[3] for r in rows], dtype=np.float64)
    columns["status"] = np.array(["final"] * len(rows), dtype=object)
    return store.write(draft, columns)


def years(area, topic, values, first=2019):
    return [(area, topic, str(first + k), value) for k, value in enumerate(values)]


def test_topics_of_one_indicator_are_added_up(figures):
    both = reading(public_shelf(), "VB01", "straatroof-overval")
    parts = [reading(public_shelf(), "VB01", name) for name in ("straatroof", "overval")]
    assert both.is_own
    assert both.observed == tuple(np.add(parts[0].observed, parts[1].observed))
    assert both.recent == parts[0].recent + parts[1].recent
    assert np.isfinite(both.expected[-1])
    assert presenters.neighbourhood_map(public_shelf(), "VB01", "straatroof-overval") is not None
    assert presenters.comparison(public_shelf(), both) is not None


def test_what_is_not_published_of_one_topic_is_not_known_of_the_sum(own_home):
    write(
        own_home,
        "47018NED",
        "crime",
        [
            *years("GM9001", "1.4.6", [3, 4, 5, 6, 7, 8]),
            *years("GM9001", "1.4.7", [1, 2, np.nan, 1, 1, 1]),
        ],
    )
    assert np.isnan(reading(public_shelf(), "GM9001", "straatroof-overval").observed[2])
    assert reading(public_shelf(), "GM9001", "straatroof-overval").recent == 9


def test_burglary_is_divided_by_dwellings(own_home):
    write(own_home, "47018NED", "crime", years("GM9001", "1.1.1", [40, 40, 40, 40, 40, 50]))
    write(
        own_home,
        "kern",
        "key-figures",
        [("GM9001", "inhabitants", "2024", 20_000), ("GM9001", "dwellings", "2024", 10_000)],
    )
    assert reading(public_shelf(), "GM9001", "woninginbraak").rate == pytest.approx(5.0)


def test_without_dwellings_there_is_no_rate_and_the_page_says_why(own_home, adviser):
    write(
        own_home,
        "47018NED",
        "crime",
        [r for town in TOWNS for r in years(town, "1.1.1", [40, 40, 40, 40, 40, 50])],
    )
    write(
        own_home,
        "kern",
        "key-figures",
        [(t, "inhabitants", "2024", people) for t, (people, _) in TOWNS.items()],
    )
    found = reading(public_shelf(), "GM9001", "woninginbraak")
    assert np.isnan(found.rate)
    assert found.rate_missing.startswith("Geen cijfer per 1.000 woningen: het aantal woningen")
    assert "aantal woningen op 1 januari van het jaar is voor dit gebied niet geladen" in (
        adviser.get("/beeld/GM9001/woninginbraak/").content.decode()
    )
    chart = presenters.comparison(public_shelf(), found)
    assert (
        "per 1.000 inwoners (aantal woningen niet geladen)"
        in chart.svg + chart.description + " ".join(chart.columns)
    )
    assert "(per 1.000 inwoners; aantal woningen niet geladen)." in chart.description


def test_a_count_has_no_rate_and_needs_no_reason(figures):
    found = reading(public_shelf(), "VB01", "verkeersongevallen-letsel")
    assert found.is_own and np.isnan(found.rate) and found.rate_missing == ""


def test_a_share_is_a_sum_over_a_sum(own_home):
    months = [f"2025-{m:02d}" for m in range(1, 13)]
    rows = [
        r
        for k, m in enumerate(months)
        for r in (("GM9001", "alcohol-compliant", m, k), ("GM9001", "alcohol-checks", m, 20))
    ]
    write(own_home, "controles", "local", rows)
    found = reading(public_shelf(), "GM9001", "leeftijdsgrens-alcohol")
    assert found.recent == pytest.approx(100 * sum(range(12)) / 240)
    assert found.observed[3] == pytest.approx(15.0)
    assert np.isnan(found.expected).all()


def test_a_percentage_of_a_survey_is_shown_as_published_and_never_added_up(own_home, adviser):
    write(
        own_home,
        "85146NED",
        "survey",
        years("GM9001", "unsafe-own-neighbourhood", [14.0, np.nan, 12.5]),
    )
    found = reading(public_shelf(), "GM9001", "onveilig-in-buurt")
    assert (found.recent, found.before, found.change) == (12.5, 14.0, None)
    assert "te weinig" not in found.verdict
    page = adviser.get("/beeld/GM9001/onveilig-in-buurt/").content.decode()
    assert "12,5" in page and "geregistreerd in" not in page
    outlook = goal_outlook(
        public_shelf(),
        Aim(indicator="onveilig-in-buurt", area="GM9001", target=10, due=date(2028, 1, 1)),
    )
    assert outlook.state == "none" and "rekent Koers geen kans uit" in outlook.text


def test_a_municipality_without_a_survey_of_its_own_says_which_table_it_waits_for(figures, adviser):
    page = adviser.get("/beeld/indicatoren/onveilig-in-buurt/").content.decode()
    assert "Koers wacht op 85146NED" in page and "meer dan 70.000 inwoners" in page


@pytest.mark.parametrize("indicator", list(load_indicators()))
def test_every_indicator_has_a_page_with_its_definition(adviser, indicator):
    page = adviser.get(f"/beeld/indicatoren/{indicator}/").content.decode()
    definition = load_indicators()[indicator]
    for text in (
        "Wat er wordt geteld",
        "Waardoor het wordt gedeeld",
        "Gewenste richting",
        "Hoe snel beschikbaar",
        "Let op",
    ):
        assert text in page
    assert definition.waits_for.split(", ")[0] in page.replace("&#x27;", "'")
    assert ("Nog te controleren" in page) == bool(definition.to_check)


def test_the_list_is_grouped_by_theme_and_can_be_narrowed(adviser):
    page = adviser.get("/beeld/indicatoren/").content.decode()
    assert f"{len(load_indicators())} indicatoren" in page and page.index(
        "Veiligheid in de wijken"
    ) < page.index("Crisisbeheersing")
    only = adviser.get("/beeld/indicatoren/", {"thema": "cybercrime"}).content.decode()
    assert "6 indicatoren" in only and "Woninginbraak" not in only
    assert "1 indicator." in adviser.get("/beeld/indicatoren/", {"zoek": "bibob"}).content.decode()
    own = adviser.get("/beeld/indicatoren/", {"cijfers": "eigen"}).content.decode()
    assert "nog geen cijfers" not in own
    assert (
        "Geen indicatoren gevonden"
        in adviser.get("/beeld/indicatoren/", {"zoek": "xyzzy"}).content.decode()
    )
    assert adviser.get("/beeld/indicatoren/bestaat-niet/").status_code == 404


def test_the_definitions_can_be_taken_along(adviser):
    lines = adviser.get("/beeld/indicatoren.csv").content.decode("utf-8-sig").splitlines()
    assert len(lines) == len(load_indicators()) + 1


def test_a_program_reads_of_each_table_until_when_its_figures_go(adviser, figures):
    rows = adviser.get("/beeld/indicatoren/woninginbraak/?json=bronnen").json()["rows"]
    assert rows and all(row["until"] for row in rows)


@pytest.fixture
def towns(own_home, municipality):
    """Fourteen municipalities of growing size; the home of these tests is one of them."""
    rows = [(t, "inhabitants", "2024", people) for t, (people, _) in TOWNS.items()]
    rows += [(t, "dwellings", "2024", people / 2.2) for t, (people, _) in TOWNS.items()]
    write(own_home, "kern", "key-figures", rows)
    municipality.code = "GM9006"
    municipality.save()
    return list(TOWNS)


def test_peers_are_the_nearest_by_key_figures(towns):
    found = peers.peers_of(public_shelf(), "GM9006")
    assert len(found.codes) == peers.PEERS and not found.chosen
    assert {"GM9005", "GM9007"} <= set(found.codes)
    assert "GM9000" not in found.codes and COUNTRY not in found.codes
    assert found.reason == "lijken het meest op grond van inwoners en woningen"


def test_without_key_figures_there_are_no_peers_to_choose(db, tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "HOME", tmp_path)
    assert peers.peers_of(public_shelf(), "GM9006").codes == ()


def test_an_adviser_changes_the_peers_and_puts_them_back(adviser, towns, municipality):
    adviser.post("/beeld/vergelijken/", {"stay": ["GM9005"], "add": "GM9000"})
    assert peers.peers_of(public_shelf(), "GM9006").codes == ("GM9005", "GM9000")
    assert "zelf gekozen" in adviser.get("/beeld/vergelijken/").content.decode()
    assert peers.peers_of(public_shelf(), "GM9001").chosen is False
    adviser.post("/beeld/vergelijken/terug/")
    assert not peers.peers_of(public_shelf(), "GM9006").chosen
    adviser.post("/beeld/vergelijken/", {"stay": ["GM9005"], "add": ""})
    assert PeerChoice.objects.of(municipality).count() == 1


def test_at_least_one_municipality_stays(adviser, towns):
    page = adviser.post("/beeld/vergelijken/", {"stay": [], "add": ""}).content.decode()
    assert "Laat ten minste één gemeente staan" in page
    assert not PeerChoice.objects.exists()


def test_who_only_looks_does_not_change_the_peers(client, towns, person):
    client.force_login(person(Role.COMMITTEE))
    assert client.get("/beeld/vergelijken/").status_code == 200
    client.post("/beeld/vergelijken/", {"stay": ["GM9005"]})
    assert not PeerChoice.objects.exists()
    assert client.post("/beeld/vergelijken/terug/").status_code == 403


def test_chosen_peers_stand_in_the_comparison(adviser, towns, own_home):
    many = [f"GM91{n:02d}" for n in range(30)]
    rows = [r for t in (*towns, *many) for r in years(t, "2.2.1", [30, 30, 30, 30, 30, 30])]
    write(own_home, "47018NED", "crime", rows)
    adviser.post("/beeld/vergelijken/", {"stay": ["GM9005"], "add": "GM9000"})
    chart = presenters.comparison(public_shelf(), reading(public_shelf(), "GM9006", "vernieling"))
    assert {row[0] for row in chart.rows} == {"GM9006", "GM9005", "GM9000"}


def test_koers_counts_its_own_indicators_from_the_database(adviser, municipality):
    Action.objects.all().delete()
    for day in ("2026-01-06", "2026-02-03"):
        Meeting.objects.create(municipality=municipality, date=day, state=MeetingState.HELD)
    Meeting.objects.create(municipality=municipality, date="2026-03-03")
    for title, made, more in (
        ("oud", "2025-12-20", {}),
        ("jong", "2026-01-20", {}),
        ("gedaan", "2025-12-20", {"state": "done"}),
        ("voorbeeld", "2025-12-20", {"adoption": Adoption.EXAMPLE}),
    ):
        when = timezone.make_aware(datetime.fromisoformat(made))
        Action.objects.create(municipality=municipality, title=title, created_at=when, **more)
    found = own_number(public_shelf(), "actions-older-than-two-meetings", municipality)
    assert (found.part, found.whole, found.share) == (1, 2, "50 %")
    page = adviser.get("/beeld/indicatoren/acties-te-oud/").content.decode()
    assert "1 van 2" in page and "Nog geen cijfers" not in page


def test_before_the_second_meeting_no_action_is_old_and_of_none_there_is_no_share(municipality):
    Action.objects.all().delete()
    found = own_number(public_shelf(), "actions-older-than-two-meetings", municipality)
    assert (found.part, found.whole, found.share) == (0, 0, "")


def test_what_is_filled_by_itself_is_counted_over_all_indicators(municipality, figures):
    found = own_number(public_shelf(), "indicators-automatic", municipality)
    filled = [
        i
        for i in load_indicators().values()
        if reading(public_shelf(), municipality.code, i.id).is_own and not i.own_count
    ]
    assert found.whole == len(load_indicators())
    assert found.part == len(filled) + 3


@pytest.mark.parametrize(("today", "recent"), [("2026-04-15", 1), ("2026-06-15", 0)])
def test_a_table_by_month_is_up_to_date_for_three_months(municipality, own_home, today, recent):
    shutil.rmtree(own_home.root)
    write(own_home, "t", "crime", [("GM0001", "a", "2026-01", 1)])
    found = tables_up_to_date(public_shelf(), date.fromisoformat(today))
    assert (found.part, found.whole) == (recent, 1)


@pytest.mark.parametrize(
    ("today", "recent"),
    [("2025-06-01", 1), ("2026-02-01", 1), ("2026-12-01", 1), ("2027-02-01", 0)],
)
def test_a_survey_of_every_other_year_is_not_old_in_the_year_without_one(
    municipality, own_home, today, recent
):
    shutil.rmtree(own_home.root)
    write(own_home, "85146NED", "survey", years("GM9001", "unsafe-own-neighbourhood", [14.0], 2023))
    found = tables_up_to_date(public_shelf(), date.fromisoformat(today))
    assert (found.part, found.whole) == (recent, 1)


def test_a_page_says_why_a_figure_by_police_team_is_not_shown(adviser):
    assert (
        "per basisteam van de politie. Koers toont die niet"
        in adviser.get("/beeld/indicatoren/onveilig-in-buurt/").content.decode()
    )
    assert (
        "Koers toont die niet"
        not in adviser.get("/beeld/indicatoren/woninginbraak/").content.decode()
    )


def test_a_set_of_indicators_can_be_chosen_and_what_has_no_figures_says_so(adviser):
    found = adviser.get("/beeld/indicatoren/", {"verzameling": "bbv"}).content.decode()
    assert "5 indicatoren." in found
    assert "Gewelds- en seksuele misdrijven (CBS)" in found
    assert "Fietsdiefstal" not in found
    page = adviser.get("/beeld/indicatoren/geweldsmisdrijven/").content.decode()
    assert "Nog geen cijfers. Koers wacht op 83648NED." in page
    assert "verplichte indicatoren van begroting en jaarverslag" in page


def test_all_kinds_of_high_impact_crimes_are_added_up(figures):
    shelf = public_shelf()
    parts = ("woninginbraak", "straatroof", "overval")
    found = [reading(shelf, "VB01", i) for i in (*parts, "high-impact-crimes")]
    known = [r for r in found if r.is_own]
    if len(known) == 4:
        *each, together = known
        assert together.recent == sum(r.recent for r in each)
        assert together.observed == tuple(map(sum, zip(*(r.observed for r in each), strict=True)))
    else:
        assert not found[-1].is_own
