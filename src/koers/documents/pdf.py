"""A document to PDF that is PDF/UA-1 and PDF/A-2a: the same bytes from the same content, on every
machine."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any, Literal

import typst

from koers.documents.content import Document
from koers.documents.glyphs import NOT_SHOWN, missing_in, unusual_in, with_replaced
from koers.limited import Apart, DiedError
from koers.plain_text import cleaned_deep

TEMPLATE = Path(__file__).parent / "decision.typ"
NO_GLYPH = "could not be displayed"
SAID_OF_BOXES = (
    f"In dit document staat {NOT_SHOWN} voor tekens die een PDF niet kan tonen, zoals een emoji. In"
    " Koers staat de tekst zoals hij is geschreven."
)
FONT = b'#set text(lang: "nl", font: "Libertinus Serif")\n'
_HELPERS = Apart(("typst", "koers.documents.pdf"), seconds=60, megabytes=1_500)
STANDARDS: list[Literal["ua-1", "a-2a"]] = ["ua-1", "a-2a"]


def to_pdf(document: Document) -> bytes:
    """The bytes of the PDF.

    Content goes in as JSON, so nothing in a text is run. Only fonts that come with Typst are used
    and the creation date is that of the document, so that neither machine nor moment shows. A
    letter that these fonts lack becomes a box, and the end of the document says so.

    Raises
    ------
    ApartError
        When it takes too long or too much, or cannot be made.
    """
    return _HELPERS.do(pdf_here, document)


def pdf_here(document: Document) -> bytes:
    """The same, in this process; ``to_pdf`` asks a helper for it, which may die."""
    text = json.dumps(cleaned_deep(_as_data(document)), ensure_ascii=False, sort_keys=True)
    made = int(datetime.combine(document.date, time(12), UTC).timestamp())
    for attempt in (_as_is, _with_boxes, _latin_only):
        try:
            return _compiled(TEMPLATE.read_bytes(), {"document": attempt(text)}, made)
        except typst.TypstError as error:
            if NO_GLYPH not in str(error):
                raise DiedError(f"Het document kon niet worden gemaakt: {error}"[:500]) from error
    raise DiedError("Het document heeft tekens die geen lettertype kent.")


def _as_is(text: str) -> str:
    return text


def _with_boxes(text: str) -> str:
    return _noted(with_replaced(text, missing_in(text, _can_show)))


def _latin_only(text: str) -> str:
    return _noted(with_replaced(text, unusual_in(text)))


def _noted(text: str) -> str:
    return json.dumps(
        {**json.loads(text), "note": SAID_OF_BOXES}, ensure_ascii=False, sort_keys=True
    )


def _can_show(letters: str) -> bool:
    try:
        _compiled(b'#set document(title: "x")\n' + FONT + b"#sys.inputs.t", {"t": letters}, 0)
    except typst.TypstError:
        return False
    return True


def _compiled(source: bytes, inputs: dict[str, str], made: int) -> bytes:
    pdf: bytes = typst.compile(
        source,
        format="pdf",
        pdf_standards=[*STANDARDS],
        ignore_system_fonts=True,
        sys_inputs=inputs,
        timestamp=made,
    )
    return pdf


def _as_data(document: Document) -> dict[str, Any]:
    """What the template reads."""
    day = document.date
    content: dict[str, Any] = dict(vars(document))
    content |= {"date": day.isoformat(), "year": day.year, "month": day.month, "day": day.day}
    content["sections"] = [section.model_dump() for section in document.sections]
    for section in content["sections"]:
        for block in section["blocks"]:
            if block["kind"] == "figure":
                block["svg"] = _with_embedded_font(block["svg"])
    return content


def _with_embedded_font(svg: str) -> str:
    """Drawings are set in the document's own font; the width comes from the page, not from a
    screen."""
    svg = re.sub(r'\sstyle="width:100%[^"]*"', "", svg, count=1)
    return re.sub(r'font-family="[^"]*"', 'font-family="Libertinus Serif"', svg)
