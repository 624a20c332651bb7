"""The guide speaks of every page and button that there is, and of none that there is not; its links
lead somewhere."""

import re
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from koers.apps.people.models import Role

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "gids"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def routes(resolver=None, namespace="", prefix="/"):
    """(name, address with … for what varies) of each page and button."""
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + re.sub(r"<[^>]+>", "…", str(entry.pattern))
        if isinstance(entry, URLResolver):
            yield from routes(entry, f"{entry.namespace}:" if entry.namespace else namespace, path)
        elif isinstance(entry, URLPattern) and not path.startswith("/static/"):
            yield f"{namespace}{entry.name}", path


def described():
    """The addresses in the tables of the guide, with the page that has them."""
    return {
        address: file.name
        for file in GUIDE.glob("*.md")
        for address in re.findall(
            r"^\| `(/[^`]*)` \|", file.read_text(encoding="utf-8"), flags=re.MULTILINE
        )
    }


@pytest.mark.parametrize(("name", "address"), list(routes()))
def test_every_page_and_button_stands_in_the_guide(name, address):
    assert address in described(), f"{name} ({address}) is in no table of docs/gids"


def test_the_guide_names_no_address_that_is_not_there():
    assert set(described()) <= {address for _, address in routes()}


def test_every_role_is_explained():
    text = (GUIDE / "beheer.md").read_text(encoding="utf-8")
    assert [r.label for r in Role if f"| {r.label} |" not in text] == []


@pytest.mark.parametrize("file", PAGES, ids=lambda f: f.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(file):
    text = re.sub(r"```.*?```", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (file.parent / path).resolve() if path else file
        # The pictures are made by scripts/screenshots.py.
        if there.parent.name == "images":
            continue
        if not there.exists() or (anchor and anchor not in anchors(there)):
            broken.append(target)
    assert broken == []


def anchors(file):
    heads = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


def test_every_page_of_the_guide_can_be_found_from_the_index():
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    assert [f.name for f in GUIDE.glob("*.md") if f"gids/{f.name}" not in index] == []
