"""publiccode.yml has what the standard asks for, and says nothing that the project does not."""

import re
import tomllib
from pathlib import Path

import yaml

from koers import __version__

ROOT = Path(__file__).resolve().parents[2]
DATA = yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_mandatory_keys_are_there():
    for key in (
        "publiccodeYmlVersion",
        "name",
        "url",
        "releaseDate",
        "platforms",
        "categories",
        "developmentStatus",
        "softwareType",
        "description",
        "legal",
        "maintenance",
        "localisation",
    ):
        assert DATA[key], key
    assert DATA["developmentStatus"] in ("concept", "development", "beta", "stable", "obsolete")
    assert DATA["maintenance"]["type"] in ("internal", "contract", "community", "none")
    assert isinstance(DATA["localisation"]["localisationReady"], bool)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", str(DATA["releaseDate"]))


def test_whoever_maintains_is_named_where_somebody_does():
    kind = DATA["maintenance"]["type"]
    assert (
        kind == "none" or DATA["maintenance"]["contractors" if kind == "contract" else "contacts"]
    )


def test_the_descriptions_have_the_length_that_catalogues_show():
    for text in DATA["description"].values():
        assert len(text["shortDescription"]) <= 150
        assert 150 <= len(text["longDescription"]) <= 10_000
        assert text["features"]


def test_the_release_is_the_same_everywhere():
    released = re.search(
        r"^## \[?(\d[\d.]*)\]? - (\S+)$",
        (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"),
        flags=re.MULTILINE,
    )
    assert released, "CHANGELOG.md has no release"
    assert released.groups() == (PROJECT["version"], str(DATA["releaseDate"]))
    assert __version__ == PROJECT["version"]


def test_licence_and_version_are_those_of_the_package():
    assert DATA["legal"]["license"] == PROJECT["license"] == "EUPL-1.2"
    assert DATA["softwareVersion"] == PROJECT["version"]
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "EUROPEAN UNION PUBLIC LICENCE v. 1.2" in licence
    assert licence.rstrip().endswith("EUPL version.")
