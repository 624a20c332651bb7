"""Every table of a page can be taken along: the rows that are shown, as CSV under the same address and the same rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render

from koers.charts.render import Chart
from koers.charts.table import rows_to_csv

ORIGIN = "Herkomst"


@dataclass(frozen=True)
class Download:
    """A table of a page: ``name`` stands in its address (``?csv=name``), ``caption`` is what it is called on the page.

    ``origin`` says of figures from which source they are and how old: one text for every row, or one a row. It becomes
    the last column of the file.
    """

    name: str
    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    origin: str | Sequence[str] = ""

    @classmethod
    def of_chart(cls, name: str, chart: Chart) -> Download:
        """The table of a chart or map."""
        return cls(name, chart.title, chart.columns, chart.rows, chart.source)

    def response(self, file: str = "") -> HttpResponse:
        """The file, by default under the name of the table."""
        columns, rows = self.columns, self.rows
        if self.origin:
            each = [self.origin] * len(rows) if isinstance(self.origin, str) else self.origin
            columns = (*columns, ORIGIN)
            rows = [(*row, origin) for row, origin in zip(rows, each, strict=True)]
        return HttpResponse(
            rows_to_csv(columns, rows),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{file or self.name}.csv"'},
        )


class Downloads(dict[str, Download]):
    """The tables of a page by name, and the address of each."""

    def __init__(self, tables: Iterable[Download], address: str, query: QueryDict) -> None:
        super().__init__({table.name: table for table in tables})
        self._address, self._query = address, query

    def url(self, name: str) -> str:
        """The page with what was chosen on it, so that the same rows come."""
        query = self._query.copy()
        query["csv"] = self[name].name
        return f"{self._address}?{query.urlencode()}"


def page(
    request,
    template: str,
    context: dict,
    tables: Iterable[Download],
    address: str = "",
) -> HttpResponse:
    """A page with tables, or with ``?csv=NAME`` one of them as a file.

    ``address`` is that of the page where the request may have come by another.
    """
    found = Downloads(tables, address or request.path, request.GET)
    wanted = request.GET.get("csv")
    if wanted is None:
        return render(request, template, {**context, "downloads": found})
    if wanted not in found:
        raise Http404
    return found[wanted].response()
