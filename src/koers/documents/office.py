"""A document to a file that can be edited: ODT and DOCX, by pandoc."""

from __future__ import annotations

import os
import subprocess
import tempfile
from datetime import UTC, datetime, time
from html import escape
from pathlib import Path

import pypandoc

from koers.documents.content import Document
from koers.limited import DiedError, TookTooLongError
from koers.plain_text import cleaned
from koers.records.text import Block, Drawing, Items, Table

MEMORY = ("+RTS", "-M1g", "-RTS")
"""How much pandoc may take."""
FORMATS = {
    "odt": "application/vnd.oasis.opendocument.text",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def to_office(document: Document, kind: str) -> bytes:
    """The bytes of an ``"odt"`` or ``"docx"``, dated as the document itself.

    Drawings are left out: their words stand in for them.

    Raises
    ------
    KeyError
        For another kind of file.
    ApartError
        When it takes too long or too much.
    """
    if kind not in FORMATS:
        raise KeyError(kind)
    made = int(datetime.combine(document.date, time(12), UTC).timestamp())
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "document.html", Path(folder) / f"document.{kind}"
        source.write_text(cleaned(_html(document)), encoding="utf-8")
        command = [pypandoc.get_pandoc_path(), "--from=html", f"--to={kind}", f"--output={target}"]
        try:
            subprocess.run(
                [*command, str(source), *MEMORY],
                env={**os.environ, "SOURCE_DATE_EPOCH": str(made)},
                check=True,
                capture_output=True,
                timeout=60,
            )
        except subprocess.TimeoutExpired as error:
            raise TookTooLongError("Dit document maken duurde te lang.") from error
        except subprocess.CalledProcessError as error:
            raise DiedError("Dit document kon niet worden gemaakt.") from error
        return target.read_bytes()


def _html(document: Document) -> str:
    parts = [f"<p>Gemeente {escape(document.municipality)} · {escape(document.state)}</p>"]
    if document.banner:
        parts.append(f"<p><strong>{escape(document.banner)}</strong></p>")
    for section in document.sections:
        parts.append(f"<h1>{escape(section.heading)}</h1>")
        parts.extend(_block(block) for block in section.blocks)
    title = f"{document.title}, {document.subtitle}"
    head = f"<head><title>{escape(title)}</title></head>"
    return f'<html lang="nl-NL">{head}<body>{"".join(parts)}</body></html>'


def _block(block: Block) -> str:
    if isinstance(block, Items):
        tag = "ol" if block.ordered else "ul"
        return f"<{tag}>{''.join(f'<li>{escape(item)}</li>' for item in block.items)}</{tag}>"
    if isinstance(block, Table):
        head = "".join(f"<th>{escape(cell)}</th>" for cell in block.header)
        rows = "".join(
            f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in block.rows
        )
        caption = f"<caption>{escape(block.caption)}</caption>"
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    if isinstance(block, Drawing):
        return f"<p>{escape(block.alt)} {escape(block.source)}</p>"
    return f"<p>{escape(block.text)}</p>"
