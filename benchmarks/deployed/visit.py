"""An administrator signs in through the proxy, with a browser: the one-time link, a password, the
second step, a form.

`python -m benchmarks.deployed.visit ORIGIN PREFIX LINK` in the network of the machine.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import shutil
import struct
import sys
import time
from urllib.parse import urlsplit

from playwright.sync_api import Page, Response, sync_playwright

PASSWORD = "een-lang-voorbeeldwoord"


def main(origin: str, prefix: str, link: str) -> None:
    seen: list[tuple[str, int, str]] = []

    def note(response: Response) -> None:
        seen.append((response.request.method, response.status, response.url))

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--host-resolver-rules=MAP *.voorbeeld.nl 127.0.0.1"],
        )
        context = browser.new_context(base_url=origin, ignore_https_errors=True)
        page = context.new_page()
        page.on("response", note)
        plain = page.goto(f"{origin.replace('https', 'http', 1)}{prefix}/openbaar/")
        assert plain and plain.url.startswith(f"{origin}{prefix}/openbaar/"), plain
        page.goto(link)
        page.fill("#id_name", "Beheerder")
        page.fill("#id_email", "beheerder@example.org")
        page.fill("#id_new_password1", PASSWORD)
        page.fill("#id_new_password2", PASSWORD)
        page.click("main button[type=submit]")
        second_step(page)
        invite(page, prefix)
        without_token(page, f"{origin}{prefix}/beheer/uitnodigen/")
        cookies = {(c["name"], c["path"], c["secure"]) for c in context.cookies()}
        browser.close()
    assert all(secure for _, _, secure in cookies), cookies
    assert {path for _, path, _ in cookies} == {f"{prefix}/"}, cookies
    for method, status, url in seen:
        ours = urlsplit(url).path.startswith(f"{prefix}/")
        assert ours and (status < 400 or status == 403), (method, status, url)
    posts = sum(method == "POST" for method, _, _ in seen)
    print(f"{len(seen)} answers, {posts} to a POST, all below {origin}{prefix}/")


def second_step(page: Page) -> None:
    """What KOERS_HTTPS=1 asks of everybody."""
    page.goto(page.url if "tweede-stap" in page.url else "account/tweede-stap/")
    text = page.locator("main").inner_text()
    secret = re.search(r"\b[A-Z2-7]{32}\b", text.replace(" ", ""))
    assert secret, text
    page.fill("#id_code", code(secret.group()))
    page.click("main form button")
    page.wait_for_load_state()


def code(secret: str) -> str:
    """RFC 6238."""
    moment = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.new(base64.b32decode(secret), moment, hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"


def invite(page: Page, prefix: str) -> None:
    page.goto(f"{prefix}/beheer/")
    form = page.locator(f"form[action='{prefix}/beheer/uitnodigen/']")
    form.locator("[name=name]").fill("Collega")
    form.locator("[name=email]").fill("collega@example.org")
    form.locator("[name=role]").select_option("adviser")
    form.locator("button").click()
    page.wait_for_load_state()
    text = page.locator("main").inner_text()
    assert "collega@example.org" in text, text


def without_token(page: Page, address: str) -> None:
    """A form of elsewhere is refused."""
    status = page.evaluate(
        "address => fetch(address, {method: 'POST', body: new URLSearchParams({name: 'x'})})"
        ".then(answer => answer.status)",
        address,
    )
    assert status == 403, status


if __name__ == "__main__":
    main(*sys.argv[1:])
