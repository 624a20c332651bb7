"""A whole plan in Word or ODT: its text becomes the draft of the plan, what a person points at its
lines, and all of it is undone at once."""

import pytest
from django.conf import settings
from django.test import Client

from koers.apps.exchange.document import tables_of, text_of_plan
from koers.apps.exchange.pointing import key_of, priorities_of
from koers.apps.people.models import Role
from koers.apps.plan.models import Goal, Measure, Priority
from koers.apps.texts.models import TextVersion
from koers.apps.texts.services.plans import text_of
from koers.records.text import Paragraph, Table
from koers.tables.reading.whole import Piece
from tests.apps.documents import PLAN, full_docx, full_odt, plan_docx
from tests.apps.exchange import Import, document, home_beside, upload


class Whole(Import):
    """The steps of a person who reads in a whole document."""

    def send(self, content, name):
        data = {"plan": self.plan.pk, "file": upload(content, name), "read": "whole"}
        return self._sent(self.client.post("/plan/inlezen/", data))

    @property
    def url(self):
        return f"/plan/inlezen/{self.token}/document/"

    def shown(self):
        return {s.said: s for s in self.client.get(self.url).context["shown"]}

    def point(self, **chosen):
        """Take what Koers proposes, with these roles; what comes is the preview."""
        return self.client.post(self.url, {**chosen, "klaar": "1"}, follow=True)

    def take_in(self, follow=False, **ticked):
        """The page of the plan that follows is made where it is looked at only."""
        return super().take_in(follow, **ticked)

    def roles(self):
        return {said: s.chosen for said, s in self.shown().items() if s.chosen != "tekst"}


@pytest.fixture
def steps(adviser, plan, tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "HOME", home_beside(settings.HOME, tmp_path))
    return Whole(adviser, plan)


def written(plan):
    """The text of the plan, a line a heading or block."""
    found = []
    for section in text_of(plan).content.sections:
        found.append(f"{'#' * section.level} {section.heading}".strip())
        found += [" / ".join(b.texts()) for b in section.blocks]
    return found


def test_koers_proposes_what_is_a_priority_a_goal_and_a_measure(steps):
    steps.send(plan_docx(), "plan.docx")
    assert steps.roles() == {
        "1. Veilige wijken": "prioriteit",
        "Doel: minder inbraken in woningen": "doel",
        "Voetjes verven langs de kade Brieven na een inbraak": "maatregel",
        "2. Jeugd": "prioriteit",
        "Minder overlast op pleinen Meer jongeren in een club": "doel",
        "Maatregel Planning Trekker Jeugdtafel elke maand Q1 2026 Team OOV Straatcoaches inzetten"
        " doorlopend Team OOV": "tabel",
    }


def test_a_whole_document_becomes_the_text_and_the_lines_of_the_plan(steps):
    steps.send(plan_docx(), "plan.docx")
    steps.point()
    assert steps.problems() == []
    page = steps.take_in(follow=True, ongelezen="1").content.decode()
    assert (
        "2 prioriteiten, 4 maatregelen en 3 doelen toegevoegd, de tekst van het plan bewaard als"
        " concept" in page
    )
    measures = {m.title: m for m in Measure.objects.filter(priority__plan=steps.plan)}
    assert measures["Voetjes verven langs de kade"].priority.title == "1. Veilige wijken"
    coaches = measures["Straatcoaches inzetten"]
    assert (coaches.priority.title, coaches.planning) == ("2. Jeugd", "doorlopend")
    goals = Goal.objects.filter(priority__title="2. Jeugd").order_by("pk")
    assert [g.title for g in goals] == ["Minder overlast op pleinen", "Meer jongeren in een club"]
    assert written(steps.plan)[:8] == [
        "# Inleiding",
        "De gemeente wil dat inwoners zich veilig voelen. Zie ook de agenda.",
        "# Prioriteiten",
        "## 1. Veilige wijken",
        "In de wijken speelt van alles.",
        "Doel: minder inbraken in woningen",
        "### Maatregelen",
        "Voetjes verven langs de kade / Brieven na een inbraak",
    ]
    tables = [b for b in text_of(steps.plan).content.blocks if isinstance(b, Table)]
    assert [t.rows[0][0] for t in tables] == ["Jeugdtafel elke maand"]


def test_all_of_a_document_is_undone_at_once(steps):
    before = set(Measure.objects.values_list("pk", flat=True))
    priorities = set(Priority.objects.filter(archived_at=None))
    steps.send(plan_docx(), "plan.docx")
    steps.point()
    steps.take_in(ongelezen="1")
    address = f"/plan/inlezen/{steps.token}/ongedaan/"
    page = steps.client.post(address, follow=True).content.decode()
    assert "De tekst van het plan is weer zoals zij was." in page
    assert text_of(steps.plan) is None
    still = Measure.objects.filter(archived_at=None, priority__plan=steps.plan)
    assert set(still.values_list("pk", flat=True)) <= before
    assert set(Priority.objects.filter(archived_at=None)) == priorities


def test_a_text_that_came_later_stays_and_is_named(steps):
    steps.send(plan_docx(), "plan.docx")
    steps.point()
    steps.take_in(ongelezen="1")
    first = steps.token
    steps.send(plan_docx("<h1>Nieuw</h1><p>Een andere tekst.</p>"), "nieuw.docx")
    steps.point()
    steps.take_in()
    page = steps.client.post(f"/plan/inlezen/{first}/ongedaan/", follow=True).content.decode()
    assert "daarom gebleven: de tekst van het plan." in page
    assert written(steps.plan) == ["# Nieuw", "Een andere tekst."]


def test_what_stays_the_same_in_a_next_document_keeps_its_id(steps):
    steps.send(plan_docx(), "plan.docx")
    steps.point()
    steps.take_in(ongelezen="1")
    before = {" / ".join(b.texts()): b.id for b in text_of(steps.plan).content.blocks}
    changed = PLAN.replace("speelt van alles", "speelt nogal van alles").replace(
        "<p>Elk jaar kijken", "<p>Dit is een nieuwe eerste alinea.</p><p>Elk jaar kijken"
    )
    steps.send(plan_docx(changed), "plan2.docx")
    steps.point()
    steps.take_in(ongelezen="1", zonder="1")
    after = {" / ".join(b.texts()): b.id for b in text_of(steps.plan).content.blocks}
    assert after["Elk jaar kijken we terug."] == before["Elk jaar kijken we terug."]
    assert after["In de wijken speelt nogal van alles."] == before["In de wijken speelt van alles."]
    assert after["Dit is een nieuwe eerste alinea."] not in before.values()
    assert len(set(after.values())) == len(after)


def test_a_document_can_come_behind_the_text_that_is_there(steps):
    steps.send(plan_docx("<h1>Een</h1><p>eerst</p>"), "een.docx")
    steps.point()
    steps.take_in()
    steps.send(plan_docx("<h1>Twee</h1><p>daarna</p>"), "twee.docx")
    steps.point()
    steps.take_in(tekst="erachter")
    assert written(steps.plan) == ["# Een", "eerst", "# Twee", "daarna"]


def test_a_document_that_says_the_same_makes_no_new_version(steps):
    for _ in range(2):
        steps.send(plan_docx("<h1>Een</h1><p>eerst</p>"), "een.docx")
        steps.point()
        steps.take_in()
    assert written(steps.plan) == ["# Een", "eerst"]
    assert TextVersion.objects.filter(text__subject=steps.plan.pk, text__kind="plan").count() == 1


def test_a_person_points_out_what_is_what(steps):
    steps.send(plan_docx(), "plan.docx")
    shown = steps.shown()
    steps.point(
        **{
            shown["1. Veilige wijken"].key: "tekst",
            shown["Inleiding"].key: "prioriteit",
            shown["In de wijken speelt van alles."].key: "maatregel",
            shown["Elk jaar kijken we terug."].key: "weg",
        }
    )
    seen = steps.preview()
    assert [p.title for p in seen.priorities] == ["Inleiding", "2. Jeugd"]
    by_title = {line.title: line for line in seen.lines}
    loose = by_title["In de wijken speelt van alles."]
    assert loose.above is None and "geen prioriteit" in loose.problems[0].reason
    assert ("1 stuk tekst", "u koos: niet overnemen") in [(u.what, u.reason) for u in seen.unread]
    assert not any("kijken we terug" in t for s in seen.text.sections for t in s.texts())


def test_rows_of_a_table_are_pointed_at_one_by_one(steps):
    rows = "".join(
        f"<tr><td>{one}</td><td>{two}</td></tr>"
        for one, two in (
            ("Maatregel", "Planning"),
            ("Digitaal", ""),
            ("Spreekuur", "2026"),
            ("Minder oplichting", "streven"),
            ("Over dit jaar", "later"),
        )
    )
    steps.send(plan_docx(f"<h1>Prioriteit 1: Jeugd</h1><table>{rows}</table>"), "tabel.docx")
    table = next(s for s in steps.shown().values() if s.rows)
    assert table.chosen == "tabel"
    digital, _, swindle, later = table.rows[1:]
    steps.point(**{digital.key: "prioriteit", swindle.key: "doel", later.key: "tekst"})
    lines = [(line.of, line.title, str(line.above)) for line in steps.preview().lines]
    assert lines == [
        ("measure", "Spreekuur", "Digitaal"),
        ("goal", "Minder oplichting", "Digitaal"),
    ]


def test_all_headings_of_a_level_are_pointed_at_in_one_go(steps):
    steps.send(plan_docx("<h1>Een</h1><h2>A</h2><h2>B</h2><p>tekst</p>"), "plan.docx")
    data = {"niveau": "2", "rol": "prioriteit", "allemaal": "1"}
    steps.client.post(steps.url, data)
    assert steps.roles() == {"A": "prioriteit", "B": "prioriteit"}
    steps.client.post(steps.url, {**data, "rol": "tabel"})
    assert steps.roles() == {"A": "prioriteit", "B": "prioriteit"}


def test_what_is_no_running_text_is_named_with_how_often_and_must_be_ticked(steps):
    steps.send(full_docx(), "plan.docx")
    steps.point()
    named = {u.what: u.texts for u in steps.preview().unread}
    assert named == {
        "1 afbeelding": (),
        "1 tekstvak": ("Tekst in een vak",),
        "1 voet- of eindnoot": (),
        "1 opmerking in de kantlijn": (),
        "1 bijgehouden toevoeging": ("nieuwe",),
        "1 bijgehouden verwijdering": ("oude",),
        "1 kop- of voettekst": ("Gemeente Voorbeeldrecht",),
        "1 inhoudsopgave": (),
        "1 link": (),
        "1 alinea": ("3 mei 2026",),
    }
    page = steps.take_in().content.decode()
    assert "Niet alles in het bestand wordt gelezen" in page
    assert text_of(steps.plan) is None
    steps.take_in(ongelezen="1")
    texts = written(steps.plan)
    assert texts[:2] == ["# Uitvoeringsplan Veiligheid 2026", "Een zin met nieuwe woorden."]
    assert not any("Inleiding 3" in t or "vak" in t for t in texts)


def test_an_odt_is_read_alike(steps):
    steps.send(full_odt(), "plan.odt")
    assert steps.roles() == {
        "Prioriteit 1: Jeugd": "prioriteit",
        "Doel: minder overlast": "doel",
        "Jeugdtafel Straatcoaches": "maatregel",
    }
    steps.point()
    assert {u.what: u.texts for u in steps.preview().unread} == {
        "1 afbeelding": (),
        "1 tekstvak": ("Tekst in een vak",),
        "1 voet- of eindnoot": ("volgens de politie",),
        "1 opmerking in de kantlijn": ("klopt dit?",),
        "1 bijgehouden verwijdering": ("oude woorden",),
        "1 kop- of voettekst": ("Concept",),
        "1 inhoudsopgave": (),
    }
    steps.take_in(ongelezen="1")
    assert Measure.objects.get(title="Straatcoaches").priority.title == "Jeugd"


def test_personal_words_in_the_text_are_pointed_out_before_anything_is_kept(steps):
    steps.send(plan_docx("<h1>Jeugd</h1><p>Bel Jan de Vries, 06-12345678.</p>"), "plan.docx")
    page = steps.point().content.decode()
    assert "Dit lijkt op persoonsgegevens" in page
    assert "lijken op persoonsgegevens" in steps.take_in().content.decode()
    assert text_of(steps.plan) is None
    steps.take_in(persoonsgegevens="1")
    assert written(steps.plan) == ["# Jeugd", "Bel Jan de Vries, 06-12345678."]


def test_nothing_is_kept_where_writing_a_line_fails(steps, monkeypatch):
    steps.send(plan_docx(), "plan.docx")
    steps.point()

    def fail(*args, **kwargs):
        raise RuntimeError("stopped")

    monkeypatch.setattr(TextVersion, "save", fail)
    with pytest.raises(RuntimeError):
        steps.take_in(ongelezen="1")
    assert not Measure.objects.filter(title="Straatcoaches inzetten").exists()
    assert text_of(steps.plan) is None


def test_a_document_in_parts_is_pointed_at_page_by_page(steps, monkeypatch):
    monkeypatch.setattr("koers.apps.exchange.document_views.ON_A_PAGE", 5)
    steps.send(plan_docx(), "plan.docx")
    page = steps.client.get(steps.url).content.decode()
    assert "deel 1 van 5" in page and "Bewaar en ga naar deel 2" in page
    answer = steps.client.post(steps.url, {key_of(0): "prioriteit", "verder": "1"})
    assert answer.url.endswith("?deel=2")
    assert steps.roles()["Inleiding"] == "prioriteit"


@pytest.mark.parametrize("name", ["plan.docx", "plan.odt"])
def test_a_damaged_or_empty_document_is_refused_with_what_to_do(steps, name):
    kind = name.rpartition(".")[2]
    whole = document(PLAN, kind)
    page = steps.send(whole[: len(whole) // 2], name)
    assert "beschadigd" in page and "Sla het bestand opnieuw op" in page
    assert "leeg" in steps.send(b"", name)
    page = steps.send(document("<p></p>", kind), name)
    assert "staat geen tekst die Koers kan lezen" in page


def test_who_may_not_change_the_plan_may_read_its_text(steps, plan, person):
    steps.send(plan_docx("<h1>Een</h1><p>eerst</p>"), "een.docx")
    steps.point()
    steps.take_in()
    enforcement = Client()
    enforcement.force_login(person(Role.ENFORCEMENT))
    page = enforcement.get(f"/plan/tekst/{plan.pk}/").content.decode()
    assert "eerst" in page and "Versie 1" in page
    assert enforcement.get(steps.url).status_code == 403
    assert enforcement.get(f"/plan/tekst/{plan.pk}/?versie=9").status_code == 404


def test_a_measure_that_is_a_heading_has_what_stands_under_it_as_its_explanation():
    pieces = [
        Piece("heading", "Jeugd", 1),
        Piece("heading", "Maatregel 1.1: Jeugdtafel", 2),
        Piece("paragraph", "Elke maand bij elkaar."),
        Piece("list", items=("met school", "met politie")),
        Piece("heading", "Slot", 1),
        Piece("paragraph", "Klaar."),
    ]
    roles = {key_of(0): "prioriteit", key_of(1): "maatregel"}
    (table,) = tables_of(pieces, roles)
    assert table.heading == "Jeugd" and table.rows[1] == [
        "Maatregel 1.1: Jeugdtafel",
        "Elke maand bij elkaar.\nmet school\nmet politie",
    ]
    assert priorities_of(pieces, roles) == ["Jeugd"]
    assert [s.heading for s in text_of_plan(pieces, roles)] == [
        "Jeugd",
        "Maatregel 1.1: Jeugdtafel",
        "Slot",
    ]
    assert isinstance(text_of_plan(pieces, roles)[2].blocks[0], Paragraph)


@pytest.mark.shared
def test_real_plans_come_in_whole_with_their_goals_and_measures(steps, shared):
    for name, said in (
        ("tabel-per-prioriteit.docx", (3, 4, 3)),
        # Its priorities are bands of the one table.
        ("jaarplan-themas.docx", (0, 8, 7)),
    ):
        steps.send((shared / "cases/plans" / name).read_bytes(), name)
        steps.point()
        seen = steps.preview()
        new = seen.with_outcome("new", "wrong")
        measures = [x for x in new if x.is_measure]
        goals = [x for x in new if x.is_goal]
        pointed = sum(role == "prioriteit" for role in steps.roles().values())
        assert (pointed, len(measures), len(goals)) == said
        assert seen.unread == [] and seen.text.sections
