"""The docs of the indicators are those of today."""

import importlib.util
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "indicator_docs.py"


def _script():
    spec = importlib.util.spec_from_file_location("indicator_docs", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pages_in_docs_are_what_the_files_say():
    assert _script().stale() == [], "voer `python scripts/indicator_docs.py` uit"


def test_a_page_that_is_gone_or_changed_is_stale(tmp_path):
    script = _script()
    for name, text in script.pages().items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert script.stale(tmp_path) == []
    (tmp_path / "woninginbraak.md").write_text("iets anders")
    (tmp_path / "README.md").unlink()
    (tmp_path / "oud.md").write_text("van vroeger")
    assert script.stale(tmp_path) == ["README.md", "oud.md", "woninginbraak.md"]


def test_a_page_names_numerator_denominator_direction_delay_limits_and_source():
    page = _script().pages()["woninginbraak.md"]
    for words in (
        "Wat er wordt geteld",
        "Woningen op 1 januari",
        "minder is beter",
        "rond de 15e",
        "Pogingen",
        "47022NED",
    ):
        assert words in page
