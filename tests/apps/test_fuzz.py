"""The short of ``benchmarks.fuzz``: two hundred hostile rounds, and what tells right from wrong."""

import shutil

import pytest
from benchmarks.fuzz.__main__ import Outcome, fuzz
from benchmarks.fuzz.site import Form, read, site_of, walk
from benchmarks.fuzz.submissions import every_address
from django.db import connection

pytestmark = pytest.mark.postgres

PAGES, SUBMISSIONS, FILES = 75, 170, 30
ON_POSTGRES = 60, 6
"""There the letters that it refuses and lengths of columns matter, which few rounds find."""


@pytest.fixture
def site(neighbour, plan, settings, tmp_path):
    settings.HOME = shutil.copytree(settings.HOME, tmp_path / "home-that-is-written")
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    return site_of(neighbour.adviser)


def test_nothing_that_is_sent_stops_the_site(site):
    walk(site, PAGES)
    assert len(site.forms) > 40
    submissions, files = ON_POSTGRES if connection.vendor == "postgresql" else (SUBMISSIONS, FILES)
    assert any(form.takes_files for form in site.forms)
    outcome = fuzz(site, seed=13, submissions=submissions, files=files)
    # That address says with 503 that no worker runs here, as it must.
    wrong = [a for a, status in every_address(site) if status >= 500 and a != "/readyz"]
    outcome.note(site, "every address")
    assert not wrong, wrong
    assert outcome.good, "\n".join([*outcome.traces.values(), *outcome.partial])
    assert (outcome.submissions, outcome.files) == (submissions, files)
    assert outcome.statuses[302] > 10 and outcome.statuses[200] > 10


def test_a_traceback_is_seen(site, monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("stuk")

    monkeypatch.setattr("koers.apps.meetings.views.meetings.own_or_404", broken)
    site.forms = [Form("http://testserver/overleg/1/", "get")]
    site.addresses, site.parameters = ["/overleg/1/"], ["punt"]
    outcome = fuzz(site, seed=1, submissions=6, files=0)
    assert not outcome.good
    assert outcome.statuses[500] and any("stuk" in trace for trace in outcome.traces.values())


def test_a_load_in_part_is_seen():
    assert not Outcome(partial=["a"]).good
    assert Outcome().good


def test_a_form_is_read_with_its_choices():
    _, forms = read(
        "http://testserver/a/",
        '<form method="post" action="b/"><input name="x" value="1"><select name="s"><option'
        ' value="p"><option value="q" selected></select><textarea name="t">tekst</textarea>'
        '<button name="doe" value="ja"></form>',
    )
    assert forms[0].action == "http://testserver/a/b/"
    assert forms[0].fields == {
        "x": ("input", "1", []),
        "s": ("select", "q", ["p", "q"]),
        "t": ("textarea", "tekst", []),
    }
    assert forms[0].buttons == [("doe", "ja")]
