"""The tables of a page, and the files as which each can be taken along: under the same address and
the same rule (``?csv=NAME``, ``?xlsx=NAME``, ``?ods=NAME``)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from koers.tables import Table
from koers.tables.files import FORMATS


@dataclass(frozen=True)
class FileLink:
    """Where a table leads as a file of some kind."""

    label: str
    url: str


class PageTables(dict[str, Table]):
    """The tables of a page by name, and the addresses of their files."""

    def __init__(self, tables: Iterable[Table], address: str, query: QueryDict) -> None:
        super().__init__({table.name: table for table in tables})
        self._address, self._query = address, query

    def links(self, name: str) -> list[FileLink]:
        """The page with what was chosen on it, so that the same rows come; none for a table that
        may not be taken along."""
        kinds = FORMATS.values() if self[name].takes_along else ()
        return [
            FileLink(kind.label, self._url(name, kind.suffix)) for kind in kinds if kind.offered
        ]

    def _url(self, name: str, suffix: str) -> str:
        query = self._query.copy()
        query[suffix] = name
        return f"{self._address}?{query.urlencode()}"


def page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    tables: Iterable[Table],
    address: str = "",
) -> HttpResponse:
    """A page with tables, or one of them as the file that was asked for.

    ``address`` is that of the page where the request may have come by another.
    """
    found = PageTables(tables, address or request.path, request.GET)
    suffix = next((suffix for suffix in FORMATS if suffix in request.GET), None)
    if suffix is None:
        return render(request, template, {**context, "tables": found})
    wanted = found.get(request.GET[suffix])
    if wanted is None or not wanted.takes_along:
        raise Http404
    return as_file(wanted, suffix=suffix)


def table_page(
    request: HttpRequest,
    table: Table,
    title: str,
    lead: str,
    trail: Sequence[tuple[str, str]] = (),
    **more: Any,
) -> HttpResponse:
    """A page that is a table and nothing more; ``trail`` are the (name, address) of the pages that
    lead to it."""
    context = {"title": title, "lead": lead, "trail": trail, **more}
    return page(request, "table_page.html", context, [table])


def as_file(table: Table, name: str = "", suffix: str = "csv") -> HttpResponse:
    """The file of a table, by default under the table's own name."""
    kind = FORMATS[suffix]
    headers = {"Content-Disposition": f'attachment; filename="{name or table.name}.{suffix}"'}
    return HttpResponse(kind.write(table), content_type=kind.mime, headers=headers)


def wants_file(request: HttpRequest) -> bool:
    """Whether a file is asked for, so that what only the page shows can be left undone."""
    return any(suffix in request.GET for suffix in FORMATS)
