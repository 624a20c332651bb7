"""The library of measures: what comes with Koers is right, what is added works or says what is
wrong, and is taken over."""

import pytest
from django.conf import settings

from koers.apps.people.models import Membership, Role, User
from koers.apps.plan.models import Action, Measure, Partner
from koers.apps.plan.services import library
from koers.indicators import load_indicators
from tests.apps.exchange import home_beside

OWN = """title: Eigen maatregelen
measures:
- slug: nachtwacht
  title: Nachtwacht
  description: Rondes in de nacht.
  kind: enforcement
  evidence: {verdict: unknown, text: Geen onderzoek bekend; het is nieuw.}
"""
THEMES = {
    "woninginbraak",
    "jeugd",
    "cyber",
    "verkeer-en-fietspaden",
    "ondermijning",
    "zorg-en-veiligheid",
    "evenementen",
    "crisisbeheersing",
    "internationale-instabiliteit",
}


@pytest.fixture
def own(plan, tmp_path, monkeypatch):
    """The folder in which an installation adds files."""
    home = home_beside(settings.HOME, tmp_path)
    monkeypatch.setattr(settings, "HOME", home)
    folder = home / "maatregelen"
    folder.mkdir()
    return folder


def test_there_is_a_file_for_each_theme_with_several_measures():
    assert {t.id for t in library.bundled()} == THEMES
    assert all(len(t.measures) >= 4 for t in library.bundled())


def test_every_slug_is_used_once_and_fits_the_plan():
    measures = [m for t in library.bundled() for m in t.measures]
    assert len({m.slug for m in measures}) == len(measures)
    assert all(m.indicators and set(m.indicators) <= set(load_indicators()) for m in measures)


def test_what_research_says_has_a_source_and_where_nothing_is_known_that_is_said():
    for measure in (m for t in library.bundled() for m in t.measures):
        said = measure.evidence
        assert said.sources or said.verdict == "unknown", measure.slug
        assert (said.verdict == "unknown") == said.text.startswith("Geen onderzoek"), measure.slug
        assert len(f"{said.label}. {said.text}") > 60, measure.slug


def test_a_file_of_the_installation_adds_a_theme(own, adviser):
    (own / "eigen.yaml").write_text(OWN, encoding="utf-8")
    assert "Nachtwacht" in adviser.get("/plan/bibliotheek/").content.decode()


def test_a_file_with_the_name_of_a_theme_adds_to_it(own):
    (own / "jeugd.yaml").write_text(OWN, encoding="utf-8")
    theme = next(t for t in library.library().themes if t.id == "jeugd")
    assert theme.title == "Jeugd" and {"nachtwacht", "halt-verwijzing"} <= {
        m.slug for m in theme.measures
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            OWN.replace("kind: enforcement", "kind: straf"),
            "eigen.yaml, regel 6, veld 'measures.0.kind': 'straf' mag hier niet",
        ),
        (
            OWN.replace("  title: Nachtwacht\n", ""),
            "regel 3, veld 'measures.0.title': het veld ontbreekt",
        ),
        (OWN + "  kleur: rood\n", "regel 8, veld 'measures.0.kleur': dit veld bestaat niet"),
        (
            OWN + "  indicators: [woninginbraak, bestaat-niet]\n",
            "regel 8, veld 'measures.0.indicators': de indicator 'bestaat-niet' bestaat niet",
        ),
        (
            OWN.replace("Geen onderzoek bekend; het is nieuw.", "Vast goed."),
            "waar niets bekend is, begint de tekst met 'Geen onderzoek'",
        ),
        (OWN.replace("unknown", "works"), "noem de bron"),
        (
            OWN.replace("nachtwacht", "halt-verwijzing"),
            "regel 3, veld 'measures.0.slug': 'halt-verwijzing' bestaat al",
        ),
        (
            OWN.replace("slug: nachtwacht", "? slug\n  : halt-verwijzing"),
            "eigen.yaml, regel 1, veld 'measures.0.slug': 'halt-verwijzing' bestaat al",
        ),
        ("measures: [", "dit is geen geldige YAML"),
    ],
)
def test_a_broken_file_is_named_with_line_and_field_and_the_rest_goes_on(own, adviser, text, said):
    (own / "eigen.yaml").write_text(text, encoding="utf-8")
    (own / "goed.yaml").write_text(
        OWN.replace("nachtwacht", "dagwacht").replace("Nachtwacht", "Dagwacht"), encoding="utf-8"
    )
    assert any(said in problem for problem in library.library().problems), (
        library.library().problems
    )
    page = adviser.get("/plan/bibliotheek/").content.decode()
    assert "eigen.yaml, regel " in page and "Dagwacht" in page and "Cameratoezicht" in page


def test_one_searches_by_words_theme_kind_and_evidence(adviser, plan):
    def titles(query):
        return [
            m.title
            for _, measures in adviser.get(f"/plan/bibliotheek/?{query}").context["themes"]
            for m in measures
        ]

    assert titles("q=verlichting donkere") == ["Betere verlichting en zicht op donkere plekken"]
    assert "Jeugd-boa in de avond en het weekend" in titles("thema=jeugd&soort=enforcement")
    assert titles("bewijs=harmful") == ["Jongeren afschrikken met een gevangenisbezoek (niet doen)"]
    assert titles("q=bestaatniet") == []
    assert (
        "Geen maatregel past hierbij"
        in adviser.get("/plan/bibliotheek/?q=bestaatniet").content.decode()
    )


def test_a_measure_is_taken_over_as_an_example_with_partners_and_actions_and_taken_back(
    adviser, plan, municipality
):
    priority = plan.priorities.first()
    before = set(Partner.objects.of(municipality).values_list("name", flat=True))
    page = adviser.post(
        "/plan/bibliotheek/bezoek-na-inbraak/overnemen/", {"prioriteit": priority.pk}, follow=True
    )
    made = Measure.objects.get(library="bezoek-na-inbraak")
    assert (
        made.is_example
        and made.priority == priority
        and made.topics == ["woninginbraak", "schuurinbraak"]
    )
    assert {p.name for p in made.partners.all()} == {"Politie", "Woningcorporatie"} <= before
    assert made.actions.count() == 3 and all(a.is_example for a in made.actions.all())
    assert "Grove" in made.evidence_source and made.evidence.startswith(
        "Onderzoek wijst op effect."
    )
    again = adviser.post(
        "/plan/bibliotheek/bezoek-na-inbraak/overnemen/", {"prioriteit": priority.pk}, follow=True
    )
    assert "staat al onder" in again.content.decode()
    undo = next(m.extra_tags for m in page.context["messages"])
    adviser.post(undo)
    assert not Measure.objects.of(municipality).filter(library="bezoek-na-inbraak").exists()
    assert not Action.objects.of(municipality).filter(measure=made).exists()
    assert set(Partner.objects.of(municipality).values_list("name", flat=True)) == before


def test_what_was_changed_since_is_not_taken_back(adviser, plan, municipality):
    adviser.post(
        "/plan/bibliotheek/buurtbemiddeling/overnemen/", {"prioriteit": plan.priorities.first().pk}
    )
    made = Measure.objects.get(library="buurtbemiddeling")
    made.title = "Ons eigen buurtbemiddelen"
    made.save()
    page = adviser.post(f"/plan/bibliotheek/{made.pk}/ongedaan/", follow=True).content.decode()
    assert (
        "intussen gewijzigd" in page
        and Measure.objects.of(municipality).filter(pk=made.pk).exists()
    )


def test_a_harmful_measure_is_shown_and_not_offered(adviser, plan):
    page = adviser.get("/plan/bibliotheek/gevangenisbezoek-jongeren/").content.decode()
    assert "Onderzoek wijst op schade" in page and "Neem over als voorbeeld" not in page
    adviser.post(
        "/plan/bibliotheek/gevangenisbezoek-jongeren/overnemen/",
        {"prioriteit": plan.priorities.first().pk},
    )
    assert not Measure.objects.filter(library="gevangenisbezoek-jongeren").exists()


def test_a_measure_or_priority_that_is_not_there_does_not_exist(adviser, plan, other):
    assert adviser.get("/plan/bibliotheek/bestaat-niet/").status_code == 404
    assert (
        adviser.post(
            "/plan/bibliotheek/buurtbemiddeling/overnemen/", {"prioriteit": 987654}
        ).status_code
        == 404
    )
    page = adviser.post(
        "/plan/bibliotheek/buurtbemiddeling/overnemen/", {}, follow=True
    ).content.decode()
    assert "Kies eerst onder welke prioriteit" in page


def test_another_municipality_takes_nothing_over_here(client, plan, other):
    user = User.objects.create_user("ander@example.org", "geheim-genoeg-123")
    Membership.objects.create(user=user, municipality=other, role=Role.ADVISER)
    client.force_login(user)
    answer = client.post(
        "/plan/bibliotheek/buurtbemiddeling/overnemen/", {"prioriteit": plan.priorities.first().pk}
    )
    assert (
        answer.status_code == 404
        and not Measure.objects.filter(library="buurtbemiddeling").exists()
    )
