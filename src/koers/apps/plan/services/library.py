"""The library of measures: files that come with Koers, and files that this installation adds to
them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from django.conf import settings
from django.db import transaction
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from koers.apps.plan.models import Action, Adoption, Measure, MeasureKind, Partner, Priority
from koers.indicators import load_indicators
from koers.yaml_files import YamlFileError, read_yaml

FOLDER = Path(__file__).parent.parent / "library"
OWN_FOLDER = "maatregelen"
NOTHING_KNOWN = "Geen onderzoek"
VERDICTS = {
    "works": "onderzoek wijst op effect",
    "limited": "beperkt of gemengd bewijs",
    "no_effect": "onderzoek vond geen effect",
    "harmful": "onderzoek wijst op schade",
    "unknown": "geen onderzoek bekend",
}
Verdict = Literal["works", "limited", "no_effect", "harmful", "unknown"]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Short = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


class LibraryFileError(YamlFileError):
    """A file of measures that cannot be used: names file, line and field."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Evidence(_Strict):
    """What research says, and who says so; where nothing is known that is said, and why."""

    verdict: Verdict
    text: Text
    sources: tuple[Short, ...] = ()

    @field_validator("sources")
    @classmethod
    def _fit(cls, sources: tuple[str, ...]) -> tuple[str, ...]:
        if len("; ".join(sources)) > 300:
            raise ValueError("de bronnen zijn samen langer dan 300 tekens")
        return sources

    @model_validator(mode="after")
    def _says_so(self) -> Evidence:
        if self.verdict == "unknown" and not self.text.startswith(NOTHING_KNOWN):
            raise ValueError(
                f"text: waar niets bekend is, begint de tekst met '{NOTHING_KNOWN}' en zegt hij"
                " waarom"
            )
        if self.verdict != "unknown" and not self.sources:
            raise ValueError("sources: noem de bron, of kies 'unknown'")
        return self

    @property
    def label(self) -> str:
        return VERDICTS[self.verdict]


class LibraryMeasure(_Strict):
    slug: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,80}$")]
    title: Short
    description: Text
    kind: Literal["prevention", "early_signalling", "enforcement", "care", "cohesion"]
    partners: tuple[Annotated[str, StringConstraints(min_length=1, max_length=120)], ...] = ()
    indicators: tuple[str, ...] = ()
    actions: tuple[Short, ...] = ()
    evidence: Evidence

    @field_validator("indicators")
    @classmethod
    def _exist(cls, indicators: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := [i for i in indicators if i not in load_indicators()]:
            raise ValueError(f"de indicator '{unknown[0]}' bestaat niet")
        return indicators

    @property
    def kind_label(self) -> str:
        return str(MeasureKind(self.kind).label)

    @property
    def indicator_titles(self) -> list[tuple[str, str]]:
        return [(i, load_indicators()[i].title) for i in self.indicators]


class Theme(_Strict):
    """A file; ``id`` is its name."""

    id: str
    title: Short
    measures: tuple[LibraryMeasure, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _once(self) -> Theme:
        slugs = [m.slug for m in self.measures]
        if twice := sorted({s for s in slugs if slugs.count(s) > 1}):
            raise ValueError(f"measures: de slug '{twice[0]}' staat er twee keer")
        return self


@dataclass(frozen=True)
class Library:
    """``problems`` are files of this installation that cannot be used; the rest goes on without
    them."""

    themes: tuple[Theme, ...]
    problems: tuple[str, ...] = ()

    def find(self, slug: str) -> tuple[Theme, LibraryMeasure] | None:
        return next(((t, m) for t in self.themes for m in t.measures if m.slug == slug), None)

    def chosen(
        self, words: str = "", theme: str = "", kind: str = "", verdict: str = ""
    ) -> list[tuple[Theme, list[LibraryMeasure]]]:
        """The measures in which every word occurs, by theme."""
        wanted = words.lower().split()
        found = []
        for one in self.themes:
            kept = [
                m
                for m in one.measures
                if (not kind or m.kind == kind)
                and (not verdict or m.evidence.verdict == verdict)
                and all(word in _words_of(one, m) for word in wanted)
            ]
            if kept and (not theme or one.id == theme):
                found.append((one, kept))
        return found


def _words_of(theme: Theme, measure: LibraryMeasure) -> str:
    titles = [title for _, title in measure.indicator_titles]
    return " ".join(
        [
            theme.title,
            measure.title,
            measure.description,
            *measure.partners,
            *titles,
            measure.evidence.text,
        ]
    ).lower()


@cache
def bundled() -> tuple[Theme, ...]:
    return tuple(read_theme(file) for file in sorted(FOLDER.glob("*.yaml")))


def read_theme(file: Path) -> Theme:
    """One file of measures.

    Raises
    ------
    LibraryFileError
        Naming file, line and field.
    """
    return read_yaml(file, Theme, LibraryFileError, id=file.stem)


def own_folder() -> Path:
    """Where this installation adds files of its own."""
    return Path(settings.HOME) / OWN_FOLDER


def library() -> Library:
    """The measures that come with Koers and those of this installation; a file of a theme that is
    there adds to it."""
    themes = {theme.id: theme for theme in bundled()}
    problems = []
    for file in sorted(p for pattern in ("*.yaml", "*.yml") for p in own_folder().glob(pattern)):
        try:
            own = read_theme(file)
            _demand_new(file, own, themes)
        except (LibraryFileError, OSError) as error:
            problems.append(
                str(error)
                if isinstance(error, LibraryFileError)
                else f"{file.name}: het bestand is niet te lezen."
            )
            continue
        there = themes.get(own.id)
        themes[own.id] = (
            own
            if there is None
            else Theme(id=own.id, title=there.title, measures=(*there.measures, *own.measures))
        )
    return Library(tuple(sorted(themes.values(), key=lambda t: t.title.lower())), tuple(problems))


def _demand_new(file: Path, own: Theme, themes: dict[str, Theme]) -> None:
    taken = {m.slug for theme in themes.values() for m in theme.measures}
    for number, measure in enumerate(own.measures):
        if measure.slug in taken:
            lines = file.read_text(encoding="utf-8-sig").splitlines()
            line = next(
                (
                    n
                    for n, text in enumerate(lines, 1)
                    if re.search(rf"slug:\s*['\"]?{measure.slug}['\"]?\s*$", text)
                ),
                1,
            )
            raise LibraryFileError(
                file.name,
                line,
                f"measures.{number}.slug",
                f"'{measure.slug}' bestaat al; kies een andere slug",
            )


class AlreadyThereError(Exception):
    """The priority has this measure of the library already."""


@transaction.atomic
def take_over(found: LibraryMeasure, priority: Priority) -> Measure:
    """The measure with its partners and actions under a priority, as an example until a person
    adopts it.

    Raises
    ------
    AlreadyThereError
        When it is there already.
    """
    municipality = priority.municipality
    if priority.measures.filter(library=found.slug, archived_at=None).exists():
        raise AlreadyThereError
    made = Measure.objects.create(
        municipality=municipality,
        priority=priority,
        library=found.slug,
        adoption=Adoption.EXAMPLE,
        title=found.title,
        description=found.description,
        kind=found.kind,
        topics=list(found.indicators),
        evidence=f"{found.evidence.label.capitalize()}. {found.evidence.text}",
        evidence_source="; ".join(found.evidence.sources),
    )
    there = {p.name.lower(): p for p in Partner.objects.of(municipality)}
    made.partners.set(
        [
            there.get(n.lower()) or Partner.objects.create(municipality=municipality, name=n)
            for n in found.partners
        ]
    )
    for title in found.actions:
        Action.objects.create(
            municipality=municipality, measure=made, title=title, adoption=Adoption.EXAMPLE
        )
    return made


@transaction.atomic
def undo(measure: Measure) -> bool:
    """Archive what was taken over, with its actions and the partners that came with it; False when
    it was changed since."""
    actions = list(measure.actions.filter(archived_at=None))
    if measure.revision or any(a.revision for a in actions) or not measure.is_example:
        return False
    partners = list(measure.partners.filter(created_at__gte=measure.created_at))
    for line in (*actions, measure):
        line.archive()
    for partner in partners:
        if not Measure.objects.filter(partners=partner, archived_at=None).exists():
            partner.archive()
    return True
