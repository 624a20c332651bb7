"""Files that would take all memory or all time of whoever opens them."""

from __future__ import annotations

import io
import zipfile

XLSX_HEAD = (
    '<?xml version="1.0"?><worksheet'
    ' xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
)
ODS_HEAD = (
    '<?xml version="1.0"?><office:document-content'
    ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
    "<office:body><office:spreadsheet>"
)
ODS_TAIL = "</office:spreadsheet></office:body></office:document-content>"


def packed(parts: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts.items():
            file.writestr(name, text)
    return out.getvalue()


def xlsx(sheet: str) -> bytes:
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    links = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    return packed(
        {
            "[Content_Types].xml": f'<?xml version="1.0"?><Types xmlns="{package}/content-types">'
            '<Default Extension="rels"'
            ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kinds}.worksheet+xml"/>'
            "</Types>",
            "_rels/.rels": f'<?xml version="1.0"?><Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="r1" Type="{links}/officeDocument" Target="xl/workbook.xml"/>'
            "</Relationships>",
            "xl/workbook.xml": '<?xml version="1.0"?><workbook'
            ' xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
            f' xmlns:r="{links}"><sheets><sheet name="Blad1" sheetId="1" r:id="r1"/></sheets>'
            "</workbook>",
            "xl/_rels/workbook.xml.rels": '<?xml version="1.0"?><Relationships'
            f' xmlns="{package}/relationships"><Relationship Id="r1" Type="{links}/worksheet"'
            ' Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": XLSX_HEAD + sheet + "</worksheet>",
        }
    )


def cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def far_corner() -> bytes:
    """1.4 KB with a cell in the first and in the last place of a sheet."""
    return xlsx(
        f'<sheetData><row r="1">{cell("A1", "a")}</row>'
        f'<row r="1048576">{cell("XFD1048576", "z")}</row></sheetData>'
    )


def far_corner_hidden() -> bytes:
    """The same, written so that a search for cells does not see it."""
    return xlsx(
        f'<sheetData><row r="1">{cell("A1", "a")}</row><row r="1048576">'
        '<c t="inlineStr" r="&#88;FD1048576"><is><t>z</t></is></c></row></sheetData>'
    )


def merged_xlsx() -> bytes:
    rows = "".join(
        f'<row r="{n}">{cell(f"A{n}", "x")}{cell(f"GA{n}", "y")}</row>' for n in range(1, 400)
    )
    areas = "".join(f'<mergeCell ref="A1:GA{n % 390 + 9}"/>' for n in range(4_000))
    return xlsx(f"<sheetData>{rows}</sheetData><mergeCells>{areas}</mergeCells>")


def ods(table: str) -> bytes:
    return packed(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": '<?xml version="1.0"?><manifest:manifest'
            ' xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            '<manifest:file-entry manifest:full-path="/"'
            ' manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
            "</manifest:manifest>",
            "content.xml": f'{ODS_HEAD}<table:table table:name="Blad">{table}</table:table>'
            f"{ODS_TAIL}",
        }
    )


def repeated_ods(rows: int = 1_000_000, columns: int = 1_000) -> bytes:
    """A row that stands there a million times."""
    return ods(
        f'<table:table-row table:number-rows-repeated="{rows}"><table:table-cell'
        f' table:number-columns-repeated="{columns}" office:value-type="string">'
        "<text:p>a</text:p></table:table-cell></table:table-row>"
    )


def usual_ods() -> bytes:
    """As a spreadsheet program writes it: what follows the last row is repeated to the end."""
    row = (
        '<table:table-row><table:table-cell office:value-type="string"><text:p>{}</text:p>'
        '</table:table-cell><table:table-cell table:number-columns-repeated="16383"/>'
        "</table:table-row>"
    )
    return ods(
        row.format("kop")
        + row.format("waarde")
        + '<table:table-row table:number-rows-repeated="1048574"><table:table-cell'
        ' table:number-columns-repeated="16384"/></table:table-row>'
    )


def bomb() -> bytes:
    """Half a megabyte that unpacks to half a gigabyte."""
    return packed({"content.xml": b" " * 450_000_000, "xl/worksheets/sheet1.xml": b""})


def docx(rows: str, columns: int) -> bytes:
    grid = "<w:gridCol/>" * columns
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return packed(
        {
            "[Content_Types].xml": f'<?xml version="1.0"?><Types xmlns="{package}/content-types">'
            '<Default Extension="rels"'
            ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{kind}"/></Types>',
            "_rels/.rels": f'<?xml version="1.0"?><Relationships xmlns="{package}/relationships">'
            '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
            'relationships/officeDocument" Target="word/document.xml"/></Relationships>',
            "word/document.xml": '<?xml version="1.0"?><w:document'
            ' xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
            f"<w:tbl><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl></w:body></w:document>",
        }
    )


def merged_docx(rows: int = 600, columns: int = 60) -> bytes:
    """Every cell goes on in the row below."""
    first = "".join(
        '<w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr><w:p><w:r><w:t>x</w:t></w:r></w:p>'
        "</w:tc>"
        for _ in range(columns)
    )
    on = "<w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc>" * columns
    return docx(f"<w:tr>{first}</w:tr>" + f"<w:tr>{on}</w:tr>" * rows, columns)


def wide_docx() -> bytes:
    """A cell over a million columns."""
    wide = (
        '<w:tr><w:tc><w:tcPr><w:gridSpan w:val="1000000"/></w:tcPr><w:p><w:r><w:t>x</w:t></w:r>'
        "</w:p></w:tc></w:tr>"
    )
    return docx(wide * 50, 3)


def deep_docx() -> bytes:
    """A table in a table in a table …"""
    inner = "<w:p><w:r><w:t>x</w:t></w:r></w:p>"
    for _ in range(300):
        grid = "<w:tbl><w:tblGrid><w:gridCol/></w:tblGrid>"
        inner = f"{grid}<w:tr><w:tc>{inner}<w:p/></w:tc></w:tr></w:tbl>"
    return docx(f"<w:tr><w:tc>{inner}<w:p/></w:tc></w:tr>", 1)
