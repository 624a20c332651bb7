"""Each file in the structure of a real plan goes through the screens into an empty plan, and comes
out in the export as it was, cell by cell."""

import datetime as dt

import pytest
from benchmarks.plans import Count, _judge, _Said
from django.conf import settings

from koers.apps.exchange.bands import bands_of
from koers.apps.exchange.columns import SHEETS
from koers.apps.exchange.mapping import proposals
from koers.apps.exchange.part import names_of
from koers.apps.exchange.standing import laid_out
from koers.apps.people.models import Municipality, Role
from koers.apps.plan.models import Plan
from koers.tables.reading.grid import open_grids, text_of
from tests.apps.exchange import Import, home_beside, upload

pytestmark = pytest.mark.shared
MOST_CLICKS = 4


@pytest.fixture
def steps(client, person, tmp_path, monkeypatch):
    """An adviser of a municipality that has nothing but an empty plan."""
    monkeypatch.setattr(settings, "HOME", home_beside(settings.HOME, tmp_path))
    place = Municipality.objects.create(
        code="VB09", name="Leegdam", slug="leegdam", fictitious=True
    )
    plan = Plan.objects.create(
        municipality=place, slug="p", title="Plan", start_year=2025, end_year=2027
    )
    client.force_login(person(Role.ADVISER, Role.ADMINISTRATOR, where=place))
    return Import(client, plan)


def words(cell):
    if isinstance(cell, dt.date | dt.datetime):
        return str(cell)[:10]
    number = isinstance(cell, float) and not isinstance(cell, bool)
    return f"{cell:.2f}" if number else text_of(cell)


def exported(steps, path):
    """What the export says: of each measure and goal its fields in words, by its title."""
    path.write_bytes(steps.client.get("/plan/meenemen/plan.xlsx").content)
    found = {}
    for sheet in open_grids(path, ".xlsx"):
        if sheet.name not in ("Maatregelen", "Doelen"):
            continue
        keys = {column.header: column.name for column in SHEETS[sheet.name][1]}
        for row in sheet.rows[1:]:
            named = zip(sheet.rows[0], row, strict=True)
            held = {keys[h]: words(cell).replace("; ", "\n") for h, cell in named if h in keys}
            held["owner"] = f"{held.get('owner', '')} {held.get('owner_department', '')}"
            held["budget"] = f"{held.get('budget', '')}\n{held.get('budget_words', '')}"
            held["state"] = f"{held.get('state', '')} {held.get('state_reason', '')}"
            found[" ".join(held["title"].split())] = held
    return found


def laid_beside(steps, path, held, preview):
    """The cells of the file, each looked up in the line of the export that has its title."""
    found = Count()
    tables = laid_out(open_grids(path, path.suffix))
    for part in proposals(tables):
        table = tables[part.table]
        names, bands = names_of(table, part.first, part.last), bands_of(table, part)
        title = next(n for key, n in part.columns.items() if key.endswith(".title"))
        for row in range(part.last + 1, len(table.rows) + 1):
            if row not in bands:
                line = held.get(" ".join(text_of(table.cell(row, title)).split()))
                for column in range(table.width):
                    _judge(found, table, row, column, names, line, _Said(preview))
            else:
                assert any(bands[row].endswith(text) for h in held.values() for text in h.values())
    return found


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("uitvoering.csv", 80),
        ("kwartalen.xlsx", 47),
        ("jaarplan-themas.docx", 54),
        ("tabel-per-prioriteit.docx", 12),
    ],
)
def test_a_plan_goes_through_the_screens_and_comes_out_as_it_was(
    steps, shared, tmp_path, name, cells
):
    path = shared / "cases" / "plans" / name
    sent = {"plan": steps.plan.pk, "file": upload(path.read_bytes(), name)}
    steps.token = steps.client.post("/plan/inlezen/", sent).url.split("/")[3]
    preview = steps.map().context["preview"]
    ticks = {"ongelezen": "1"} if preview.to_say else {}
    ticks |= {"persoonsgegevens": "1"} if preview.personal else {}
    # Choose the file, the columns as proposed, take it in; and what must be ticked.
    assert preview.problems == [] and 3 + len(ticks) <= MOST_CLICKS
    assert [q for q in preview.questions if not q.answer] == []
    sure = {"gezien": preview.mark, "inlezen": "1", **ticks}
    assert steps.client.post(steps.check_url, sure).url == "/plan/"
    found = laid_beside(steps, path, exported(steps, tmp_path / "uit.xlsx"), preview)
    assert (found.not_right, found.right) == ([], cells)
