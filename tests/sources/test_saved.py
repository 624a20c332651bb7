"""Saved files and the mappings that describe them: read whole, or refused with the place of what is
wrong."""

from __future__ import annotations

import gzip

import pytest

from koers.figures.queries.snapshot_rows import snapshot_rows
from koers.figures.store import FigureStore
from koers.sources.mapping import MappingError, bundled_mappings, load_mapping, topic_titles
from koers.sources.saved import load_folder

MAPPING = """\
# What a file of counts looks like.
file: tellingen.csv
source: proef
licence: open data
attribution: Proef
complete: true
tables:
  - table: proef
    title: Een proef
    scheme: local
    columns: {area: gebied, topic: soort, period: maand, value: aantal}
    not_published: ["x"]
    provisional: ["2024-02"]
"""
LINES = [
    "gebied,soort,maand,aantal",
    "BU90010001,a,2024-01,3",
    "BU90010001,a,2024-02,x",
    "BU90010002,a,2024-01,0",
    "BU90010002,a,2024-02,5",
]


@pytest.fixture
def mapping(tmp_path):
    def make(text=MAPPING):
        file = tmp_path / "proef.yaml"
        file.write_text(text, encoding="utf-8")
        return load_mapping(file)

    return make


@pytest.fixture
def loaded(tmp_path, mapping):
    """Loads a folder with one file of this content; gives the report and the store."""

    def load(content, name="tellingen.csv", text=MAPPING):
        folder = tmp_path / "bronnen"
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(
            content if isinstance(content, bytes) else ("\n".join(content) + "\n").encode()
        )
        store = FigureStore(tmp_path / "home")
        return load_folder(store, folder, mappings=[mapping(text)]), store

    return load


def counts(store):
    rows = (
        store.connect().execute("SELECT area, period, value, status FROM observations").fetchall()
    )
    return {(a, p): (v, s) for a, p, v, s in rows}


# The mapping file itself


@pytest.mark.parametrize(
    ("old", "new", "line", "field"),
    [
        ("source: proef\n", "", 1, "source"),
        ("complete: true", "complete: misschien", 6, "complete"),
        ("licence: open data", "licence: open data\nlicentie: vrij", 5, "licentie"),
        ("    title: Een proef\n", "", 1, "tables.0.title"),
        ("title: Een proef", "title: Een proef\n    kleur: rood", 10, "tables.0.kleur"),
        ('not_published: ["x"]', "not_published: x", 12, "tables.0.not_published"),
        (
            "columns: {area: gebied",
            "columns: [gebied]\n    codes: {area: gebied",
            11,
            "tables.0.columns",
        ),
        ("complete: true", "complete: true\nformat: xlsx", 7, "format"),
    ],
)
def test_a_wrong_mapping_is_named_with_file_line_and_field(mapping, old, new, line, field):
    assert old in MAPPING
    with pytest.raises(MappingError) as refused:
        mapping(MAPPING.replace(old, new))
    message = str(refused.value)
    assert message.startswith("proef.yaml, regel ")
    assert f"veld '{field}'" in message or f"veld '{field}." in message
    assert "Input" not in message and "Field" not in message
    if "\n" not in old:
        assert f"regel {line}," in message


def test_a_mapping_that_is_no_yaml_is_named_with_its_line(mapping):
    with pytest.raises(MappingError, match=r"proef\.yaml, regel \d+: dit is geen geldige YAML"):
        mapping(MAPPING.replace("tables:", "tables: [\n"))


def test_a_changed_mapping_reads_the_same_bytes_as_another_snapshot(loaded):
    first, _ = loaded(LINES)
    second, store = loaded(
        LINES, text=MAPPING.replace('not_published: ["x"]', 'not_published: ["x", "0"]')
    )
    assert first.loaded[0].manifest.id != second.loaded[0].manifest.id
    assert counts(store)["BU90010002", "2024-01"] == (None, "final")


def test_every_bundled_mapping_is_sound_and_its_codes_are_known():
    for found in bundled_mappings():
        for table in found.tables:
            titles = topic_titles(table.scheme)
            unknown = {code for code in table.codes.values() if titles and code not in titles}
            assert not unknown, f"{found.file}: {unknown}"
            assert set(table.unpublished_topics) <= set(titles)


# The file that it describes


def test_a_file_is_read_to_the_figure_and_not_published_is_no_zero(loaded):
    report, store = loaded(LINES)
    assert report.refused == []
    assert counts(store) == {
        ("BU90010001", "2024-01"): (3, "final"),
        ("BU90010001", "2024-02"): (None, "provisional"),
        ("BU90010002", "2024-01"): (0, "final"),
        ("BU90010002", "2024-02"): (5, "provisional"),
    }


@pytest.mark.parametrize("text", ["", ".", "x"])
def test_each_way_to_say_not_published_stays_unknown(loaded, text):
    _, store = loaded([*LINES[:3], f"BU90010002,a,2024-01,{text}", LINES[4]])
    assert counts(store)["BU90010002", "2024-01"][0] is None


def test_loading_twice_gives_the_same_snapshot(loaded):
    first, _ = loaded(LINES)
    again, store = loaded(LINES)
    assert (len(first.loaded), len(again.loaded), len(again.unchanged)) == (1, 0, 1)
    assert first.loaded[0].manifest.id == again.unchanged[0].manifest.id
    assert len(store.snapshots()) == 1


def test_packed_marked_semicolons_and_latin_1_give_the_same_figures(loaded, tmp_path):
    _, plain = loaded(LINES)
    known = counts(plain)
    text = "\r\n".join(LINES) + "\r\n"
    for content, name in (
        (gzip.compress(text.encode()), "tellingen.csv.gz"),
        (text.replace(",", ";").encode("utf-8-sig"), "tellingen.csv"),
        (text.replace("gebied", "gebied").encode("cp1252"), "tellingen.csv"),
    ):
        for file in (tmp_path / "bronnen").iterdir():
            file.unlink()
        report, store = loaded(content, name)
        assert report.refused == []
        assert counts(store) == known


@pytest.mark.parametrize(
    ("lines", "row", "column", "says"),
    [
        (
            [*LINES[:2], "BU90010001,a,2024-02,veel", *LINES[3:]],
            3,
            "aantal",
            "'veel' is geen getal",
        ),
        ([*LINES[:2], "BU90010001,a,2024-02,-1", *LINES[3:]], 3, "aantal", "kan geen aantal zijn"),
        ([*LINES[:2], "XX1,a,2024-02,1", *LINES[3:]], 3, "gebied", "'XX1' is geen code"),
        (
            [*LINES[:2], "BU90010001,a,2024-13,1", *LINES[3:]],
            3,
            "maand",
            "'2024-13' is geen jaar of maand",
        ),
        ([*LINES[:2], *LINES[1:]], 3, "gebied", "staat er twee keer in (ook op rij 2)"),
        ([*LINES[:3], "BU90010002,a,20"], 4, "aantal", "3 van de 4 kolommen"),
        (LINES[:4], 4, "aantal", "1 van de 4 cellen ontbreken, zoals gebied BU90010002"),
        (["gebied,soort,aantal", "BU90010001,a,3"], 1, "maand", "andere tabel"),
        ([LINES[0]], 2, None, "geen rijen"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_with_row_and_column(loaded, lines, row, column, says):
    report, store = loaded(lines)
    assert report.loaded == []
    (refusal,) = report.refused
    assert (refusal.file, refusal.row, refusal.column) == ("tellingen.csv", row, column)
    assert says in refusal.problem
    assert refusal.advice
    assert store.snapshots() == ()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "leeg"),
        (gzip.compress(b"x" * 9000, mtime=0)[:40], "afgebroken of beschadigd"),
        (
            "gebied,soort,maand,aantal\nBU90010001,één,2024-01,3\nBU90010002,é".encode()[:-1],
            "midden in een letter",
        ),
    ],
    ids=["empty", "cut gzip", "cut letter"],
)
def test_damaged_bytes_are_named_and_the_former_figures_stay(loaded, content, says):
    _, store = loaded(LINES)
    former = counts(store)
    name = "tellingen.csv.gz" if content[:2] == b"\x1f\x8b" else "tellingen.csv"
    report, store = loaded(content, name)
    assert any(says in refusal.problem for refusal in report.refused)
    assert counts(store) == former


def test_a_file_that_no_mapping_names_is_left_alone(loaded):
    report, store = loaded(["naam,kleur", "a,b"], name="iets.csv")
    assert (report.loaded, report.refused, report.notes) == ([], [], [])


def test_a_described_table_under_another_name_is_pointed_out(loaded):
    report, store = loaded(LINES, name="anders.csv")
    assert store.snapshots() == ()
    assert "tellingen.csv" in report.notes[0]


def test_two_codes_of_one_topic_are_added_up_and_an_unknown_half_makes_it_unknown(loaded):
    text = MAPPING.replace(
        'not_published: ["x"]', 'not_published: ["x"]\n    codes: {"a": "samen", "b": "samen"}'
    )
    lines = [
        LINES[0],
        *(
            f"BU90010001,{k},{m},{v}"
            for k, m, v in (
                ("a", "2024-01", 3),
                ("b", "2024-01", 4),
                ("a", "2024-02", 3),
                ("b", "2024-02", "x"),
            )
        ),
    ]
    _, store = loaded(lines, text=text)
    assert {key: value for key, (value, _) in counts(store).items()} == {
        ("BU90010001", "2024-01"): 7,
        ("BU90010001", "2024-02"): None,
    }


def test_a_code_that_the_mapping_does_not_know_is_refused(loaded):
    text = MAPPING.replace(
        'not_published: ["x"]', 'not_published: ["x"]\n    codes: {"b": "samen"}'
    )
    report, _ = loaded(LINES, text=text)
    assert (report.refused[0].row, report.refused[0].column) == (2, "soort")
    assert "'a' is onbekend" in report.refused[0].problem


def test_figures_that_return_to_what_they_were_are_in_use_again(loaded):
    first, other = LINES, [*LINES[:-1], "BU90010002,a,2024-02,6"]
    for content in (first, other, first):
        report, store = loaded(content)
        assert len(report.loaded) == 1
    assert counts(store)["BU90010002", "2024-02"][0] == 5
    report, _ = loaded(first)
    assert (len(report.loaded), len(report.unchanged)) == (0, 1)


def test_a_file_whose_codes_vanished_is_refused_and_the_last_good_figures_stay(loaded):
    loaded(
        [
            *LINES,
            "BU90010001,b,2024-01,1",
            "BU90010001,b,2024-02,1",
            "BU90010002,b,2024-01,1",
            "BU90010002,b,2024-02,1",
        ]
    )
    report, store = loaded(LINES)
    assert [str(r) for r in report.refused] and "Verdwenen codes: b" in str(report.refused[0])
    assert "tellingen.csv" in str(report.refused[0])
    assert len(store.snapshots()) == 1
    assert ("BU90010001", "2024-01") in counts(store)


def test_a_file_with_a_new_code_is_taken_with_a_remark(loaded):
    loaded(LINES)
    rows = [line.replace(",a,", ",b,") for line in LINES[1:]]
    report, _ = loaded([*LINES, *rows])
    assert len(report.loaded) == 1
    assert any("Nieuwe codes: b" in note for note in report.notes)


def test_a_saved_table_of_cbs_gives_municipalities_and_leaves_what_lies_above_them(tmp_path):
    folder = tmp_path / "bronnen"
    folder.mkdir()
    rows = ['"RegioS","SoortMisdrijf","Perioden","TotaalGeregistreerdeMisdrijven_1"']
    for area in ("NL01  ", "LD01  ", "PV27  ", "GM0397"):
        for kind, count in (("T001161", "900"), ("CRI3000", "85"), ("CRI2000", "")):
            rows.append(f'"{area}","{kind}","2024JJ00",{count}')
    (folder / "83648NED.csv").write_text("\n".join(rows), encoding="utf-8")
    store = FigureStore(tmp_path / "home")
    report = load_folder(store, folder)
    assert report.refused == []
    (snapshot,) = report.loaded
    found = snapshot_rows(store, snapshot.manifest.id)
    told = dict(zip(found["topic"].tolist(), found["value"].tolist(), strict=True))
    assert set(found["area"].tolist()) == {"GM0397"}
    assert (told["T001161"], told["CRI3000"]) == (900, 85)
    assert told["CRI2000"] != told["CRI2000"], "empty is not published, no zero"
    assert snapshot.manifest.scheme == "registered"
