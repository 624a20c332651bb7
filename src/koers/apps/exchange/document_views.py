"""The page on which a person points out what each piece of a document is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse

from koers.apps.exchange import drafts
from koers.apps.exchange.document import parts_of
from koers.apps.exchange.drafts import Draft
from koers.apps.exchange.mapping import missing
from koers.apps.exchange.pointing import (
    PieceRole,
    key_of,
    role_of,
    roles_for,
    roles_for_a_row,
    row_key,
    row_role,
    rows_to_point,
)
from koers.apps.people.access import allow
from koers.plain_text import whole_number
from koers.tables.reading.whole import HEADING, Piece

ON_A_PAGE = 150
"""Choices on one page, as far as a piece is not parted."""
_SUMMED_UP = (
    (PieceRole.PRIORITY, "prioriteit", "prioriteiten"),
    (PieceRole.GOAL, "doel of lijst van doelen", "doelen of lijsten van doelen"),
    (PieceRole.MEASURE, "maatregel of lijst van maatregelen", "maatregelen of lijsten daarvan"),
    (PieceRole.TABLE, "tabel met regels van het plan", "tabellen met regels van het plan"),
)


@dataclass(frozen=True)
class Row:
    key: str
    text: str
    chosen: str


@dataclass(frozen=True)
class Shown:
    """A piece on the screen; ``is_proposal`` where Koers takes it for more than text."""

    key: str
    piece: Piece
    choices: Mapping[str, str]
    chosen: str
    is_proposal: bool
    rows: tuple[Row, ...] = ()

    @property
    def said(self) -> str:
        return self.piece.text or " ".join(self.piece.texts)


@allow("plan.change_plan")
def document(request, token):
    """What each heading, paragraph, list and table is: a priority, a goal, a measure or text."""
    draft = drafts.find(token, request.municipality, request.user)
    if draft is None:
        messages.error(request, drafts.GONE)
        return redirect("exchange:new")
    if not draft.whole:
        return redirect("exchange:columns", token)
    pages = list(_pages(draft.document.pieces))
    number = min(max(whole_number(request.GET.get("deel", "")) or 1, 1), len(pages))
    if request.method == "POST":
        _keep(draft, request.POST, pages[number - 1])
        return _next(request, draft, number, len(pages))
    return render(request, "exchange/document.html", _context(draft, pages, number))


def _pages(pieces) -> Iterator[list[int]]:
    """The numbers of the pieces on each page."""
    found: list[int] = []
    choices = 0
    for number, piece in enumerate(pieces):
        own = 1 + (len(rows_to_point(piece.grid)) if piece.grid else 0)
        if found and choices + own > ON_A_PAGE:
            yield found
            found, choices = [], 0
        found.append(number)
        choices += own
    yield found


def _keep(draft: Draft, data, numbers: list[int]) -> None:
    """What was pointed out on this page. When something changed, what was typed in the next step is
    of other rows."""
    roles, pieces = dict(draft.roles), draft.document.pieces
    for number in numbers:
        piece = pieces[number]
        _take(roles, key_of(number), data, roles_for(piece), PieceRole.TEXT)
        for row, _ in rows_to_point(piece.grid) if piece.grid else ():
            _take(roles, row_key(number, row), data, roles_for_a_row(), PieceRole.AS_TABLE)
    if "allemaal" in data:
        level, role = whole_number(data.get("niveau", "")), data.get("rol", "")
        for number, piece in enumerate(pieces):
            if piece.kind == HEADING and piece.level == level and role in roles_for(piece):
                roles[key_of(number)] = role
    if roles != draft.roles or not draft.parts:
        draft.roles, draft.given, draft.left_out = roles, {}, []
        draft.parts = parts_of(draft.tables)
    draft.keep()


def _take(
    roles: dict[str, str], key: str, data, choices: Mapping[PieceRole, str], usual: PieceRole
) -> None:
    said = data.get(key, "")
    if said == usual:
        roles.pop(key, None)
    elif said in choices:
        roles[key] = said


def _next(request, draft: Draft, number: int, pages: int):
    if "allemaal" in request.POST:
        return redirect(f"{reverse('exchange:document', args=[draft.token])}?deel={number}")
    if "verder" in request.POST and number < pages:
        return redirect(f"{reverse('exchange:document', args=[draft.token])}?deel={number + 1}")
    unknown = next((p for p in draft.parts if missing(p)), None)
    if unknown is not None:
        messages.warning(request, "Wijs van deze tabel eerst aan in welke kolom wat staat.")
        address = reverse("exchange:columns", args=[draft.token])
        return redirect(f"{address}?table={unknown.table}")
    return redirect("exchange:check", draft.token)


def _context(draft: Draft, pages: list[list[int]], number: int) -> dict:
    pieces = draft.document.pieces
    levels = Counter(p.level for p in pieces if p.kind == HEADING)
    times = Counter(role_of(draft.roles, n) for n in range(len(pieces)))
    return {
        "draft": draft,
        "shown": [_shown(n, pieces[n], draft) for n in pages[number - 1]],
        "row_choices": roles_for_a_row(),
        "pages": range(1, len(pages) + 1) if len(pages) > 1 else (),
        "number": number,
        "last": number == len(pages),
        "levels": sorted(levels.items()),
        "heading_choices": roles_for(Piece(HEADING)),
        "left": draft.document.left,
        "summed_up": [
            f"{times[role]} {one if times[role] == 1 else more}"
            for role, one, more in _SUMMED_UP
            if times[role]
        ],
    }


def _shown(number: int, piece: Piece, draft: Draft) -> Shown:
    key, chosen = key_of(number), role_of(draft.roles, number)
    rows = (
        Row(row_key(number, row), text, row_role(draft.roles, number, row))
        for row, text in (rows_to_point(piece.grid) if piece.grid else ())
    )
    is_proposal = draft.offered.get(key) == chosen and chosen != PieceRole.TEXT
    return Shown(key, piece, roles_for(piece), chosen, is_proposal, tuple(rows))
