"""Figures in, in a real browser: the pages are accessible, an own file is counted, a load shows how
far it is."""

from dataclasses import replace

import pytest
from django.conf import settings
from django.utils import timezone

from koers.apps.intake.background import RunState
from koers.apps.intake.models import LoadRun, OwnIndicator, OwnTable
from koers.apps.intake.services import queue, typed
from koers.apps.people.models import Role
from koers.figures.doubts.doubt import Doubt, Oddity
from koers.figures.queries.snapshot_rows import snapshot_rows
from koers.figures.store import FigureStore
from tests.browser.conftest import assert_accessible_at_each_width
from tests.browser.test_pages import sign_in
from tests.figures.rows import draft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROWS = [
    "Buurt;Onderwerp;Maand;Aantal;Naam",
    *(f"Centrum;Boetes;2026-{m:02d};{m};J. Geheim" for m in range(1, 10)),
]


@pytest.fixture
def people(municipality, person, tmp_path, monkeypatch):
    """An adviser who administers, in a home in which files may be counted."""
    import shutil

    home = tmp_path / "home"
    shutil.copytree(settings.HOME, home)
    monkeypatch.setattr(settings, "HOME", home)
    return person(Role.ADVISER, Role.ADMINISTRATOR)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "handhaving.csv"
    path.write_text("\r\n".join([*ROWS, "Nergens;Boetes;2026-01;3;J. Geheim"]), encoding="utf-8")
    return path


def count_a_file(page, file, check=lambda page: None):
    page.goto("/cijfers/eigen/nieuw/")
    page.get_by_label("aantallen per gebied en maand", exact=False).check()
    page.set_input_files("#id_file", str(file))
    page.get_by_role("button", name="Verder").click()
    check(page)
    page.get_by_label("Naam van deze tabel").fill("Toezicht")
    page.get_by_role("button", name="Toon wat er geteld wordt").click()
    check(page)
    assert page.get_by_text("9 te tellen").is_visible()
    assert "Geheim" not in page.content()
    page.get_by_label("Tel zonder").check()
    page.get_by_role("button", name="Tel en verwijder het bestand").click()
    page.get_by_text("Het bestand is verwijderd").wait_for()


def test_the_pages_of_figures_and_indicators_are_accessible_and_fit_the_screen(
    desk, people, file, municipality
):
    sign_in(desk)
    run, _ = queue.start(municipality, [])
    done = LoadRun.objects.create(
        municipality=municipality,
        state=RunState.DONE,
        finished_at=timezone.now(),
        loaded=["Misdrijven (47022NED)"],
        refused=["47024NED: veranderd."],
    )
    for path in (
        "/cijfers/",
        f"/cijfers/ophalen/{run.pk}/",
        f"/cijfers/ophalen/{done.pk}/",
        "/cijfers/eigen/nieuw/",
        "/cijfers/eigen/indicator/nieuw/",
        "/beeld/indicatoren/",
        "/beeld/indicatoren/woninginbraak/",
        "/beeld/indicatoren/halt-verwijzingen/",
        "/beeld/vergelijken/",
    ):
        desk.goto(path)
        assert_accessible_at_each_width(desk)
    count_a_file(desk, file, assert_accessible_at_each_width)
    assert_accessible_at_each_width(desk)


def test_a_file_is_counted_without_javascript(browser, live_server, people, file):
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    page = context.new_page()
    sign_in(page)
    count_a_file(page, file)
    assert OwnTable.objects.get().rows_refused == 1
    context.close()


def test_the_page_of_a_load_follows_it_by_itself(browser, live_server, people, municipality):
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    sign_in(page)
    run, _ = queue.start(municipality, [])
    page.goto(f"/cijfers/ophalen/{run.pk}/")
    page.get_by_text("Koers begint zo").wait_for()
    now = timezone.now()
    LoadRun.objects.filter(pk=run.pk).update(
        state=RunState.RUNNING, started_at=now, heartbeat_at=now, done=1, total=4, text="47022NED"
    )
    page.get_by_text("Koers is bezig: 25 %").wait_for(timeout=10_000)
    LoadRun.objects.filter(pk=run.pk).update(
        state=RunState.DONE, finished_at=now, claim=None, loaded=["Misdrijven"]
    )
    page.get_by_text("1 tabel met nieuwe cijfers").wait_for(timeout=10_000)
    context.close()


@pytest.fixture
def held(people):
    """The example's crimes once more, at a third: they wait for a person."""
    store = FigureStore(settings.HOME)
    crime = store.newest("voorbeeld", "voorbeeld-crime")
    columns = snapshot_rows(store, crime.manifest.id)
    columns["value"] = columns["value"] // 3
    m = crime.manifest
    made = draft([], m.table, source=m.source, title=m.title, topics=m.topics, fictitious=True)
    doubts = (
        Doubt(Oddity.TOTAL, "VB", before=120_345.0, after=40_115.0),
        *(Doubt(Oddity.KIND_GONE, "VB", topic, before=90.0, after=0.0) for topic in m.topics),
    )
    return store.write(replace(made, sha256="1" * 64), columns, look=lambda *_: doubts).manifest.id


def test_held_figures_are_seen_used_with_a_reason_and_taken_back(desk, held):
    sign_in(desk)
    desk.goto("/cijfers/apart/")
    assert_accessible_at_each_width(desk)
    desk.get_by_role("link", name="Verzonnen misdrijven", exact=False).first.click()
    assert_accessible_at_each_width(desk)
    desk.get_by_label("Waarom kloppen deze cijfers toch?").fill("De bron telt nu anders.")
    desk.get_by_role("button", name="Toch gebruiken").click()
    desk.get_by_text("Deze cijfers zijn in gebruik.").wait_for()
    assert_accessible_at_each_width(desk)
    store = FigureStore(settings.HOME)
    assert store.newest("voorbeeld", "voorbeeld-crime").manifest.id == held
    desk.get_by_role("button", name="Weer apart zetten").click()
    desk.get_by_text("wachten op een besluit").first.wait_for()
    assert store.newest("voorbeeld", "voorbeeld-crime").manifest.id != held


def test_values_are_typed_as_in_a_spreadsheet_and_pasted_from_one(desk, people, municipality):
    sign_in(desk)
    made = OwnIndicator.objects.create(
        municipality=municipality,
        slug="eigen-vb01-proef",
        title="Voelt zich veilig",
        theme="sociale-kwaliteit",
        definition="Uit de enquête.",
        unit="percent",
        direction="up",
        source="de enquête",
    )
    address = f"/cijfers/eigen/indicator/{made.slug}/waarden/"
    for path in (f"/cijfers/eigen/indicator/{made.slug}/", address):
        desk.goto(path)
        assert_accessible_at_each_width(desk)
    boxes = desk.locator("table[data-grid] tbody tr")
    boxes.nth(1).locator("input").first.focus()
    desk.evaluate(
        """() => {
          const data = new DataTransfer();
          data.setData("text", "62,5\\t400\\n\\n70\\t410\\n");
          const paste = { clipboardData: data, bubbles: true, cancelable: true };
          document.activeElement.dispatchEvent(new ClipboardEvent("paste", paste));
        }"""
    )
    desk.keyboard.press("Enter")
    desk.keyboard.type("66")
    desk.get_by_role("button", name="Opslaan").click()
    desk.get_by_text("Opgeslagen als peilmoment").wait_for()
    year = timezone.localdate().year
    told = {period: (t.value, t.n) for (period, _), t in typed.values_of(made).items()}
    assert told == {
        str(year - 1): (62.5, 400),
        str(year - 2): (66, None),
        str(year - 3): (70, 410),
    }
