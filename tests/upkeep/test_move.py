"""A database moves to the other kind and back with all that is in it, or not at all."""

import os

import pytest

from koers.upkeep.connecting import opened, url_of
from koers.upkeep.copying import last_key, tables_in
from koers.upkeep.home import UpkeepError, mark_of
from koers.upkeep.moving import move
from koers.upkeep.tables import contents_of, models_of
from tests.upkeep.filling import fill, without_rows
from tests.upkeep.installation import Installation
from tests.upkeep.trial import quiet


@pytest.fixture
def filled(home_with_tables, django_db_blocker):
    """A home with lines in every table, a key that is gone, and content types with other keys than
    a new installation would give them."""
    with (
        django_db_blocker.unblock(),
        opened("filled", url_of(home_with_tables / "koers.sqlite3")) as database,
    ):
        fill(database, seed=3)
        assert without_rows(database) == []
        with database.cursor() as cursor:
            cursor.execute("UPDATE sqlite_sequence SET seq = seq + 50")
        yield home_with_tables, database


def all_of(database):
    found = models_of(database)
    return (
        {m._meta.label: contents_of(m, database) for m in found},
        {m._meta.label: last_key(m, database) for m in found if _numbered(m)},
        _constraints(database),
    )


def _numbered(model):
    return "AutoField" in model._meta.pk.get_internal_type()


def _constraints(database):
    """Which columns are unique or refer where, by table; names are each database's own."""
    with database.cursor() as cursor:
        return {
            table: sorted(
                (tuple(c["columns"]), c["unique"], c["foreign_key"])
                for c in database.introspection.get_constraints(cursor, table).values()
                if c["columns"] and not c["primary_key"] and (c["unique"] or c["foreign_key"])
            )
            for table in tables_in(database)
        }


@pytest.fixture
def elsewhere(request, tmp_path):
    """The address of an empty database, of the kind on which the tests run."""
    if "DATABASE_URL" in os.environ:
        return request.getfixturevalue("server")()
    return url_of(tmp_path / "elders.sqlite3")


@pytest.mark.postgres
def test_a_database_goes_there_and_back_and_a_target_that_is_not_empty_is_refused(
    filled, elsewhere, tmp_path
):
    home, database = filled
    move(home, database, elsewhere, quiet)
    back = url_of(tmp_path / "terug.sqlite3")
    with opened("there", elsewhere) as target:
        assert all_of(target) == all_of(database)
        assert mark_of(home).moved_to == target.vendor
        _new_rows_get_new_keys(target, all_of(database)[1])
        with pytest.raises(UpkeepError, match="Koers overschrijft niets"):
            move(home, database, elsewhere, quiet)
        expected = all_of(target)
        move(home, target, back, quiet)
        with opened("back", back) as returned:
            assert all_of(returned) == expected


def _new_rows_get_new_keys(database, keys):
    """As the application makes them, without saying which."""
    towns = next(m for m in models_of(database) if m._meta.label == "people.Municipality")
    made = towns(code="VB99", name="Nieuwdorp", slug="nieuwdorp")
    made.save(using=database.alias)
    assert made.pk == keys["people.Municipality"] + 1


@pytest.mark.postgres
def test_what_the_other_database_cannot_hold_leaves_it_as_it_was(filled, elsewhere):
    """PostgreSQL takes no text with a zero byte; SQLite does."""
    home, database = filled
    with database.cursor() as cursor:
        cursor.execute("UPDATE people_municipality SET name = 'a' || char(0) || 'b'")
    with opened("there", elsewhere) as target:
        if target.vendor == "sqlite":
            move(home, database, elsewhere, quiet)
            assert all_of(target) == all_of(database)
            return
        with pytest.raises(UpkeepError, match="people_municipality past niet"):
            move(home, database, elsewhere, quiet)
        assert tables_in(target) == []
    assert mark_of(home).moved_to == ""


def test_a_row_that_arrives_otherwise_is_noticed(filled, tmp_path, monkeypatch):
    """The comparison itself: a copy that spoils one value is refused, and nothing stands."""
    from koers.upkeep import copying

    home, database = filled
    put = copying.insert

    def spoil(model, rows, target):
        if model._meta.label == "people.Municipality":
            rows = [(*row[:2], f"{row[2]}!", *row[3:]) for row in rows]
        put(model, rows, target)

    monkeypatch.setattr(copying, "insert", spoil)
    with pytest.raises(UpkeepError, match="people_municipality kwam anders aan"):
        move(home, database, url_of(tmp_path / "elders.sqlite3"), quiet)
    assert [f.name for f in tmp_path.iterdir() if "elders" in f.name] == []


@pytest.mark.postgres
def test_a_move_that_is_killed_leaves_the_other_database_empty_or_with_all(installation):
    came = installation.trial("move", kills=5, seed=2)
    assert came["wrong"] == [], came
    assert sum(came["ends"].values()) == 5


@pytest.mark.postgres
def test_the_command_moves_and_a_start_with_the_database_of_before_is_refused(
    home_with_tables, elsewhere
):
    here = Installation(home_with_tables, url_of(home_with_tables / "koers.sqlite3"))
    done = here.koers("move", "--to", elsewhere, "--csv")
    assert done.returncode == 0, done.stderr
    assert "people_municipality,0," in done.stdout
    assert "Zet nu DATABASE_URL" in done.stderr
    if not elsewhere.startswith("sqlite"):
        done = here.koers("administrator", "GM9999")
        assert done.returncode == 1 and "zijn verhuisd naar PostgreSQL" in done.stderr
    done = here.koers("administrator", "GM9999", DATABASE_URL=elsewhere)
    assert done.returncode == 2 and "GM9999 is hier niet" in done.stderr
