"""CBS StatLine: names of areas, key figures by year, registered crime and the Veiligheidsmonitor;
v3, else v4."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from koers.figures.areas import cbs_level, cbs_parent
from koers.figures.manifest import Draft
from koers.sources.delivery import Delivery, digest, one_batch
from koers.sources.odata import Service
from koers.sources.reading import Advance
from koers.sources.report import FigureFileError
from koers.sources.scope import Scope
from koers.sources.web import CHANGED, NothingNewerError
from koers.sources.wide import Figure, WideTable, fetch

LICENCE = "CC BY 4.0"

# "Kerncijfers wijken en buurten": every year is a table of its own. docs/bronnen.md says which were
# seen where.
KEY_FIGURE_TABLES = {
    2013: "82339NED",
    2014: "82931NED",
    2015: "83220NED",
    2016: "83487NED",
    2017: "83765NED",
    2018: "84286NED",
    2019: "84583NED",
    2020: "84799NED",
    2021: "85039NED",
    2022: "85318NED",
    2023: "85618NED",
    2024: "85984NED",
    2025: "86165NED",
}
REQUIRED_YEAR = 2024
COUNT = ("aantal",)
_KEY_FIGURES = (
    Figure("inhabitants", "Inwoners", ("AantalInwoners",), COUNT, required=True),
    Figure("households", "Huishoudens", ("HuishoudensTotaal",), COUNT),
    Figure("dwellings", "Woningen", ("Woningvoorraad",), COUNT),
    Figure("premises", "Bedrijfsvestigingen", ("BedrijfsvestigingenTotaal",), COUNT),
    Figure("age-0-14", "Inwoners van 0 tot 15 jaar", ("0 tot 15 jaar",), COUNT),
    Figure("age-15-24", "Inwoners van 15 tot 25 jaar", ("15 tot 25 jaar",), COUNT),
    Figure("age-25-44", "Inwoners van 25 tot 45 jaar", ("25 tot 45 jaar",), COUNT),
    Figure("age-45-64", "Inwoners van 45 tot 65 jaar", ("45 tot 65 jaar",), COUNT),
    Figure("age-65-plus", "Inwoners van 65 jaar en ouder", ("65 jaar of ouder",), COUNT),
)
KEY_FIGURES = tuple(
    WideTable(
        table=table,
        source="cbs",
        title=f"Kerncijfers wijken en buurten, {year}",
        scheme="key-figures",
        figures=_KEY_FIGURES,
        licence=LICENCE,
        attribution="CBS",
        year=year,
        required=year == REQUIRED_YEAR,
        all_municipalities=True,
    )
    for year, table in KEY_FIGURE_TABLES.items()
)

REGISTERED = WideTable(
    table="83648NED",
    source="cbs",
    title="Geregistreerde criminaliteit per gemeente en jaar",
    scheme="registered",
    figures=(
        Figure(
            "registered",
            "Geregistreerde misdrijven",
            ("TotaalGeregistreerdeMisdrijven",),
            COUNT,
            required=True,
        ),
    ),
    licence=LICENCE,
    attribution="CBS",
    kinds="SoortMisdrijf",
    note=(
        "De indeling van het CBS is een andere dan die van de politie: soorten en totalen zijn niet"
        " gelijk."
    ),
)

TOO_SMALL = (
    "Een gemeente met minder dan 70.000 inwoners heeft in de Veiligheidsmonitor geen eigen cijfer,"
    " tenzij zij daarvoor heeft betaald. Gebruik dan het cijfer van het basisteam, of een eigen"
    " enquête."
)
VEILIGHEIDSMONITOR = WideTable(
    table="85146NED",
    source="cbs",
    title="Veiligheidsmonitor; kerncijfers per regio",
    scheme="survey",
    figures=(
        Figure(
            "unsafe-own-neighbourhood",
            "Voelt zich weleens onveilig in de buurt (%)",
            ("VoeltZichWeleensOnveiligInBuurt",),
            ("%",),
            required=True,
        ),
        Figure(
            "mark-safety-neighbourhood",
            "Rapportcijfer veiligheid in de buurt",
            ("RapportcijferVeiligheidInBuurt",),
        ),
        Figure(
            "speeding-seen-as-problem",
            "Veel overlast van te hard rijden (%)",
            ("TeHardRijden",),
            ("%",),
        ),
        Figure(
            "nuisance-loitering-youth",
            "Veel overlast van rondhangende jongeren (%)",
            ("RondhangendeJongeren",),
            ("%",),
        ),
        Figure(
            "sees-police",
            "Tevreden over de zichtbaarheid van de politie in de buurt (%)",
            ("TevredenheidZichtbaarheidInBuurt",),
            ("%",),
        ),
        Figure(
            "victims-traditional",
            "Slachtoffer van traditionele criminaliteit (%)",
            ("Slachtoffers",),
            ("%",),
            heading="traditionele criminaliteit",
        ),
        Figure(
            "victims-online",
            "Slachtoffer van online criminaliteit (%)",
            ("Slachtoffers",),
            ("%",),
            heading="online criminaliteit",
        ),
        Figure(
            "reported-online-fraud",
            "Online oplichting en fraude ergens gemeld (%)",
            ("Melding",),
            ("%",),
            heading="oplichting en fraude",
        ),
    ),
    licence=LICENCE,
    attribution="CBS en ministerie van Justitie en Veiligheid",
    fixed={"Marges": "MW00000"},
    others=("RE", "PD", "BT"),
    note=TOO_SMALL,
)


def fetch_table(
    services: Sequence[Service],
    spec: WideTable,
    scope: Scope,
    advance: Advance = lambda done, total: None,
) -> Delivery:
    """A table by the first of these services that has it.

    Raises
    ------
    FigureFileError
        As the first service says it, when none has it.
    """
    refusals = []
    for service in services:
        try:
            return fetch(service, spec, scope, advance)
        except NothingNewerError:
            raise
        except FigureFileError as refusal:
            refusals.append(refusal)
    raise refusals[0]


def fetch_areas(police: Service, table: str = "47018NED") -> Delivery:
    """Names of the country's municipalities, districts and neighbourhoods, in the classification of
    a police table."""
    dimension = police.dimension(table, ["GeoDetail"])
    found = [
        (code, title) for code, title in dimension.titles.items() if code[:2] in ("GM", "WK", "BU")
    ]
    if not found:
        raise FigureFileError(table, "de tabel noemt geen gemeenten en buurten.", CHANGED)
    nowhere = np.full(len(found), np.nan)
    columns = {
        "code": np.array([code for code, _ in found], dtype=object),
        "name": np.array([title for _, title in found], dtype=object),
        "level": np.array([cbs_level(code) for code, _ in found], dtype=object),
        "parent": np.array([cbs_parent(code) for code, _ in found], dtype=object),
        "latitude": nowhere,
        "longitude": nowhere,
        "geometry": np.array([""] * len(found), dtype=object),
    }
    made = Draft(
        source="cbs",
        table="wijken-en-buurten",
        title="Namen van gemeenten, wijken en buurten",
        content="areas",
        sha256=digest(columns),
        address=police.entity(table, ""),
        licence=LICENCE,
        attribution="CBS",
        published_at=police.info(table).modified,
    )
    return Delivery(made, one_batch(columns), len(found))
