"""CBS StatLine by OData v4."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from koers.sources.layout import Dimension, Property
from koers.sources.odata import Service, TableInfo, text_of
from koers.sources.report import FigureFileError
from koers.sources.web import CHANGED, NotThereError, TryAgainError

_NO_COUNT = object()


class ServiceV4(Service):
    """CBS StatLine by OData v4: figures are observations of a measure."""

    version = "4"
    figures = "Observations"
    link = "@odata.nextLink"
    entity_format: Mapping[str, str] = {}
    catalog = "CBS"

    def entity(self, table: str, name: str) -> str:
        return f"{self.address}/{self.catalog}/{table}/{name}"

    def info(self, table: str, *, fresh: bool = False) -> TableInfo:
        def properties(found: Any) -> TableInfo:
            if not isinstance(found, dict):
                raise TryAgainError("het antwoord heeft een andere vorm dan verwacht")
            modified = text_of(found, "ObservationsModified") or text_of(found, "Modified")
            return TableInfo(text_of(found, "Title"), modified)

        return self.web.json(table, self.entity(table, "Properties"), {}, properties)

    def stamp(self, table: str) -> str:
        modified = self.info(table).modified
        if not modified:
            return ""
        text = json.dumps(
            [self.rows(table, name) for name in ("Dimensions", "MeasureCodes")], sort_keys=True
        )
        return f"{modified} {hashlib.sha256(text.encode()).hexdigest()[:16]}"

    def topics(self, table: str) -> tuple[Property, ...]:
        return tuple(
            Property(
                text_of(row, "Identifier"), "Topic", text_of(row, "Title"), text_of(row, "Unit")
            )
            for row in self.rows(table, "MeasureCodes")
        )

    def dimensions(self, table: str) -> tuple[Property, ...]:
        return tuple(
            Property(text_of(row, "Identifier"), text_of(row, "Kind"), text_of(row, "Title"))
            for row in self.rows(table, "Dimensions")
        )

    def headings(self, table: str) -> dict[str, str]:
        try:
            groups = {
                str(row.get("Id")): text_of(row, "Title")
                for row in self.rows(table, "MeasureGroups")
            }
        except NotThereError:
            groups = {}
        return {
            text_of(row, "Identifier"): groups.get(str(row.get("MeasureGroupId")), "")
            for row in self.rows(table, "MeasureCodes")
        }

    def coded(self, table: str, column: Property, where: str = "") -> Dimension:
        codes = self.rows(table, f"{column.key}Codes", where=where)
        if not codes or any(not isinstance(code.get("Identifier"), str) for code in codes):
            raise FigureFileError(
                table, f"de lijst met codes van {column.key} is leeg of anders van vorm.", CHANGED
            )
        return Dimension(
            column.key, column.kind, tuple({**code, "Key": code["Identifier"]} for code in codes)
        )

    def list_of(self, dimension: Property) -> str:
        return f"{dimension.key}Codes"

    def measures(self, table: str) -> Dimension:
        """The measures as a dimension of their own."""
        codes = tuple({"Key": p.key, "Title": p.title} for p in self.topics(table))
        if not codes:
            raise FigureFileError(table, "de tabel heeft geen meetwaarden.", CHANGED)
        return Dimension("Measure", "Measure", codes)

    def count(self, table: str, entity: str, where: str = "") -> int | None:
        def number(found: Any) -> Any:
            if not isinstance(found, dict):
                raise TryAgainError("het antwoord heeft een andere vorm dan verwacht")
            count = found.get("@odata.count", _NO_COUNT)
            if count is not _NO_COUNT and (isinstance(count, bool) or not isinstance(count, int)):
                raise TryAgainError("het aantal rijen is geen getal")
            return count

        parameters = {"$count": "true", "$top": "0"} | ({"$filter": where} if where else {})
        found = self.web.json(table, self.entity(table, entity), parameters, number)
        return None if found is _NO_COUNT else found
