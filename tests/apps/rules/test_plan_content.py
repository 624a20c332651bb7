"""What is kept of a line, how it is read, and what of it can be put back or decided on."""

import datetime as dt
from dataclasses import replace

import pytest

from koers.apps.people.models import Role
from koers.apps.plan.models import Action, Adjustment, Measure, Priority
from koers.apps.plan.services import adjustments, areas, bundled, library, undoing
from koers.apps.plan.services.content import in_words, put, readable, record_of, values_of
from koers.apps.plan.services.news import without_news
from koers.apps.plan.services.themes import themes_of
from koers.apps.plan.services.versions import adopt
from koers.figures.areas import Area
from koers.records import FieldValues, Reference

DAY = dt.date(2026, 11, 2)
NOWHERE = Area("BU0", "Buurt", "neighbourhood", "", None, None, "")
SQUARE = (
    '{"type": "Polygon", "coordinates":'
    " [[[4.6, 52.1], [4.7, 52.1], [4.7, 52.2], [4.6, 52.2], [4.6, 52.1]]]}"
)
DECISION = adjustments.Decision(None, DAY, "Strategisch overleg")


@pytest.fixture
def adopted(ours):
    adopt(ours.plan, DAY, "het college")
    return ours


# What is kept and put back


def test_who_owns_a_line_is_kept_by_key_and_without_a_name(ours, worker):
    police = worker("agent", Role.POLICE)
    assert values_of(ours.measure, ["owner", "deputy"]) == {"owner": None, "deputy": None}
    ours.measure.owner = police
    assert values_of(ours.measure, ["owner"]) == {"owner": Reference(id=police.pk, name="")}


def test_a_line_is_put_back_where_it_stood_without_what_it_no_longer_has(ours, theirs, worker):
    kept = record_of(ours.measure, ["title", "owner"])
    other = Priority.objects.create(
        municipality=ours.municipality, plan=ours.plan, title="Jeugd", slug="jeugd", number=8
    )
    line = ours.measure
    line.priority, line.title, line.owner = other, "Anders", worker("agent", Role.POLICE)
    line.save()
    older = kept.model_copy(update={"values": {**kept.values, "vroeger": "iets"}})
    put(line, older).set()
    assert (line.priority, line.title, line.owner) == (ours.priority, "Avondronde", None)
    assert not hasattr(line, "vroeger")
    put(line, FieldValues(values={"title": "Hier"}))
    assert (line.priority, line.title) == (ours.priority, "Hier")


def test_without_a_row_of_the_history_there_is_no_moment(ours, theirs):
    assert undoing.moments_of(ours.measure, only=0) == []
    elsewhere = theirs.measure.history.first().history_id
    assert undoing.moments_of(ours.measure, only=elsewhere) == []


def test_what_an_adopted_plan_holds_fast_is_only_proposed(adopted):
    line = Measure.objects.get(pk=adopted.measure.pk)
    (then,) = undoing.moments_of(line)
    Measure.objects.filter(pk=line.pk).update(title="Anders", revision=5)
    line.refresh_from_db()
    made = undoing.put_back(line, then, "Vergissing", None)
    assert (made.old.values, made.new.values) == ({"title": "Anders"}, {"title": "Avondronde"})
    line.refresh_from_db()
    assert (line.title, line.revision) == ("Anders", 5)
    assert undoing.put_back(line, undoing.moments_of(line)[0], "", None) is not None


def test_a_partner_is_put_back_at_once(ours):
    line = ours.partner
    (then,) = undoing.moments_of(line)
    line.name = "Anders"
    line.save()
    assert undoing.put_back(line, then, "", None) is None
    line.refresh_from_db()
    assert line.name == f"Buurtvereniging {ours.municipality}"


# How it is read


@pytest.mark.parametrize(
    ("kind", "name", "value", "words"),
    [
        ("prioriteit", "themes", ("jeugdoverlast", "weg"), "Jeugdoverlast, weg"),
        ("maatregel", "vroeger", ("a", 2.0, True), "a, 2, ja"),
        ("maatregel", "vroeger", False, "nee"),
        ("maatregel", "vroeger", (Reference(id=1, name=""),), "–"),
    ],
)
def test_what_is_kept_is_read_in_words_also_when_its_field_is_gone(kind, name, value, words):
    assert in_words(kind, name, value) == words


def test_where_a_goal_starts_is_read_by_others_when_its_snapshot_is_public(figures):
    public = figures.current()[0].manifest.id
    start = {"target": 5.0, "start_value": 92.5, "start_period": "2026-10"}
    assert readable({**start, "start_snapshot": public})["start_value"] == 92.5
    hidden = {**start, "start_snapshot": "not-there"}
    said = "intern: een eigen cijfer van de gemeente"
    assert readable(hidden) == {
        "target": 5.0,
        "start_value": said,
        "start_period": None,
        "start_snapshot": None,
    }
    assert readable(hidden, inside=True) == {**hidden, "start_value": f"92,5 ({said})"}
    assert readable({"start_value": None, "target": 5.0}) == {"start_value": None, "target": 5.0}


def test_a_priority_is_about_chosen_themes_else_its_title_else_its_figures():
    burglary, youth = "veiligheid-in-de-wijken", "jeugdoverlast"
    found = Priority(title="Jeugdoverlast", slug="x", indicators=["woninginbraak"])
    assert themes_of(found) == (youth,)
    found.themes = [burglary, "ondermijning"]
    assert themes_of(found) == (burglary, "ondermijning")
    by_figures = Priority(title="Wonen", slug="wonen", indicators=["woninginbraak", "weg"])
    assert themes_of(by_figures) == (burglary,)
    by_figures.slug = youth
    assert themes_of(by_figures) == (youth,), "its short name goes before its figures"
    by_figures.slug, by_figures.indicators = "wonen", ["woninginbraak", "jeugdoverlast"]
    assert themes_of(by_figures) == (), "its figures are of two themes"


# What is decided on


def test_a_proposal_that_changes_nothing_is_none(adopted):
    with pytest.raises(adjustments.AdjustmentError, match="verandert niets"):
        adjustments.propose_change(adopted.measure, {"title": "Avondronde"}, "", None)
    assert not Adjustment.objects.exists()


def test_a_priority_with_a_title_that_is_there_is_not_taken_over_and_stays_open(adopted, theirs):
    def propose(title):
        given = {"title": title, "kind": "priority", "number": 10}
        return adjustments.propose_new(adopted.plan, "prioriteit", given, "Nodig", None)

    twice = propose("Wonen")
    with pytest.raises(adjustments.AdjustmentError, match="Er is al een prioriteit met deze titel"):
        adjustments.accept(twice, DECISION)
    twice.refresh_from_db()
    assert twice.state == "proposed"
    assert Priority.objects.of(adopted.municipality).filter(title="Wonen").count() == 1
    Priority.objects.filter(pk=theirs.priority.pk).update(title="Zorg", slug="zorg")
    made = propose("Zorg")
    adjustments.accept(made, DECISION)
    added = Priority.objects.of(adopted.municipality).get(title="Zorg")
    assert (added.slug, added.plan, made.line) == ("zorg", adopted.plan, added.pk)


def test_what_the_line_itself_refuses_is_told_to_whoever_decides(adopted):
    new = {"start": dt.date(2027, 1, 1), "end": dt.date(2026, 1, 1)}
    made = adjustments.propose_change(adopted.measure, new, "Later", None)
    with pytest.raises(adjustments.AdjustmentError, match="niet worden overgenomen: .*vóór"):
        adjustments.accept(made, DECISION)
    adopted.measure.refresh_from_db()
    assert adopted.measure.start is None


# What is about the plan as a whole


def test_while_fewer_than_two_meetings_were_held_nothing_is_without_news(ours):
    past = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    Measure.objects.filter(pk=ours.measure.pk).update(created_at=past)
    ours.measure.history.update(history_date=past)
    for model in (Measure, Action):
        assert not without_news(model.objects.of(ours.municipality), None).exists()


def test_a_map_is_drawn_where_a_place_is_known(municipality, other):
    assert areas.map_of(municipality.code, "waar", ["VB010101"], "Waar") is not None
    assert areas.map_of("GM9999", "waar", [], "Waar") is None


def test_one_bundled_plan_is_that_of_the_default_municipality():
    marked = [plan.municipality.code for plan in bundled.bundled_plans() if plan.default]
    assert [bundled.default_municipality()] == marked
    assert bundled.region_of("GM9999") == []
    assert bundled.default_municipality() not in bundled.region_of(marked[0])


# The library


def measure_of(**more):
    given = {"slug": "rond", "title": "Ronde", "description": "'s Nachts", "kind": "care"}
    evidence = {"verdict": "works", "text": "Er zijn minder inbraken.", "sources": ("Bron",)}
    return {**given, "evidence": {**evidence, **more}}


@pytest.mark.parametrize(("length", "fits"), [(149, True), (150, False)])
def test_the_sources_of_a_measure_fit_where_they_are_kept(length, fits):
    given = measure_of(sources=("a" * 149, "b" * length))
    if fits:
        assert library.LibraryMeasure(**given).evidence.label == "onderzoek wijst op effect"
    else:
        with pytest.raises(ValueError, match="samen langer dan 300 tekens"):
            library.LibraryMeasure(**given)


def test_a_theme_has_each_measure_once():
    with pytest.raises(ValueError, match="'rond' staat er twee keer"):
        library.Theme(id="x", title="X", measures=(measure_of(), measure_of()))


def test_taking_back_archives_a_partner_that_came_with_it_and_that_nobody_else_has(ours, theirs):
    known = next(m for t in library.library().themes for m in t.measures if len(m.partners) > 1)
    made = library.take_over(known, theirs.priority)
    used, left = list(made.partners.all())[:2]
    assert min(used.created_at, left.created_at) >= made.created_at
    gone = Measure.objects.create(
        municipality=theirs.municipality, priority=theirs.priority, title="Weg"
    )
    gone.partners.add(left)
    gone.archive()
    theirs.measure.partners.add(used)
    assert library.undo(made)
    for partner, archived in ((used, False), (left, True)):
        partner.refresh_from_db()
        assert (partner.archived_at is not None) == archived


def test_each_area_is_offered_once_under_its_district(municipality, other):
    known = {area.code: area for area in areas.areas_within(municipality.code)}
    offered = areas.area_choices(municipality.code)
    codes = [code for _, group in offered for code, _ in group]
    assert sorted(codes) == sorted(known)
    for name, group in offered:
        district, *below = (known[code] for code, _ in group)
        assert (district.level, district.name) == ("district", name)
        assert {area.parent for area in below} == {district.code}


def test_a_proposed_line_keeps_as_much_of_its_title_as_fits(adopted):
    given = {"title": "x" * 250, "kind": "care"}
    made = adjustments.propose_new(adopted.priority, "maatregel", given, "", None)
    assert made.title == "x" * 200


def test_a_map_needs_a_boundary_or_a_centre(monkeypatch):
    def drawn(**more):
        found = [replace(NOWHERE, code=f"BU{n}", **more) for n in range(3)]
        monkeypatch.setattr(areas, "areas_within", lambda municipality: found)
        return areas.map_of("GM0001", "kaart", ["BU1"], "Waar") is not None

    assert not drawn()
    assert drawn(latitude=52.1, longitude=4.6)
    assert drawn(geometry=SQUARE)


def test_a_bundled_plan_comes_in_under_its_own_title(db, figures):
    plan = bundled.load_bundled_plan("voorbeeldrecht-2025-2027")
    assert plan.title == "Uitvoeringsplan Veiligheid 2025-2027"
    assert plan.priorities.count() > 3
    assert bundled.load_bundled_plan("geen-plan") is None
