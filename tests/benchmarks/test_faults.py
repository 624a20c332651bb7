"""The benchmark of faults sees what it looks for: writes that are lost, doubled or half."""

import sqlite3
from collections import Counter

from benchmarks.faults.counting import Row, as_line, count, from_lines, table, write_csv
from benchmarks.faults.looking import parts

TABLES = (
    "CREATE TABLE plan_action (id INTEGER, title TEXT)",
    "CREATE TABLE plan_historicalaction (id INTEGER, title TEXT)",
    "CREATE TABLE meetings_meeting_actions (action_id INTEGER)",
    "CREATE TABLE meetings_agendaitem_actions (action_id INTEGER)",
)


def planted(file, *without):
    """Six writes in a database as Koers makes them, of which some miss a part."""
    with sqlite3.connect(file) as connection:
        for sql in TABLES:
            connection.execute(sql)
        for number in range(6):
            given = (number, f"Actie zz-{number}")
            for table_of in ("plan_action", "plan_historicalaction"):
                if (number, table_of) not in without:
                    connection.execute(f"INSERT INTO {table_of} VALUES (?, ?)", given)
            for table_of in ("meetings_meeting_actions", "meetings_agendaitem_actions"):
                if (number, table_of) not in without:
                    connection.execute(f"INSERT INTO {table_of} VALUES (?)", (number,))
        connection.execute("INSERT INTO plan_action VALUES (90, 'Actie van een ander')")
    connection.close()
    return str(file)


def test_writes_that_are_all_there_once_are_in_order(tmp_path):
    marks = {f"zz-{n}" for n in range(5)}
    found = count(marks, {"zz-9"}, parts(planted(tmp_path / "db"), "zz-"))
    assert found == type(found)([], [], [], [])


def test_what_is_lost_doubled_or_half_is_found_and_named(tmp_path):
    file = planted(
        tmp_path / "db",
        (0, "plan_action"),
        (1, "plan_historicalaction"),
        (2, "meetings_meeting_actions"),
        (3, "meetings_agendaitem_actions"),
    )
    with sqlite3.connect(file) as connection:
        connection.execute("INSERT INTO plan_historicalaction VALUES (4, 'Actie zz-4')")
    connection.close()
    found = count({"zz-4", "zz-6"}, {"zz-5"}, parts(file, "zz-"))
    assert found.half == ["zz-0", "zz-1", "zz-2", "zz-3"]
    assert found.doubled == ["zz-4"]
    assert found.lost == ["zz-6"]
    assert found.in_vain == ["zz-5"]


def test_a_write_without_an_answer_may_be_there_or_not():
    assert count({"a"}, (), {"row": Counter(a=1, b=1), "history": Counter(a=1, b=1)}).half == []


def test_a_row_is_good_only_when_nothing_is_wrong_with_it(tmp_path):
    assert Row("kills", acknowledged=9, seconds=[0.5]).good
    bad = [Row("a", lost=1), Row("b", doubled=1), Row("c", half=1), Row("d", wrong=["stuk"])]
    assert not any(row.good for row in bad)
    assert from_lines("\n".join(["said", *map(as_line, bad)])) == bad
    lines = table([Row("kills", "SQLite", 10, 977, seconds=[0.2, 3.0, 1.0], said="503"), *bad])
    assert "977" in lines and "1.0, at most 3.0" in lines and "WRONG: stuk" in lines
    write_csv(bad, tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text().splitlines()[-1].startswith("d,")
