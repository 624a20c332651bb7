"""Writes what follows from the code: docs/cli.md from the commands, docs/indicatoren/ from the
indicator files, and who may import whom from the contract in pyproject.toml.

`python scripts/docs.py` writes them; with `--check` it only says which are stale.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
WIDTH = 100
CLI = """\
# De opdrachten van Koers

Deze pagina is gemaakt uit de opdrachten zelf, met `python scripts/docs.py`. Pas haar niet met de
hand aan.

In een kopie van de broncode staat de opdracht na `make start` in `.venv/bin/koers`.
Instellingen die voor elke opdracht gelden, zoals `KOERS_HOME`, staan in
[instellingen.md](instellingen.md).
"""
INDICATORS = """\
# Indicatoren

Een indicator is een cijfer met een vaste omschrijving. Koers kent er {count}. Deze pagina's zijn
gemaakt uit de bestanden in `src/koers/indicators/`, met `python scripts/docs.py`. Pas ze niet met
de hand aan. "Bron" noemt de tabellen die de indicator vullen. Zijn die er niet, dan toont Koers het
landelijke cijfer, dat dan zo heet, of "nog geen cijfers".
"""
MADE = "<!-- Gemaakt door scripts/docs.py uit src/koers/indicators; verander het daar. -->\n"

WITH_HOUSE = ("ontwikkelen.md", "decisions/0002-imports-go-one-way.md", "../CONTRIBUTING.md")
"""Pages of which a part follows from the contract; the rest is written by hand."""


def main() -> int:
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ask.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 where a page is stale"
    )
    check = ask.parse_args().check
    wanted = pages()
    stale = [name for name, text in wanted.items() if _now(name) != text]
    for name in stale:
        if check:
            print(f"docs/{name} is stale: run python scripts/docs.py")
        else:
            (DOCS / name).parent.mkdir(exist_ok=True)
            (DOCS / name).write_text(wanted[name], encoding="utf-8")
    for name in left_over():
        if check:
            print(f"docs/{name} is of nothing that is there: run python scripts/docs.py")
        else:
            (DOCS / name).unlink()
    return 1 if check and (stale or left_over()) else 0


def pages() -> dict[str, str]:
    """The text of each page by its name."""
    return {
        "cli.md": commands(),
        **{f"indicatoren/{name}": text for name, text in indicators().items()},
        **{name: _with_house(_now(name)) for name in WITH_HOUSE},
    }


def left_over() -> list[str]:
    """Pages of indicators that are no more."""
    return sorted(
        {f"indicatoren/{file.name}" for file in (DOCS / "indicatoren").glob("*.md")} - set(pages())
    )


def _now(name: str) -> str:
    file = DOCS / name
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def _with_house(text: str) -> str:
    """A page with what it says between the marks as the contract has it now."""
    for mark, words in (("order", import_order()), ("rooms", rooms())):
        text = re.sub(
            rf"(<!-- {mark}[^>]*-->\n).*?(<!-- /{mark} -->)", rf"\1{words}\2", text, flags=re.S
        )
    return text


def _layers(contract: int) -> list[list[str]]:
    """The layers of a contract that are here, from the one that may import all; each with the
    modules that stand beside one another."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = contracts["contracts"][contract]["layers"]
    named = [[one.strip("() ") for one in layer.split("|")] for layer in layers]
    here = [[one for one in layer if (_folder(one) / "__init__.py").is_file()] for layer in named]
    return [layer for layer in here if layer]


def _folder(module: str) -> Path:
    return ROOT / "src" / module.replace(".", "/")


def import_order() -> str:
    """Who may import whom, in one paragraph."""
    house, apps = ([[m.rpartition(".")[2] for m in x] for x in _layers(n)] for n in (0, 1))
    return (
        f"`{' → '.join(', '.join(layer) for layer in house)}`; among the apps\n"
        f"`{' → '.join(', '.join(layer) for layer in apps)}`.\n"
    )


def rooms() -> str:
    """Every room of the house with what its own first sentence says, the lowest first."""
    lines = []
    for layer in reversed(_layers(0)):
        for module in layer:
            lines.append(_room(module, "  "))
            if module == "koers.apps":
                lines += [_room(app, "    ") for apps in reversed(_layers(1)) for app in apps]
    return "```text\nsrc/koers/\n" + "\n".join(lines) + "\n```\n"


def _room(module: str, indent: str) -> str:
    said = ast.get_docstring(ast.parse((_folder(module) / "__init__.py").read_text())) or ""
    name = f"{indent}{module.rpartition('.')[2]}/"
    return f"{name:<18}{' '.join(said.split()).removesuffix('.')}"


def commands() -> str:
    from koers.cli import main as koers

    return CLI + "".join(
        f"\n{'#' * min(1 + len(names), 4)} `{' '.join(names)}`\n\n```text\n{text}\n```\n"
        for names, text in _helps(koers, ("koers",), None)
    )


def _helps(
    command: click.Command, names: tuple[str, ...], parent: click.Context | None
) -> Iterator[tuple]:
    """The help of a command and of everything below it, at one width whatever the terminal."""
    context = click.Context(
        command,
        info_name=names[-1],
        parent=parent,
        terminal_width=WIDTH,
        **_kept(command.context_settings),
    )
    yield names, "\n".join(line.rstrip() for line in command.get_help(context).strip().splitlines())
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from _helps(below, (*names, name), context)


def _kept(settings) -> dict:
    return {name: value for name, value in settings.items() if name == "help_option_names"}


def indicators() -> dict[str, str]:
    """A page for each indicator, and one that lists them theme by theme."""
    from koers.indicators import load_indicators

    found = list(load_indicators().values())
    parts = [MADE, INDICATORS.format(count=len(found))]
    for title, theme in groupby(found, key=lambda i: i.theme_title):
        parts += [f"\n## {title}\n\n| indicator | eenheid | richting | bron |\n|---|---|---|---|\n"]
        parts += [
            f"| [{i.title}]({i.id}.md) | {i.unit_label} | {i.direction_label} | {i.waits_for} |\n"
            for i in theme
        ]
    return {"README.md": "".join(parts), **{f"{one.id}.md": _indicator(one) for one in found}}


def _indicator(one) -> str:
    from koers.indicators.words import facts

    terms = "".join(f"**{term}.** {words}\n\n" for term, words in facts(one))
    theme = f"Thema: {one.theme_title} ({one.field_title})."
    return (
        f"{MADE}\n# {one.title}\n\n{one.why}\n\n{theme}\n\n{terms}[Alle indicatoren](README.md)\n"
    )


if __name__ == "__main__":
    sys.exit(main())
