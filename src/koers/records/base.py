"""The base of everything that is kept: it never changes, names its schema, and reads what an older
Koers kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, Literal, Self, get_origin

from pydantic import BaseModel, ConfigDict

from koers.dutch import without_accents


class NewerRecordError(ValueError):
    """A record that a newer Koers kept than this one."""


CODE = "code"
Code = Annotated[str, CODE]
"""A text that Koers reads: a key, a code of an area. No words of anybody."""
Codes = Annotated[tuple[str, ...], CODE]
SLUG = "slug"
Slug = Annotated[str, SLUG]
"""Words as they stand in an address: small letters with hyphens."""


class Part(BaseModel):
    """A piece of a record: frozen, and refusing what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def reworded(self, change: Callable[[str], str]) -> Self:
        """The same with each of its texts changed; what Koers reads (``Code``) stays."""
        changed = {
            name: self._field_reworded(name, change)
            for name, field in type(self).model_fields.items()
            if CODE not in field.metadata and get_origin(field.annotation) is not Literal
        }
        return self.model_copy(update=changed)

    def _field_reworded(self, name: str, change: Callable[[str], str]) -> Any:
        value = getattr(self, name)
        if SLUG in type(self).model_fields[name].metadata:
            return slug_reworded(value, change)
        return _reworded(value, change)

    def texts(self) -> tuple[str, ...]:
        """Each of its texts."""
        found: list[str] = []

        def note(text: str) -> str:
            found.append(text)
            return text

        self.reworded(note)
        return tuple(found)


def slug_reworded(slug: str, change: Callable[[str], str]) -> str:
    """A slug of which the words were changed; the same slug where they stay."""
    words = slug.replace("-", " ")
    changed = change(words)
    if changed == words:
        return slug
    plain = without_accents(changed)
    return "-".join(re.findall(r"[a-z0-9]+", plain.lower()))


def _reworded(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Part):
        return value.reworded(change)
    if isinstance(value, (tuple, list)):
        return type(value)(_reworded(one, change) for one in value)
    if isinstance(value, Mapping):
        return {key: _reworded(one, change) for key, one in value.items()}
    return value


class Record(Part):
    """Something as it was at a moment.

    ``VERSION`` is the schema of today, counted from 1. What was kept before records had types is
    version 0. A subclass that changes adds a step to ``older``.
    """

    VERSION: ClassVar[int] = 1

    def kept(self) -> dict[str, Any]:
        """The record as JSON, with its schema version."""
        return {"schema": self.VERSION, **self.model_dump(mode="json")}

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """A record from what was kept, in this schema or an older one.

        Raises
        ------
        NewerRecordError
            When a newer Koers kept it.
        pydantic.ValidationError
            When it is no such record.
        """
        version = data.get("schema", 0)
        if version > cls.VERSION:
            raise NewerRecordError(
                f"Dit is bewaard door een nieuwere Koers (vorm {version}, deze kent "
                f"{cls.VERSION}). Werk Koers bij."
            )
        content = {key: value for key, value in data.items() if key != "schema"}
        for step in range(version, cls.VERSION):
            content = cls.older(step, content)
        return cls.model_validate(content)

    @classmethod
    def older(cls, version: int, data: dict[str, Any]) -> dict[str, Any]:
        """Bring what was kept in schema ``version`` to the next; the first step is from the time
        before records."""
        return data
