from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from koers.figures.store import FigureStore


@dataclass(frozen=True)
class Coverage:
    """What one table holds at one level and frequency; ``municipalities`` are those with figures at
    that level."""

    scheme: str
    table: str
    source: str
    snapshot: str
    level: str
    frequency: str
    topics: frozenset[str]
    first: str
    last: str
    municipalities: frozenset[str]


def coverage(store: FigureStore, ids: Sequence[str] | None = None) -> tuple[Coverage, ...]:
    """Which topics the tables here hold, at which level, how often and for whom; newest table
    first."""
    query = """
        WITH homes AS (
            SELECT *, CASE level WHEN 'municipality' THEN area WHEN 'district' THEN parent
                WHEN 'country' THEN '' ELSE CASE WHEN coalesce(above, '') IN ('', 'NL') THEN parent
                ELSE above END END AS municipality
            FROM series JOIN kinds USING (kind) WHERE level IS NOT NULL),
        held AS (
            SELECT scheme, table_name, any_value(source) AS source, any_value(snapshot) AS snapshot,
            level,
                   CASE WHEN length = 4 THEN 'year' ELSE 'month' END AS frequency, topics,
                   min(first) AS first, max(last) AS last, list(DISTINCT municipality) AS
                   municipalities, max(rank) AS rank
            FROM homes
            GROUP BY scheme, table_name, level, frequency, topics)
        SELECT scheme, table_name, any_value(source), any_value(snapshot), level, frequency,
               list_distinct(flatten(list(topics))), min(first), max(last),
               list_distinct(flatten(list(municipalities))), max(rank) AS newest
        FROM held
        GROUP BY scheme, table_name, level, frequency ORDER BY newest DESC, table_name, level"""
    rows = store.connect(ids).execute(query).fetchall()
    return tuple(
        Coverage(
            scheme,
            table,
            source,
            snapshot,
            level,
            frequency,
            frozenset(topics),
            first,
            last,
            frozenset(homes) - {None},
        )
        for scheme, table, source, snapshot, level, frequency, topics, first, last, homes, _ in rows
    )
