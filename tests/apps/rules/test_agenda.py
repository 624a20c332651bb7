"""What an agenda says of each subject, and which subjects it leaves to the list."""

import datetime as dt

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from koers.apps.intake.archive import public_shelf
from koers.apps.meetings.models import (
    Event,
    ItemKind,
    Meeting,
    MeetingSeries,
    PriorityProposal,
)
from koers.apps.meetings.services import priorities
from koers.apps.meetings.services.agenda import candidates as agenda
from koers.apps.meetings.services.agenda import rows
from koers.apps.meetings.services.agenda.memory import cluster_key, remember
from koers.apps.meetings.services.agenda.revised import revised_months
from koers.apps.people.models import Municipality
from koers.apps.picture.models import Cluster
from koers.apps.plan.models import Action, Goal, Measure
from koers.apps.plan.services.adjustments import propose_change
from koers.figures.shelf import Shelf
from koers.figures.store import FigureStore
from koers.records.paper import Memory
from tests.apps.rules.conftest import new_signal
from tests.apps.test_beside import named
from tests.figures.rows import kept

DAY = dt.date(2026, 12, 1)


def test_of_an_example_goal_no_chance_is_remembered(ours, theirs):
    def remembered():
        return set(remember(public_shelf(), ours.municipality).chances)

    assert str(ours.goal.pk) in remembered() and str(theirs.goal.pk) not in remembered()
    Goal.objects.filter(pk=ours.goal.pk).update(adoption="example")
    assert str(ours.goal.pk) not in remembered()


def on_agenda(meeting, kind):
    return [c for c in agenda.candidates(public_shelf(), meeting) if c.kind == kind]


def held(where, day, **more):
    return Meeting.objects.create(municipality=where.municipality, date=day, state="held", **more)


def strategic(where):
    return Meeting.objects.create(municipality=where.municipality, date=DAY, kind="strategic")


def cluster(where, **more):
    found = {
        "indicator": "woninginbraak",
        "title": "Woninginbraak",
        "areas": ["VB010101", "VB010102"],
        "names": ["Centrum", "Noord"],
        "first": "2026-08",
        "last": "2026-10",
        "observed": 14,
        "expected": 5.5,
        "radius": 1.2,
        "p_value": 0.001,
        "q_value": 0.01,
    }
    return Cluster.objects.create(municipality=where.municipality, **found | more)


# Signals and clusters


def test_a_cluster_is_told_with_the_signal_that_tells_the_same_or_by_itself(ours, theirs):
    same = new_signal(
        ours.municipality, period="2026-09", window=2, observed=9, area_code="VB010102"
    )
    fell = new_signal(ours.municipality, period="2026-10", kind="fall", area_name="Noord")
    cluster(ours)
    alone = cluster(ours, areas=["VB010103"], names=["Zuid"], first="2025-08", last="2025-10")
    cluster(theirs)
    signals = {c.ref_id: c for c in on_agenda(ours.meeting, ItemKind.SIGNAL)}
    told = signals[same.pk]
    assert told.title == "Meer diefstal/inbraak woning in Centrum"
    assert told.detail == (
        "9 geteld, 2,0 verwacht (marge 0 tot 5), 2 maanden t/m september 2026. Ook een cluster:"
        " Centrum, Noord, 14 geteld, 5,5 verwacht, augustus 2026 t/m oktober 2026."
    )
    assert signals[fell.pk].title == "Minder diefstal/inbraak woning in Noord"
    assert ", 1 maand t/m oktober 2026." in signals[fell.pk].detail
    assert "cluster" not in signals[fell.pk].detail
    (only,) = on_agenda(ours.meeting, ItemKind.CLUSTER)
    assert (only.ref_id, only.title) == (alone.pk, "Woninginbraak: Zuid")
    assert only.detail.endswith(
        "Let op, dit is langer geleden: de nieuwste cijfers gaan t/m september 2026."
    ), "what is old on the day of the meeting says so, and claims nothing of newer figures"


def test_a_cluster_that_the_last_meeting_saw_is_no_news_also_when_it_was_found_again(ours):
    last = held(ours, dt.date(2026, 11, 3))
    seen = cluster(ours)
    last.paper = {"memory": remember(public_shelf(), ours.municipality).model_dump()}
    last.save()
    seen.delete()
    cluster(ours, areas=["VB010102", "VB010101"], last="2026-11")
    other = cluster(ours, first="2026-09")
    assert [c.key for c in on_agenda(ours.meeting, ItemKind.CLUSTER)] == [cluster_key(other)]


# Goals


def test_a_goal_that_fell_says_from_where_to_where(ours):
    last = held(ours, dt.date(2026, 11, 3))
    Goal.objects.filter(pk=ours.goal.pk).update(target=0)
    last.paper = {"memory": {"chances": {str(ours.goal.pk): 0.8}}}
    last.save()
    found = next(c for c in on_agenda(ours.meeting, ItemKind.GOAL) if c.ref_id == ours.goal.pk)
    assert found.detail.startswith("De kans daalde van 80 % naar 0 %. ")
    assert found.title == "Minder inbraken"


def test_a_strategic_meeting_speaks_of_goals_that_will_not_be_met_here(ours, theirs):
    Goal.objects.filter(pk__in=[ours.goal.pk, theirs.goal.pk]).update(target=0)
    met = Goal.objects.create(
        municipality=ours.municipality,
        priority=ours.priority,
        title="Ruim",
        indicator="woninginbraak",
        target=1e9,
        due=dt.date(2028, 12, 31),
    )
    found = {c.ref_id for c in on_agenda(strategic(ours), ItemKind.GOAL)}
    assert ours.goal.pk in found
    assert not {met.pk, theirs.goal.pk} & found


# Actions, and what stands still


@pytest.mark.parametrize(
    ("number", "rest"),
    [
        (21, "En nog 1 actie die voor het volgende overleg klaar moet zijn"),
        (23, "En nog 3 acties die voor het volgende overleg klaar moeten zijn"),
    ],
)
def test_of_many_actions_twenty_are_named_soonest_first_and_the_rest_is_a_link(
    ours, theirs, number, rest
):
    Action.objects.all().update(due=None)
    for n in range(number):
        Action.objects.create(
            municipality=ours.municipality,
            title=f"Actie {n:02d}",
            due=DAY + dt.timedelta(days=n),
            owner_department="Handhaving",
        )
    Action.objects.filter(pk=theirs.action.pk).update(due=DAY)
    found = on_agenda(ours.meeting, ItemKind.ACTION)
    assert (found[0].key, found[0].title, found[0].url) == ("rest", rest, "/plan/acties/")
    assert [c.title for c in found[1:]] == [f"Actie {n:02d}" for n in range(20)]
    assert found[1].detail == "Handhaving, uiterlijk 1 december 2026."


@pytest.mark.parametrize(("number", "listed"), [(10, False), (11, True)])
def test_of_more_than_ten_lines_without_an_owner_the_agenda_shows_the_list(
    ours, theirs, number, listed
):
    Action.objects.of(ours.municipality).update(adoption="example")
    for each in range(number):
        Action.objects.create(municipality=ours.municipality, title=f"Actie {each}")
    of_actions = [
        c for c in on_agenda(ours.meeting, ItemKind.STILL) if c.key.startswith("owner:action:")
    ]
    if listed:
        (only,) = of_actions
        assert (only.key, only.title) == ("owner:action:list", "Zonder eigenaar: acties (11)")
        assert only.url == "/plan/acties/?zonder_eigenaar=on"
    else:
        assert len(of_actions) == 10
        assert of_actions[0].title == "Zonder eigenaar: Actie 0"


def test_a_measure_of_which_nothing_was_heard_since_the_last_meeting_but_one_is_named(ours, theirs):
    long_ago = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    for each in (ours, theirs):
        for line in (each.measure, each.action):
            line.history.all().update(history_date=long_ago)
        Measure.objects.filter(pk=each.measure.pk).update(
            created_at=long_ago, state="running", owner_department="Handhaving"
        )

    def without_news():
        found = on_agenda(ours.meeting, ItemKind.STILL)
        return [(c.ref_id, c.detail) for c in found if c.key.startswith("news:")]

    held(ours, dt.date(2026, 11, 3))
    held(theirs, dt.date(2026, 10, 6))
    assert without_news() == [], "one meeting was held: of nothing is it known"
    held(ours, dt.date(2026, 10, 6))
    said = "Sinds 6 oktober 2026 is hier niets aan gewijzigd."
    assert without_news() == [(ours.measure.pk, said)]
    Measure.objects.filter(pk=ours.measure.pk).update(state="planned")
    assert without_news() == [], "what has not begun has no news"


# What lies ahead


def test_an_event_says_its_days_where_it_is_and_how_many_are_expected(ours):
    Event.objects.create(
        municipality=ours.municipality,
        name="Kermis",
        start=dt.date(2026, 12, 10),
        end=dt.date(2026, 12, 12),
        area="Plein",
        visitors=1500,
        remark="Denk aan glas.",
    )
    day = dt.date(2026, 12, 20)
    for number, end in enumerate((None, day)):
        Event.objects.create(
            municipality=ours.municipality,
            name=f"Mars {number}",
            start=DAY.replace(day=20),
            end=end,
        )
    kermis, *one_day = on_agenda(ours.meeting, ItemKind.EVENT)
    assert kermis.detail == (
        "10 december 2026 t/m 12 december 2026; Plein; 1.500 bezoekers verwacht. Denk aan glas."
    )
    assert [c.detail for c in one_day] == ["20 december 2026."] * 2


def test_a_period_that_the_last_meeting_saw_does_not_come_again(ours, theirs):
    last, elsewhere = held(ours, dt.date(2026, 11, 3)), held(theirs, dt.date(2026, 11, 4))
    found = {c.title: c for c in on_agenda(ours.meeting, ItemKind.SEASON)}
    dark, fireworks = (
        next(c for title, c in found.items() if title.startswith(begin))
        for begin in ("Donkere dagen", "Vuurwerk")
    )
    assert fireworks.detail.startswith("27 december 2026 t/m 1 januari 2027. Overlast")
    for meeting, season in ((last, dark), (elsewhere, fireworks)):
        meeting.items.create(
            municipality=meeting.municipality,
            position=10,
            kind=ItemKind.SEASON,
            key=season.key,
            title=season.title,
        )
    again = {c.title for c in on_agenda(ours.meeting, ItemKind.SEASON)}
    assert again == set(found) - {dark.title}


def test_school_holidays_are_of_the_region_of_the_series_and_without_one_named_by_region(ours):
    meeting = Meeting.objects.create(municipality=ours.municipality, date=dt.date(2026, 10, 6))

    def holidays():
        found = on_agenda(meeting, ItemKind.SEASON)
        return [(c.title, c.detail) for c in found if c.title.startswith("Herfst")]

    assert holidays() == [
        ("Herfstvakantie, regio noord", "10 oktober 2026 t/m 18 oktober 2026."),
        ("Herfstvakantie, regio midden en zuid", "17 oktober 2026 t/m 25 oktober 2026."),
    ]
    meeting.series = MeetingSeries.objects.create(
        municipality=ours.municipality, name="Maandelijks", school_region="midden"
    )
    assert holidays() == [("Herfstvakantie", "17 oktober 2026 t/m 25 oktober 2026.")]


# What is proposed


def test_a_strategic_agenda_holds_what_is_proposed_here_each_once(ours, theirs):
    for each in (ours, theirs):
        given = {"description": "", "reason": "Het neemt toe", "by": None}
        for title, priority in (("Nieuw", None), ("Anders", each.priority), ("Klaar", None)):
            priorities.propose(each.signal, each.plan, title=title, priority=priority, **given)
        propose_change(each.measure, {"title": "Nachtronde"}, "Het is later", None)
    meeting = strategic(ours)
    priorities.decide(
        PriorityProposal.objects.of(ours.municipality).get(title="Klaar"), meeting, True, ""
    )
    why = f"Het neemt toe\nUit het signaal: {ours.signal}."
    assert {c.title: c.detail for c in on_agenda(meeting, ItemKind.PRIORITY)} == {
        "Nieuwe prioriteit: Nieuw": why,
        "Andere prioriteit: Wonen wordt Anders": why,
    }
    (adjusted,) = on_agenda(meeting, ItemKind.ADJUSTMENT)
    assert (adjusted.title, adjusted.detail) == ("Aanpassing van Avondronde", "Het is later"), (
        "what came of an accepted priority was spoken of already"
    )


# Figures that changed afterwards


def shelf_of(home):
    store = FigureStore(home)
    return Shelf(store, [snapshot.manifest.id for snapshot in store.current()])


def test_months_that_the_last_meeting_saw_and_that_count_otherwise_now_are_told(tmp_path):
    ours, theirs = Municipality(code="GM0001"), Municipality(code="GM0002")
    months = [f"2024-{number:02d}" for number in range(1, 8)]
    changed = {"2024-01": 1, "2024-02": -2, "2024-03": 3, "2024-04": 4, "2024-06": 5, "2024-07": 6}

    def rows(change):
        return [
            (area, topic, month, 10.0 + (area == "GM0001") * change.get(month, 0))
            for area in ("GM0001", "GM0002")
            for topic in ("a", "b")
            for month in months
        ]

    before = kept(tmp_path, rows({}), "2024-08-01", title="Misdrijven").manifest.id
    kept(tmp_path, rows(changed), "2024-09-01", title="Misdrijven")

    def told(where, snapshots, until):
        return revised_months(shelf_of(tmp_path), where, Memory(snapshots=snapshots, until=until))

    seen = {"bron/t": before}
    (found,) = told(ours, seen, "2024-06")
    assert (found.table, found.title) == ("bron/t", "Misdrijven")
    assert found.url == "/beeld/peilmomenten/bron/t/"
    assert found.words == (
        "juni 2024: 2 tellingen anders, samen +10; april 2024: 2 tellingen anders, samen +8;"
        " maart 2024: 2 tellingen anders, samen +6; februari 2024: 2 tellingen anders, samen −4;"
        " en nog 1 maand."
    )
    assert told(ours, seen, "2024-07")[0].words.endswith("; en nog 2 maanden.")
    assert told(ours, seen, "2024-01")[0].words == "januari 2024: 2 tellingen anders, samen +2."
    assert told(theirs, seen, "2024-06") == []
    assert told(ours, seen, "") == [] == told(ours, {}, "2024-06")
    assert told(ours, {"bron/t": found.after}, "2024-06") == [], "it saw these figures"
    assert told(ours, {"bron/t": "thinned-out"}, "2024-06") == []


def test_a_table_without_counts_has_no_revised_months_and_one_count_is_no_counts(tmp_path):
    named(tmp_path, ["GM0001"])
    kept(tmp_path, [("GM0001", "a", "2024-01", 5.0)], "2024-03-01")
    before = {f"{m.source}/{m.table}": m.id for m in shelf_of(tmp_path).manifests}
    named(tmp_path, ["GM0001"], {"GM0001": "Anders"})
    kept(tmp_path, [("GM0001", "a", "2024-01", 4.0)], "2024-04-01")
    shelf, memory = shelf_of(tmp_path), Memory(snapshots=before, until="2024-01")
    (found,) = revised_months(shelf, Municipality(code="GM0001"), memory)
    assert found.words == "januari 2024: 1 telling anders, samen −1."


def test_each_revised_table_is_one_item_from_the_snapshot_that_the_last_meeting_saw(
    ours, theirs, tmp_path, monkeypatch
):
    monkeypatch.setattr(settings, "HOME", tmp_path)
    code = ours.municipality.code
    first = kept(tmp_path, [(code, "a", "2024-01", 5.0)], "2024-03-01", title="Misdrijven")
    seen = {"bron/t": first.manifest.id}
    held(ours, dt.date(2026, 11, 3), paper={"memory": {"snapshots": seen, "until": "2024-01"}})
    held(theirs, dt.date(2026, 11, 3), paper={"memory": {"snapshots": seen, "until": "2024-01"}})
    assert on_agenda(ours.meeting, ItemKind.REVISION) == []
    now = kept(tmp_path, [(code, "a", "2024-01", 8.0)], "2024-04-01", title="Misdrijven")
    (found,) = on_agenda(ours.meeting, ItemKind.REVISION)
    assert (found.key, found.title) == (f"bron/t:{now.manifest.id}", "Herzien: Misdrijven")
    assert found.detail == "januari 2024: 1 telling anders, samen +3."
    assert found.url == "/beeld/peilmomenten/bron/t/"
    assert on_agenda(theirs.meeting, ItemKind.REVISION) == []


def test_who_opens_an_agenda_that_is_in_step_keeps_nobody_from_writing(ours):
    rows.refresh(public_shelf(), ours.meeting)
    before = ours.meeting.items.count()
    assert before
    with CaptureQueriesContext(connection) as asked:
        rows.refresh(public_shelf(), ours.meeting)
    said = " ".join(query["sql"] for query in asked).upper()
    assert not [
        word for word in ("SAVEPOINT", "FOR NO KEY UPDATE", "INSERT", "UPDATE ") if word in said
    ]
    new_signal(ours.municipality, topic="1.1.2")
    rows.refresh(public_shelf(), ours.meeting)
    assert ours.meeting.items.count() == before + 1


def test_who_was_just_too_late_with_what_is_new_changes_nothing(ours, monkeypatch):
    rows.refresh(public_shelf(), ours.meeting)
    ours.meeting.refresh_from_db()
    monkeypatch.setattr(rows, "_is_in_step", lambda *_: False)
    revision = ours.meeting.revision
    rows.refresh(public_shelf(), ours.meeting)
    ours.meeting.refresh_from_db()
    assert ours.meeting.revision == revision
