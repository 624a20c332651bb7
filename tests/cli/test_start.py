"""`koers start`, `load`, `decide` and `check` as a user runs them: processes, files and a site that
answers."""

from __future__ import annotations

import json
import shutil
import socket
from pathlib import Path

import pytest

from koers.cli.start import _say_ready
from tests.sources import country
from tests.sources.odata_server import serve

MUNICIPALITY_YEARS = "gemeente_year_2012_2025.csv"


def test_help_is_worth_reading(koers):
    text = koers("--help").stdout
    for word in ("start", "load", "screen", "decide", "check", "KOERS_HOME", "Afsluitcodes"):
        assert word in text
    for command in ("start", "load", "screen", "decide", "check"):
        assert koers(command, "--help").returncode == 0
    assert koers("dansen").returncode == 2


def test_without_a_network_the_site_shows_invented_figures_and_ctrl_c_ends_it(
    koers, started, tmp_path
):
    with started(KOERS_LOG=str(tmp_path / "log")) as site:
        assert "de bronnen op internet antwoorden niet" in site.said
        assert site.get("/openbaar/")[0] == 200
        assert "verzonnen" in site.get("/openbaar/")[1].lower()
        status, page = site.get(site.link)
        assert (status, "wachtwoord" in page) == (200, True)
        code = site.stop()
    logged = [json.loads(line) for line in (tmp_path / "log" / "start.log").open()]
    asked = [line["path"] for line in logged if line["what"] == "request"]
    assert "/openbaar/" in asked and site.link.strip("/").split("/")[-1] not in str(logged)
    assert code == 0
    assert site.said.count("Koers is gestopt.") == 1
    assert "Traceback" not in site.said
    assert koers("check").returncode == 0


def test_a_port_in_use_is_said_before_anything_is_done(koers, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = koers("start", "--port", str(port))
    assert done.returncode == 1
    assert f"Poort {port}" in done.stderr
    assert not (tmp_path / "home" / "figures").exists()


def test_figures_come_from_the_live_sources_where_they_answer(koers, home_with_tables, started):
    tables = country.police_tables() | country.statline_tables()
    with serve(tables) as source:
        live = {"KOERS_SOURCE_POLICE": source.address, "KOERS_SOURCE_STATLINE": source.address}
        with started("--municipality", "GM9001", **live) as site:
            assert "voor GM9001" in site.said
            assert "7 tabellen geladen" in site.said
            status, page = site.get("/openbaar/")
            assert status == 200
        done = koers("load", "--municipality", "GM9001", **live)
    assert done.returncode == 0, done.stderr
    assert "7 ongewijzigd" in done.stderr
    assert koers("check").returncode == 0


def _folder(shared: Path, target: Path) -> Path:
    """Links to the real files, so that some can be replaced by bad ones."""
    for file in (shared / "data").rglob("*"):
        if file.is_file() and "protocol" not in file.parts:
            beside = target / file.relative_to(shared / "data")
            beside.parent.mkdir(parents=True, exist_ok=True)
            beside.symlink_to(file)
    return target


def _replace(file: Path, content: bytes) -> None:
    file.unlink()
    file.write_bytes(content)


@pytest.mark.shared
def test_four_bad_files_give_four_clear_messages_and_the_site_stays_on_the_former_figures(
    koers, home_with_real_figures, started, shared, tmp_path
):
    folder = _folder(shared, tmp_path / "bronnen")
    crime = folder / "crime"
    whole = (crime / "kennemerland_buurt_total_2023.csv").read_bytes()
    _replace(crime / "kennemerland_buurt_total_2023.csv", whole[: len(whole) // 2])
    names = folder / "codes" / "47018NED" / "WijkenEnBuurten.csv"
    _replace(names, names.read_text(encoding="utf-8-sig").encode("cp1252", "replace"))
    _replace(crime / "nl_nuisance_year_2012_2023.csv", b"")
    shutil.copy(folder / "population" / "buurten_2024.csv", tmp_path / "andere.csv")
    _replace(crime / "nl_month_2012_2022.csv", (tmp_path / "andere.csv").read_bytes())
    with started("--figures", folder) as site:
        refused = [line for line in site.said.splitlines() if line.startswith("Geweigerd: ")]
        assert len(refused) == 3, site.said
        for name, parts in {
            "kennemerland_buurt_total_2023.csv": ["rij ", "kolom ", "afgebroken"],
            "nl_nuisance_year_2012_2023.csv": ["leeg"],
            "nl_month_2012_2022.csv": ["andere tabel", "kolom "],
        }.items():
            line = next(line for line in refused if name in line)
            assert all(part in line for part in parts), line
        assert "WijkenEnBuurten.csv: gelezen als Latin-1" in site.said
        assert "blijven de eerder geladen cijfers in gebruik" in site.said
        assert site.get("/openbaar/")[0] == 200
    done = koers("decide", "heemstede-2025-2027", "--out", tmp_path / "besluit.pdf")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "besluit.pdf").read_bytes()[:5] == b"%PDF-"


@pytest.mark.shared
def test_decide_twice_gives_the_same_bytes_and_an_unknown_plan_is_named(
    koers, home_with_real_figures, tmp_path
):
    one, two = tmp_path / "een.pdf", tmp_path / "twee.pdf"
    assert koers("decide", "heemstede-2025-2027", "--out", one).returncode == 0
    assert (
        koers(
            "decide", "heemstede-2025-2027", "--out", two, TZ="Pacific/Auckland", LC_ALL="C"
        ).returncode
        == 0
    )
    assert one.read_bytes() == two.read_bytes()
    done = koers("decide", "nergens", "--out", tmp_path / "x.pdf")
    assert (done.returncode, "heemstede-2025-2027" in done.stderr) == (2, True)
    assert not (tmp_path / "x.pdf").exists()
    assert (
        koers("decide", "heemstede-2025-2027", "--out", tmp_path / "geen" / "map.pdf").returncode
        == 2
    )


def test_the_link_of_set_up_begins_with_the_address_of_the_site(monkeypatch, capsys):
    _say_ready("http://127.0.0.1:8000", "/koers/aanmelden/x/", 1.0)
    assert "http://127.0.0.1:8000/koers/aanmelden/x/" in capsys.readouterr().err
    monkeypatch.setenv("KOERS_ADDRESS", "https://www.example/koers")
    _say_ready("http://127.0.0.1:8000", "/koers/aanmelden/x/", 1.0)
    assert "https://www.example/koers/aanmelden/x/" in capsys.readouterr().err
