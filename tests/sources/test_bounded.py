"""A source may not eat the machine: what it sends is bounded before it is taken in. A real server
sends it."""

import gzip
import io
import json
import threading
import time
import tracemalloc
import zipfile
import zlib
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from koers.figures.store import FigureStore
from koers.sources import bounded
from koers.sources.live import Addresses, load_live, reachable
from koers.sources.report import FigureFileError
from koers.sources.saved import load_folder
from koers.sources.web import Patience, Web

QUICK = Patience(attempts=2, timeout=2.0, first_wait=0.001, longest_wait=0.002, whole=1.0)


@contextmanager
def serve(send):
    """A server that answers every question by ``send(handler)``."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            try:
                send(self)
            except (BrokenPipeError, ConnectionResetError):
                self.server.broken_off.append(time.monotonic())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads, server.broken_off = True, []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def headed(handler, status=200, **headers):
    handler.send_response(status)
    for name, value in ({"Content_Type": "application/json"} | headers).items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()


def packed_zeros(size):
    pack = zlib.compressobj(wbits=31)
    parts = [pack.compress(bytes(1_000_000)) for _ in range(size // 1_000_000)]
    return b"".join([*parts, pack.flush()])


def bomb(handler):
    headed(handler, Content_Encoding="gzip")
    handler.wfile.write(BOMB)


def endless(handler):
    headed(handler)
    while True:
        handler.wfile.write(bytes(100_000))


def drip(handler):
    headed(handler)
    for _ in range(200):
        handler.wfile.write(b" ")
        time.sleep(0.05)


def elsewhere(handler):
    headed(handler, 302, Location="http://127.0.0.2:1/elders")


def in_a_ring(handler):
    headed(handler, 302, Location="/weer")


def a_page_of_a_site(handler):
    headed(handler, Content_Type="text/html")
    handler.wfile.write(b"[]")


def packed_otherwise(handler):
    headed(handler, Content_Encoding="br")
    handler.wfile.write(b"[]")


BOMB = packed_zeros(300_000_000)


@pytest.mark.parametrize(
    ("send", "said"),
    [
        (bomb, "groter dan 20 MB"),
        (endless, "groter dan 30 MB"),
        (drip, "seconden nog niet binnen"),
        (elsewhere, "een andere machine (127.0.0.2)"),
        (in_a_ring, "verwijst steeds door"),
        (a_page_of_a_site, "van een andere soort"),
        (packed_otherwise, "ingepakt met 'br'"),
    ],
)
def test_what_a_source_may_not_do_is_refused_in_little_time_and_memory(monkeypatch, send, said):
    monkeypatch.setattr(bounded, "MOST_UNPACKED", 20_000_000)
    monkeypatch.setattr(bounded, "MOST_SENT", 30_000_000)
    patience = QUICK if send is drip else Patience(attempts=2, first_wait=0.001, longest_wait=0.002)
    tracemalloc.start()
    begin = time.monotonic()
    try:
        with serve(send) as server, Web(patience) as web:
            with pytest.raises(FigureFileError) as refused:
                web.json("47022NED", server.address, {}, lambda answer: answer)
            assert not reachable(Addresses(police=server.address), 0.3)
    finally:
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert said in str(refused.value)
    assert most < 80_000_000 and time.monotonic() - begin < 30


def slow(handler):
    """Never silent, never done, and quick enough for one answer."""
    headed(handler)
    for _ in range(8):
        handler.wfile.write(b" ")
        time.sleep(0.05)
    handler.wfile.write(b"[")


def test_a_source_that_drips_in_each_answer_does_not_hold_a_load_for_ever(tmp_path):
    """Each answer is in within its time, and tried a thousand times; the load itself has an end,
    after which no other table is asked for."""
    patience = Patience(attempts=1000, timeout=2.0, first_wait=0.001, longest_wait=0.002)
    begin = time.monotonic()
    with serve(slow) as server:
        addresses = Addresses(*[server.address] * 6)
        store, tables = FigureStore(tmp_path), ["47022NED", "47018NED", "85984NED"]
        report = load_live(
            store,
            ["GM9001"],
            None,
            2026,
            addresses,
            sources=tables,
            patience=patience.within(2),
        )
    assert time.monotonic() - begin < 20
    assert len(report.refused) == 3 and store.current() == ()
    assert all("KOERS_LOAD_MINUTES" in str(refusal) for refusal in report.refused)


def test_a_redirect_within_the_host_is_followed_and_what_was_packed_is_read():
    def send(handler):
        if handler.path.startswith("/oud"):
            headed(handler, 301, Location="/nieuw?a=1")
        else:
            headed(handler, Content_Encoding="gzip")
            handler.wfile.write(gzip.compress(json.dumps([handler.path]).encode()))

    with serve(send) as server, Web(QUICK) as web:
        found = web.json("t", f"{server.address}/oud", {"x": "1"}, lambda answer: answer)
    assert found == ["/nieuw?a=1"]


def test_a_count_that_no_table_has_makes_no_room_for_it(tmp_path):
    """The list of pages that would have to be asked alone would take all memory."""
    from tests.sources import country
    from tests.sources.odata_server import serve as serve_tables

    with serve_tables(country.police_tables() | country.statline_tables()) as source:
        source.fault = lambda number, path: (
            (200, "text/plain", b"9" * 15)
            if path.split("?")[0].endswith("UntypedDataSet/$count")
            or path.split("?")[0].endswith("TypedDataSet/$count")
            else None
        )
        addresses = Addresses(*[source.address] * 6)
        report = load_live(
            FigureStore(tmp_path),
            ["GM9001"],
            None,
            2026,
            addresses,
            sources=["47022NED"],
            patience=Patience(attempts=2, first_wait=0.001, longest_wait=0.002),
        )
    assert report.loaded == [] and len(report.refused) == 1


def test_a_saved_file_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(bounded, "MOST_SAVED", 20_000_000)
    (tmp_path / "bron").mkdir()
    (tmp_path / "bron" / "tellingen.csv.gz").write_bytes(BOMB)
    report = load_folder(FigureStore(tmp_path), tmp_path / "bron")
    assert "groter dan 20 MB" in str(report.refused[0])


def test_a_zip_that_says_it_is_huge_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(bounded, "MOST_SENT", 1_000_000)
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ongevallen.txt", bytes(2_000_000))
    with zipfile.ZipFile(body) as archive, pytest.raises(bounded.TooMuchError, match="2 MB"):
        bounded.bound_zip("bron", archive)
