"""Files as an importer takes them, and the same mutated: bytes, parts of the package, cells."""

from __future__ import annotations

import csv
import io
import random
import re
import zipfile
from dataclasses import dataclass
from typing import Any

from benchmarks.fuzz import hostile
from benchmarks.fuzz.filling import filled
from benchmarks.fuzz.site import Site, read

DEEPEST = 4
PLAN = ("Prioriteit", "Maatregel", "Actie", "Trekker", "Afdeling", "Einddatum", "Budget", "Status")
COUNTS = ("Buurt", "Onderwerp", "Maand", "Aantal")
SURVEY = ("thema", "groep", "aantal", "deelnemers")


def _rows(chance: random.Random, columns: tuple[str, ...]) -> list[list[Any]]:
    made: list[list[Any]] = []
    for number in range(chance.randint(1, 12)):
        row: list[Any] = []
        for column in columns:
            match column:
                case "Buurt":
                    row.append(chance.choice(("VB020101", "Centrum", "VB02")))
                case "Maand" | "Einddatum":
                    row.append(chance.choice((f"2026-{number % 12 + 1:02d}", "31-12-2026")))
                case "Aantal" | "aantal" | "Budget":
                    row.append(chance.randint(0, 40))
                case "deelnemers":
                    row.append(90)
                case "Status":
                    row.append(chance.choice(("open", "gereed", "loopt")))
                case _:
                    row.append(f"{column} {chance.randint(1, 9)}-{number}")
        made.append(row)
    return made


@dataclass
class Files:
    """Makes files of every kind that an importer takes."""

    suffixes: tuple[str, ...] = (".csv", ".xlsx", ".ods", ".docx", ".odt")

    def good(self, chance: random.Random, suffix: str = "", bad_cells: bool = False) -> Any:
        """A name with its bytes."""
        suffix = suffix or chance.choice(self.suffixes)
        columns = chance.choice((PLAN, COUNTS, SURVEY))
        rows = _rows(chance, columns)
        head = list(columns)
        if bad_cells:
            for _ in range(chance.randint(1, 6)):
                row = chance.choice([head, *rows])
                row[chance.randrange(len(row))] = hostile.value(chance)
        return f"tabel{suffix}", _written(suffix, head, rows)

    def mutated(self, chance: random.Random) -> Any:
        deed = chance.random()
        name, content = self.good(chance, bad_cells=deed < 0.5)
        if deed < 0.4:
            return name, content
        if content[:2] == b"PK" and deed < 0.75:
            return name, _part_spoiled(content, chance)
        return name, _bytes_spoiled(content, chance)


def _written(suffix: str, head: list[str], rows: list[list[Any]]) -> bytes:
    from koers.tables.writing.ods import write_ods
    from koers.tables.writing.sheet import NewSheet
    from koers.tables.writing.xlsx import write_xlsx

    if suffix == ".csv":
        text = io.StringIO()
        csv.writer(text, delimiter=";").writerows([head, *rows])
        return text.getvalue().encode("utf-8", "surrogatepass")
    if suffix in (".docx", ".odt"):
        return _document(suffix[1:], head, rows)
    plain = [[_writable(cell) for cell in row] for row in [head, *rows]]
    sheet = NewSheet("Blad", plain[0], plain[1:])
    return write_xlsx([sheet]) if suffix == ".xlsx" else write_ods([sheet])


def _writable(cell: Any) -> Any:
    """What the writers can put in a file; the rest comes in by its bytes."""
    from koers.plain_text import cleaned

    return cleaned(cell)[:32_000] if isinstance(cell, str) else cell


_documents: dict[Any, bytes] = {}


def _document(kind: str, head: list[str], rows: list[list[Any]]) -> bytes:
    """By pandoc once; later tables take its place in the same package."""
    import subprocess
    from html import escape

    import pypandoc

    base = _documents.get(kind)
    if base is None:
        table = "".join(f"<td>CEL{n}</td>" for n in range(8))
        page = f"<table><tr>{table}</tr><tr>{table}</tr></table>"
        command = [pypandoc.get_pandoc_path(), "--from=html", f"--to={kind}", "--output=-"]
        done = subprocess.run(command, input=page.encode(), capture_output=True, check=True)
        base = _documents[kind] = done.stdout
    texts = [escape(str(_writable(cell)))[:2_000] for row in [head, *rows[:1]] for cell in row]
    name = "word/document.xml" if kind == "docx" else "content.xml"
    parts = _unpacked(base)
    body = parts[name].decode()
    for number, text in enumerate(texts):
        body = body.replace(f"CEL{number % 8}", text, 1)
    return _packed({**parts, name: body.encode()})


def _unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {part.filename: file.read(part) for part in file.infolist()}


def _packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts.items():
            file.writestr(name, text)
    return out.getvalue()


_TAG = re.compile(rb"<[^<>]*>")
_VALUE = re.compile(rb'"([^"<>]*)"')


def _part_spoiled(content: bytes, chance: random.Random) -> bytes:
    parts = _unpacked(content)
    name = chance.choice([n for n in parts if n.endswith((".xml", ".rels"))] or list(parts))
    text = parts[name]
    for _ in range(chance.randint(1, 4)):
        deed = chance.random()
        places = list((_TAG if deed < 0.4 else _VALUE).finditer(text))
        if not places or deed > 0.9:
            text = _bytes_spoiled(text, chance)
            continue
        at = chance.choice(places)
        if deed < 0.2:
            text = text[: at.start()] + text[at.end() :]
        elif deed < 0.4:
            text = text[: at.end()] + at[0] * chance.randint(1, 50) + text[at.end() :]
        else:
            new = hostile.value(chance)[:400].encode("utf-8", "ignore").replace(b'"', b"")
            text = text[: at.start(1)] + new + text[at.end(1) :]
    if chance.random() < 0.1:
        del parts[name]
    else:
        parts[name] = text
    return _packed(parts)


def _bytes_spoiled(content: bytes, chance: random.Random) -> bytes:
    found = bytearray(content)
    for _ in range(chance.choice((1, 2, 8, 40))):
        if not found:
            return b""
        at = chance.randrange(len(found))
        deed = chance.random()
        if deed < 0.5:
            found[at] = chance.randrange(256)
        elif deed < 0.65:
            del found[at : at + chance.randint(1, 60)]
        elif deed < 0.8:
            found[at:at] = chance.randbytes(chance.randint(1, 30))
        elif deed < 0.95:
            found[at:at] = found[at : at + chance.randint(1, 400)]
        else:
            del found[at:]
    return bytes(found)


def bring_in(site: Site, files: Files, chance: random.Random) -> tuple[list[int], list[str]]:
    """One mutated file through an importer, page after page with every button that says to go on;
    gives the statuses, and what was loaded in part."""
    from benchmarks.fuzz.writes import content_rows

    form = chance.choice([form for form in site.forms if form.takes_files])
    sent: list[tuple[str, Any]] = []
    for name, value in filled(form, chance, files):
        takes = form.fields.get(name, ("", "", []))[0] == "file"
        sent.append((name, files.mutated(chance) if takes else value))
    statuses: list[int] = []
    partial: list[str] = []
    for _ in range(DEEPEST):
        before = content_rows()
        answer = site.ask(site.inside, form, sent)
        statuses.append(answer.status_code)
        refused = answer.status_code not in (301, 302)
        if refused and (changed := content_rows() - before):
            partial.append(f"{form.action}: {answer.status_code} and {dict(changed)} written")
        if not refused:
            address = answer.url
            answer = site.inside.get(address)
            statuses.append(answer.status_code)
        else:
            address = form.action
        if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
            break
        _, forms = read(f"http://testserver{address}", answer.content.decode())
        found = [f for f in forms if f.method == "post" and len(f.fields) > 2 and not f.takes_files]
        if not found:
            break
        form = max(found, key=lambda f: len(f.fields))
        sent = filled(form, chance, files)
        sent += [button for button in form.buttons if button[0] in ("tellen", "inlezen")]
        sent += [("zonder", "on"), ("persoonsgegevens", "on")]
    return statuses, partial
