"""`koers figures` as a user runs it."""

from tests.figures.rows import kept

BEFORE = [("GM0001", "a", "2024-01", 5.0), ("GM0001", "a", "2024-02", 2.0)]
AFTER = [
    ("GM0001", "a", "2024-01", 6.0),
    ("GM0001", "a", "2024-02", 2.0),
    ("GM0001", "a", "2024-03", 1.0),
]


def test_the_archive_is_listed_compared_and_verified(koers, tmp_path):
    one, two = (
        kept(tmp_path / "home", BEFORE, "2024-03-01"),
        kept(tmp_path / "home", AFTER, "2024-04-01"),
    )
    listed = koers("figures", "list", "--csv").stdout.splitlines()
    assert listed[0] == "bron,tabel,peilmoment,opgehaald,t/m,rijen,bytes,staat"
    assert [line.split(",")[2] for line in listed[1:]] == [two.manifest.id, one.manifest.id]
    assert "in gebruik" in listed[1]
    shown = koers("figures", "show", one.manifest.id)
    assert one.manifest.parquet_sha256 in shown.stdout
    done = koers("figures", "diff", "t", "--csv", "--out", tmp_path / "verschil.csv")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1:] == [
        "municipality,2024-03,0.0,0.0,0.0,,0,1,0",
        "municipality,2024-01,5.0,6.0,1.0,20.0,1,0,0",
    ]
    assert (tmp_path / "verschil.csv").read_text().splitlines() == [
        "area,topic,period,before,after,change",
        "GM0001,a,2024-01,5.0,6.0,1.0",
        "GM0001,a,2024-03,,1.0,",
    ]
    read = koers("figures", "diff", "t").stdout
    assert "gemeente " in read and "municipality" not in read
    assert koers("figures", "verify").returncode == 0
    one.data.write_bytes(b"weg")
    done = koers("figures", "verify")
    assert done.returncode == 1
    assert one.manifest.id in done.stdout
    assert two.manifest.id not in done.stdout
    assert koers("figures", "show", "bestaat-niet").returncode == 2
    assert koers("figures", "thin", "--dry-run").returncode == 0
