"""A public table is one view and its address: page, files and what hears them follow from the
columns."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import dataclass

import openpyxl
import pytest
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path, reverse

from koers.apps.downloads import table_page
from koers.apps.people.access import PUBLIC, allow
from koers.apps.people.models import Municipality
from koers.tables import NUMBER, Column, Table
from koers.web.urls import urlpatterns as pages_there_are
from tests.apps.publishing import public_addresses
from tests.apps.tables import Page, read_csv
from tests.apps.test_away import PAGES

# What a developer writes, in the view ...


@dataclass(frozen=True)
class Lamp:
    street: str
    number: int


LAMPS = (Column("street", "Straat"), Column("number", "Lampen", kind=NUMBER))


@allow(PUBLIC)
def lamps(request, slug):
    """How many street lamps there are."""
    home = get_object_or_404(Municipality, slug=slug)
    found = [Lamp("Dorpsstraat", 1250), Lamp("=Laan", 3)]
    table = Table("lampen", "Lampen per straat", LAMPS, found, origin="Bron: de gemeente.")
    return table_page(request, table, "Lampen", f"Straatverlichting in {home}.", home=home)


# ... and in the addresses.
urlpatterns = [path("openbaar/<slug:slug>/lampen/", lamps, name="lamps"), *pages_there_are]


@pytest.fixture
def address(settings, municipality):
    settings.ROOT_URLCONF = sys.modules[__name__]
    return reverse("lamps", args=[municipality.slug])


def test_a_public_table_of_one_view_is_read_and_taken_along_by_anybody(client, address):
    response = client.get(address)
    (shown,) = Page(response.content.decode()).tables
    assert (shown.caption, shown.columns) == ("Lampen per straat", ["Straat", "Lampen"])
    assert shown.rows == [["Dorpsstraat", "1.250"], ["=Laan", "3"]]
    assert [link.label for link in response.context["tables"].links("lampen")] == [
        "CSV",
        "Excel",
        "ODS",
    ]
    rows = read_csv(client.get(f"{address}?csv=lampen").content)
    assert rows[0] == {"Straat": "Dorpsstraat", "Lampen": "1250", "Herkomst": "Bron: de gemeente."}
    workbook = openpyxl.load_workbook(io.BytesIO(client.get(f"{address}?xlsx=lampen").content))
    assert [cell.value for cell in workbook.active[3]] == ["=Laan", 3, "Bron: de gemeente."]
    assert client.get(f"{address}?ods=lampen").content.startswith(b"PK")
    assert json.loads(client.get(f"{address}?json=lampen").content)["rows"][0]["number"] == 1250


def test_a_public_table_is_walked_by_the_tests_of_pages_without_being_named(address):
    assert address in public_addresses() and address not in PAGES


def test_a_table_or_a_kind_of_file_that_is_not_there_is_not_found(client, address):
    assert client.get(f"{address}?xlsx=lantaarns").status_code == 404
    assert client.get(f"{address}?docx=lampen").status_code == 200


def test_a_table_that_may_not_be_taken_along_is_no_file(rf, municipality):
    from koers.apps.downloads import page

    kept = Table("lampen", "Lampen", LAMPS, [], takes_along=False)
    with pytest.raises(Http404):
        page(rf.get("/?csv=lampen"), "table_page.html", {}, [kept])
