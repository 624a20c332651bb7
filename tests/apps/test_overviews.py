"""The ways to look at the plan: what is chosen, what stands still, what is moved."""

import datetime as dt

import pytest
from django.utils import timezone

from koers.apps.meetings.models import AgendaItem, Meeting
from koers.apps.people.models import Role
from koers.apps.plan.models import Action, Measure, SavedView
from koers.apps.plan.services.news import heard, standing_still, without_news
from tests.apps.tables import read_csv


@pytest.fixture
def old(plan, municipality):
    """An adopted measure with an open action, both of a year ago, without anybody's history."""
    past = timezone.now() - dt.timedelta(days=365)
    measure = Measure.objects.create(
        municipality=municipality,
        priority=plan.priorities.first(),
        title="Oude maatregel",
        areas=["VB010101"],
        created_at=past,
    )
    action = Action.objects.create(
        municipality=municipality, measure=measure, title="Oude actie", created_at=past
    )
    for line in (measure, action):
        line.history.update(history_date=past)
    return measure, action


@pytest.fixture
def met(municipality):
    """Two operational meetings that were held."""
    for days in (40, 10):
        Meeting.objects.create(
            municipality=municipality, date=dt.date.today() - dt.timedelta(days=days), state="held"
        )


def test_a_line_is_without_news_only_when_two_meetings_passed(old, met, municipality, rf):
    known = heard(municipality)
    assert list(without_news(Measure.objects.of(municipality), known)) == [old[0]]
    Meeting.objects.filter(state="held").first().delete()
    assert heard(municipality) is None
    assert standing_still(municipality, None).measures_without_news == 0


def test_a_change_of_an_action_is_news_of_its_measure(old, met, municipality):
    measure, action = old
    action.note = "gebeld"
    action.save()
    known = heard(municipality)
    assert not without_news(Measure.objects.of(municipality), known).exists()
    assert not without_news(Action.objects.of(municipality), known).exists()


def test_what_a_meeting_spoke_of_is_heard_also_without_a_change_of_the_line(old, met, municipality):
    measure, action = old
    before, last = Meeting.objects.filter(state="held").order_by("date")
    elsewhere = Meeting.objects.create(
        municipality=municipality, date=before.date - dt.timedelta(days=30), state="held"
    )

    def spoke(meeting, **what):
        AgendaItem.objects.create(
            municipality=municipality, meeting=meeting, position=1, title="x", **what
        )

    def silent():
        known = heard(municipality)
        return [list(without_news(m.objects.of(municipality), known)) for m in (Measure, Action)]

    spoke(elsewhere, kind="measure", key="1", ref_id=measure.pk, state="discussed")
    spoke(last, kind="measure", key="2", ref_id=measure.pk)
    spoke(last, kind="measure", key="3", ref_id=measure.pk, note="Van de vorige keer.")
    assert silent() == [[measure], [action]]
    spoke(last, kind="still", key=f"news:{measure.pk}", ref_id=measure.pk, note="Het loopt")
    assert silent() == [[], [action]]
    spoke(
        before, kind="still", key=f"owner:action:{action.pk}", ref_id=action.pk, state="discussed"
    )
    assert silent() == [[], []]


def test_an_action_of_which_a_meeting_spoke_is_news_of_its_measure(old, met, municipality):
    AgendaItem.objects.create(
        municipality=municipality,
        meeting=Meeting.objects.first(),
        position=1,
        title="x",
        kind="action",
        key="1",
        ref_id=old[1].pk,
        note="Loopt",
    )
    known = heard(municipality)
    assert not without_news(Measure.objects.of(municipality), known).exists()


def test_a_line_that_stands_still_is_seen_at_home_in_the_tree_and_in_the_table(
    client, person, old, met
):
    client.force_login(person(Role.PARTNER))
    for page in (
        "/",
        "/plan/boom/?open=alles",
        "/plan/maatregelen/",
        "/plan/acties/",
        "/plan/buurt/VB010101/",
    ):
        text = client.get(page).content.decode().lower()
        assert "zonder nieuws" in text and "zonder eigenaar" in text, page


@pytest.mark.postgres
def test_what_is_chosen_holds_for_the_table_and_for_its_file(adviser, old, met):
    for query in (
        "zonder_nieuws=on",
        "zoek=oude+maatregel",
        "gebied=VB010101",
        "gebied=VB010101&soort=prevention&op=-open",
    ):
        page = adviser.get(f"/plan/maatregelen/?{query}").content.decode()
        assert "Oude maatregel" in page
        rows = read_csv(adviser.get(f"/plan/maatregelen/?{query}&csv=maatregelen").content)
        assert [row["Maatregel"] for row in rows] == ["Oude maatregel"], query
    assert (
        "voldoet aan wat u koos"
        in adviser.get("/plan/maatregelen/?zoek=bestaatniet").content.decode()
    )


def test_an_action_is_moved_and_moved_back(adviser, old):
    action = old[1]
    address = f"/plan/actie/{action.pk}/zetten/"
    page = adviser.post(
        address, {"naar": "done", "revisie": action.revision, "terug": "/plan/bord/"}, follow=True
    )
    action.refresh_from_db()
    assert action.state == "done"
    undo = next(iter(page.context["messages"])).extra_tags
    adviser.post(undo)
    action.refresh_from_db()
    assert action.state == "open"


def test_a_button_of_the_board_moves_its_action_and_none_that_changed_meanwhile(adviser, old):
    action = old[1]
    for page in ("/plan/bord/", "/plan/acties/"):
        assert (
            f'name="zet" value="{action.pk}.{action.revision}.done"'
            in adviser.get(page).content.decode()
        )
    chosen = {"zet": f"{action.pk}.{action.revision}.done", "terug": "/plan/acties/?staat=alle"}
    answer = adviser.post("/plan/bord/zetten/", chosen)
    assert answer.url == f"/plan/acties/?staat=alle#actie-{action.pk}"
    action.refresh_from_db()
    assert action.state == "done"
    page = adviser.post(
        "/plan/bord/zetten/", chosen | {"zet": f"{action.pk}.0.dropped"}, follow=True
    )
    action.refresh_from_db()
    assert action.state == "done" and "intussen gewijzigd" in page.content.decode()
    for wrong in ("", "1", "x.0.done", f"{action.pk}.0.weg", f"{action.pk}.-1.done"):
        assert adviser.post("/plan/bord/zetten/", {"zet": wrong}).status_code == 404, wrong


def test_who_may_not_change_actions_sees_no_buttons_and_moves_nothing(client, person, old):
    client.force_login(person(Role.COMMITTEE))
    page = client.get("/plan/bord/").content.decode()
    assert "Oude actie" in page and 'name="zet"' not in page
    assert client.post("/plan/bord/zetten/", {"zet": f"{old[1].pk}.0.done"}).status_code == 403


def test_a_branch_of_the_tree_comes_when_it_is_opened(adviser, old, plan):
    first, second = plan.priorities[:2]
    assert "Oude actie" not in adviser.get("/plan/boom/").content.decode()
    assert "Oude actie" not in adviser.get(f"/plan/boom/?open={second.pk}").content.decode()
    whole = adviser.get(f"/plan/boom/?open={first.pk}").content.decode()
    assert "Oude actie" in whole and "<h1>" in whole
    part = adviser.get(
        f"/plan/boom/?open={first.pk}", headers={"HX-Request": "true"}
    ).content.decode()
    assert "Oude actie" in part and "<h1>" not in part
    assert str(second) not in part


def test_titles_are_text_in_every_long_list(adviser, old, plan):
    for line in old:
        line.title = "<b>vet</b> & meer"
        line.owner_department = "<i>afdeling</i>"
        line.save()
    first = plan.priorities.first()
    for page in (
        f"/plan/boom/?open={first.pk}",
        "/plan/bord/",
        "/plan/acties/",
        "/plan/maatregelen/",
    ):
        text = adviser.get(page).content.decode()
        assert "&lt;b&gt;vet&lt;/b&gt; &amp; meer" in text, page
        assert "<b>vet" not in text and "<i>afdeling" not in text, page


def test_a_priority_shows_twenty_measures_a_page_and_their_open_actions(
    adviser, old, plan, municipality
):
    first = plan.priorities.first()
    Measure.objects.bulk_create(
        Measure(municipality=municipality, priority=first, title=f"Z{n:02d}") for n in range(20)
    )
    Action.objects.create(
        municipality=municipality, measure=old[0], title="Afgerond werk", state="done"
    )
    page = adviser.get(f"/plan/prioriteit/{first.pk}/").content.decode()
    assert page.count('<article class="k-card k-card--listed"') == 20
    assert (
        "Oude actie" in page
        and "Afgerond werk" not in page
        and "1 die gedaan of vervallen is" in page
    )
    assert (
        "Z19" not in page
        and "Z19" in adviser.get(f"/plan/prioriteit/{first.pk}/?blad=2").content.decode()
    )
    rows = read_csv(adviser.get(f"/plan/prioriteit/{first.pk}/?csv=maatregelen").content)
    assert {"Z00", "Z19", "Oude maatregel"} <= {row["Maatregel"] for row in rows}


@pytest.mark.postgres
def test_a_move_of_what_somebody_changed_meanwhile_changes_nothing(adviser, old):
    action = old[1]
    seen = action.revision
    action.note = "door een ander"
    action.save()
    page = adviser.post(
        f"/plan/actie/{action.pk}/zetten/", {"naar": "dropped", "revisie": seen}, follow=True
    )
    action.refresh_from_db()
    assert (action.state, action.note) == ("open", "door een ander")
    assert "intussen gewijzigd" in page.content.decode()


def test_a_view_is_kept_renamed_and_removed_by_its_owner_only(
    adviser, client, person, municipality
):
    adviser.post(
        "/plan/weergave/", {"page": "plan:actions", "name": "Laat", "query": "over_tijd=on&blad=3"}
    )
    view = SavedView.objects.get()
    assert view.query == "over_tijd=on"
    assert "Laat" in adviser.get("/plan/acties/").content.decode()
    adviser.post(f"/plan/weergave/{view.pk}/hernoemen/", {"name": "Te laat"})
    assert SavedView.objects.get().name == "Te laat"
    client.force_login(person(Role.POLICE))
    assert client.post(f"/plan/weergave/{view.pk}/weghalen/").status_code == 404
    assert "Te laat" not in client.get("/plan/acties/").content.decode()


def test_nothing_of_another_municipality_is_seen(client, person, old, other):
    client.force_login(person(Role.ADVISER, where=other))
    for page in (
        "/plan/maatregelen/",
        "/plan/acties/",
        "/plan/bord/",
        "/plan/boom/",
        "/plan/tijdlijn/",
    ):
        assert "Oude" not in client.get(page).content.decode(), page
    assert client.get("/plan/buurt/VB010101/").status_code == 404
    assert (
        client.post(f"/plan/actie/{old[1].pk}/zetten/", {"naar": "done", "revisie": 0}).status_code
        == 404
    )
