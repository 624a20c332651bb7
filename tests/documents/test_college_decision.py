"""The college decision as a document: its headings, its standards, its bytes."""

import datetime as dt
import io
import os
import subprocess
import sys
from pathlib import Path

import pikepdf
import pypdf
import pytest

from koers.charts import Expected, trend_chart
from koers.documents.content import Head
from koers.documents.kinds.college_decision import MissingTextError, college_decision
from koers.documents.pdf import to_pdf
from koers.records.decision import HEADINGS, DecisionText
from koers.records.text import Drawing, Items, Paragraph, parse

TEXTS = {key: f"Tekst onder {heading}." for key, heading in HEADINGS.items()} | {
    "decision": "1. Eerst dit;\n2. dan dat."
}


def make(**changes):
    chart = trend_chart("t", "Inbraak", ["2023", "2024"], [3, 4], Expected([3, 3], [1, 1], [6, 6]))
    figure = Drawing(
        id="figuur",
        svg=chart.svg,
        alt=chart.description,
        caption="Inbraak",
        source="Bron: voorbeeld, peilmoment abc",
    )
    head = Head(municipality="Voorbeeldrecht", date=dt.date(2025, 3, 11), state="Concept")
    text = changes.get("text") or DecisionText.read(changes.get("texts", TEXTS))
    return college_decision(head, text, {"reasons": [figure]})


@pytest.fixture(scope="module")
def pdf():
    return to_pdf(make())


def test_the_ten_headings_stand_in_the_order_of_the_brief(pdf):
    text = " ".join(
        " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split()
    )
    places = [
        text.index(heading) for heading in ("Collegebesluit", "Collegevergadering: 11 maart 2025")
    ]
    for heading in HEADINGS.values():
        places.append(text.index(heading, places[-1]))
    assert places == sorted(places)


def test_the_file_says_that_it_is_accessible_and_archivable(pdf):
    with pikepdf.open(io.BytesIO(pdf)) as file:
        metadata = file.open_metadata()
        assert metadata["pdfuaid:part"] == "1"
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "A")
        assert file.Root.Lang == "nl-NL"
        assert file.Root.MarkInfo.Marked
        assert file.Root.ViewerPreferences.DisplayDocTitle
        kinds = _structure(file.Root.StructTreeRoot)
        assert kinds.count("/H1") == 1
        assert kinds.count("/H2") == len(HEADINGS)
        assert "/Figure" in kinds
        assert (
            not file.check_pdf_syntax() if hasattr(file, "check_pdf_syntax") else not file.check()
        )


def _structure(node, kinds=None):
    kinds = [] if kinds is None else kinds
    if isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            kinds.append(str(node.S))
            if str(node.S) == "/Figure":
                assert str(node.Alt)
        children = node.get("/K", [])
        for child in children if isinstance(children, pikepdf.Array) else [children]:
            _structure(child, kinds)
    return kinds


def test_the_same_content_gives_the_same_bytes_in_another_process_place_and_zone(pdf, tmp_path):
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); "
        "from test_college_decision import make, to_pdf; sys.stdout.buffer.write(to_pdf(make()))"
    )
    environment = {**os.environ, "TZ": "Pacific/Auckland", "LC_ALL": "C"}
    done = subprocess.run(
        [sys.executable, "-c", script, str(Path(__file__).parent)],
        capture_output=True,
        cwd=tmp_path,
        env=environment,
        check=True,
    )
    assert done.stdout == pdf


def test_text_is_never_run_as_code():
    hostile = '#panic("boe") $x^2$ *vet* <label> @ref \\ [a](b) /* c */ #read("/etc/passwd")'
    text = (
        pypdf.PdfReader(io.BytesIO(to_pdf(make(texts=TEXTS | {"reasons": hostile}))))
        .pages[0]
        .extract_text()
    )
    assert '#panic("boe")' in text.replace("“", '"').replace("”", '"')


def test_a_heading_without_text_is_named():
    with pytest.raises(MissingTextError, match="Motivering en argumenten"):
        make(texts=TEXTS | {"reasons": " "})


def test_plain_text_becomes_paragraphs_and_lists():
    assert parse("k", "a\nb\n\n1. een\n2. twee\n\n- x") == (
        Paragraph(id="k-1", text="a b"),
        Items(id="k-2", items=("een", "twee"), ordered=True),
        Items(id="k-3", items=("x",), ordered=False),
    )


def test_what_nobody_confirmed_is_marked_in_the_file():
    text = DecisionText.read(TEXTS | {"finances": "[nog te bevestigen: Het kost niets.]"})
    assert [section.key for section in text.unconfirmed] == ["finances"]
    words = pypdf.PdfReader(io.BytesIO(to_pdf(make(text=text)))).pages[0].extract_text()
    assert "[nog te bevestigen: Het kost niets.]" in " ".join(words.split())
