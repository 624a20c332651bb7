"""python -m benchmarks.deployed [--work FOLDER]: docs/operations.md, literally, on a fresh Debian.

As root; needs `make wheel`, and of Debian: debootstrap systemd-container buildah podman runc
chromium. The machine boots a systemd of its own and has no network but its own; the packages that
the page asks for lie ready. A container is made and run on this computer. What is not done: another
version than this one, a certificate that a browser trusts, real mail, the nightly hour of cron.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.deployed import container
from benchmarks.deployed.machine import Machine, booted, make, wheels
from benchmarks.deployed.pages import commands

ROOT = Path(__file__).resolve().parents[2]
APT = Path("/etc/apt")
LINK = re.compile(r"https?://\S+?(/\S*aanmelden/uitnodiging/\S+)")
COPY = "/srv/koers/2026-12-01"
CERTIFICATE = """mkdir -p /etc/koers/tls
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=koers.voorbeeld.nl \
 -keyout /etc/koers/tls/privkey.pem -out /etc/koers/tls/fullchain.pem 2>/dev/null"""
READY = "curl --silent --fail http://127.0.0.1:8000{prefix}/readyz"
PAGE = commands("operations.md")


def main() -> None:
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ask.add_argument("--work", type=Path, default=Path("/var/tmp/koers-deployed"))
    ask.add_argument("--mirror", default=mirror(), help="of Debian; else that of this computer")
    ask.add_argument("--only", choices=("machine", "container"))
    chosen = ask.parse_args()
    work, dist = chosen.work.resolve(), ROOT / "dist"
    if not chosen.mirror:
        sys.exit("This computer has no mirror of Debian: name one with --mirror")
    if not list(dist.glob("koers-*.whl")):
        sys.exit("First: make wheel")
    work.mkdir(parents=True, exist_ok=True)
    wheels(work, dist / "requirements.lock")
    make(work, chosen.mirror)
    if chosen.only != "machine":
        container.follow(PAGE["In a container"], work, dist)
    if chosen.only != "container":
        with booted(work, dist) as machine:
            follow(machine)


def mirror() -> str:
    """Where this computer gets its packages of Debian; '' where it has none."""
    files = (APT / "sources.list", *sorted((APT / "sources.list.d").glob("*")))
    said = "".join(file.read_text(encoding="utf-8") for file in files if file.is_file())
    found = re.search(r"^(?:URIs:|deb(?: \[.*?\])?) *(https?://\S+/debian/?)(?:\s|$)", said, re.M)
    return found[1] if found else ""


def follow(machine: Machine) -> None:
    install, start, check = PAGE["Install as a service"]
    say(machine, "install", install)
    say(machine, "the unit", 'test -z "$(systemd-analyze verify koers.service 2>&1)"')
    # What goes on for ever is ended when the link is there.
    watch = start.replace("--follow", "--follow | grep --line-buffered -m 1 aanmelden")
    say(machine, "start", watch)
    say(machine, "check", check)
    behind_a_proxy(machine, "", "https://koers.voorbeeld.nl")
    below_a_path(machine)
    copies(machine)
    databases(machine)
    for block in PAGE["A new version, and back"] + PAGE["Is everything in order?"]:
        ready(machine)
        say(machine, "new version, everything in order", block)
    ready(machine)
    damaged(machine)
    password(machine)
    say(machine, "log", f"({PAGE['The log'][0].strip()}) | wc -l")
    stopped(machine)


def behind_a_proxy(machine: Machine, prefix: str, origin: str) -> None:
    machine.run(CERTIFICATE)
    for block in PAGE["Behind a proxy"]:
        say(machine, "nginx", block)
    visit(machine, origin, prefix)


def below_a_path(machine: Machine) -> None:
    """The two lines that the page names, and a fresh home, so that there is a link."""
    machine.run(
        "systemctl stop koers; rm -rf /var/lib/koers/*\n"
        "sed -i 's|^KOERS_ADDRESS=.*|KOERS_ADDRESS=https://www.voorbeeld.nl/koers|;"
        " s|^KOERS_HOSTS=.*|KOERS_HOSTS=www.voorbeeld.nl,127.0.0.1|' /etc/koers/koers.env\n"
        "sed -i 's|location / |location /koers/ |; s|koers.voorbeeld.nl|www.voorbeeld.nl|'"
        " /etc/nginx/conf.d/koers.conf\n"
        "systemctl restart koers; systemctl reload nginx"
    )
    ready(machine, "/koers")
    visit(machine, "https://www.voorbeeld.nl", "/koers")
    machine.run(
        "sed -i 's|^KOERS_ADDRESS=.*|KOERS_ADDRESS=https://koers.voorbeeld.nl|;"
        " s|^KOERS_HOSTS=.*|KOERS_HOSTS=koers.voorbeeld.nl,127.0.0.1|' /etc/koers/koers.env\n"
        "systemctl restart koers"
    )
    ready(machine)


def visit(machine: Machine, origin: str, prefix: str) -> None:
    said = machine.run("journalctl --unit koers --output cat").stdout
    link = LINK.findall(said)[-1]
    command = [sys.executable, "-m", "benchmarks.deployed.visit", origin, prefix, origin + link]
    done = subprocess.run(machine.with_network(*command), cwd=ROOT, capture_output=True, text=True)
    print(f"=== visit {origin}{prefix}/\n{done.stdout}{done.stderr}", flush=True)
    if done.returncode:
        sys.exit("The visit failed.")


def copies(machine: Machine) -> None:
    by_hand, each_night = PAGE["Back up"]
    say(machine, "back up", by_hand)
    machine.run(f"[ -e {COPY} ] || mv /srv/koers/* {COPY}; mv {COPY} {COPY}-aside")
    line = r"sh -c \"$(cut -d ' ' -f 7- /etc/cron.d/koers | sed 's/\\%/%/g')\""
    say(machine, "back up as cron does", each_night + line.replace('\\"', '"'))
    machine.run(f"rm -rf {COPY}; mv {COPY}-aside {COPY}")
    say(machine, "restore", PAGE["Restore, also on another machine"][0])
    ready(machine)
    say(machine, "check", "koers check")


def databases(machine: Machine) -> None:
    there, back = PAGE["Move to PostgreSQL, and back"]
    say(machine, "to PostgreSQL", there)
    ready(machine)
    say(machine, "check", "koers check | grep 'database: postgresql'")
    say(machine, "the database stops", "systemctl stop postgresql")
    away = (
        "curl --silent --output /dev/null --write-out '%{http_code} after %{time_total} s' "
        "http://127.0.0.1:8000"
    )
    machine.run(READY.format(prefix=""), stop_at_fault=False)
    for path in ("/readyz", "/aanmelden/", "/openbaar/"):
        say(machine, f"without it {path}", away + path)
    machine.run("systemctl start postgresql")
    print(f"again ready after {ready(machine):.1f} s", flush=True)
    say(machine, "back to SQLite", back)
    ready(machine)
    say(machine, "check", "koers check | grep 'database: sqlite'")


def damaged(machine: Machine) -> None:
    machine.run(
        "truncate -s 100 $(find /var/lib/koers/figures/snapshots -path '*crime*'"
        " -name data.parquet)"
    )
    # The first of the two ends with 1, because something is damaged.
    block, _ = PAGE["When something is wrong"]
    say(machine, "damaged figures", block, stop_at_fault=False)
    say(machine, "whole again", "koers figures verify | tail -1")


def password(machine: Machine) -> None:
    _, block = PAGE["When something is wrong"]
    command = block.strip().replace("naam@voorbeeld.nl", "beheerder@example.org")
    said = machine.answer(command, b"Password", "nog-een-lang-voorbeeldwoord")
    print(f"=== password\n{block.strip()}\n---\n{said}", flush=True)
    if "changed successfully" not in said:
        sys.exit("The password did not change.")


def stopped(machine: Machine) -> None:
    begin = time.monotonic()
    say(machine, "stop", "systemctl stop koers; ! find /proc -maxdepth 1 -user koers | grep .")
    print(f"stopped in {time.monotonic() - begin:.1f} s", flush=True)


def ready(machine: Machine, prefix: str = "") -> float:
    """The seconds until it is."""
    begin = time.monotonic()
    while machine.run(READY.format(prefix=prefix)).returncode:
        if time.monotonic() - begin > 300:
            sys.exit(machine.run("journalctl --unit koers --output cat | tail -40").stdout)
        time.sleep(1)
    return time.monotonic() - begin


def say(machine: Machine, name: str, block: str, *, stop_at_fault: bool = True) -> None:
    begin = time.monotonic()
    done = machine.run(block, stop_at_fault=stop_at_fault)
    print(
        f"=== {name} ({time.monotonic() - begin:.0f} s)\n{block.strip()}\n---\n{done.stdout}",
        flush=True,
    )
    if done.returncode:
        sys.exit(f"This failed with {done.returncode}.")


if __name__ == "__main__":
    main()
