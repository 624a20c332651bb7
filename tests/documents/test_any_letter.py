"""Whatever people paste, a document comes of it."""

import io

import pypdf
import pytest
from tests.documents.test_college_decision import TEXTS, make

from koers.documents import pdf as made
from koers.documents.office import to_office
from koers.documents.pdf import to_pdf
from koers.records.decision import HEADINGS, DecisionText


def words_of(content: bytes) -> str:
    return " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def with_text(text: str):
    return make(text=DecisionText.read(dict.fromkeys(HEADINGS, text)))


def test_an_emoji_becomes_a_box_and_the_document_says_so():
    said = words_of(to_pdf(with_text("Toezicht 😀 en 👨‍👩‍👧 samen")))
    assert "Toezicht □ en □ samen" in said
    assert "□ voor tekens die een PDF niet kan tonen" in " ".join(said.split())
    assert "niet kan tonen" not in words_of(to_pdf(make()))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\uf0b7 eerst\x0bdan", "• eerst"),
        ("Besluit\x07 van \ud800 morgen", "Besluit van  morgen"),
        ("naam Ğülşah Šimůnek Ζωή", "naam Ğülşah Šimůnek Ζωή"),
        ("✓ ☐ → ➢ ♥", "✓ ☐ → ➢ ♥"),
        ("平 Chinees", "□ Chinees"),
        ("สวัสดี Thais", "Thais"),
    ],
)
def test_what_word_and_people_of_all_countries_write(text, shown):
    assert shown in words_of(to_pdf(with_text(text)))


def test_arabic_and_hebrew_are_shown():
    content = to_pdf(with_text("السلام عليكم שלום"))
    assert "niet kan tonen" not in words_of(content)


def test_a_thousand_kinds_of_letters_take_no_minutes():
    letters = "".join(chr(n) for n in range(0x0F00, 0x1300))
    assert "niet kan tonen" in words_of(to_pdf(with_text(letters)))


@pytest.mark.parametrize("kind", ["odt", "docx"])
def test_office_keeps_the_emoji(kind):
    assert to_office(with_text("Toezicht 😀\x00\ud800 \uf0b7"), kind)[:2] == b"PK"


def test_a_document_whose_maker_dies_is_refused_and_the_next_is_made(monkeypatch):
    to_pdf(make(texts=TEXTS))
    helper = made._HELPERS._idle[-1]
    helper._process.kill()
    helper._process.wait()
    assert to_pdf(make())[:5] == b"%PDF-"
