"""Every row that was typed, saved by the form of its kind: all of them or none."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

from django.db import transaction
from django.http import QueryDict

from koers.apps.exchange import drafts
from koers.apps.exchange.known import Known
from koers.apps.exchange.lists.cells import typed_of
from koers.apps.exchange.lists.columns import ListColumn
from koers.apps.exchange.lists.rows import Row
from koers.apps.plan.forms import FORMS
from koers.apps.plan.forms.proposing import propose_added, save_or_propose
from koers.apps.plan.kinds import LineKind
from koers.apps.plan.models import PlanState
from koers.apps.plan.services.content import frozen_fields, record_of
from koers.apps.whole import when_taken_back
from koers.figures.shelf import Shelf
from koers.records import ChangedLine, ImportRecord, KeptLine, LineRecord
from koers.tables.reading.cells import CellError

SAYING_SO = ("keep_personal", "accept_unmeasured")
"""What a person ticks to go on all the same; once for the whole list."""


@dataclass(frozen=True)
class Listed:
    """Whose list it is: the lines of a kind under another line."""

    kind: LineKind
    above: Any
    known: Known
    columns: tuple[ListColumn, ...]
    figures: Shelf

    @property
    def is_frozen(self) -> bool:
        """Whether a new line is a proposal."""
        return bool(self.kind.frozen) and self.known.plan.state == PlanState.ADOPTED


@dataclass
class Kept:
    """What saving did, and by which it is undone. ``refused`` where a row is wrong: then nothing
    was saved. ``asked`` are the ticks by which it would go on, ``needs_reason`` where an adopted
    plan asks why."""

    made: list[KeptLine] = field(default_factory=list)
    changed: list[ChangedLine] = field(default_factory=list)
    proposed: int = 0
    refused: bool = False
    asked: set[str] = field(default_factory=set)
    needs_reason: bool = False
    token: str = ""

    @property
    def said(self) -> str:
        """'2 rijen toegevoegd, 1 rij gewijzigd'"""
        counted = (
            (len(self.made), "toegevoegd"),
            (len(self.changed), "gewijzigd"),
            (self.proposed, "voorgesteld"),
        )
        return ", ".join(f"{n} {'rij' if n == 1 else 'rijen'} {what}" for n, what in counted if n)


def save(rows: Sequence[Row], listed: Listed, said: Mapping[str, str], user: Any) -> Kept:
    """Save every row that was touched, or none of them where one is wrong."""
    work = _Work(listed, said, user)
    with transaction.atomic():
        typed = [one for row in rows if row.touched for one in work.typed(row)]
        for one in typed if not work.is_stopped(rows) else ():
            work.save(one)
        if work.is_stopped(rows):
            transaction.set_rollback(True)
            work.kept.refused = True
    if not work.kept.refused:
        _keep_the_way_back(work.kept, listed)
    return work.kept


@dataclass(frozen=True)
class _Typed:
    """A row with the form that saves it, and the line as it was."""

    row: Row
    form: Any
    before: LineRecord | None


class _Work:
    def __init__(self, listed: Listed, said: Mapping[str, str], user: Any) -> None:
        self.listed, self.said, self.user = listed, said, user
        self.kept = Kept()

    def is_stopped(self, rows: Sequence[Row]) -> bool:
        return self.kept.needs_reason or any(row.wrong for row in rows)

    def typed(self, row: Row) -> Iterator[_Typed]:
        """The row as its form takes it; nothing where that is no form yet."""
        before = record_of(row.line, self.listed.kind.undone) if row.line is not None else None
        cells: dict[str, Any] = {}
        for column in self.listed.columns:
            try:
                cells[column.name] = typed_of(column, row.texts[column.name], self.listed.known)
            except CellError as problem:
                row.wrong[column.name] = f"{problem}."
        if row.wrong:
            return
        form = self._form(row, cells)
        self._refuse_what_is_not_asked(row, form)
        if form.is_valid():
            yield _Typed(row, form, before)
        self._tell(row, form)

    def _form(self, row: Row, cells: Mapping[str, Any]) -> Any:
        """The form of the kind with all that the line holds, and the cells in its place."""
        data = self._new_line if row.line is None else _held(self._made(row.line))
        data = data.copy()
        for name, value in cells.items():
            _put(data, name, value)
        for name in (*SAYING_SO, "reason"):
            _put(data, name, self.said.get(name, ""))
        _put(data, "revision", row.revision)
        return self._made(row.line, data)

    @cached_property
    def _new_line(self) -> QueryDict:
        """How every new line begins."""
        return _held(self._made(None))

    def _made(self, line: Any, data: QueryDict | None = None) -> Any:
        kind, place = self.listed.kind, self.listed.known.municipality
        extra: dict[str, Any] = {"figures": self.listed.figures} if kind.name == "doel" else {}
        if frozen := self._frozen(line):
            extra["frozen"] = frozen
        if line is None:
            line = kind.model(municipality=place, **{kind.parent: self.listed.above})
        return FORMS[kind.name](data, instance=line, municipality=place, **extra)

    def _frozen(self, line: Any) -> tuple[str, ...]:
        if line is not None:
            return frozen_fields(line)
        return self.listed.kind.frozen if self.listed.is_frozen else ()

    def _refuse_what_is_not_asked(self, row: Row, form: Any) -> None:
        """A cell that the form would pass over is not dropped in silence."""
        for column in self.listed.columns:
            field = form.fields.get(column.name)
            if not row.texts[column.name] or column.name == "kind":
                continue
            if field is None:
                row.wrong[column.name] = (
                    "Dit kan pas als over het voorstel is besloten. Maak de cel leeg."
                )
            elif field.widget.is_hidden:
                row.wrong[column.name] = "Dit hoort niet bij dit soort doel. Maak de cel leeg."

    def save(self, one: _Typed) -> None:
        form, kind = one.form, self.listed.kind
        frozen = bool(getattr(form, "frozen", ()))
        if one.before is None:
            if not frozen:
                made = form.save()
                self.kept.made.append(
                    KeptLine(kind=kind.name, line=made.pk, revision=made.revision)
                )
            elif propose_added(form, kind.name, self.listed.above, self.user) is not None:
                self.kept.proposed += 1
        elif not frozen:
            if form.save_as_read():
                self._changed(one)
        else:
            outcome = save_or_propose(form, self.user)
            if outcome.saved:
                self._changed(one)
            self.kept.proposed += outcome.proposed is not None
        self._tell(one.row, form)

    def _changed(self, one: _Typed) -> None:
        assert one.before is not None
        line = self.listed.kind.model._default_manager.get(pk=one.before.line)
        revision = getattr(line, "revision")  # noqa: B009
        self.kept.changed.append(ChangedLine(before=one.before, revision=revision))

    def _tell(self, row: Row, form: Any) -> None:
        """What the form has to say, at the cells that it is about."""
        named = {column.name for column in self.listed.columns}
        for name, errors in form.errors.items():
            text = " ".join(errors)
            if name == "reason":
                self.kept.needs_reason = True
            elif name in named:
                row.wrong[name] = text
            else:
                label = form.fields[name].label if name in form.fields else ""
                row.wrong[""] = f"{label}: {text}" if label else text
        self.kept.asked |= {
            name
            for name in SAYING_SO
            if name in form.fields and not form.fields[name].widget.is_hidden
        }
        if conflict := getattr(form, "conflict", None):
            now = "; ".join(f"{d.label}: nu '{d.theirs}'" for d in conflict.differences)
            row.wrong[""] = (
                f"{conflict.who} wijzigde deze rij intussen ({now or 'een ander veld'})."
                " Sla nog eens op om uw tekst te laten gelden."
            )
            row.revision = form.instance.revision


def _held(form: Any) -> QueryDict:
    """What a form that nobody typed in would send."""
    data = QueryDict(mutable=True)
    for name in form.fields:
        _put(data, name, form[name].value())
    return data


def _put(data: QueryDict, name: str, value: Any) -> None:
    if isinstance(value, (list, tuple)):
        data.setlist(name, list(value))
    else:
        data[name] = "" if value is None or value is False else value


def _keep_the_way_back(kept: Kept, listed: Listed) -> None:
    if not kept.made and not kept.changed:
        return
    kept.token = uuid.uuid4().hex
    record = ImportRecord(
        municipality=listed.known.municipality.code,
        plan=listed.known.plan.pk,
        made=tuple(kept.made),
        changed=tuple(kept.changed),
    )
    drafts.keep_undo(kept.token, record)
    when_taken_back(partial(drafts.drop_undo, kept.token))
