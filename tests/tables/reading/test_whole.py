"""A whole document in pieces: nothing of it is lost in silence, and what is too much is refused."""

import pytest

from koers.records.anew import as_before
from koers.records.text import Items, Paragraph, Section
from koers.tables.reading import whole
from koers.tables.reading.apart import open_document
from koers.tables.reading.beside import core
from koers.tables.reading.size import BookError
from koers.tables.reading.whole import HEADING, LIST, PARAGRAPH, TABLE, Piece
from tests.apps.documents import full_docx, full_odt, paragraph, plan_docx
from tests.apps.exchange import document
from tests.tables import hostile


def read(tmp_path, content, name):
    path = tmp_path / name
    path.write_bytes(content)
    return open_document(path, path.suffix)


def test_pieces_come_in_the_order_of_the_document_with_their_levels(tmp_path):
    found = read(tmp_path, plan_docx(), "plan.docx").pieces
    assert [(p.kind, p.level) for p in found] == [
        (HEADING, 1),
        (PARAGRAPH, 0),
        (HEADING, 1),
        (HEADING, 2),
        (PARAGRAPH, 0),
        (PARAGRAPH, 0),
        (HEADING, 3),
        (LIST, 0),
        (HEADING, 2),
        (HEADING, 3),
        (LIST, 0),
        (HEADING, 3),
        (TABLE, 0),
        (HEADING, 1),
        (PARAGRAPH, 0),
    ]
    assert found[9] == Piece(HEADING, "Wat willen we bereiken?", 3)
    assert found[12].grid.rows[1] == ["Jeugdtafel elke maand", "Q1 2026", "Team OOV"]


@pytest.mark.parametrize("kind", ["docx", "odt"])
def test_every_word_of_a_document_is_in_a_piece_or_is_named(tmp_path, kind):
    html = (
        "<h1>Kop</h1><p>Een <b>vet</b>, <i>schuin</i> en <code>code</code> woord.</p>"
        "<blockquote><p>Een aanhaling.</p></blockquote><dl><dt>Term</dt><dd>Uitleg.</dd></dl>"
        "<ol><li>Eerst<ul><li>dieper</li></ul></li></ol><table><caption>Bijschrift</caption>"
        '<tr><td rowspan="2">A</td><td>B</td></tr><tr><td>C</td></tr></table>'
        "<p>Regel een<br>regel twee</p><pre>vast\n  blok</pre>"
    )
    found = read(tmp_path, document(html, kind), f"t.{kind}")
    taken = core(" ".join(t for p in found.pieces for t in p.texts))
    words = "Kop vet schuin code Een aanhaling Term Uitleg Eerst dieper Bijschrift A B C regel twee"
    assert all(word in taken for word in map(core, words.split())) and found.left == ()


def test_what_pandoc_cannot_read_is_named_by_the_letters_of_the_file(tmp_path):
    field = '<w:p><w:fldSimple w:instr="DATE"><w:r><w:t>3 mei</w:t></w:r></w:fldSimple></w:p>'
    found = read(tmp_path, plan_docx("<p>Tekst.</p>", field + paragraph("Wel")), "t.docx")
    assert [(left.what, left.texts) for left in found.left] == [("1 alinea", ("3 mei",))]
    assert [p.text for p in found.pieces] == ["Wel", "Tekst."]


@pytest.mark.parametrize(("content", "name"), [(full_docx, "t.docx"), (full_odt, "t.odt")])
def test_what_is_no_running_text_is_in_no_piece(tmp_path, content, name):
    found = read(tmp_path, content(), name)
    taken = " ".join(t for p in found.pieces for t in p.texts)
    assert "in een vak" not in taken and "oude" not in taken and "klopt dit" not in taken


def test_a_document_of_too_many_pieces_or_letters_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(whole, "MOST_PIECES", 2)
    path = tmp_path / "t.docx"
    path.write_bytes(document("<p>een</p><p>twee</p><p>drie</p>", "docx"))
    with pytest.raises(BookError, match="te lang: Koers leest hooguit 2"):
        whole.open_document(path, ".docx")
    monkeypatch.setattr(whole, "MOST_PIECES", 3)
    assert len(whole.open_document(path, ".docx").pieces) == 3
    monkeypatch.setattr(whole, "MOST_LETTERS", 10)
    with pytest.raises(BookError, match="te lang"):
        whole.open_document(path, ".docx")


def test_a_document_that_unpacks_to_too_much_is_refused_before_it_is_read(tmp_path, monkeypatch):
    path = tmp_path / "t.docx"
    path.write_bytes(hostile.bomb())
    monkeypatch.setattr(whole, "pandoc_of", None)
    with pytest.raises(BookError, match="uitgepakt te groot"):
        whole.open_document(path, ".docx")


@pytest.mark.parametrize("kind", ["docx", "odt"])
def test_a_damaged_document_says_what_to_do(tmp_path, kind):
    whole_file = document("<h1>Kop</h1><p>Tekst</p>", kind)
    for broken in (whole_file[:300], b"geen document", whole_file[300:]):
        with pytest.raises(BookError, match="beschadigd.*Sla het bestand opnieuw op"):
            read(tmp_path, broken, f"t.{kind}")
    with pytest.raises(BookError, match="staat geen tekst"):
        read(tmp_path, document("<p></p>", kind), f"t.{kind}")


def sections(*blocks):
    return (Section(key="new", heading="Jeugd", blocks=blocks),)


def test_a_block_that_is_clearly_the_same_keeps_its_id_in_a_section_of_the_same_heading():
    old = (
        Section(
            key="old",
            heading="jeugd",
            blocks=(
                Paragraph(id="a", text="In de wijken speelt van alles."),
                Items(id="b", items=("een", "twee"), ordered=False),
            ),
        ),
    )
    new = sections(
        Paragraph(id="x", text="Heel iets anders."),
        Paragraph(id="y", text="In de wijken speelt nogal van alles."),
        Items(id="z", items=("een", "twee"), ordered=False),
    )
    (found,) = as_before(old, new)
    assert (found.key, [b.id for b in found.blocks]) == ("old", ["x", "a", "b"])
    assert as_before((), new) == new


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "headings", "tables"),
    [("jaarplan-themas.docx", 1, 1), ("tabel-per-prioriteit.docx", 4, 3)],
)
def test_real_plans_are_read_whole(shared, name, headings, tables):
    found = open_document(shared / "cases/plans" / name, ".docx")
    kinds = [p.kind for p in found.pieces]
    assert (kinds.count(HEADING), kinds.count(TABLE)) == (headings, tables)
    assert found.left == ()
