"""The police's response times (47008NED): how often the police were there in time where it was
urgent."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from koers.sources.delivery import Delivery
from koers.sources.odata import Service
from koers.sources.police import LICENCE
from koers.sources.reading import Advance
from koers.sources.scope import Scope
from koers.sources.wide import Figure, WideTable, fetch, pick

WITHIN_NORM, CALLS, IN_TIME = "prio1-within-norm", "prio1-calls", "prio1-0-15-minutes"
_BANDS = ((0, 15), (15, 30), (30, 45), (45, 60), (60, 120))

TABLE = WideTable(
    table="47008NED",
    source="politie",
    title="Reactietijden van de politie bij spoed (prioriteit 1)",
    scheme="response",
    figures=(
        Figure(
            CALLS,
            "Spoedmeldingen met een bekende reactietijd",
            ("Totaal",),
            ("aantal",),
            required=True,
        ),
        *(
            Figure(
                f"prio1-{low}-{high}-minutes",
                f"Reactietijd van {low} tot {high} minuten",
                (f"Reactietijd{low}Tot{high}Minuten",),
                ("aantal", "%"),
                required=low == 0,
            )
            for low, high in _BANDS
        ),
        Figure(
            "prio1-over-120-minutes",
            "Reactietijd van meer dan 120 minuten",
            ("ReactietijdMeerDan120Minuten",),
            ("aantal", "%"),
        ),
    ),
    licence=LICENCE,
    attribution="Politie",
    derived=(
        Figure(
            WITHIN_NORM,
            "Spoedmeldingen waarbij de politie er binnen 15 minuten was (%)",
            (),
            ("%",),
        ),
    ),
    note=(
        "Het aandeel binnen de norm is berekend: meldingen met een reactietijd tot 15 minuten,"
        " gedeeld door alle meldingen."
    ),
)


def fetch_response(
    service: Service, scope: Scope, advance: Advance = lambda done, total: None
) -> Delivery:
    """Counts by band, and the share within the norm of fifteen minutes."""
    return fetch(service, TABLE, scope, advance, derive=_with_share)


def _with_share(columns: dict[str, np.ndarray], units: Mapping[str, str]) -> dict[str, np.ndarray]:
    """Calls in time of all calls; where the source gives the band as a percentage, that is the
    share already."""
    found = pick(columns, [CALLS, IN_TIME])
    percentages = units.get(IN_TIME) == "%"
    rows = [
        (
            area,
            WITHIN_NORM,
            period,
            found[IN_TIME][area, period][0] * (1 if percentages else 100 / calls),
            status,
        )
        for (area, period), (calls, status) in found[CALLS].items()
        if calls > 0 and (area, period) in found[IN_TIME]
    ]
    if not rows:
        return columns
    names = ("area", "topic", "period", "value", "status")
    added = {
        name: np.array([row[k] for row in rows], dtype=columns[name].dtype)
        for k, name in enumerate(names)
    }
    return {name: np.concatenate([columns[name], added[name]]) for name in names}
