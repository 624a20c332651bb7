"""The pages for whoever runs a server give the same commands in both languages, of files that
`make wheel` lays ready. `python -m benchmarks.deployed` follows them on a fresh machine."""

import re

from benchmarks.deployed.pages import DOCS, commands

ENGLISH, DUTCH = commands("operations.md"), commands("beheer.md")
LAID_READY = {file.name for file in (DOCS.parent / "deploy").iterdir()} | {"requirements.lock"}


def test_both_pages_give_the_same_commands_in_the_same_order():
    assert list(ENGLISH.values()) == list(DUTCH.values())
    assert sum(map(len, ENGLISH.values())) > 15


def test_each_file_that_a_command_takes_is_laid_ready():
    block = "\n".join(block for blocks in ENGLISH.values() for block in blocks)
    named = set(re.findall(r"^install .*-m \d+ (\S+) /", block, flags=re.MULTILINE))
    named |= set(re.findall(r"(?:-r|--file|--env-file) (\w\S*)", block))
    assert named and named <= LAID_READY
    makefile = (DOCS.parent / "Makefile").read_text(encoding="utf-8")
    assert "cp requirements.lock deploy/* dist/" in makefile


def test_each_finding_of_the_check_and_each_setting_of_the_service_is_on_both_pages():
    source = (DOCS.parent / "src/koers/cli/check.py").read_text(encoding="utf-8")
    subjects = set(re.findall(r'Finding\(\s*f?"(\w+)', source))
    assert {"pakketten", "worker", "database"} <= subjects
    for page in ("operations.md", "beheer.md"):
        text = (DOCS / page).read_text(encoding="utf-8")
        assert [s for s in subjects if not re.search(rf"^\| `{s}", text, re.MULTILINE)] == []
        given = (DOCS.parent / "deploy/koers.env").read_text(encoding="utf-8")
        assert [n for n in re.findall(r"^(KOERS_\w+)=", given, re.MULTILINE) if n not in text] == []
