"""What a signal rests on, and what a list without signals says."""

import numpy as np
import pytest

from koers.analysis.period import Period
from koers.apps.intake.archive import public_shelf
from koers.apps.picture import evidence
from koers.apps.picture.models import Screening, Signal
from koers.apps.picture.services.screening import _is_first, screen_municipality
from koers.figures.shelf import Shelf


@pytest.fixture
def screened(municipality):
    return screen_municipality(municipality)


def test_a_signal_says_where_its_expectation_comes_from_and_how_wide_it_is(
    screened, municipality, adviser
):
    signal = Signal.objects.of(municipality).filter(level="neighbourhood").first()
    assert sum(share.percent for share in evidence.shares(signal)) == pytest.approx(100, abs=2)
    levels = [(m.lower, m.upper) for m in evidence.margins(signal)]
    assert [m.level for m in evidence.margins(signal)] == [50, 80, 95]
    assert (
        levels[2][0] <= levels[1][0] <= levels[0][0] <= levels[0][1] <= levels[1][1] <= levels[2][1]
    )
    page = adviser.get(f"/beeld/signaal/{signal.pk}/").content.decode()
    assert "de eigen cijfers van de buurt" in page
    assert all(f"{level} %" in page for level in (50, 80, 95))


def test_a_signal_that_is_clearer_elsewhere_links_to_it_and_the_other_way(
    screened, municipality, adviser
):
    beside = Signal.objects.of(municipality).exclude(explained_by=None).first()
    assert not beside.main and beside.explained_by.main
    assert (beside.explained_by.kind, beside.explained_by.period) == (beside.kind, beside.period)
    assert evidence.same_rise(beside)[0] == beside.explained_by
    assert beside in evidence.same_rise(beside.explained_by)
    page = adviser.get(f"/beeld/signaal/{beside.pk}/").content.decode()
    assert f"/beeld/signaal/{beside.explained_by_id}/" in page


def test_a_signal_of_an_earlier_koers_still_has_its_page(screened, municipality, adviser):
    signal = Signal.objects.of(municipality).first()
    Signal.objects.filter(pk=signal.pk).update(part_own=None, lower_50=None, lower_80=None)
    assert adviser.get(f"/beeld/signaal/{signal.pk}/").status_code == 200


def test_the_newest_month_is_provisional_and_gives_no_fall(screened, municipality):
    newest, complete = Screening.latest_of(municipality)
    assert (newest.provisional, complete.provisional) == (True, False)
    assert newest.period > complete.period
    assert set(
        Signal.objects.of(municipality).filter(period=newest.period).values_list("kind", flat=True)
    ) <= {"rise"}


def test_an_empty_list_says_what_rise_would_have_been_seen(screened, municipality, adviser):
    assert (
        "is een nieuw signaal" not in adviser.get("/beeld/signalen/?staat=closed").content.decode()
    )
    Signal.objects.of(municipality).delete()
    page = adviser.get("/beeld/signalen/").content.decode()
    assert "om op te vallen waren er ongeveer" in page and "geteld is" in page
    assert "werd verwacht" in page
    assert "is een nieuw signaal" in page
    assert "komt alleen terug als de maanden erna meer bewijzen" in page
    assert "over 12 maanden in een wijk of gemeente valt pas op als zij duidelijker is" in page


def test_only_a_list_that_somebody_could_see_told_something(screened, municipality):
    months = sorted(s.period for s in Screening.objects.of(municipality))
    first = Period.parse(months[0])
    assert _is_first(municipality, first)
    assert not _is_first(municipality, first.shift(1))


def test_too_little_to_say_anything_is_said_so(screened, municipality, adviser):
    Signal.objects.of(municipality).delete()
    Screening.objects.of(municipality).update(too_few=True)
    for path in ("/beeld/signalen/", f"/beeld/{municipality.code}/", "/"):
        assert "Te weinig gegevens" in adviser.get(path).content.decode(), path


def test_the_last_two_months_are_shown_as_provisional_while_there_are_no_twelve_snapshots(figures):
    table = _monthly()
    assert table.open_months[-3:] == (False, True, True)
    assert table.complete is None


def test_what_is_usually_known_by_now_scales_what_is_expected(figures, monkeypatch):
    from koers.analysis.revisions import Completeness

    plain = _monthly()
    share = np.array([*[0.6] * 4, *[1.0] * 8])
    half = Completeness(share, share, share, 12, True)
    monkeypatch.setattr(Shelf, "_known_share", lambda shelf, name, snapshot: half)
    found = _monthly()
    late = found.complete < 1.0
    assert late.any() and np.array(found.open_months)[late].all()
    np.testing.assert_allclose(
        found.expectation.expected[..., late],
        plain.expectation.expected[..., late] * found.complete[late],
        rtol=0.05,
    )


def _monthly():
    current = public_shelf()
    shelf = Shelf(current.store, current.ids)
    entry = next(c for c in shelf.coverage if c.frequency == "month" and c.level == "neighbourhood")
    return shelf.table(entry.table, "neighbourhood", "month", tuple(sorted(entry.topics)))
