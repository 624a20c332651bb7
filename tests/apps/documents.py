"""Word and ODT documents as a municipality writes them, with all that is no running text, made for
a test."""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape

from odf import dc, draw, office, style, text
from odf.element import Element
from odf.opendocument import OpenDocumentText

from tests.apps.exchange import document

PLAN = """
<h1>Inleiding</h1>
<p>De gemeente wil dat inwoners zich veilig voelen. Zie ook <a href="https://voorbeeld.nl">de
agenda</a>.</p>
<h1>Prioriteiten</h1>
<h2>1. Veilige wijken</h2>
<p>In de wijken speelt van alles.</p>
<p>Doel: minder inbraken in woningen</p>
<h3>Maatregelen</h3>
<ul><li>Voetjes verven langs de kade</li><li>Brieven na een inbraak</li></ul>
<h2>2. Jeugd</h2>
<p><b>Wat willen we bereiken?</b></p>
<ul><li>Minder overlast op pleinen</li><li>Meer jongeren in een club</li></ul>
<p><b>Wat gaan we doen?</b></p>
<table>
<tr><th>Maatregel</th><th>Planning</th><th>Trekker</th></tr>
<tr><td>Jeugdtafel elke maand</td><td>Q1 2026</td><td>Team OOV</td></tr>
<tr><td>Straatcoaches inzetten</td><td>doorlopend</td><td>Team OOV</td></tr>
</table>
<h1>Evaluatie</h1>
<p>Elk jaar kijken we terug.</p>
"""

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def plan_docx(html: str = PLAN, extra: str = "", **parts: str) -> bytes:
    """A DOCX by pandoc, with this XML before its first paragraph and these further parts; a name
    such as word_header1 is that of word/header1.xml."""
    raw = document(html, "docx")
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as packed, zipfile.ZipFile(out, "w") as made:
        for name in packed.namelist():
            content = packed.read(name)
            if name == "word/document.xml":
                content = content.replace(b"<w:body>", b"<w:body>" + extra.encode(), 1)
            made.writestr(name, content)
        for name, content in parts.items():
            made.writestr(f"{name.replace('_', '/')}.xml", content)
    return out.getvalue()


def paragraph(words: str, style: str = "") -> str:
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{named}<w:r><w:t>{escape(words)}</w:t></w:r></w:p>"


def full_docx() -> bytes:
    """A plan with a title, a table of contents, a text box as Word writes it, tracked changes, a
    comment, a picture, notes and a header."""
    change = 'w:id="1" w:author="Iemand" w:date="2026-01-01T00:00:00Z"'
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    wps = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
    wp = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
    pic = "http://schemas.openxmlformats.org/drawingml/2006/picture"
    box = f"<w:txbxContent>{paragraph('Tekst in een vak')}</w:txbxContent>"
    extra = (
        paragraph("Uitvoeringsplan Veiligheid 2026", "Title")
        + '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/>'
        "</w:docPartObj></w:sdtPr><w:sdtContent>"
        + paragraph("Inleiding 3", "TOC1")
        + paragraph("Jeugd 4", "TOC1")
        + "</w:sdtContent></w:sdt>"
        + f"<w:p><w:r><w:t>Een zin met </w:t></w:r><w:ins {change}><w:r><w:t>nieuwe</w:t></w:r>"
        f"</w:ins><w:del {change}><w:r><w:delText>oude</w:delText></w:r></w:del>"
        '<w:r><w:t> woorden.</w:t></w:r><w:r><w:commentReference w:id="0"/></w:r></w:p>'
        + f'<w:p><w:r><mc:AlternateContent xmlns:mc="{mc}"><mc:Choice Requires="wps"><w:drawing>'
        f'<wp:anchor xmlns:wp="{wp}"><wps:wsp xmlns:wps="{wps}"><wps:txbx>{box}</wps:txbx>'
        f"</wps:wsp></wp:anchor></w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
        + f'<w:p><w:r><w:drawing><wp:inline xmlns:wp="{wp}"><pic:pic xmlns:pic="{pic}"/>'
        "</wp:inline></w:drawing></w:r></w:p>"
        + '<w:p><w:r><w:t>Met een noot.</w:t></w:r><w:r><w:footnoteReference w:id="9"/></w:r></w:p>'
        + '<w:p><w:fldSimple w:instr="DATE"><w:r><w:t>3 mei 2026</w:t></w:r></w:fldSimple></w:p>'
    )
    header = f"<w:hdr {_W}>{paragraph('Gemeente Voorbeeldrecht')}</w:hdr>"
    return plan_docx(PLAN, extra, word_header1=header)


def full_odt() -> bytes:
    """The same kinds of things in an ODT, by odfpy."""
    made = OpenDocumentText()
    changes = text.TrackedChanges()
    region = Element(qname=(changes.qname[0], "changed-region"), check_grammar=False)
    deletion = text.Deletion()
    info = office.ChangeInfo()
    info.addElement(dc.Creator(text="Iemand"))
    info.addElement(dc.Date(text="2026-01-01T00:00:00"))
    deletion.addElement(info)
    deletion.addElement(text.P(text="oude woorden"))
    region.addElement(deletion)
    changes.addElement(region)
    made.text.addElement(changes)
    contents = text.TableOfContent(name="inhoud")
    body = text.IndexBody()
    body.addElement(text.P(text="Jeugd 3"))
    contents.addElement(body)
    made.text.addElement(contents)
    made.text.addElement(text.H(outlinelevel=1, text="Prioriteit 1: Jeugd"))
    line = text.P(text="Doel: minder overlast")
    note = text.Note(noteclass="footnote", id="n1")
    note.addElement(text.NoteCitation(text="1"))
    inside = text.NoteBody()
    inside.addElement(text.P(text="volgens de politie"))
    note.addElement(inside)
    line.addElement(note)
    remark = office.Annotation()
    remark.addElement(dc.Creator(text="Iemand"))
    remark.addElement(text.P(text="klopt dit?"))
    line.addElement(remark)
    made.text.addElement(line)
    for child in (draw.TextBox(), draw.Image(href="Pictures/kaart.png")):
        if child.qname[1] == "text-box":
            child.addElement(text.P(text="Tekst in een vak"))
        frame = draw.Frame(width="5cm", height="1cm")
        frame.addElement(child)
        holder = text.P(text="Zie hiernaast. ")
        holder.addElement(frame)
        made.text.addElement(holder)
    made.text.addElement(text.H(outlinelevel=2, text="Acties"))
    points = text.List()
    for words in ("Jeugdtafel", "Straatcoaches"):
        item = text.ListItem()
        item.addElement(text.P(text=words))
        points.addElement(item)
    made.text.addElement(points)
    layout = style.PageLayout(name="p")
    made.automaticstyles.addElement(layout)
    master = style.MasterPage(name="Standard", pagelayoutname=layout)
    footer = style.Footer()
    footer.addElement(text.P(text="Concept"))
    master.addElement(footer)
    made.masterstyles.addElement(master)
    out = io.BytesIO()
    made.write(out)
    return out.getvalue()
