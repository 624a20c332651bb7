"""Figures that are held, as people see them: who is told, who decides, and that it is kept."""

from datetime import UTC, datetime

import pytest
from django.conf import settings

from koers.apps.intake.background import RunState
from koers.apps.intake.models import FiguresDecision
from koers.apps.intake.services import held as service
from koers.apps.intake.services import queue
from koers.apps.people.models import Mail, Membership, Role, User
from koers.figures.doubts.doubt import Doubt, Oddity
from koers.figures.held import HeldState
from koers.figures.store import FigureStore
from tests.apps.test_loading import carried_out, home, source, town  # noqa: F401
from tests.figures.rows import columns, draft
from tests.sources.test_held import change, times

ODD = (
    Doubt(Oddity.TOTAL, "BU", before=1200.0, after=300.0),
    Doubt(Oddity.KIND_GONE, "BU", "1.1.1", before=500.0, after=0.0),
)


def rows(factor):
    return [(f"BU9001000{n}", "1.1.1", "2025-10", float(factor * n)) for n in range(5)]


def put(value, odd=False):
    store = FigureStore(settings.HOME, clock=lambda: datetime(2026, 1, 15, tzinfo=UTC))
    more = {"title": "Misdrijven per buurt", "topics": {"1.1.1": "Inbraak woning"}}
    made = draft(rows(value), "47022NED", **more)
    return store.write(made, columns(rows(value)), look=lambda *_: ODD if odd else ())


@pytest.fixture
def odd(town):  # noqa: F811
    put(12)
    return put(3, odd=True).manifest.id


@pytest.fixture
def sign_in(client, town):  # noqa: F811
    def sign_in(role):
        user = User.objects.create_user(f"{role}@example.org", "geheim-genoeg-123")
        Membership.objects.create(user=user, municipality=town, role=role)
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def whole(django_capture_on_commit_callbacks):
    """What waits for the database to keep it is done too."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def used():
    return [s.manifest.id for s in FigureStore(settings.HOME).current()]


def text(answer):
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("address", ["/", "/cijfers/", "/cijfers/apart/"])
def test_whoever_may_decide_is_shown_what_waits(sign_in, odd, address):
    assert "niet lijken" in text(sign_in(Role.ADVISER).get(address, follow=True))


def test_the_front_page_of_who_may_not_decide_is_silent(sign_in, odd):
    assert "niet lijken" not in text(sign_in(Role.ENFORCEMENT).get("/", follow=True))


def test_the_page_of_an_administrator_says_it(sign_in, odd):
    assert "apart gehouden" in text(sign_in(Role.ADMINISTRATOR).get("/beheer/werking/"))


def test_old_stands_beside_new_with_a_file(sign_in, odd):
    page = text(sign_in(Role.POLICE).get(f"/cijfers/apart/{odd}/"))
    assert "1.1.1 Inbraak woning is verdwenen" in page and "15 januari 2026" in page
    assert "Toch gebruiken</button>" not in page and "adviseur of beheerder" in page
    file = sign_in(Role.ADVISER).get(f"/cijfers/apart/{odd}/?csv=naast-elkaar")
    lines = file.content.decode("utf-8-sig").splitlines()
    assert lines[1].split(";")[:5] == ["buurten", "2025-10", "120", "30", "-90"], lines


@pytest.mark.postgres
def test_a_person_uses_them_with_a_reason_that_is_kept_and_takes_it_back(sign_in, odd, whole):
    adviser = sign_in(Role.ADVISER)
    before = used()
    with whole():
        refused = adviser.post(f"/cijfers/apart/{odd}/gebruiken/", {"reason": ""})
    assert "is verplicht" in text(refused) or "Vul" in text(refused)
    assert used() == before and not FiguresDecision.objects.exists()
    with whole():
        adviser.post(f"/cijfers/apart/{odd}/gebruiken/", {"reason": "De politie telt anders."})
    assert used() == [odd]
    kept = FiguresDecision.objects.get()
    assert (kept.state, kept.reason, kept.snapshot) == ("accepted", "De politie telt anders.", odd)
    user = User.objects.get()
    assert kept.history.get().history_user_id == user.pseudonym
    page = text(adviser.get(f"/cijfers/apart/{odd}/"))
    assert "De politie telt anders." in page and "Weer apart zetten" in page
    with whole():
        adviser.post(f"/cijfers/apart/{odd}/weer/")
    assert used() == before and FiguresDecision.objects.count() == 2


@pytest.mark.postgres
def test_nothing_is_used_when_the_decision_was_not_kept(odd, town, monkeypatch):  # noqa: F811
    """The archive follows the database: what was taken back there, never reached the archive."""
    from django.db import transaction

    before = used()
    with pytest.raises(RuntimeError), transaction.atomic():
        service.decide(odd, HeldState.ACCEPTED, "reden", town)
        raise RuntimeError
    assert used() == before and not FiguresDecision.objects.exists()


@pytest.mark.postgres
def test_a_decision_that_did_not_reach_the_archive_is_mended(odd, town):  # noqa: F811
    """In a test the database keeps nothing, so that what follows on that never happens: as when
    the process is killed."""
    before = used()
    service.decide(odd, HeldState.ACCEPTED, "reden", town)
    assert used() == before
    assert service.settle() == [odd] and used() == [odd]
    assert service.settle() == []


def test_a_person_who_may_not_load_may_not_decide(sign_in, odd):
    handhaver = sign_in(Role.ENFORCEMENT)
    for choice in ("gebruiken", "niet", "weer"):
        assert handhaver.post(f"/cijfers/apart/{odd}/{choice}/", {"reason": "x"}).status_code == 403
    assert not FiguresDecision.objects.exists()


def test_figures_that_are_not_held_have_no_such_page(sign_in, odd):
    adviser = sign_in(Role.ADVISER)
    (good,) = used()
    for address in (f"/cijfers/apart/{good}/", "/cijfers/apart/bestaatniet/"):
        assert adviser.get(address).status_code == 404
        assert adviser.post(f"{address}niet/").status_code == 404


def test_the_reason_of_another_municipality_is_not_shown(sign_in, odd, whole):
    from koers.apps.people.models import Municipality

    with whole():
        other = Municipality.objects.create(code="GM9002", name="Bosdorp")
        service.decide(odd, HeldState.REJECTED, "GEHEIME REDEN", other)
    page = text(sign_in(Role.ADVISER).get(f"/cijfers/apart/{odd}/"))
    assert "niet in gebruik" in page and "GEHEIME REDEN" not in page


def test_the_worker_holds_tells_and_says_it_and_screens_nothing(
    town,  # noqa: F811
    source,  # noqa: F811
    sign_in,
    settings,
):
    settings.EMAIL_HOST = "mail.example.org"
    boss = sign_in(Role.ADMINISTRATOR)
    carried_out(queue.start(town, ["GM9001"])[0])
    before = used()
    change(source, value=times(0))
    run = carried_out(queue.start(town, ["GM9001"])[0])
    assert run.state == RunState.DONE and len(run.loaded) == 0 and len(run.held) == 1
    assert "47022NED" in run.held.lines[0] and used() == before
    page = text(boss.get(f"/cijfers/ophalen/{run.pk}/"))
    assert "1 apart gehouden" in page and run.held.lines[0].split(":")[0] in page
    mails = Mail.objects.filter(about="cijfers die apart worden gehouden")
    assert [mail.address for mail in mails] == ["administrator@example.org"]
    again = carried_out(queue.start(town, ["GM9001"])[0])
    assert len(again.held) == 1 and mails.count() == 1, "told once"
