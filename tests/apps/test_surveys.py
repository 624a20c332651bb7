"""The counted result of a survey: read whole or refused with row and column, and shown with how sure it is."""

import math

import pytest

from koers.apps.consultation.models import SurveyCount
from koers.apps.consultation.surveys import Row, SurveyFileError, _share, read_rows


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [";", ","])
def test_what_dutch_excel_and_others_write_is_read_alike(encoding, separator):
    lines = ["Thema;Groep;Aantal;Deelnemers", "Één thema;inwoners;12;40", "Ander;inwoners;5;"]
    raw = "\r\n".join(lines).replace(";", separator).encode(encoding)
    assert read_rows(raw) == [Row("Één thema", "inwoners", 12, 40), Row("Ander", "inwoners", 5, None)]


def test_other_columns_are_not_read():
    rows = read_rows(b"naam,thema,groep,aantal\nIemand,Cybercrime,inwoners,3\n")
    assert rows == [Row("Cybercrime", "inwoners", 3, None)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "leeg"),
        ("  \n", "leeg"),
        ("thema,groep\na,b\n", "Rij 1: de kolom 'aantal' ontbreekt"),
        ("thema,groep,aantal\n", "Rij 2: er staan geen rijen"),
        ("thema,groep,aantal\na,b,2.5\n", "Rij 2, kolom aantal: '2.5' is geen geheel getal"),
        ("thema,groep,aantal\na,b,\n", "Rij 2, kolom aantal"),
        ("thema,groep,aantal\na,b,-1\n", "Rij 2, kolom aantal: -1 is kleiner dan nul"),
        ("thema,groep,aantal\n,b,1\n", "Rij 2, kolom thema: hier staat niets"),
        ("thema,groep,aantal\na,,1\n", "Rij 2, kolom groep: hier staat niets"),
        ("thema,groep,aantal\na,b,1\na,b,2\n", "Rij 3: a, b staat ook al op rij 2"),
        ("thema,groep,aantal,deelnemers\na,b,9,8\n", "Rij 2, kolom aantal: 9 is meer dan het aantal deelnemers (8)"),
    ],
)
def test_what_is_wrong_is_said_with_row_and_column(text, says):
    with pytest.raises(SurveyFileError) as refused:
        read_rows(text.encode())
    assert says in str(refused.value)


def test_a_share_has_the_margin_of_wilson():
    found = _share(SurveyCount(theme="a", group="b", count=120, respondents=400))
    assert found.share == 30
    # Wilson by hand: (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n)
    z, p, n = 1.959963984540054, 0.3, 400
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = ((p + z * z / (2 * n) + sign * half) / (1 + z * z / n) for sign in (-1, 1))
    assert math.isclose(found.lower, 100 * low, rel_tol=1e-9)
    assert math.isclose(found.upper, 100 * high, rel_tol=1e-9)


def test_without_respondents_there_is_no_share():
    found = _share(SurveyCount(theme="a", group="b", count=120))
    assert math.isnan(found.share)
    assert math.isnan(found.lower)
