"""All mail passes one queue: a refused address holds up nobody, a server that is down is waited for
during a day, and what became of each mail is told."""

from __future__ import annotations

import ast
import datetime as dt
from pathlib import Path

import pytest
from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone

import koers
from koers.apps.intake.background import BackgroundRun, RunState
from koers.apps.intake.models import LoadRun, RunKind
from koers.apps.people import mail, post
from koers.apps.people.models import Mail, MailState, Role
from koers.upkeep.record import ASKED, LastBackup, note
from koers.web import settings as real_settings
from koers.web import status

SECRET = "geheime-link-7391"
PAGE = "/beheer/werking/"


@pytest.fixture
def send(municipality, person, mailbox):
    """Puts a mail to somebody in the queue, of this municipality."""

    def put(address, by=None):
        who = person(Role.PARTNER) if address is None else None
        context = {"user": who, "link": f"https://koers.example/{SECRET}/"}
        mail.send(
            "people/mail/new_link.txt",
            context,
            address or who.email,
            municipality=municipality,
            by=by,
        )

    return put


def states():
    return dict(Mail.objects.values_list("address", "state"))


def make_due():
    Mail.objects.filter(state=MailState.QUEUED).update(due_at=timezone.now())


def test_one_refused_address_stops_nobody_elses_mail(send, mailbox):
    mailbox.refuses = {"weg@example.org": "550 nobody", "vol@example.org": "452 full"}
    for address in ("een@example.org", "weg@example.org", "vol@example.org", "twee@example.org"):
        send(address)
    assert {m["To"] for m in mailbox.messages} == {"een@example.org", "twee@example.org"}
    assert states() == {
        "een@example.org": "sent",
        "twee@example.org": "sent",
        "weg@example.org": "refused",
        "vol@example.org": "queued",
    }
    mailbox.refuses = {}
    assert len(mailbox.messages) == 2, "a pause comes before the next try"
    make_due()
    assert {m["To"] for m in mailbox.messages} >= {"vol@example.org"}
    assert len({m["Message-ID"] for m in mailbox.arrived}) == 3


def test_a_server_that_is_down_is_waited_for_ever_longer_and_a_day_at_most(send, mailbox):
    mailbox.down()
    send("een@example.org")
    send("twee@example.org")
    waits = []
    for _ in range(9):
        make_due()
        begin = timezone.now()
        assert post.deliver() == 0
        waits.append(round((Mail.objects.first().due_at - begin).total_seconds() / 60))
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    Mail.objects.filter(address="een@example.org").update(
        made_at=timezone.now() - dt.timedelta(hours=25)
    )
    make_due()
    post.deliver()
    assert states() == {"een@example.org": "given_up", "twee@example.org": "queued"}
    mailbox.up()
    make_due()
    assert [m["To"] for m in mailbox.messages] == ["twee@example.org"]


def test_what_a_mail_says_is_not_read_from_the_database_and_goes_when_it_has_ended(send, mailbox):
    mailbox.refuses = {"weg@example.org": "550 nobody"}
    send("een@example.org")
    send("weg@example.org")
    assert all(
        len(m.content) > 100 and SECRET.encode() not in m.content for m in Mail.objects.all()
    )
    assert SECRET in mailbox.messages[0].get_content()
    assert all(not m.content for m in Mail.objects.all())


def test_a_key_that_changed_is_said_and_what_is_old_goes(send, mailbox, monkeypatch):
    send("een@example.org")
    monkeypatch.setattr(settings, "SECRET_KEY", "een heel andere sleutel, van deze installatie")
    assert mailbox.messages == [] and states() == {"een@example.org": "given_up"}
    Mail.objects.update(ended_at=timezone.now() - dt.timedelta(days=31))
    post.tidy()
    assert not Mail.objects.exists()


def test_whatever_django_or_a_library_sends_goes_through_the_queue(db, mailbox):
    assert real_settings.EMAIL_BACKEND == "koers.apps.people.mail.QueueBackend"
    send_mail("Onderwerp", "tekst", None, ["een@example.org", "twee@example.org"])
    assert mailbox.arrived == []
    assert len(mailbox.messages) == 2
    assert states() == {"een@example.org": "sent", "twee@example.org": "sent"}


def test_no_code_sends_a_mail_beside_the_queue():
    """Nothing names another way out than the post."""
    ways = {"smtplib", "get_connection", "send_mail", "mail_admins", "mail_managers"}
    root = Path(koers.__file__).parent
    found = {
        file.relative_to(root).as_posix()
        for file in root.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Import) and ways & {a.name for a in node.names})
        or (isinstance(node, ast.ImportFrom) and ways & {a.name for a in node.names})
    }
    assert found == {"apps/people/post.py"}


def test_beheer_shows_each_mail_and_tells_sender_and_administrators(client, person, other, mailbox):
    sender, fellow, administrator = (
        person(role, where=other) for role in (Role.POLICE, Role.ENFORCEMENT, Role.ADMINISTRATOR)
    )

    def read(user, path="/"):
        client.force_login(user)
        return client.get(path).content.decode()

    mailbox.refuses = {"weg@example.org": "550 nobody", "vol@example.org": "452 full"}
    for address in ("een@example.org", "weg@example.org", "vol@example.org"):
        context = {"user": sender, "link": SECRET}
        by = sender.pseudonym
        mail.send("people/mail/new_link.txt", context, address, municipality=other, by=by)
    assert len(mailbox.messages) == 1
    page = read(administrator, PAGE)
    for said in ("een@example.org", "verzonden", "geweigerd", "weigert deze mail (550)", "wacht"):
        assert said in page
    mailbox.refuses = {}
    waiting = Mail.objects.get(address="vol@example.org")
    client.post(f"/beheer/werking/mail/{waiting.pk}/")
    assert len(mailbox.messages) == 2
    assert "Mail die niet aankwam" in read(administrator)
    lost = Mail.objects.get(address="weg@example.org")
    assert "weg@example.org" not in read(fellow)
    assert client.post(f"/mail/{lost.pk}/gezien/").status_code == 404
    assert client.get(PAGE).status_code == 403
    assert "weg@example.org" in read(sender)
    client.post(f"/mail/{lost.pk}/gezien/")
    assert "weg@example.org" not in read(sender)


def test_mail_and_work_of_another_municipality_are_not_there(adviser, other, mailbox):
    theirs = Mail.objects.create(municipality=other, address="zij@example.org", about="iets")
    run = LoadRun.objects.create(municipality=other, state=RunState.FAILED)
    assert "zij@example.org" not in adviser.get(PAGE).content.decode()
    assert adviser.post(f"/beheer/werking/mail/{theirs.pk}/").status_code == 404
    assert adviser.post(f"/beheer/werking/opnieuw/cijfers/{run.pk}/").status_code == 404
    assert adviser.post(f"/beheer/werking/opnieuw/niets/{run.pk}/").status_code == 404


def test_beheer_shows_work_that_runs_and_that_failed_and_puts_it_in_the_queue_again(
    adviser, municipality, monkeypatch, tmp_path
):
    def run(state, **more):
        return LoadRun.objects.create(municipality=municipality, state=state, **more)

    now = timezone.now()
    failed = run(RunState.FAILED, kind=RunKind.CHECK, error="Te weinig ruimte.", finished_at=now)
    run(RunState.RUNNING, heartbeat_at=now, done=2, total=8, text="Tabel 2", claim="busy")
    page = adviser.get(PAGE).content.decode()
    for said in ("Bezig: 25 %", "Tabel 2", "Te weinig ruimte.", "nog geen reservekopie", "SQLite"):
        assert said in page or (said == "SQLite" and "PostgreSQL" in page), said
    path = f"/beheer/werking/opnieuw/cijfers/{failed.pk}/"
    assert "al bezig" in adviser.post(path, follow=True).content.decode()
    LoadRun.objects.filter(state=RunState.RUNNING).update(state=RunState.DONE, claim=None)
    assert "weer in de wachtrij" in adviser.post(path, follow=True).content.decode()
    assert LoadRun.objects.filter(state=RunState.QUEUED, kind=RunKind.CHECK).count() == 1
    made = LastBackup(now - dt.timedelta(days=9), "/srv/kopie", ASKED, 1, 1, 1, "0.1.0")
    note(tmp_path, made)
    monkeypatch.setattr(settings, "HOME", tmp_path)
    page = adviser.get(PAGE).content.decode()
    assert "/srv/kopie" in page and "langer dan een week" in page


def test_no_kind_of_background_work_is_left_out():
    assert set(status.KINDS.values()) == set(BackgroundRun.__subclasses__())
