"""`make screenshots`: start Koers with its example figures, walk through it and photograph each
page, wide and narrow.

make screenshots                                     the pictures of the docs, in docs/images
make screenshots ARGS="--every --out MAP"            every page, to look at
make screenshots ARGS="--every --out MAP --figures ../shared/data --area GM0518 --name den-haag"
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--force-color-profile=srgb",
]
WIDTHS = {1280: 900, 390: 844}
PASSWORD = "een-lang-voorbeeldwoord"
IN_DOCS = {
    "beeld": (1280, 390),
    "overleg": (1280,),
    "scherm": (1280,),
    "plan": (1280,),
    "besluit": (1280,),
    "openbaar": (1280, 390),
}


def main() -> None:
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ask.add_argument("--out", type=Path, default=ROOT / "docs" / "images")
    ask.add_argument(
        "--every", action="store_true", help="every page, at both widths and in full length"
    )
    ask.add_argument(
        "--figures", type=Path, help="a folder with saved source files, instead of the example"
    )
    ask.add_argument("--area", help="a code of which the picture is taken as well")
    ask.add_argument("--municipality", help="work for the municipality with this name")
    chosen = ask.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("Geen Chromium op deze machine (apt-get install chromium).")
    with site(chosen.figures) as (address, link), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        state = signed_in(browser, address, link, chosen.municipality)
        for width, height in WIDTHS.items():
            view = {"width": width, "height": height}
            context = browser.new_context(
                viewport=view,
                base_url=address,
                storage_state=state,
                reduced_motion="reduce",
                locale="nl-NL",
            )
            page = context.new_page()
            for name, path in pages(page, chosen.area):
                if chosen.every or width in IN_DOCS.get(name, ()):
                    page.goto(path)
                    page.screenshot(path=chosen.out / f"{name}-{width}.png", full_page=chosen.every)
            context.close()


@contextmanager
def site(figures: Path | None) -> Iterator[tuple[str, str]]:
    """Koers on a free port in a home of its own: its address and the one-time link."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).with_name("koers")), "start", "--port", str(port)]
    command += ["--figures", str(figures)] if figures else []
    with tempfile.TemporaryDirectory(prefix="koers-screenshots-") as home:
        # The pictures of the docs show the example, also where the live sources answer.
        nowhere = {
            "KOERS_SOURCE_POLICE": "http://nergens.invalid",
            "KOERS_SOURCE_STATLINE": "http://nergens.invalid",
        }
        log = Path(home) / "log"
        with log.open("w") as out:
            process = subprocess.Popen(
                command,
                env={**os.environ, **nowhere, "KOERS_HOME": home},
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        try:
            while "Stop met Ctrl-C" not in (said := log.read_text()):
                if process.poll() is not None:
                    sys.exit(said)
                time.sleep(0.2)
            yield f"http://127.0.0.1:{port}", re.search(r"(/aanmelden/\S+)", said).group(1)
        finally:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(20)


def signed_in(browser, address: str, link: str, municipality: str | None):
    """The cookies of an administrator who is adviser too, once the meeting, a suggestion and the
    decision are there."""
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.goto(link)
    page.fill("#id_name", "Adviseur veiligheid")
    page.fill("#id_email", "adviseur@voorbeeldrecht.example")
    page.fill("#id_new_password1", PASSWORD)
    page.fill("#id_new_password2", PASSWORD)
    page.click("main button[type=submit]")
    page.get_by_role("button", name="Afmelden").wait_for()
    if municipality:
        page.locator("select[name=municipality]").select_option(label=municipality)
        page.locator("select[name=municipality] ~ button").click()
    make_something_to_see(page)
    state = context.storage_state()
    context.close()
    return state


def make_something_to_see(page: Page) -> None:
    """A meeting, an intended decision and a suggestion on it: without these their pages have
    nothing to show."""
    page.goto("/overleg/")
    page.get_by_role("button", name="Plannen").click()
    page.goto("/besluiten/")
    new = page.get_by_role("button", name=re.compile("^Besluit over"))
    if not new.count():
        return
    new.first.click()
    page.get_by_role("button", name="Naar: voorgenomen besluit").click()
    page.goto("/raadpleging/")
    page.get_by_role("link", name="Suggestie doen").first.click()
    page.get_by_label("suggestie").fill(
        "Neem ook de route naar de middelbare school op in het plan."
    )
    page.get_by_role("button", name="Opslaan").click()


def pages(page: Page, area: str | None) -> Iterator[tuple[str, str]]:
    """The name and the address of each page, some found by following a first link."""
    yield "start", "/"
    yield "beeld", "/beeld/"
    yield "signalen", "/beeld/signalen/"
    for name, root, link in (
        ("signaal", "/beeld/signalen/", "main a[href*='/beeld/signaal/']"),
        ("behandelen", "/beeld/signalen/", "main a[href*='/overleg/signaal/']"),
        ("thema", "/beeld/", "main h3 a[href^='/beeld/'], main h2 a[href^='/beeld/']"),
        ("buurt", "/beeld/", "main table a[href^='/beeld/']"),
        ("prioriteit", "/plan/", "main a[href^='/plan/prioriteit/']"),
        ("bewerken", "/plan/", "main a[href^='/plan/bewerken/']"),
        ("doel", "/plan/", "main a[href^='/plan/doel/']"),
        (
            "maatregel",
            "/plan/maatregelen/",
            "main a[href^='/plan/maatregel/'], main a[href^='/plan/prioriteit/']",
        ),
        ("publiceren-versie", "/publiceren/", "main a[href^='/publiceren/versie/']"),
        ("versies", "/plan/", "main a[href^='/plan/versies/']"),
        ("bibliotheek-maatregel", "/plan/bibliotheek/", "main h3 a[href^='/plan/bibliotheek/']"),
        ("overleg", "/overleg/", "main .k-card a"),
        ("scherm", "/overleg/", "main .k-card a"),
        ("effect", "/plan/maatregelen/", "main a[href^='/effect/maatregel/']"),
        ("besluit", "/besluiten/", "main a[href^='/besluiten/']:not([href*='nieuw'])"),
    ):
        page.goto(root)
        if page.locator(link).count():
            path = page.locator(link).first.get_attribute("href")
            yield name, f"{path}scherm/" if name == "scherm" else path
    page.goto("/openbaar/")
    yield "openbaar", (path := urlsplit(page.url).path)
    deeper = page.locator(f"main a[href^='{path}']:not([href$=csv])").first
    if deeper.count():
        yield "openbaar-prioriteit", deeper.get_attribute("href")
    if area:
        yield area, f"/beeld/{area}/"
    for name in (
        "plan",
        "plan/boom",
        "plan/maatregelen",
        "plan/acties",
        "plan/tijdlijn",
        "plan/bord",
        "plan/mijn-werk",
        "plan/buurt",
        "plan/partner",
        "plan/kaders",
        "plan/aanpassingen",
        "plan/archief",
        "plan/bibliotheek",
        "plan/inlezen",
        "overleg",
        "overleg/reeksen",
        "overleg/evenementen",
        "overleg/signalen",
        "besluiten",
        "publiceren",
        "raadpleging",
        "raadpleging/enquete",
        "beheer",
    ):
        yield name.replace("/", "-") + "-lijst", f"/{name}/"
    yield "plan", "/plan/"
    yield "niet-gevonden", "/bestaat-niet/"


if __name__ == "__main__":
    main()
