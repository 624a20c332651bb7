"""The pages that follow from the code are those of the code as it is."""

import importlib.util
import re
from pathlib import Path

import click
import pytest

from koers.cli import main as koers
from koers.indicators import load_indicators

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")


def script():
    spec = importlib.util.spec_from_file_location("docs_script", ROOT / "scripts" / "docs.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", script().pages())
def test_a_page_is_not_stale(name):
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == script().pages()[name], (
        "run: python scripts/docs.py"
    )


@pytest.mark.parametrize("name", script().WITH_HOUSE)
def test_who_may_import_whom_is_written_from_the_contract(name):
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert script().import_order() in text
    assert "cli, web → apps" in script().import_order()


def test_the_terminal_of_the_reader_does_not_change_the_page(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    assert script().pages()["cli.md"] == PAGE


def test_every_indicator_has_its_page_and_no_page_is_left_over():
    assert [i for i in load_indicators() if f"indicatoren/{i}.md" not in script().pages()] == []
    assert script().left_over() == []


def options(command, names=("koers",)):
    for parameter in command.params:
        if isinstance(parameter, click.Option) and not parameter.hidden:
            yield from ((names, name) for name in parameter.opts if name.startswith("--"))
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from options(command.get_command(context, name), (*names, name))


def test_every_option_stands_under_its_command():
    sections = {part.split("`", 2)[1]: part for part in re.split(r"\n#{2,4} ", PAGE)[1:]}
    missing = [
        f"{' '.join(n)} {option}"
        for n, option in options(koers)
        if option not in sections[" ".join(n)]
    ]
    assert not missing
