"""What is said of a figure, a course or a period, and what is no word of it."""

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pytest

from koers.analysis.clusters import PairsCell
from koers.apps.evaluation import presenters
from koers.apps.evaluation.services import region
from koers.apps.intake.forms import GUESSES, guess
from koers.apps.intake.services.pairs import TopicPairs
from koers.apps.meetings.services import priorities
from koers.apps.meetings.services.agenda import revised
from koers.apps.meetings.services.redaction import IN_WORDS
from koers.apps.people.checks import problems_of
from koers.apps.people.personal import likely_personal
from koers.apps.picture import snapshots
from koers.apps.picture.freshness import banner_of
from koers.apps.picture.models import Signal
from koers.apps.picture.own_numbers import own_number
from koers.apps.picture.peers import Peers
from koers.apps.picture.services import screening
from koers.apps.plan import checks
from koers.apps.plan.kinds import KINDS
from koers.apps.plan.models import Framework, Goal
from koers.apps.plan.services.content import in_words
from koers.apps.plan.services.outlook import COURSES, GoalCourse
from koers.apps.plan.tables import _years
from koers.figures.areas import Area
from koers.figures.queries.revised_months import MonthRevision


@pytest.mark.parametrize(
    ("state", "tone", "over", "fails"),
    [
        ("met", "good", True, False),
        ("missed", "bad", True, True),
        ("waiting", "warn", True, False),
        ("on_course", "good", False, False),
        ("off_course", "bad", False, True),
        ("unsure", "warn", False, False),
        ("too_few", "warn", False, False),
    ],
)
def test_a_course_has_a_tone_and_is_over_when_its_date_has_passed(state, tone, over, fails):
    course = GoalCourse(Goal(), SimpleNamespace(state=state, forecast=None))
    assert (course.tone, course.is_over, course.fails) == (tone, over, fails)
    assert course.words == COURSES[state]


def test_a_framework_of_one_year_is_that_year():
    assert _years(Framework(start_year=2024, end_year=2028)) == "2024–2028"
    assert _years(Framework(start_year=2024, end_year=2024)) == "2024"


def test_a_target_is_read_with_its_decimal_and_without_one_where_it_is_whole():
    assert in_words("doel", "target", 12.5) == "12,5"
    assert in_words("doel", "target", 12.0) == "12"


def test_an_indicator_is_read_by_its_title_and_never_by_its_code():
    assert in_words("doel", "indicator", "woninginbraak") == "Woninginbraak"
    assert in_words("prioriteit", "indicators", ("woninginbraak",)) == "Woninginbraak"


def months(*cells):
    return tuple(MonthRevision(f"2026-{n:02d}", k, float(k)) for n, k in enumerate(cells, 1))


def test_four_revised_months_are_named_and_the_rest_is_counted():
    assert "en nog" not in revised._words(months(1, 2, 3, 4))
    assert revised._words(months(1, 2, 3, 4, 5)).endswith("; en nog 1 maand.")
    assert revised._words(months(1, 2, 3, 4, 5, 6)).endswith("; en nog 2 maanden.")


@pytest.mark.parametrize(("kind", "more"), [("rise", "meer"), ("fall", "minder")])
def test_a_proposal_says_whether_more_or_less_was_counted(kind, more):
    signal = Signal(
        area_name="Centrum",
        topic_title="Diefstal",
        kind=kind,
        observed=9,
        expected=4.0,
        window=1,
        period="2026-09",
    )
    assert priorities.suggestion(signal)["reason"].startswith(f"In Centrum is {more} diefstal")


@pytest.mark.parametrize(("q", "ratio", "certain"), [(0.05, 2.0, True), (0.06, 2.0, False)])
def test_what_is_not_proven_is_not_called_larger(q, ratio, certain):
    cell = PairsCell(0.0, 200.0, 0, 14, 40, 20.0, ratio, 0.01)
    day = dt.date(2026, 1, 1)
    found = TopicPairs("Inbraak", 100, day, day, cell, (), q)
    assert found.certain == certain
    assert ("keer zo groot" in found.sentence) == certain
    assert ("niet aantoonbaar" in found.sentence) != certain


@pytest.mark.parametrize(
    ("role", "word"), [(role, word) for role, known in GUESSES.items() for word in known]
)
def test_a_column_is_guessed_by_each_word_that_people_use(role, word):
    assert "_" not in word or word in ("created_at", "category_main")
    assert guess(["Kolom", word.capitalize()])[role] == word.capitalize()


def test_what_stands_in_a_record_is_called_in_dutch_words():
    assert IN_WORDS["decisions.decision"] == "besluit"
    assert [name for name in IN_WORDS.values() if "_" in name or name != name.strip()] == []


def test_peers_say_on_what_they_are_alike_or_that_they_were_chosen():
    assert Peers(()).reason == ""
    assert Peers(("a",), ("inwoners",)).reason == "lijken het meest op grond van inwoners"
    assert Peers(("a",), ("x", "y", "z")).reason.endswith("op grond van x, y en z")
    assert Peers(("a",), ("x",), chosen=True).reason == "zelf gekozen"


def test_a_count_is_written_whole_and_a_share_with_two_decimals():
    assert repr(snapshots._whole(3.0)) == "3"
    assert repr(snapshots._whole(3.14159)) == "3.14"


def test_what_koers_does_not_count_has_no_number_of_its_own(municipality):
    assert own_number(None, "geen-onderwerp", municipality) is None


def test_above_a_document_stands_that_figures_are_invented_or_old(municipality):
    said = banner_of(municipality, "2026-10", dt.date(2026, 12, 1))
    assert municipality.fictitious and said
    municipality.fictitious = False
    assert banner_of(municipality, "2026-10", dt.date(2026, 12, 1)) == ""
    assert banner_of(municipality, "2020-10", dt.date(2026, 12, 1)) != ""


@pytest.mark.parametrize(
    "text", ["dr. A. Nijhuis belde", "dhr. J. van den Bos kwam langs", "Karel Jansen belde"]
)
def test_a_person_is_one_also_with_the_name_of_a_building(text):
    assert [found.kind for found in likely_personal(text)] == ["een naam"]


@pytest.mark.parametrize("text", ["bij Albert Heijn", "Jan Linders opent", "Johan Cruijff Arena"])
def test_a_firm_that_bears_a_name_is_no_person(text):
    assert likely_personal(text) == []


def test_a_number_plate_is_pointed_out_where_it_is_called_one():
    (found,) = likely_personal("auto met kenteken nr. 12-abc-3 gezien")
    assert found.kind == "een kenteken"


@pytest.mark.parametrize(("may_be_empty", "wrong"), [("", ["koers.E001"]), ("nobody has to", [])])
def test_a_place_where_nobody_is_stops_the_start_unless_it_may_be_empty(may_be_empty, wrong):
    place = SimpleNamespace(enrolled={}, may_be_empty=may_be_empty, name="plan.x", about="y")
    assert [problem.id for problem in problems_of(place)] == wrong


def test_what_a_version_cannot_keep_of_an_action_stops_the_start(monkeypatch):
    assert checks.every_field_is_described() == []
    monkeypatch.setitem(KINDS["actie"].__dict__, "kept", ("title", "owner"))
    assert "koers.E202" in {found.id for found in checks.every_field_is_described()}


def area(code, latitude, longitude):
    return Area(code, code, "neighbourhood", "", latitude, longitude, "")


def test_what_lies_outside_the_frame_or_nowhere_is_not_on_the_map_of_a_design():
    frame = (52.0, 52.2, 4.5, 4.8)
    assert presenters._within(area("in", 52.1, 4.6), frame)
    for latitude, longitude in ((52.3, 4.6), (51.9, 4.6), (52.1, 4.9), (52.1, 4.4), (None, 4.6)):
        assert not presenters._within(area("out", latitude, longitude), frame)
    assert not presenters._within(area("in", 52.1, 4.6), None)


def test_a_fall_that_nothing_could_show_is_none():
    assert presenters._smallest(SimpleNamespace(smallest=None)) == "geen"
    assert presenters._smallest(SimpleNamespace(smallest=-0.25)) == "25 %"


def test_an_unknown_count_is_no_number():
    from koers.apps.picture.presenters import _whole

    assert _whole(np.nan) is None
    assert _whole(7.0) == 7


def test_a_list_without_signals_says_what_would_have_been_one_or_that_nothing_can_be_seen():
    def said(visible):
        result = SimpleNamespace(visible=visible)
        return screening._visible(result, "2026-09", {}, {"1.1.1": "Inbraak"}, ())

    assert said(None).startswith("Er is nog te weinig geschiedenis")
    cell = SimpleNamespace(area="BU1", topic="1.1.1", window=3)
    seen = SimpleNamespace(cell=cell, observed=4, expected=2.0, count=9)
    assert said(seen).startswith("Bijvoorbeeld inbraak in BU1: geteld is 4 in 3 maanden")


def test_far_areas_are_not_compared_with_and_those_without_a_place_may_be():
    own, far = area("own", 52.1, 4.6), 1.1 * region.REACH
    near, north, east = (
        area("near", 52.1 + 0.5 * region.REACH, 4.6),
        area("north", 52.1 + far, 4.6),
        area("east", 52.1, 4.6 + far),
    )
    nowhere = area("nowhere", None, None)
    assert region._near([own, near, north, east, nowhere], {"own"}) == [own, near, nowhere]
    assert region._near([near, north], {"own"}) == [near, north]
