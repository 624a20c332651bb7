"""An ODS of plain sheets. odfpy is there for development only, and a sheet of cells is a small
file."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from koers.tables.writing.sheet import NewSheet

MIME = "application/vnd.oasis.opendocument.spreadsheet"
_SPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" '
    'xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" office:version="1.3"'
)
_DATE = (
    '<number:day number:style="long"/><number:text>-</number:text>'
    '<number:month number:style="long"/><number:text>-</number:text>'
    '<number:year number:style="long"/>'
)
_TIME = (
    '<number:text> </number:text><number:hours number:style="long"/>'
    '<number:text>:</number:text><number:minutes number:style="long"/>'
)
_STYLES = f"""<office:automatic-styles>
<number:date-style style:name="N1">{_DATE}</number:date-style>
<number:date-style style:name="N2">{_DATE}{_TIME}</number:date-style>
<style:style style:name="wide" style:family="table-column"><style:table-column-properties
style:column-width="4.5cm"/></style:style>
<style:style style:name="day" style:family="table-cell" style:data-style-name="N1"/>
<style:style style:name="moment" style:family="table-cell" style:data-style-name="N2"/>
<style:style style:name="head" style:family="table-cell"><style:text-properties
fo:font-weight="bold"/></style:style>
</office:automatic-styles>"""
_MANIFEST = f"""<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
manifest:version="1.3"> <manifest:file-entry manifest:full-path="/" manifest:media-type="{MIME}"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>
</manifest:manifest>"""


def write_ods(sheets: Sequence[NewSheet]) -> bytes:
    """Sheets as the bytes of a file; the same sheets are the same bytes."""
    tables = "".join(_table(sheet) for sheet in sheets)
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-content {_SPACES}>{_STYLES}'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        # The kind of file comes first and is not packed, so that it can be read without unpacking.
        packed.writestr(zipfile.ZipInfo("mimetype"), MIME, zipfile.ZIP_STORED)
        for name, text in (("META-INF/manifest.xml", _MANIFEST), ("content.xml", content)):
            packed.writestr(zipfile.ZipInfo(name), text.encode(), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _table(sheet: NewSheet) -> str:
    head = "".join(
        '<table:table-cell table:style-name="head"'
        f' office:value-type="string">{_text(h)}</table:table-cell>'
        for h in sheet.columns
    )
    body = "".join(
        f"<table:table-row>{''.join(_cell(c) for c in row)}</table:table-row>" for row in sheet.rows
    )
    return (
        f"<table:table table:name={quoteattr(sheet.name)}>"
        '<table:table-column table:style-name="wide"'
        f' table:number-columns-repeated="{len(sheet.columns)}"/>'
        f"<table:table-header-rows><table:table-row>{head}</table:table-row></table:table-header-rows>{body}</table:table>"
    )


def _cell(value: Any) -> str:
    if value is None or value == "":
        return "<table:table-cell/>"
    if isinstance(value, datetime):
        return (
            '<table:table-cell table:style-name="moment" office:value-type="date"'
            f' office:date-value="{value.isoformat(timespec="seconds")}">'
            f"{_text(f'{value:%d-%m-%Y %H:%M}')}</table:table-cell>"
        )
    if isinstance(value, date):
        return (
            '<table:table-cell table:style-name="day" office:value-type="date"'
            f' office:date-value="{value.isoformat()}">'
            f"{_text(f'{value:%d-%m-%Y}')}</table:table-cell>"
        )
    if isinstance(value, (int, float, Decimal)):
        return (
            '<table:table-cell office:value-type="float"'
            f' office:value="{value}">{_text(str(value))}</table:table-cell>'
        )
    return f'<table:table-cell office:value-type="string">{_text(str(value))}</table:table-cell>'


def _text(text: str) -> str:
    """Paragraphs for lines; spaces, which XML would melt together, by their own elements."""
    return "".join(f"<text:p>{_line(line)}</text:p>" for line in text.split("\n"))


def _line(line: str) -> str:
    return re.sub(r"^ | (?= )| $", lambda _: "<text:s/>", escape(line))
