"""What the police count under a kind of crime or nuisance: incident codes with their names, so that
an indicator can be held against what it says it counts."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from koers.yaml_files import YamlFileError, read_yaml

FILE = Path(__file__).parent / "codes" / "police.yaml"


class Incident(NamedTuple):
    """One incident code of the police, such as A20."""

    code: str
    name: str


class _Kind(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    counts: dict[str, str]


class _Codes(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    crime: dict[str, _Kind]
    nuisance: dict[str, _Kind]


@cache
def _codes() -> dict[tuple[str, str], _Kind]:
    found = read_yaml(FILE, _Codes, YamlFileError)
    kinds = {"crime": found.crime, "nuisance": found.nuisance}
    return {(scheme, topic): kind for scheme, all in kinds.items() for topic, kind in all.items()}


def incidents(scheme: str, topic: str) -> tuple[Incident, ...]:
    """The incident codes under a topic; none of a total, or of what is no police code."""
    kind = _codes().get((scheme, topic))
    return tuple(Incident(*pair) for pair in kind.counts.items()) if kind else ()
