"""Every setting that is read from the environment has its heading, and every heading is read."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "instellingen.md").read_text(encoding="utf-8")
READ = re.compile(r"""environ(?:\.get\(|\[)\s*["']([A-Z][A-Z0-9_]+)["']""")
NOT_OURS = {"PATH"}
# Read by dj-database-url and dj-email-url.
BY_LIBRARIES = {"DATABASE_URL", "EMAIL_URL"}


def read_in(*folders):
    files = [file for folder in folders for file in (ROOT / folder).rglob("*.py")]
    return {
        name for file in files for name in READ.findall(file.read_text(encoding="utf-8"))
    } - NOT_OURS


def headings():
    return set(re.findall(r"^### `([A-Z0-9_]+)`$", PAGE, flags=re.MULTILINE))


def test_the_settings_file_reads_the_environment_in_the_way_that_this_test_looks_for():
    text = (ROOT / "src/koers/web/settings.py").read_text(encoding="utf-8")
    assert len(READ.findall(text)) == text.count("os.environ")
    assert "getenv" not in text
    assert "dj_database_url.config" in text
    assert "dj_email_url.config" in text


def test_every_setting_has_its_heading():
    missing = (read_in("src", "scripts") | BY_LIBRARIES) - headings()
    assert not missing, f"describe in docs/instellingen.md: {sorted(missing)}"


def test_every_heading_is_a_setting_that_is_read():
    assert headings() <= read_in("src", "scripts") | BY_LIBRARIES


def test_the_default_that_is_described_is_that_of_the_code():
    text = (ROOT / "src/koers/web/settings.py").read_text(encoding="utf-8")
    for name, default in re.findall(r"""environ\.get\(\s*"(\w+)",\s*"([^"]+)"\s*\)""", text):
        section = PAGE.split(f"### `{name}`", 1)[1].split("\n###", 1)[0]
        assert default in " ".join(section.split()), name
