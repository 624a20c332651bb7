"""What screening may throw away, what is said of a goal, and what a signal list stands on."""

import datetime as dt
from types import SimpleNamespace

import pytest

from koers.apps.intake.archive import public_shelf
from koers.apps.people.models import Role
from koers.apps.picture import evidence, presenters
from koers.apps.picture.freshness import is_old
from koers.apps.picture.models import Cluster, PeerChoice, Screening, Signal, SignalState
from koers.apps.picture.outlook import goal_outlook
from koers.apps.picture.peers import peers_of
from koers.apps.picture.services import clusters
from koers.apps.picture.services.screening import (
    compute_picture,
    monthly_table,
    screen_municipality,
)
from koers.figures.areas import Area
from koers.records.aim import Aim
from tests.apps.rules.conftest import new_signal

HANDLED = (SignalState.TAKEN_UP, SignalState.SET_ASIDE, SignalState.CLOSED)


@pytest.fixture
def screened(municipality):
    return screen_municipality(municipality)


def look_again(municipality):
    """Screen as if other figures had come in."""
    Screening.objects.update(snapshots=["ouder"])
    return screen_municipality(municipality)


def gone_by(municipality, period, **more):
    """A signal of a kind that does not exist, which no figures bear out."""
    return new_signal(municipality, topic="9.9.9", period=period, **more)


@pytest.mark.parametrize("state", HANDLED)
def test_what_somebody_handled_stays_when_revised_figures_do_not_bear_it_out(
    municipality, screened, state
):
    handled = gone_by(municipality, screened.period, state=state)
    look_again(municipality)
    assert Signal.objects.filter(pk=handled.pk, state=state).exists()


def test_what_nobody_handled_goes_when_revised_figures_do_not_bear_it_out(municipality, screened):
    unhandled = gone_by(municipality, screened.period)
    look_again(municipality)
    assert not Signal.objects.filter(pk=unhandled.pk).exists()


def test_new_signals_of_another_municipality_and_of_other_months_are_left_alone(
    municipality, other, screened
):
    kept = [gone_by(other, screened.period), gone_by(municipality, "2019-01")]
    look_again(municipality)
    assert Signal.objects.filter(pk__in=[s.pk for s in kept]).count() == 2


def test_a_signal_that_is_found_again_follows_the_figures_and_keeps_what_was_done(
    municipality, screened
):
    found = Signal.objects.of(municipality).first()
    Signal.objects.filter(pk=found.pk).update(
        observed=-1, state=SignalState.TAKEN_UP, snapshots=["ouder"]
    )
    number = Signal.objects.of(municipality).count()
    look_again(municipality)
    again = Signal.objects.get(pk=found.pk)
    assert (again.observed, again.state, again.snapshots) == (
        found.observed,
        SignalState.TAKEN_UP,
        found.snapshots,
    )
    assert Signal.objects.of(municipality).count() == number


def test_a_signal_is_of_a_topic_that_is_counted(municipality, screened):
    counted = monthly_table(public_shelf(), municipality.code).topics
    found = {s.topic for s in Signal.objects.of(municipality)}
    assert len(found) > 1
    assert all(
        topic and any(f"{one}.".startswith(f"{topic}.") for one in counted) for topic in found
    )


def test_the_same_figures_are_not_screened_again(municipality, screened):
    unhandled = gone_by(municipality, screened.period)
    screen_municipality(municipality)
    assert Signal.objects.filter(pk=unhandled.pk).exists()


def test_each_municipality_gets_its_own_signals_in_its_own_areas(municipality, other):
    compute_picture([municipality, other])
    assert Signal.objects.of(municipality).exists()
    for each in (municipality, other):
        assert all(s.area_code.startswith(each.code) for s in Signal.objects.of(each))
        assert len(Screening.latest_of(each)) == 2
        assert Screening.objects.of(each).count() == 2


def test_a_municipality_without_monthly_figures_is_not_screened(municipality, other):
    other.code = "GM9999"
    other.save()
    assert screen_municipality(other) is None
    assert not Screening.objects.filter(municipality=other).exists()


def test_a_list_stands_on_the_newest_month_and_the_latest_complete_one(municipality, other):
    def screening(period, provisional, where=municipality):
        return Screening.objects.create(
            municipality=where, period=period, provisional=provisional, tested=1, rate=0.1
        )

    screening("2024-01", False)
    complete, newest = screening("2024-02", False), screening("2024-03", True)
    screening("2024-09", False, other)
    assert Screening.latest_of(municipality) == [newest, complete]
    complete_now = screening("2024-04", False)
    assert Screening.latest_of(municipality) == [complete_now]


def test_on_course_is_at_least_80_percent_and_off_course_less_than_20(figures):
    outlooks = [
        goal_outlook(
            public_shelf(),
            Aim(indicator="woninginbraak", area="VB01", target=target, due=dt.date(2027, 12, 31)),
        )
        for target in range(0, 400, 2)
    ]
    chances = [o.forecast.chance for o in outlooks]
    for low, high in ((0, 0.2), (0.2, 0.4), (0.6, 0.8), (0.8, 1)):
        assert any(low <= chance < high for chance in chances), f"no goal between {low} and {high}"
    for found in outlooks:
        chance = found.forecast.chance
        expected = "on_course" if chance >= 0.8 else "off_course" if chance < 0.2 else "unsure"
        assert found.state == expected, chance
        word = {"on_course": "Op koers", "off_course": "Niet op koers", "unsure": "Onzeker"}
        assert found.text.startswith(f"{word[expected]}: kans ")


# With whom one is compared


@pytest.fixture
def chooser(client, worker, municipality):
    client.force_login(worker("adviseur", Role.ADVISER))
    return client


def choose(client, stay, add=""):
    return client.post("/beeld/vergelijken/", {"stay": stay, "add": add})


def test_a_choice_of_peers_holds_for_ones_own_municipality_until_it_is_put_back(
    chooser, municipality, other
):
    nearest = peers_of(public_shelf(), municipality.code)
    assert nearest.codes and not nearest.chosen
    choose(chooser, list(nearest.codes[:1]))
    found = peers_of(public_shelf(), municipality.code)
    assert (found.codes, found.chosen) == (nearest.codes[:1], True)
    assert not peers_of(public_shelf(), other.code).chosen
    chooser.post("/beeld/vergelijken/terug/")
    assert peers_of(public_shelf(), municipality.code) == nearest


def test_a_page_that_is_only_looked_at_finds_no_fault_with_a_choice(chooser, municipality, other):
    form = chooser.get("/beeld/vergelijken/").context["form"]
    assert not form.is_bound


def test_at_least_one_peer_stays(chooser, municipality):
    page = choose(chooser, []).content.decode()
    assert "Laat ten minste één gemeente staan" in page
    assert not PeerChoice.objects.exists()


def test_a_choice_of_peers_is_for_an_adviser_or_administrator(client, worker, municipality):
    client.force_login(worker("agent", Role.POLICE))
    assert choose(client, ["VB02"]).status_code == 403
    assert not PeerChoice.objects.exists()


# What a signal rests on


def test_the_parts_of_an_expectation_stand_largest_first_and_without_nothing(municipality):
    signal = new_signal(
        municipality, part_own=0.3, part_district=0.001, part_municipality=0.6, part_peers=0.099
    )
    assert [(s.where.split()[0], round(s.percent)) for s in evidence.shares(signal)] == [
        ("de", 60),
        ("de", 30),
        ("vergelijkbare", 10),
    ]
    assert evidence.shares(new_signal(municipality, topic="2.2.1")) == []


def test_a_signal_names_the_others_of_the_same_rise_the_clearest_first(municipality):
    clearest = new_signal(municipality)
    late, early = (
        new_signal(municipality, window=w, main=False, explained_by=clearest, p_value=p)
        for w, p in ((3, 0.02), (12, 0.01))
    )
    assert evidence.same_rise(clearest) == [early, late]
    assert evidence.same_rise(late) == [clearest, early]


def test_a_cluster_names_six_neighbourhoods_and_counts_the_rest():
    assert Cluster(names=list("abcdef")).where == "a, b, c, d, e, f"
    assert Cluster(names=list("abcdefgh")).where == "a, b, c, d, e, f en nog 2"


@pytest.mark.parametrize(
    ("last", "frequency", "today", "recent"),
    [
        ("2026-08", "month", dt.date(2026, 12, 31), True),
        ("2026-08", "month", dt.date(2027, 1, 1), False),
        ("2024", "year", dt.date(2027, 1, 31), True),
        ("2024", "year", dt.date(2027, 2, 1), False),
    ],
)
def test_a_table_is_recent_by_how_often_it_comes_out(last, frequency, today, recent):
    assert (not is_old(last, frequency, today)) == recent


def test_clusters_are_looked_for_as_far_to_the_east_as_to_the_west():
    """A degree of longitude is shorter here than one of latitude."""
    far = 1.5 * clusters.REACH
    places = {
        "here": (4.6, 52.3),
        "east": (4.6 + far, 52.3),
        "west": (4.6 - far, 52.3),
        "north": (4.6, 52.3 + far),
        "nowhere": (None, None),
    }
    areas = {
        code: Area(code, code, "buurt", "", latitude, longitude, "")
        for code, (longitude, latitude) in places.items()
    }
    shelf = SimpleNamespace(areas=areas)
    panel = SimpleNamespace(areas=(*areas, "unknown"), groups={"here": ("GM1",)})
    assert [a.code for a in clusters._near(shelf, panel, "GM1")] == ["here", "east", "west"]
    assert clusters._near(shelf, panel, "GM2") == []


def test_a_chart_shows_whole_years_so_that_each_season_is_as_often_in_it():
    assert presenters.MONTHS_SHOWN % 12 == 0
