"""Writes docs/indicatoren: a page for each indicator and one that lists them. The tests fail when the docs are stale.

python scripts/indicator_docs.py
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from koers.indicators import Indicator, load_indicators
from koers.indicators.reader import ATTENTION_THEMES
from koers.indicators.words import facts

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "indicatoren"
MADE = "<!-- Gemaakt door scripts/indicator_docs.py uit src/koers/indicators; verander het daar. -->\n"


def page(indicator: Indicator) -> str:
    """The page of one indicator."""
    kind = "aandachtsthema" if indicator.theme in ATTENTION_THEMES else "prioriteit"
    lines = [MADE, f"# {indicator.title}\n", f"{indicator.why}\n", f"Thema: {indicator.theme_title} ({kind}).\n"]
    lines += [f"**{term}.** {words}\n" for term, words in facts(indicator)]
    lines.append("[Alle indicatoren](README.md)\n")
    return "\n".join(lines)


def index(indicators: list[Indicator]) -> str:
    """The page that lists them, theme by theme."""
    lines = [MADE, "# Indicatoren\n", f"Koers kent {len(indicators)} indicatoren. Elk staat in een bestand in "
             "`src/koers/indicators`: daar verandert u de tekst, en `python scripts/indicator_docs.py` schrijft deze "
             "pagina's opnieuw.\n"]  # fmt: skip
    for title, found in groupby(indicators, key=lambda i: i.theme_title):
        lines += [f"## {title}\n", "| indicator | eenheid | richting | bron |", "|---|---|---|---|"]
        lines += [f"| [{i.title}]({i.id}.md) | {i.unit_label} | {i.direction_label} | {i.waits_for} |" for i in found]
        lines.append("")
    return "\n".join(lines)


def pages() -> dict[str, str]:
    """Every page by the name of its file."""
    indicators = list(load_indicators().values())
    return {"README.md": index(indicators), **{f"{i.id}.md": page(i) for i in indicators}}


def stale(folder: Path = FOLDER) -> list[str]:
    """The names of pages that are absent, too many or not as they should be."""
    wanted = pages()
    there = {file.name: file.read_text(encoding="utf-8") for file in folder.glob("*.md")}
    return sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    for file in FOLDER.glob("*.md"):
        if file.name not in wanted:
            file.unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
