"""A number in a sentence was counted, or a word beside it says what it is."""

import pytest

from tests.claims import unexplained


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        (
            "Wel opgevallen was bijvoorbeeld: alle soorten in Wassenaar, vanaf ongeveer 604 in 12"
            " maanden t/m oktober 2016, waar 391 werd verwacht.",
            ["604"],
        ),
        (
            "Bijvoorbeeld alle soorten in Wassenaar: geteld is 311 in 12 maanden t/m oktober 2016,"
            " waar 391 werd verwacht; om op te vallen waren er ongeveer 604 nodig.",
            [],
        ),
        ("311 in 12 maanden t/m oktober 2016; meer: +12 % (marge +3 % tot +22 %).", []),
        ("Het werd 312.", ["312"]),
        ("Meer inbraken geteld dan verwacht. 311 tegen 391.", ["391"]),
        ("Verwacht: 391; 604 was meer geweest.", ["604"]),
        (
            "Kans 80 %. Nu 311. Verwacht wordt 290 (waarschijnlijk tussen 250 en 330).",
            [],
        ),
        ("De kans is groot. Daarna 42 %.", ["42 %"]),
        ("In 2016 en op 31 december 2025, tabel 47022NED, per 1.000 inwoners.", []),
    ],
)
def test_which_numbers_are_explained(sentence, wrong):
    assert unexplained(sentence, {"311"}) == wrong
