"""The tests that docs/beloften.md names are there, one or more for each promise."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| (\d+) \| .*", re.MULTILINE)


def test_each_promise_has_tests_that_are_there():
    page = (ROOT / "docs" / "beloften.md").read_text(encoding="utf-8")
    rows = {int(found[1]): found[0] for found in ROW.finditer(page)}
    assert sorted(rows) == list(range(1, 26))
    absent = []
    for row in rows.values():
        named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", row)
        assert named, row
        for file, test in named:
            text = (ROOT / file).read_text(encoding="utf-8") if (ROOT / file).is_file() else ""
            if not re.search(rf"^def {test or 'test_'}", text, re.MULTILINE):
                absent.append((file, test))
    assert absent == []
