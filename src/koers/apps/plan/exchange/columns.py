"""The columns in which measures and actions go out and come in, and the words by which others call them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MEASURE, ACTION, ROW = "measure", "action", "row"


class What(StrEnum):
    """What a row of a table is."""

    MEASURES = "measures"
    ACTIONS = "actions"
    BOTH = "both"
    LIST = "list"


WHAT_LABELS = {
    What.MEASURES: "elke rij is een maatregel",
    What.ACTIONS: "elke rij is een actie",
    What.BOTH: "elke rij is een actie, met de maatregel ernaast",
    What.LIST: "maatregelen en acties onder elkaar, met een kolom 'valt onder'",
}


@dataclass(frozen=True)
class Column:
    """``key`` is the line and its field, ``kind`` how a cell is read, ``header`` its name in an export of Koers."""

    key: str
    header: str
    kind: str
    words: tuple[str, ...] = ()
    longest: int = 0

    @property
    def of(self) -> str:
        return self.key.partition(".")[0]

    @property
    def name(self) -> str:
        return self.key.partition(".")[2]


_OWNER = ("eigenaar", "trekker", "wie", "verantwoordelijke", "verantwoordelijk", "actiehouder", "behandelaar",
          "uitvoerder", "contactpersoon", "regie", "door wie", "projectleider")  # fmt: skip
_DEPARTMENT = ("afdeling", "team", "organisatie", "cluster", "domein", "afdeling eigenaar", "eigenaar afdeling")
_DEPUTY = ("vervanger", "plaatsvervanger", "tweede trekker", "achtervang", "backup")
_STATE = ("staat", "status", "stand van zaken", "voortgang", "fase")
_UNTIL = ("einde", "eind", "einddatum", "datum einde", "tot", "tot en met", "t/m", "deadline", "wanneer", "uiterlijk",
          "planning", "gereed", "datum gereed", "streefdatum", "opleverdatum", "termijn", "realisatie", "datum")  # fmt: skip
_ADOPTION = ("vaststelling", "vastgesteld")

MEASURE_COLUMNS = (
    Column("measure.id", "Maatregel-id", "id", ("id maatregel", "id")),
    Column("measure.priority", "Prioriteit", "priority", (
        "prioriteit", "lokale prioriteit", "thema", "aandachtsthema", "speerpunt", "programma", "hoofdthema", "opgave")),
    Column("measure.title", "Maatregel", "title", (
        "maatregel", "maatregelen", "naam maatregel", "titel", "naam", "activiteit", "activiteiten", "aanpak", "interventie",
        "wat", "wat gaan we doen", "inspanning"), 200),
    Column("measure.description", "Toelichting", "text", (
        "toelichting", "omschrijving", "beschrijving", "uitleg", "opmerking", "opmerkingen", "inhoud")),
    Column("measure.kind", "Soort", "kind", ("soort", "type", "soort maatregel", "categorie")),
    Column("measure.state", "Staat", "measure_state", _STATE),
    Column("measure.state_reason", "Reden van de staat", "text", ("reden van de staat", "reden", "toelichting status"), 300),
    Column("measure.start", "Begin", "start", ("begin", "start", "startdatum", "begindatum", "van", "vanaf", "ingangsdatum")),
    Column("measure.end", "Einde", "end", _UNTIL),
    Column("measure.owner", "Eigenaar", "person", _OWNER),
    Column("measure.owner_department", "Afdeling", "text", _DEPARTMENT, 100),
    Column("measure.deputy", "Vervanger", "person", _DEPUTY),
    Column("measure.deputy_department", "Afdeling van de vervanger", "text", ("afdeling vervanger",), 100),
    Column("measure.partners", "Partners", "partners", (
        "partners", "partner", "samenwerking", "samenwerkingspartners", "ketenpartners", "betrokken partijen", "partijen",
        "met wie", "betrokkenen", "samen met")),
    Column("measure.areas", "Gebieden", "areas", (
        "gebieden", "gebied", "wijk", "wijken", "buurt", "buurten", "waar", "locatie", "kern", "kernen")),
    Column("measure.topics", "Indicatoren", "topics", ("indicatoren", "indicator", "meetbaar aan", "cijfers")),
    Column("measure.budget", "Budget", "money", (
        "budget", "kosten", "begroting", "bedrag", "middelen", "geld", "budget in euro's", "financien", "euro")),
    Column("measure.hours", "Uren", "hours", ("uren", "aantal uren", "capaciteit", "inzet in uren", "uren per jaar")),
    Column("measure.evidence", "Wat bekend is over de werking", "text", ("bewijs", "werking", "onderbouwing", "effect")),
    Column("measure.evidence_source", "Bron", "text", ("bron", "bronnen", "bron daarvan"), 300),
    Column("measure.library", "Uit de bibliotheek", "slug", ("bibliotheek",), 80),
    Column("measure.adoption", "Vaststelling", "adoption", _ADOPTION),
)  # fmt: skip
ACTION_COLUMNS = (
    Column("action.id", "Actie-id", "id", ("id actie", "id")),
    Column("action.measure_id", "Hoort bij maatregel-id", "id", ("maatregel-id",)),
    Column("action.measure", "Hoort bij maatregel", "measure", ("hoort bij", "maatregel", "bij maatregel", "onderdeel van")),
    Column("action.title", "Actie", "title", (
        "actie", "acties", "actiepunt", "actiepunten", "taak", "taken", "stap", "stappen", "to do", "todo", "wat", "afspraak",
        "omschrijving", "activiteit"), 200),
    Column("action.owner", "Eigenaar", "person", _OWNER),
    Column("action.owner_department", "Afdeling", "text", _DEPARTMENT, 100),
    Column("action.deputy", "Vervanger", "person", _DEPUTY),
    Column("action.due", "Uiterlijk", "end", _UNTIL),
    Column("action.state", "Staat", "action_state", _STATE),
    Column("action.note", "Opmerking", "text", ("opmerking", "opmerkingen", "notitie", "toelichting", "resultaat")),
    Column("action.adoption", "Vaststelling", "adoption", _ADOPTION),
)  # fmt: skip
ROW_COLUMNS = (
    Column("row.number", "Nummer", "text", ("nr", "nummer", "volgnummer", "code", "id")),
    Column("row.under", "Valt onder", "text", (
        "valt onder", "hoort onder", "onderdeel van", "bovenliggend", "bovenliggende regel", "hoofdregel", "parent")),
)  # fmt: skip
BY_KEY = {c.key: c for c in (*MEASURE_COLUMNS, *ACTION_COLUMNS, *ROW_COLUMNS)}
# A measure that stands beside its actions says nothing of itself in these columns: they are about the action.
_OF_THE_ACTION = {"measure.id", "measure.library", "measure.adoption"}


def columns_for(what: str) -> tuple[Column, ...]:
    """What a table of this kind can hold; where two have a word in common, the first takes it."""
    if what == What.MEASURES:
        return MEASURE_COLUMNS
    if what == What.ACTIONS:
        return ACTION_COLUMNS
    if what == What.BOTH:
        of_action = tuple(c for c in ACTION_COLUMNS if c.name not in ("id", "measure", "measure_id", "adoption"))
        return (*of_action, *(c for c in MEASURE_COLUMNS if c.key not in _OF_THE_ACTION))
    return (*ROW_COLUMNS, *(c for c in MEASURE_COLUMNS if c.key not in _OF_THE_ACTION))


def label_of(column: Column, what: str) -> str:
    """What a column is called on the screen."""
    if what != What.BOTH or column.name == "title":
        return column.header
    return f"{'Actie' if column.of == ACTION else 'Maatregel'}: {column.header.lower()}"
