"""What a monitor may ask, and what it is told."""

from __future__ import annotations

import json
import os
import time

import dj_database_url
import pytest
from django.db import connection
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.utils import ConnectionHandler
from django.test import Client
from django.test.utils import CaptureQueriesContext

from koers.apps.intake.services import pulse
from koers.upkeep.connecting import url_of
from koers.web import database, metrics
from tests.cli.test_damaged_database import spoilt

TOKEN = "een-lang-token-van-zestien"


@pytest.fixture
def worker(figures, tmp_path, monkeypatch):
    """Sets how long ago the worker gave a sign."""
    file = tmp_path / pulse.FILE
    monkeypatch.setattr(pulse, "_file", lambda: file)

    def seen(ago: float) -> None:
        file.write_text(json.dumps({"since": "2026-01-01T00:00:00+00:00", "stopped": False}))
        os.utime(file, (0, time.time() - ago))

    return seen


def test_a_process_that_answers_asks_nobody_anything(client, db):
    with CaptureQueriesContext(connection) as asked:
        answer = Client(HTTP_HOST="10.0.0.7:8000").get("/healthz")
    assert (answer.status_code, answer.content, len(asked)) == (200, b"ok\n", 0)
    assert client.post("/healthz").status_code == 405


def test_ready_is_a_matter_of_database_archive_and_worker(client, db, worker):
    worker(1)
    answer = client.get("/readyz")
    said = answer.json()
    assert answer.status_code == 200 and said["ready"] is True
    assert all(said[part]["ok"] for part in ("database", "archive", "worker", "figures"))
    worker(600)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["worker"] == {
        "ok": False,
        "state": "silent",
        "seconds_since_heartbeat": 600,
    }


def test_metrics_are_for_whoever_has_the_token(
    adviser, plan, worker, settings, tmp_path, monkeypatch
):
    worker(7)
    assert adviser.get("/metrics").status_code == 404
    monkeypatch.setenv(metrics.VARIABLE, str(tmp_path / "counted"))
    settings.KOERS_METRICS = TOKEN
    assert adviser.get("/metrics").status_code == 401
    adviser.get("/plan/")
    adviser.get("/geheim-in-een-adres/")
    said = adviser.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()
    # Which way the library counts is settled when it is read.
    from prometheus_client.parser import text_string_to_metric_families

    found = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(said)
        for sample in family.samples
    }
    assert found["koers_requests_total", "200", "plan:index"] == 1
    assert found["koers_requests_total", "404", "?"] >= 1
    assert found["koers_request_seconds_count", "plan:index"] == 1
    assert found["koers_up", "database"] == 1
    assert 6 < found[("koers_worker_heartbeat_age_seconds",)] < 60
    assert found["koers_tasks", "waiting"] == 0
    assert "geheim" not in said and "voorbeeldrecht" not in said.lower()


@pytest.fixture
def file(db, home_with_tables, monkeypatch):
    """The site on a file of SQLite, which may be spoilt."""
    file = home_with_tables / "koers.sqlite3"
    given = ConnectionHandler({"default": dj_database_url.parse(url_of(file))}).settings["default"]
    mine = DatabaseWrapper(given, "default")
    monkeypatch.setattr(database, "connection", mine)
    yield file
    mine.close()


@pytest.mark.parametrize("way", ["garbage", "zeroed", "cut off", "emptied"])
def test_a_damaged_file_is_seen_and_that_it_was_mended(file, monkeypatch, way):
    assert database.database_problem() == ""
    whole = file.read_bytes()
    monkeypatch.setattr(database, "_looked", {})
    (file.parent / "figures" / "snapshots").mkdir(parents=True, exist_ok=True)
    file.write_bytes(spoilt(whole, way))
    assert database.database_problem() == database.DAMAGED
    file.write_bytes(whole)
    assert database.database_problem() == ""


def test_a_file_that_went_or_can_only_be_read_is_no_ready_database(file, client, monkeypatch):
    assert client.get("/readyz").json()["database"] == {"ok": True}
    aside = file.rename(file.with_name("elders"))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["database"]["problem"]) == (503, "away")
    aside.rename(file)
    monkeypatch.setattr(database.os, "access", lambda path, how: False)
    assert client.get("/readyz").json()["database"]["problem"] == "read-only"


@pytest.mark.postgres
def test_a_server_that_only_reads_is_not_ready(client, transactional_db, worker):
    if connection.vendor == "sqlite":
        return
    worker(1)
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["database"]["problem"]) == (503, "read-only")
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = off")
    assert client.get("/readyz").status_code == 200
