"""What Koers takes each piece of a document for, before a person points it out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from koers.apps.exchange.bands import band_above, band_says_theme, bands_of
from koers.apps.exchange.columns import GOAL_PRIORITY, PRIORITY
from koers.apps.exchange.mapping import missing, proposal
from koers.apps.exchange.part import forget_names
from koers.apps.exchange.pointing import PieceRole, key_of
from koers.apps.exchange.unread import aim_in
from koers.tables.reading.grid import Grid
from koers.tables.reading.whole import HEADING, LIST, TABLE, Piece

_SAYS_ITS_KIND = re.compile(r"(?i)\s*(?P<kind>maatregel|actie|project|doel)\b\s*\d[\d.]*\s*[:.–-]")
_OVER_GOALS = re.compile(
    r"(?i)[\d.\s]*(?:(?:onze |de |lokale )?(?:doel(?:en|stelling(?:en)?)?|ambities?)"
    r"|beoogde? (?:effect|resultaat|resultaten|doel(?:en)?)"
    r"|w(?:at|aar) (?:willen|gaan) we (?:voor )?(?:bereiken|naartoe|heen)|dit willen we bereiken)"
    r"\s*[:?]?"
)
_OVER_MEASURES = re.compile(
    r"(?i)[\d.\s]*(?:(?:onze |de |lokale )?(?:maatregelen|acties|activiteiten|aanpak|inzet"
    r"|inspanningen|projecten|interventies|uitvoering|planning|actieplan|uitvoeringsprogramma)"
    r"(?: en (?:maatregelen|acties|activiteiten|aanpak|planning))?"
    r"|w(?:at|elke acties) gaan we (?:daarvoor |ervoor |hiervoor )?(?:doen|ondernemen)"
    r"|hoe (?:gaan|doen) we dat(?: doen)?|dit gaan we doen)\s*[:?]?"
)
_SAYS_NOTHING = re.compile(
    r"(?i)[\d.\s]*(?:tabel|overzicht|bijlagen?|toelichting|inleiding|samenvatting|analyse|context"
    r"|planning|kosten|partners|prioriteiten|thema's|speerpunten)\b.*"
    r"|.*(?:plan|plannen|programma|agenda|nota)\b.*"
)


@dataclass
class _Node:
    """A heading with what stands under it, up to the next of its level or higher."""

    number: int
    piece: Piece
    above: _Node | None = None


def proposed(pieces: Sequence[Piece]) -> dict[str, str]:
    """What Koers takes each piece for; what is only text is left out.

    A heading is a priority when it says so, or when goals, measures or a table of them stand under
    it; under a heading such as 'Maatregelen' a list is measures.
    """
    found: dict[str, str] = {}
    headings: list[_Node] = []
    said = ""
    for number, piece in enumerate(pieces):
        if piece.kind == HEADING:
            while headings and headings[-1].piece.level >= piece.level:
                headings.pop()
            headings.append(_Node(number, piece, headings[-1] if headings else None))
            said = piece.text
        role = _proposed_role(piece, said)
        if role != PieceRole.TEXT:
            found[key_of(number)] = role
            if role in (PieceRole.TABLE, PieceRole.GOAL, PieceRole.MEASURE):
                _point_above(found, piece, headings)
        if piece.kind != HEADING:
            # What ends with a colon says what comes.
            last = piece.text.splitlines()[-1] if piece.text else ""
            said = last if last.endswith((":", "?")) and len(last) <= 100 else said
    _only_the_lowest(found, pieces)
    forget_names()
    return {key: str(role) for key, role in found.items()}


def _proposed_role(piece: Piece, said: str) -> PieceRole:
    if piece.kind == TABLE and piece.grid:
        return PieceRole.TABLE if _is_known(piece.grid) else PieceRole.TEXT
    if kind := _SAYS_ITS_KIND.match(piece.text):
        return PieceRole.GOAL if kind["kind"].lower() == "doel" else PieceRole.MEASURE
    if piece.kind == HEADING:
        return PieceRole.PRIORITY if band_says_theme(piece.text) else PieceRole.TEXT
    if aim_in(piece.text):
        return PieceRole.GOAL
    if piece.kind == LIST and _OVER_GOALS.fullmatch(said):
        return PieceRole.GOAL
    if piece.kind == LIST and _OVER_MEASURES.fullmatch(said):
        return PieceRole.MEASURE
    return PieceRole.TEXT


def _is_known(grid: Grid) -> bool:
    part = proposal(grid, 0)
    return bool(part.last) and not missing(part)


def _point_above(found: dict[str, str], piece: Piece, headings: Sequence[_Node]) -> None:
    """The heading under which this stands is a priority, unless the table says it itself."""
    if piece.grid is not None and _says_its_priorities(piece.grid):
        return
    at = headings[-1] if headings else None
    if at is not None and at.piece is piece:
        at = at.above
    if any(found.get(key_of(node.number)) == PieceRole.PRIORITY for node in headings):
        return
    while at is not None and _says_no_priority(at.piece.text):
        at = at.above
    if at is not None:
        found.setdefault(key_of(at.number), PieceRole.PRIORITY)


def _says_its_priorities(grid: Grid) -> bool:
    """Whether a table has a column, or bands, of priorities."""
    part = proposal(grid, 0)
    by_column = PRIORITY in part.columns or GOAL_PRIORITY in part.columns
    return by_column or bool(bands_of(grid, part)) or bool(band_above(grid, part))


def _says_no_priority(text: str) -> bool:
    return any(
        known.fullmatch(text) for known in (_OVER_GOALS, _OVER_MEASURES, _SAYS_NOTHING)
    ) or bool(_SAYS_ITS_KIND.match(text))


def _only_the_lowest(found: dict[str, str], pieces: Sequence[Piece]) -> None:
    """A heading that became a priority, over headings that are ones as well, is not one itself."""
    open_ones: list[int] = []
    for number, piece in enumerate(pieces):
        if piece.kind != HEADING:
            continue
        while open_ones and pieces[open_ones[-1]].level >= piece.level:
            open_ones.pop()
        if found.get(key_of(number)) == PieceRole.PRIORITY:
            for above in open_ones:
                if not band_says_theme(pieces[above].text):
                    found.pop(key_of(above), None)
            open_ones.append(number)
