"""Writes docs/cli.md from the commands themselves: `python scripts/docs.py`; with `--check` it only says whether it is stale."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import click

TARGET = Path(__file__).resolve().parent.parent / "docs" / "cli.md"
WIDTH = 100
INTRODUCTION = """\
# De opdrachten van Koers

Deze pagina is gemaakt uit de opdrachten zelf, met `python scripts/docs.py`. Pas haar niet met de hand aan.

In een kopie van de broncode staat de opdracht na `make start` in `.venv/bin/koers`.
Instellingen die voor elke opdracht gelden, zoals `KOERS_HOME`, staan in [instellingen.md](instellingen.md).
"""


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--check", action="store_true", help="write nothing; exit 1 where the page is stale")
    text = render()
    if ask.parse_args().check:
        fresh = TARGET.is_file() and TARGET.read_text(encoding="utf-8") == text
        print("docs/cli.md is up to date." if fresh else "docs/cli.md is stale: run python scripts/docs.py")
        return 0 if fresh else 1
    TARGET.write_text(text, encoding="utf-8")
    return 0


def render() -> str:
    """The whole page."""
    from koers.cli import main as koers

    return INTRODUCTION + "".join(
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


if __name__ == "__main__":
    sys.exit(main())
