"""The log: a line a request, an error once with where it arose, and nothing that somebody wrote."""

import io
import json
import logging

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from koers.apps.intake.background import RunState
from koers.apps.intake.models import LoadRun
from koers.apps.intake.services import loading
from koers.apps.people import invitations, mail
from koers.apps.people.models import Role
from koers.web.log import JsonLines, logging_of, path_of

CANARY = "kanarie-7391"


@pytest.fixture
def lines():
    """What is written meanwhile, as it goes to standard error where Koers serves."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonLines())
    loggers = [logging.getLogger(), logging.getLogger("koers"), logging.getLogger("django")]
    levels = [one.level for one in loggers]
    logging.getLogger("koers").setLevel(logging.INFO)
    logging.getLogger().addHandler(handler)
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    logging.getLogger().removeHandler(handler)
    for one, level in zip(loggers, levels, strict=True):
        one.setLevel(level)


def requests(lines):
    return [line for line in lines() if line["what"] == "request"]


def test_a_request_is_one_line_with_who_what_and_how_long(adviser, plan, lines):
    answer = adviser.get(f"/plan/versies/{plan.pk}/?zoek={CANARY}")
    (line,) = requests(lines)
    who = get_user_model().objects.get(email__startswith="adviser")
    assert line["request"] == answer.headers["Koers-Verzoek"]
    assert (line["method"], line["status"]) == ("GET", answer.status_code)
    assert line["path"] == f"/plan/versies/{plan.pk}/"
    assert line["user"] == str(who.pseudonym) and line["ms"] > 0
    assert CANARY not in json.dumps(lines()) and who.email not in json.dumps(lines())


def test_a_visitor_has_no_pseudonym_and_two_requests_have_two_numbers(client, db, lines):
    client.get("/openbaar/")
    client.get("/nergens/")
    first, second = requests(lines)
    assert first["user"] is second["user"] is None
    assert first["request"] != second["request"]
    assert (second["status"], second["path"]) == (404, "?")


def test_an_error_is_told_once_with_where_it_arose_and_the_page_names_its_number(
    adviser, lines, monkeypatch
):
    def broken(*_, **__):
        raise RuntimeError(CANARY)

    monkeypatch.setattr("koers.web.views.HOME_PANELS.all", broken)
    adviser.raise_request_exception = False
    answer = adviser.get("/")
    assert answer.status_code == 500
    (error,) = [line for line in lines() if line["level"] == "error"]
    assert error["error"] == "builtins.RuntimeError"
    assert error["at"][-1].endswith(" broken") and "web/views.py" in "".join(error["at"])
    assert error["request"] == answer.headers["Koers-Verzoek"] == requests(lines)[0]["request"]
    assert answer.headers["Koers-Verzoek"] in answer.content.decode()
    assert CANARY not in json.dumps(lines())


def test_a_site_that_is_not_ready_says_so_in_one_line(client, db, lines, monkeypatch):
    monkeypatch.setattr("koers.web.health._database", lambda: {"ok": False})
    assert client.get("/readyz").status_code == 503
    (line,) = lines()
    assert (line["what"], line["path"], line["status"]) == ("request", "/readyz", 503)


def test_no_line_holds_what_was_written_or_a_secret(adviser, plan, municipality, lines):
    """A canary in every field of forms, in addresses, cookies and headers, and in what goes wrong
    with them."""
    measure = plan.lines.first().measures.first()
    for path in (
        f"/plan/bewerken/maatregel/{measure.pk}/",
        "/plan/nieuw/",
        "/overleg/",
        "/account/wachtwoord/",
        f"/{CANARY}/",
        f"/aanmelden/uitnodiging/{CANARY}/",
        f"/overleg/agenda/{CANARY}.ics",
        f"/overleg/antwoord/{CANARY}/",
    ):
        data = dict.fromkeys(("title", "description", "password", "email", "notes"), CANARY)
        adviser.get(path, {"zoek": CANARY}, HTTP_USER_AGENT=CANARY)
        adviser.post(path, data, HTTP_REFERER=f"https://x.example/{CANARY}")
    outsider = Client(HTTP_HOST=f"{CANARY}.example")
    outsider.get("/")
    Client().post("/aanmelden/", {"login": f"{CANARY}@x.example", "password": CANARY})
    link = invitations.invite(municipality, f"{CANARY}@x.example", Role.POLICE, CANARY)
    assert link and Client().get(link).status_code == 200
    with pytest.raises(mail.MailError):
        mail.send("meetings/mail/digest.txt", {}, f"{CANARY}@x.example")
    assert len(requests(lines)) > 16
    token = link.strip("/").split("/")[-1]
    assert CANARY not in json.dumps(lines()) and token not in json.dumps(lines())


def test_people_and_figures_stand_in_it(adviser, municipality, lines):
    run = LoadRun.objects.create(municipality=municipality, state=RunState.RUNNING)
    loading._end(run.pk, {"state": RunState.FAILED, "error": CANARY})
    who = get_user_model().objects.get(email__startswith="adviser")
    Client().post("/aanmelden/", {"login": who.email, "password": CANARY})
    found = {line["what"]: line for line in lines()}
    assert (found["figures"]["run"], found["figures"]["state"]) == (run.pk, "failed")
    assert found["people"]["about"] == str(who.pseudonym)
    assert CANARY not in json.dumps(lines())


def test_words_of_a_program_stay_and_what_it_was_given_goes():
    def said(message, *args, of="koers.cli"):
        record = logging.LogRecord(of, logging.WARNING, __file__, 1, message, args, None)
        return json.loads(JsonLines().format(record))["what"]

    assert said("%s is %d too long", CANARY, 3) == "… is 3 too long"
    assert said("100 % certain %s %s", CANARY) == "100 % certain %s %s"
    assert said(f"it is {CANARY}", of="somebody.else") == "somebody.else"
    assert said("Task id=%s", "a1", of="django_tasks.x") == "Task id=a1"


def test_an_address_that_nobody_knows_is_not_named():
    assert path_of(None) == "?"


def test_files_are_kept_where_a_folder_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.argv", ["/bin/koers", "worker"])
    assert logging_of(str(tmp_path))["handlers"]["file"]["filename"] == str(tmp_path / "worker.log")
    monkeypatch.setattr("sys.argv", ["/bin/koers", "check"])
    found = logging_of("")
    assert set(found["handlers"]) == {"error"} and found["handlers"]["error"]["level"] == "WARNING"
