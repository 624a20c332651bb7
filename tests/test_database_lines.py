"""Lines that PostgreSQL may take otherwise are found, so that none goes untested there."""

import importlib.util
from pathlib import Path

import pytest

FILE = Path(__file__).resolve().parent.parent / "scripts" / "database_lines.py"
spec = importlib.util.spec_from_file_location("database_lines", FILE)
database_lines = importlib.util.module_from_spec(spec)
spec.loader.exec_module(database_lines)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Plan.objects.select_for_update().get(pk=1)", "select_for_update"),
        ("with connection.cursor() as cursor: pass", "cursor"),
        ("book.cursor()", None),
        ("rows.annotate(x=Cast('a', TextField()))", "Cast"),
        ("transaction.on_commit(tell)", "on_commit"),
        ("Line.objects.bulk_create(new, ignore_conflicts=True)", "ignore_conflicts"),
        ("Line.objects.bulk_create(new)", None),
        ("connection.vendor == 'sqlite'", "connection.vendor"),
        ("if sqlite: connection.cursor()", None),
        ("if sqlite: pass\nelse: connection.cursor()", "cursor"),
        ("try: pass\nexcept (KeyError, IntegrityError): pass", "IntegrityError"),
    ],
)
def test_what_is_special_is_found_with_its_place(line, found):
    assert [what for what, *_ in database_lines.lines_of(line)] == ([found] if found else [])
