"""Tables as people make them, drawn at random: order, headers, bands, merged cells and vague words.
Every cell comes into its field or is said; nothing is dropped in silence."""

import tempfile
from pathlib import Path

import pytest
from benchmarks.plans import count
from django.conf import settings
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as drawn
from hypothesis import strategies as st

from koers.apps.plan.models import Plan
from koers.tables.reading.book import Merged
from koers.tables.reading.grid import Grid, open_grids
from tests.apps.exchange import xlsx

HEADERS = {
    "theme": ("Thema", "Prioriteit", "Speerpunt"),
    "aim": ("Doel", "Doelstelling", "Beoogd effect", "Wat willen we bereiken?"),
    "title": ("Maatregel", "Actie", "Activiteit", "Project", "Wat gaan we doen?"),
    "when": ("Planning", "Wanneer", "Periode", "Planning 2026"),
    "who": ("Trekker", "Verantwoordelijk", "Wie"),
    "with": ("Partners", "Samenwerking", "Betrokken partijen", "Met wie"),
    "money": ("Budget", "Kosten", "Budget 2026"),
    "result": ("Resultaat", "Beoogd resultaat"),
    "state": ("Status", "Stand van zaken (T1 2026)"),
    "number": ("Nr.", "Nummer"),
}
ALWAYS = ("title", "when", "who", "with")
CELLS = {
    "aim": (
        "Minder overlast",
        "Max. 40 per jaar",
        "10 % meer deelnemers",
        "4,8 per 1.000",
        "",
        "-",
    ),
    "when": (
        *("Q2 en Q3 2026", "okt-dec 2026", "3e kwartaal", "1e helft 2026", "week 12", "n.t.b."),
        *("voor de zomer", "2x per jaar", "doorlopend", "PM", "z.s.m.", "1-3-2026", "mei", ""),
    ),
    "who": ("OOV", "Team T&H", "OOV / politie", "Sociaal domein", ""),
    "with": (
        "Politie",
        "Politie/buurtpreventie",
        "GGD, GGZ en Halt",
        "KHN; politie",
        "",
        "Oud\nJong",
    ),
    "money": (
        *("€ 3.500", "n.t.b.", "PM", "binnen bestaande formatie", "€ 2.000 per jaar", "1.500"),
        *("€ 5.000 - € 10.000", "10.000 (50% regio)", "€ 0,30 p. inw.", "nvt", "", "40 uur"),
        "€ 45.000 (structureel)",
    ),
    "result": ("Lijst vastgesteld", "8 scholen doen mee", ""),
    "state": ("Groen", "Oranje: te weinig mensen", "Rood", "Op koers", "Afgerond 1-4-2026", ""),
}
THEMES = ("Jeugd", "Wonen", "Digitale veiligheid", "1.2 Ondermijning")


@st.composite
def tables(draw):
    """A grid, with the priorities in a column, merged downwards, or as bands over the rows."""
    form = draw(st.sampled_from(("column", "merged", "once", "band", "line", "heading")))
    quarters, unknown = draw(st.booleans()), draw(st.booleans())
    kinds = [k for k in HEADERS if k not in ("theme", *ALWAYS) and draw(st.booleans())]
    kinds += [k for k in ALWAYS if not (quarters and k == "when")]
    kinds = draw(st.permutations(kinds))
    if form in ("column", "merged", "once"):
        kinds = ["theme", *kinds]
    names = [draw(st.sampled_from(HEADERS[kind])) for kind in kinds]
    names += ["Q1", "Q2", "Q3", "Q4"] * quarters + ["Kleur"] * unknown
    rows, merged = [], []
    if draw(st.booleans()):
        rows.append(["Uitvoeringsprogramma veiligheid, concept", *[""] * (len(names) - 1)])
        merged.append(Merged(1, 1, 1, len(names)))
    if quarters and draw(st.booleans()):
        _two_rows(names, len(kinds), rows, merged)
    else:
        rows.append(names)
    many = st.sampled_from(THEMES)
    for theme in draw(st.lists(many, min_size=1, max_size=3, unique=True)):
        if form in ("band", "line"):
            rows.append([theme, *[""] * (len(names) - 1)])
        if form == "band":
            merged.append(Merged(len(rows), len(rows), 1, len(names)))
        lines = draw(st.integers(2, 4))
        for n in range(lines):
            first = theme if form == "column" or n == 0 else ""
            row = [_cell(draw, kind, first, len(rows)) for kind in kinds]
            row += [draw(st.sampled_from(("x", ""))) for _ in range(4 * quarters)]
            rows.append([*row, *["paars"] * unknown])
        if form == "merged":
            merged.append(Merged(len(rows) - lines + 1, len(rows), 1, 1))
    return Grid("Blad1", rows, tuple(merged), heading="Prioriteit 1: Samen" * (form == "heading"))


def _two_rows(names, at, rows, merged):
    """A header with the quarters under one cell."""
    first, width = len(rows) + 1, len(names)
    rows.append([*names[:at], "Planning 2026", "", "", "", *names[at + 4 :]])
    rows.append([*[""] * at, *names[at : at + 4], *[""] * (width - at - 4)])
    merged.append(Merged(first, first, at + 1, at + 4))
    beside = [n for n in range(1, width + 1) if not at < n <= at + 4]
    merged.extend(Merged(first, first + 1, n, n) for n in beside)


def _cell(draw, kind, theme, number):
    own = {"theme": theme, "title": f"Werk {number} wordt gedaan", "number": f"1.{number}"}
    return own[kind] if kind in own else draw(st.sampled_from(CELLS[kind]))


@pytest.fixture
def empty_plan(municipality, tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "HOME", tmp_path)
    return lambda: Plan.objects.create(
        municipality=municipality, slug="leeg", title="Leeg", start_year=2025, end_year=2027
    )


def counted(grids, empty_plan):
    with transaction.atomic():
        found = count(grids, empty_plan())
        transaction.set_rollback(True)
    return found


WITHOUT_CHECKS = drawn(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@WITHOUT_CHECKS
@given(tables())
def test_a_drawn_table_loses_no_cell_and_nearly_all_come_in_by_themselves(empty_plan, table):
    found = counted((table,), empty_plan)
    assert found.silent == 0, found.not_right
    wrong = [w for w in found.not_right if not w.startswith("said: ") or "'Kleur'" not in w]
    assert len(wrong) <= 0.05 * found.cells, wrong


def test_the_count_sees_a_cell_that_is_dropped(empty_plan, monkeypatch):
    """The oracle of these tests can fail."""
    from koers.apps.exchange import checking

    table = Grid("Blad1", [["Maatregel", "Thema", "Kleur"], ["Tafel", "Jeugd", "rood"]])
    assert (counted((table,), empty_plan).said, counted((table,), empty_plan).silent) == (1, 0)
    monkeypatch.setattr(checking, "unread_of", lambda *_: [])
    assert counted((table,), empty_plan).silent == 1


def test_a_file_and_its_grid_are_counted_alike(empty_plan):
    rows = [["Thema", "Actie", "Partners"], ["Jeugd", "Tafel", "Politie, Halt"], ["", "Hal", "GGD"]]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.xlsx"
        path.write_bytes(xlsx(rows, ("A2:A3",)))
        found = counted(open_grids(path, ".xlsx"), empty_plan)
    assert (found.cells, found.right) == (5, 5)
