"""The examples for developers can be used as they stand, and the buttons of the guide bear the
names that the site gives them."""

import re
from pathlib import Path

import pytest

from koers.indicators.reader import read_indicator
from koers.sources.mapping import load_mapping

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "ontwikkelen.md").read_text(encoding="utf-8")
SITE = "\n".join(
    file.read_text(encoding="utf-8")
    for kind in ("*.html", "*.py")
    for file in (ROOT / "src/koers").rglob(kind)
)


def example(heading, tmp_path):
    section = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    file = tmp_path / "voorbeeld.yaml"
    file.write_text(
        re.search(r"```yaml\n(.*?)```", section, flags=re.DOTALL).group(1), encoding="utf-8"
    )
    return file


def test_the_mapping_of_the_example_is_a_mapping(tmp_path):
    found = load_mapping(example("Add a saved source file", tmp_path))
    assert found.tables[0].columns["value"] == "aantal"


def test_the_indicator_of_the_example_is_an_indicator(tmp_path):
    assert read_indicator(example("Add an indicator", tmp_path)).topic == "1.2.3"


def buttons():
    for file in sorted((ROOT / "docs" / "gids").glob("*.md")):
        for name in re.findall(
            r"de knop ([A-Z][\w ]+?)(?: …| bij | \||$)",
            file.read_text(encoding="utf-8"),
            flags=re.MULTILINE,
        ):
            yield pytest.param(name.strip(), id=f"{file.stem}-{name.strip()}")


@pytest.mark.parametrize("name", list(buttons()))
def test_a_button_of_the_guide_is_on_the_site(name):
    assert name in SITE
