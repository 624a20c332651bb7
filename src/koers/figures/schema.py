"""Has a source changed under our hands? Its columns, codes, titles, units and licence against those
of the last time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from koers.figures.contents import CONTENTS
from koers.figures.manifest import Draft, Manifest

SHOWN = 6


@dataclass(frozen=True)
class SchemaChanges:
    """In plain Dutch: ``refusals`` make figures unusable until a person has looked, ``remarks`` are
    good to know."""

    refusals: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


class SchemaChangedError(Exception):
    """A source that is no longer the table that it was; ``changes`` says what changed."""

    def __init__(self, former: Manifest, changes: SchemaChanges) -> None:
        self.former, self.changes = former, changes
        super().__init__(
            f"{former.source} {former.table}: de bron is veranderd. {' '.join(changes.refusals)} De"
            f" cijfers van {former.retrieved:%d-%m-%Y} (peilmoment {former.id}) blijven in gebruik."
            " Meld het aan de makers van Koers."
        )


def changes_against(
    former: Manifest, draft: Draft, columns: Mapping[str, Any] | None = None
) -> SchemaChanges:
    """What changed in a table since a former snapshot of it.

    New codes and another licence are remarks; columns or codes that vanished, and other titles or
    units, are refusals. A former manifest that did not keep something (units, the source's own
    columns) says nothing about it. Without titles in the draft the codes are those that ``columns``
    holds.
    """
    refusals = [*_content(former, draft), *_columns(former, draft, columns)]
    remarks = []
    codes = dict(draft.topics) or dict.fromkeys(_codes(columns), "")
    if former.topics and codes:
        vanished, added = (
            sorted(set(former.topics) - set(codes)),
            sorted(set(codes) - set(former.topics)),
        )
        if vanished:
            refusals.append(
                f"Verdwenen codes: {_some(f'{c} ({former.topics[c]})' for c in vanished)}."
            )
        if added:
            remarks.append(
                f"Nieuwe codes: {_some(f'{c} ({codes[c]})' if codes[c] else c for c in added)}."
            )
        refusals += _other("titel", former.topics, draft.topics)
    refusals += _other("eenheid", former.units, draft.units)
    if former.licence != draft.licence:
        remarks.append(f"De licentie is nu '{draft.licence}' en was '{former.licence}'.")
    return SchemaChanges(tuple(refusals), tuple(remarks))


def _content(former: Manifest, draft: Draft) -> list[str]:
    changed = []
    if former.content != draft.content:
        changed.append(f"De tabel bevat nu {draft.content} en bevatte {former.content}.")
    if former.scheme != draft.scheme:
        changed.append(
            f"De codes zijn nu van de soort '{draft.scheme}' en waren '{former.scheme}'."
        )
    return changed


def _columns(former: Manifest, draft: Draft, columns: Mapping[str, Any] | None) -> list[str]:
    changed = []
    if columns is not None and (
        absent := [n for n in CONTENTS[draft.content].names if n not in columns]
    ):
        changed.append(f"Ontbrekende kolommen: {_some(absent)}.")
    if former.fields and draft.fields:
        if vanished := sorted(set(former.fields) - set(draft.fields)):
            changed.append(f"Verdwenen kolommen bij de bron: {_some(vanished)}.")
        if added := sorted(set(draft.fields) - set(former.fields)):
            changed.append(f"Nieuwe kolommen bij de bron: {_some(added)}.")
        changed += _other("soort", former.fields, draft.fields)
    return changed


def _other(what: str, before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """What both name, but not alike."""
    changed = [
        f"{code} was '{before[code]}' en is '{after[code]}'"
        for code in sorted(set(before) & set(after))
        if _plain(before[code]) != _plain(after[code])
    ]
    return [f"Andere {what}: {_some(changed)}."] if changed else []


def _plain(text: str) -> str:
    """White space tells nothing."""
    return " ".join(text.split())


def _codes(columns: Mapping[str, Any] | None) -> list[str]:
    if columns is None or "topic" not in columns:
        return []
    return sorted(
        {str(code) for code in np.unique(np.asarray(columns["topic"], dtype=object).astype(str))}
    )


def _some(names: Any) -> str:
    listed = list(names)
    more = f" en nog {len(listed) - SHOWN}" if len(listed) > SHOWN else ""
    return ", ".join(listed[:SHOWN]) + more
