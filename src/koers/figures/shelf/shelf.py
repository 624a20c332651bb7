"""One set of snapshots, and every question that pages, documents and commands ask of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from koers.analysis.period import Period
from koers.analysis.revisions import Completeness
from koers.figures.areas import Area
from koers.figures.boundaries import People
from koers.figures.completeness import completeness_of
from koers.figures.health import Damage
from koers.figures.manifest import Manifest
from koers.figures.queries.area_list import list_areas
from koers.figures.queries.changes import list_changes
from koers.figures.queries.coverage import Coverage, coverage
from koers.figures.queries.panel import LabelledPanel, get_panel
from koers.figures.queries.population import population
from koers.figures.queries.revisions import revision_triangle
from koers.figures.shelf import derived
from koers.figures.shelf.derived import Recipe
from koers.figures.shelf.kept import Answers, kept
from koers.figures.shelf.tables import (
    CountTable,
    Known,
    MonthlyCounts,
    counts_of,
    expected_of,
    known_of,
    summed_of,
    together_of,
)
from koers.figures.store import FigureStore
from koers.figures.topics import TOGETHER

Topics = tuple[str, ...]
AT_ONCE = 1_000_000
"""So many counts are worked out within half a second, whoever asks."""
log = logging.getLogger(__name__)


class Shelf:
    """The figures of these snapshots, and of no other.

    ``ids`` are the snapshots, in the order of the store (of what two say the later holds). What was
    asked is kept in ``answers``, see ``kept``; a shelf of its own (without a cache) keeps it as
    long as it lives. A shelf is made anew
    for each request: who may see what, and what is current,
    is settled by whoever makes it. ``damaged`` are the tables of which newer figures than these
    cannot be used.
    """

    def __init__(
        self,
        store: FigureStore,
        ids: Sequence[str],
        answers: Answers | None = None,
        patient: bool = False,
        damaged: Sequence[Damage] = (),
    ) -> None:
        self.store = store
        self.ids = tuple(ids)
        self.answers = Answers() if answers is None else answers
        self.patient = patient
        self.damaged = tuple(damaged)

    def with_patience(self) -> Shelf:
        """The same shelf for a worker, a command or a document: what is not there yet is worked
        out, and kept beside the snapshots."""
        return Shelf(self.store, self.ids, self.answers, True, self.damaged)

    def open(self) -> None:
        """Read what every page asks for: the areas, and what the tables hold."""
        self._areas()
        self._coverage()

    def manifest(self, snapshot: str) -> Manifest:
        """What a snapshot of one of these tables says of itself: one that stands here, or an
        earlier one.

        Raises
        ------
        KeyError
            When there is none (any more), or its table is not here.
        """
        found = self.store.get(snapshot).manifest
        if snapshot not in self.ids and (found.source, found.table) not in self._tables():
            raise KeyError(snapshot)
        return found

    @kept(1)
    def _tables(self) -> frozenset[tuple[str, str]]:
        return frozenset((m.source, m.table) for m in self.manifests)

    @property
    def manifests(self) -> list[Manifest]:
        return [snapshot.manifest for snapshot in self.store.chosen(self.ids)]

    @property
    def coverage(self) -> tuple[Coverage, ...]:
        """What each table holds, the newest first."""
        return self._coverage()

    @kept(1)
    def _coverage(self) -> tuple[Coverage, ...]:
        return coverage(self.store, self.ids)

    @property
    def areas(self) -> dict[str, Area]:
        """Every area that is known, by code."""
        return self._areas()

    @kept(1)
    def _areas(self) -> dict[str, Area]:
        return {area.code: area for area in list_areas(self.store, ids=self.ids)}

    def municipality_of(self, area: Area) -> str:
        """The code of the municipality in which an area lies ('' for the country)."""
        known = self.areas
        while area.level not in ("municipality", "country") and area.parent in known:
            area = known[area.parent]
        return area.code if area.level == "municipality" else ""

    def entries_with(self, scheme: str, topics: Sequence[str], area: Area) -> list[Coverage]:
        """The tables that hold all of these topics for the municipality of an area, by month
        first."""
        home = self.municipality_of(area)
        wanted = frozenset(topics)
        found = (
            c
            for c in self.coverage
            if c.scheme == scheme and wanted <= c.topics and (home in c.municipalities or not home)
        )
        return sorted(found, key=lambda c: c.frequency != "month")

    def monthly_entries(self, scheme: str, municipality: str) -> list[Coverage]:
        """The tables that count by neighbourhood and month for a municipality, the newest
        first."""
        found = [
            c
            for c in self.coverage
            if c.scheme == scheme
            and c.level == "neighbourhood"
            and c.frequency == "month"
            and municipality in c.municipalities
        ]
        return sorted(found, key=lambda c: c.last, reverse=True)

    def find_table(self, scheme: str, topic: str, area: Area) -> CountTable | None:
        """The best table for a topic in an area at its own level: by month before by year, the
        newest first.

        ``topic`` may be several that are added up, ``1.4.6+1.4.7``; the table then has one topic of
        that name.
        """
        for entry in self.entries_with(scheme, topic.split(TOGETHER), area):
            topics = tuple(sorted(entry.topics))
            if entry.level == area.level:
                found = self.table(entry.table, entry.level, entry.frequency, topics)
            elif (area.level, entry.level, entry.frequency) == (
                "municipality",
                "neighbourhood",
                "month",
            ):
                found = self.summed_table(entry.table, entry.frequency, topics)
            else:
                continue
            if found is None or TOGETHER not in topic:
                return found
            return self.together(entry.table, area.level, entry.frequency, topic, topics)
        return None

    @kept(32)
    def table(self, name: str, level: str, frequency: str, topics: Topics) -> CountTable | None:
        """Counts of a table at one level with their expectation; None where it holds none."""
        recipe = Recipe("table", name, level, frequency, topics)
        return self._worked_out(recipe, lambda: self._counts(name, level, frequency, topics))

    @kept(16)
    def summed_table(self, name: str, frequency: str, topics: Topics) -> CountTable | None:
        """Neighbourhoods added up to their municipalities."""
        recipe = Recipe("summed", name, "municipality", frequency, topics)

        def counts() -> CountTable | None:
            below = self.table(name, "neighbourhood", frequency, topics)
            return None if below is None else summed_of(below)

        return self._worked_out(recipe, counts)

    @kept(32)
    def together(
        self, name: str, level: str, frequency: str, topic: str, topics: Topics
    ) -> CountTable | None:
        """Topics of one table added up to one; what is not published of one of them is not known of
        the sum."""
        recipe = Recipe("together", name, level, frequency, topics, topic)

        def counts() -> CountTable | None:
            parts = self.table(name, level, frequency, topics)
            found = parts if parts is not None else self.summed_table(name, frequency, topics)
            return None if found is None else together_of(found, topic)

        return self._worked_out(recipe, counts)

    def make(self, recipe: Recipe) -> CountTable | None:
        """The outcome of a recipe."""
        r = recipe
        if r.kind == "together":
            return self.together(r.table, r.level, r.frequency, r.topic, r.topics)
        if r.kind == "summed":
            return self.summed_table(r.table, r.frequency, r.topics)
        return self.table(r.table, r.level, r.frequency, r.topics)

    def _worked_out(
        self, recipe: Recipe, counts: Callable[[], CountTable | None]
    ) -> CountTable | None:
        """The table as it is kept beside its snapshot. What is not there is worked out at once
        where that is soon done or whoever asks has the time; else it comes without expectation."""
        place = self.place_of(recipe)
        if place is not None and (found := derived.kept_at(place)) is not None:
            return found
        table = counts()
        if table is None or not (self.patient or table.panel.counts.size <= AT_ONCE):
            return table
        table = expected_of(table)
        if self.patient and place is not None:
            try:
                if place.is_dir():
                    derived.let_go(place)
                derived.keep(self.store.root, place, table)
            except OSError as error:
                log.warning("%s cannot be kept: %s", place, error)
            return derived.kept_at(place) or table
        return table

    def place_of(self, recipe: Recipe) -> Path | None:
        """Where the outcome of a recipe is kept; None where its table is not here."""
        rests_on = [
            m
            for m in self.manifests
            if m.table == recipe.table or m.content != "observations" or m.scheme == "key-figures"
        ]
        own = [m.id for m in rests_on if m.table == recipe.table]
        if not own:
            return None
        return derived.place_of(self.store.root, recipe, own[-1], [m.id for m in rests_on])

    def _counts(self, name: str, level: str, frequency: str, topics: Topics) -> CountTable | None:
        labelled = self.published(name, level, frequency, topics)
        return None if labelled is None else counts_of(labelled, self._known(name, labelled))

    @kept(32)
    def published(
        self, name: str, level: str, frequency: str, topics: Topics
    ) -> LabelledPanel | None:
        """Figures as their source gives them, of which nothing is expected: percentages, marks,
        minutes."""
        return get_panel(
            self.store, table=name, level=level, topics=topics, frequency=frequency, ids=self.ids
        )

    @kept(8)
    def monthly_counts(
        self, scheme: str, topics: Topics, municipality: str
    ) -> MonthlyCounts | None:
        """The newest table with these topics by neighbourhood and month for a municipality, with
        every area that it holds."""
        entries = self.monthly_entries(scheme, municipality)
        newest = next((c for c in entries if set(topics) <= c.topics), None)
        if newest is None:
            return None
        labelled = self.published(newest.table, "neighbourhood", "month", topics)
        if labelled is None:
            return None
        known = self._known(newest.table, labelled)
        return MonthlyCounts(labelled.panel, known.open_months, labelled.snapshot)

    @kept(64)
    def people(
        self, areas: tuple[str, ...], periods: tuple[Period, ...], topic: str = "inhabitants"
    ) -> People:
        """The people of areas, or another key figure such as dwellings, within the boundaries that
        the counts of these areas are of."""
        changes = list_changes(self.store, self.ids)
        return population(self.store.connect(self.ids), areas, periods, topic, changes)

    def _known(self, name: str, labelled: LabelledPanel) -> Known:
        if labelled.panel.frequency != "month":
            return Known(labelled.provisional, None)
        manifest = self.store.get(labelled.snapshot).manifest
        return known_of(labelled, self._known_share(name, labelled.snapshot), manifest)

    @kept(16)
    def _known_share(self, name: str, snapshot: str) -> Completeness:
        """How complete recent months of a table usually are, from its snapshots up to this one."""
        until = self.store.get(snapshot)
        return completeness_of(revision_triangle(self.store, name, until=until))
