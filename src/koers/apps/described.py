"""What a field of a line is, said where the field is made.

A model field knows its label, its choices and how long it may be. What it cannot say (is it decided
on with the plan, where does it stand on a form, by which words do others call it) is said around
it::

    budget = described(models.DecimalField("budget in euro's", …), FROZEN, words="kosten, bedrag")

Forms, filters, files, versions, adjustments and the history ask :func:`fields_of`; nothing else
lists the fields of a line. A field of a line that is neither described nor ``exempt`` is refused by
a check at start.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any, TypeVar

from django.conf import settings
from django.db import models
from django.utils.text import slugify

AnyField = TypeVar("AnyField", bound="models.Field[Any, Any]")


class Keeps(StrEnum):
    """Whether a version of the plan keeps a field, and how it changes once the plan is adopted."""

    FROZEN = "frozen"
    """Decided on with the plan: it changes by an adjustment only."""
    DAILY = "daily"
    """The work of every day: it stays open, and a version records how it stood."""
    UNKEPT = "unkept"
    """In no version: people (a version is kept longer than they work here), and with whom a line is
    shared."""


FROZEN, DAILY, UNKEPT = Keeps


class Type(StrEnum):
    """How a field is typed, printed and read from a file."""

    TEXT = "text"
    SLUG = "slug"
    TEXTS = "texts"
    CHOICE = "choice"
    DAY = "day"
    PERIOD = "period"
    MONEY = "money"
    WHOLE = "whole"
    NUMBER = "number"
    YES_NO = "yes_no"
    PERSON = "person"
    REFERENCE = "reference"
    REFERENCES = "references"
    AREA = "area"
    AREAS = "areas"
    INDICATOR = "indicator"
    INDICATORS = "indicators"
    THEMES = "themes"


_TYPES: tuple[tuple[type[models.Field[Any, Any]], Type], ...] = (
    (models.BooleanField, Type.YES_NO),
    (models.DateField, Type.DAY),
    (models.DecimalField, Type.MONEY),
    (models.FloatField, Type.NUMBER),
    (models.IntegerField, Type.WHOLE),
    (models.SlugField, Type.SLUG),
    (models.CharField, Type.TEXT),
    (models.TextField, Type.TEXT),
)


class Stands(StrEnum):
    """Where a field stands among the others of its line."""

    DECLARED = "declared"
    WITH_OWNER = "with_owner"
    LAST = "last"


@dataclass(frozen=True)
class Said:
    """What was said of a field; see :func:`described`."""

    keeps: Keeps
    type: Type | None = None
    form: bool | None = None
    part: str = ""
    folded: bool = False
    help: str = ""
    lines: int = 0
    free_text: bool = True
    filter: str | None = None
    search: bool = False
    listed: bool = False
    in_files: bool = True
    header: str = ""
    words: str = ""
    until: bool = False
    undone: bool = True
    stands: Stands = Stands.DECLARED


def described(field: AnyField, keeps: Keeps, **said: Any) -> AnyField:
    """A field of a line, with what the model cannot say of it.

    ``type`` where the model field does not tell (a list of areas is JSON); ``form`` False for what
    is not typed; ``part`` heads the part of the form that begins there, and ``folded`` puts it, or
    one field, behind the others until something is in it; ``help`` and ``lines`` (of a text) are
    for the form; ``free_text`` False where what looks like a person is no reason to
    stop; ``filter`` is its name in the address of a list ("" for none); ``search`` where the search
    looks in it; ``listed`` where it has a column in the tables of pages; ``in_files``, ``header``
    and ``words`` (other names, with commas between them) are of its column in a file; ``until`` for
    a day that ends a period; ``undone`` False for what stays when a line is put back as it was.
    """
    field.koers_said = Said(keeps, **said)  # type: ignore[attr-defined]
    return field


def exempt(field: AnyField, why: str) -> AnyField:
    """A field of a line that is not content: where it stands, what Koers counts."""
    field.koers_exempt = why  # type: ignore[attr-defined]
    return field


def exemption_of(field: models.Field[Any, Any]) -> str:
    """Why a field is not content; "" where it is."""
    return getattr(field, "koers_exempt", "")


def said_of(field: models.Field[Any, Any]) -> Said | None:
    return getattr(field, "koers_said", None)


@dataclass(frozen=True)
class LineField:
    """A field of a line, with all that is known of it."""

    model: type[models.Model]
    name: str
    said: Said

    @cached_property
    def field(self) -> Any:
        return self.model._meta.get_field(self.name)

    @cached_property
    def label(self) -> str:
        name = str(self.field.verbose_name)
        return name[:1].upper() + name[1:]

    @cached_property
    def type(self) -> Type:
        if self.said.type is not None:
            return self.said.type
        if self.field.many_to_many:
            return Type.REFERENCES
        if self.field.is_relation:
            person = self.field.related_model._meta.label == settings.AUTH_USER_MODEL
            return Type.PERSON if person else Type.REFERENCE
        if self.field.choices:
            return Type.CHOICE
        return next(type for made, type in _TYPES if isinstance(self.field, made))

    @cached_property
    def keeps(self) -> Keeps:
        """As was said; of a line on which nobody decides (``decided_on`` False) nothing is
        frozen."""
        if self.said.keeps == FROZEN and not getattr(self.model, "decided_on", True):
            return DAILY
        return self.said.keeps

    @cached_property
    def choices(self) -> dict[Any, str]:
        return {value: str(label) for value, label in self.field.flatchoices}

    @property
    def longest(self) -> int:
        """The most characters that it holds; 0 for any number."""
        return getattr(self.field, "max_length", None) or 0

    @cached_property
    def typed(self) -> bool:
        """Whether it stands on the form."""
        return bool(self.field.editable) if self.said.form is None else self.said.form

    @cached_property
    def free_text(self) -> bool:
        return self.type in (Type.TEXT, Type.TEXTS) and self.said.free_text

    @cached_property
    def header(self) -> str:
        """The name of its column in a file."""
        return self.said.header or self.label

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Other names for its column."""
        return tuple(word.strip() for word in self.said.words.split(",") if word.strip())

    @cached_property
    def filter(self) -> str:
        """Its name in the address of a list; "" where nothing is chosen by it."""
        if self.said.filter is not None:
            return self.said.filter
        choosable = self.type in (Type.CHOICE, Type.YES_NO)
        return slugify(self.field.verbose_name).replace("-", "_") if choosable else ""

    @property
    def is_relation(self) -> bool:
        return self.type in (Type.PERSON, Type.REFERENCE, Type.REFERENCES)


@lru_cache
def fields_of(model: type[models.Model]) -> tuple[LineField, ...]:
    """The fields of a line, in the order of its forms and files: as they were declared, those of
    its owner after the field that the model names, and adoption last."""
    found = [
        LineField(model, field.name, said)
        for field in sorted(_local(model), key=lambda f: f.creation_counter)
        if (said := said_of(field)) is not None
    ]
    owner = [f for f in found if f.said.stands == Stands.WITH_OWNER]
    ordered: list[LineField] = []
    for one in (f for f in found if f.said.stands == Stands.DECLARED):
        ordered.append(one)
        if one.name == getattr(model, "owner_after", ""):
            ordered += owner
    return (*ordered, *(f for f in found if f.said.stands == Stands.LAST))


def field_of(model: type[models.Model], name: str) -> LineField | None:
    """None for a field that the line does not have (any more)."""
    return next((f for f in fields_of(model) if f.name == name), None)


def names(fields: Iterable[LineField]) -> tuple[str, ...]:
    return tuple(f.name for f in fields)


def undescribed(model: type[models.Model]) -> list[str]:
    """The fields of a line of which nothing was said."""
    return [
        field.name
        for field in _local(model)
        if not (field.primary_key or said_of(field) or exemption_of(field))
    ]


def _local(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    return [*model._meta.concrete_fields, *model._meta.many_to_many]
