"""What looks like a person in free text is pointed out; ordinary sentences of this work are not."""

import pytest

from koers.apps.people.privacy import likely_personal


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Bel 06-12345678 terug", "een telefoonnummer"),
        ("Bel +31 23 548 56 00", "een telefoonnummer"),
        ("Mail naar voornaam.achternaam@example.org", "een e-mailadres"),
        ("Woont in 2101 AB", "een postcode"),
        ("Overlast bij Dorpsstraat 12", "een huisadres"),
        ("Gesprek met mevrouw Jansen", "een naam"),
        ("Dhr. De Vries was erbij", "een naam"),
        ("Verdachte, geboren op 3-4-1990", "een geboortedatum"),
    ],
)
def test_what_looks_personal_is_named_by_its_kind(text, kind):
    assert kind in [found for found, _ in likely_personal(text)]


@pytest.mark.parametrize(
    "text",
    [
        "In 2025 waren er 1234 meldingen in 14 buurten.",
        "Prioriteit 2: Jeugdoverlast; 25 % minder dan in 2024.",
        "Verwacht werd 12,5 (marge 8 tot 17).",
        "De wijkagent bezoekt de buurt op 12 december.",
        "Tabel 47022NED, peilmoment 0123456789ab.",
        "Het college stemt in op grond van artikel 160 van de Gemeentewet.",
    ],
)
def test_ordinary_sentences_are_left_alone(text):
    assert likely_personal(text) == []
