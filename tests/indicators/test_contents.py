"""An indicator counts what its name says: every word of its title is in what the police count under
its codes, or is a word of which somebody said why it is there."""

import csv
import re

import pytest

from koers.indicators import load_indicators
from koers.indicators.contents import incidents
from koers.indicators.words import facts

POLICE = [i for i in load_indicators().values() if i.numerator.scheme in ("crime", "nuisance")]
TOTALS = {"0.0.0"}
# Words that mean the same as the police's own, and words that tell of whom or where.
SAME = {
    "inbraak": ("diefstal in/uit",),
    "ontploffing": ("bomaanslag",),
    "brommers": ("bromfiets",),
    "motorvoertuigen": ("personenauto", "motor"),
    "instellingen": ("school", "sportcomplex"),
    "bodemverontreiniging": ("bodem brengen",),
    "drugsafval": ("afval drugslab",),
    "rijden": ("rijden",),
    "verboden": ("bezit",),
    "verzet": ("wederspannigheid",),
    "gezag": ("openbaar gezag",),
    "orde": ("openbare orde",),
    "drugs": ("drugs",),
    "jeugdoverlast": ("overlast jeugd",),
    "geluidshinder": ("geluidshinder",),
    "personen": ("personen", "persoon", "mensen"),
    "fraude": ("fraude", "oplichting", "bedrog"),
}
NOT_COUNTED = {"meldingen", "misdrijven", "andere", "overige", "waaronder", "burgers", "bedrijven"}
NOT_COUNTED |= {"inwoners", "high", "impact", "crimes", "totaal"}


def official(indicator) -> str:
    """The names of the incidents, without the title of the kind: that of 2.1.1 is wrong itself."""
    found = [one for t in indicator.topics for one in incidents(indicator.numerator.scheme, t)]
    return " ".join(one.name.lower() for one in found)


def words(title: str) -> list[str]:
    return [
        w for w in re.findall(r"[a-zë]{4,}", title.lower()) if w not in ("tegen", "vanaf", "door")
    ]


def says(word: str, text: str) -> bool:
    """The word, what it is another name for, or a part of a compound that stands in the text."""
    if any(part in text for part in SAME.get(word, (word.rstrip("en"), word))):
        return True
    return any(part in word for part in re.findall(r"[a-z]{5,}", text))


@pytest.mark.parametrize("indicator", POLICE, ids=lambda i: i.id)
def test_a_title_says_what_the_codes_count(indicator):
    if TOTALS & set(indicator.topics):
        assert words(indicator.title)[0] in ("alle", "geregistreerde")
        return
    text = official(indicator)
    assert text, f"{indicator.topics} are no codes of the police"
    wrong = [w for w in words(indicator.title) if w not in NOT_COUNTED and not says(w, text)]
    assert wrong == [], f"{indicator.title}: {wrong} is not in {text}"


def test_accidents_are_not_called_people():
    """One fatal accident may have two deaths."""
    for indicator in load_indicators().values():
        if indicator.numerator.scheme == "accidents":
            assert "ongeval" in indicator.title.lower(), indicator.id


def test_what_is_registered_is_not_called_a_report():
    """The police count what they registered; who reported it is not told."""
    for indicator in POLICE:
        said = f"{indicator.title} {indicator.numerator.title}".lower()
        assert "aangifte" not in said.replace("valse aangifte", ""), indicator.id


def test_the_fault_that_was_found_is_seen():
    """Kind 2.1.1 is called nuisance and holds 'other drug offences' only."""
    text = " ".join(one.name.lower() for one in incidents("crime", "2.1.1"))
    assert not says("drankoverlast", text)
    assert {"E38", "F010"} == set(load_indicators()["drugs-drankoverlast"].topics)


def test_public_order_says_resistance_and_no_football():
    shown = load_indicators()["openbare-orde"]
    assert "verzet" in shown.title.lower() and "verzet" in shown.numerator.title
    said = dict(facts(shown))["Wat er precies onder valt"]
    for part in ("F17 Wederspannigheid", "F18 Niet voldoen aan bevel", "F30 Valse identiteit"):
        assert part in said


@pytest.mark.shared
@pytest.mark.parametrize(
    ("table", "scheme"),
    [("47018NED/SoortMisdrijf.csv", "crime"), ("47021NED_47022NED/Overlast.csv", "nuisance")],
)
def test_the_codes_are_those_of_the_source(shared, table, scheme):
    with (shared / "data" / "codes" / table).open(encoding="utf-8-sig", newline="") as file:
        rows = {row["Key"].strip(): row for row in csv.DictReader(file)}
    for key, row in rows.items():
        if key == "0.0.0":
            continue
        ours = [f"{one.code} {one.name}" for one in incidents(scheme, key)]
        if scheme == "nuisance":
            assert ours == [f"{key} {row['Title'].strip()}"]
        else:
            lines = [line.strip() for line in row["Description"].splitlines()]
            # One code stands twice in a kind of the source: ours keeps it once.
            assert set(ours) <= {" ".join(line.split(" ")) for line in lines}
            assert {c.split()[0] for c in ours} == {
                line.split()[0] for line in lines if line and not line.startswith("(")
            }
