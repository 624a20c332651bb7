"""Writes the pages that follow from the code: docs/cli.md from the commands, docs/indicatoren.md from the indicator files.

`python scripts/docs.py` writes them; with `--check` it only says which are stale.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import click

DOCS = Path(__file__).resolve().parent.parent / "docs"
WIDTH = 100
CLI = """\
# De opdrachten van Koers

Deze pagina is gemaakt uit de opdrachten zelf, met `python scripts/docs.py`. Pas haar niet met de hand aan.

In een kopie van de broncode staat de opdracht na `make start` in `.venv/bin/koers`.
Instellingen die voor elke opdracht gelden, zoals `KOERS_HOME`, staan in [instellingen.md](instellingen.md).
"""
INDICATORS = """\
# De indicatoren

Deze pagina is gemaakt uit de bestanden in `src/koers/indicators/`, met `python scripts/docs.py`. Pas haar niet met de hand aan.

Een indicator is een cijfer met een vaste omschrijving. "Wacht op" noemt de tabellen die hem vullen. Zijn die er niet, dan toont Koers
het landelijke cijfer, dat dan zo heet, of "nog geen cijfers".
"""
BETTER = {"down": "minder is beter", "up": "meer is beter", "neither": "geen: meer kan goed of slecht nieuws zijn"}
LEVELS = {"neighbourhood": "buurt", "municipality": "gemeente", "team": "basisteam", "country": "land"}
OFTEN = {"month": "maand", "year": "jaar", "two-years": "twee jaar", "own": "eigen telling"}


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--check", action="store_true", help="write nothing; exit 1 where a page is stale")
    check = ask.parse_args().check
    stale = [name for name, text in pages().items() if _now(name) != text]
    for name in stale:
        if check:
            print(f"docs/{name} is stale: run python scripts/docs.py")
        else:
            (DOCS / name).write_text(pages()[name], encoding="utf-8")
    return 1 if check and stale else 0


def pages() -> dict[str, str]:
    """The text of each page by its name."""
    return {"cli.md": commands(), "indicatoren.md": indicators()}


def _now(name: str) -> str:
    file = DOCS / name
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def commands() -> str:
    from koers.cli import main as koers

    return CLI + "".join(
        f"\n{'#' * min(1 + len(names), 4)} `{' '.join(names)}`\n\n```text\n{text}\n```\n"
        for names, text in _helps(koers, ("koers",), None)
    )


def _helps(command: click.Command, names: tuple[str, ...], parent: click.Context | None) -> Iterator[tuple]:
    """The help of a command and of everything below it, at one width whatever the terminal."""
    context = click.Context(
        command, info_name=names[-1], parent=parent, terminal_width=WIDTH, **_kept(command.context_settings)
    )
    yield names, "\n".join(line.rstrip() for line in command.get_help(context).strip().splitlines())
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from _helps(below, (*names, name), context)


def _kept(settings) -> dict:
    return {name: value for name, value in settings.items() if name == "help_option_names"}


def indicators() -> str:
    from koers.indicators import load_indicators

    parts = [INDICATORS]
    for theme, found in groupby(load_indicators().values(), key=lambda i: i.theme_title):
        parts.append(f"\n## {theme}\n")
        parts += [_indicator(one) for one in found]
    return "".join(parts)


def _indicator(one) -> str:
    waits = "; ".join(f"{t.table} ({LEVELS[t.level]}, {OFTEN[t.frequency]})" for t in one.tables)
    return (
        f"\n### {one.title} (`{one.id}`)\n\n{one.why}\n\n"
        f"* Telt: code {one.topic} ({one.numerator.scheme}), {one.unit_label}\n"
        f"* Gewenste richting: {BETTER[one.direction]}\n"
        f"* Wacht op: {waits}\n"
        f"* Let op: {one.limits}\n"
        f"* Bron: {one.source}; beoordeeld op {one.reviewed.isoformat()}\n"
    )


if __name__ == "__main__":
    sys.exit(main())
