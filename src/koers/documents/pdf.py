"""A document to PDF that is PDF/UA-1 and PDF/A-2a: the same bytes from the same content, on every machine."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from datetime import UTC, datetime, time
from pathlib import Path

import typst

from koers.documents.content import Document

TEMPLATE = Path(__file__).parent / "decision.typ"
STANDARDS = ["ua-1", "a-2a"]


def to_pdf(document: Document) -> bytes:
    """The bytes of the PDF.

    Content goes in as JSON, so nothing in a text is run. Only fonts that come with Typst are used and the creation date
    is that of the document, so that neither machine nor moment shows.
    """
    content = asdict(document)
    content |= {"year": document.date.year, "month": document.date.month, "day": document.date.day}
    content["date"] = document.date.isoformat()
    for section in content["sections"]:
        for block in section["blocks"]:
            if block["kind"] == "figure":
                block["svg"] = _with_embedded_font(block["svg"])
    return typst.compile(
        TEMPLATE.read_bytes(),
        format="pdf",
        pdf_standards=STANDARDS,
        ignore_system_fonts=True,
        sys_inputs={"document": json.dumps(content, ensure_ascii=False, sort_keys=True)},
        timestamp=int(datetime.combine(document.date, time(12), UTC).timestamp()),
    )


def _with_embedded_font(svg: str) -> str:
    """Drawings are set in the document's own font; the width comes from the page, not from a screen."""
    svg = re.sub(r'\sstyle="width:100%[^"]*"', "", svg, count=1)
    return re.sub(r'font-family="[^"]*"', 'font-family="Libertinus Serif"', svg)
