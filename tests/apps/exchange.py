"""Real files with tables of measures and actions, made for a test."""

from __future__ import annotations

import io
import re
import subprocess
import tempfile
from pathlib import Path

import openpyxl
import pypandoc
from django.core.files.uploadedfile import SimpleUploadedFile
from odf import table, text
from odf.opendocument import OpenDocumentSpreadsheet


def xlsx(rows, merge=(), name="Blad1"):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = name
    for row in rows:
        sheet.append(list(row))
    for cells in merge:
        sheet.merge_cells(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ods(rows):
    """By odfpy; a cell is a text, or (text, formula), or (text, rows, columns) that it spans, or
    None where it is covered."""
    document = OpenDocumentSpreadsheet()
    sheet = table.Table(name="Blad1")
    for row in rows:
        line = table.TableRow()
        for cell in row:
            if cell is None:
                line.addElement(table.CoveredTableCell())
                continue
            more = {}
            if isinstance(cell, tuple) and len(cell) == 2:
                cell, more = cell[0], {"formula": cell[1]}
            elif isinstance(cell, tuple):
                cell, more = (
                    cell[0],
                    {"numberrowsspanned": cell[1], "numbercolumnsspanned": cell[2]},
                )
            made = table.TableCell(valuetype="string", **more)
            made.addElement(text.P(text=cell))
            line.addElement(made)
        sheet.addElement(line)
    document.spreadsheet.addElement(sheet)
    out = io.BytesIO()
    document.write(out)
    return out.getvalue()


def document(html, kind):
    """A DOCX or ODT of this HTML, by pandoc."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / f"t.{kind}"
        subprocess.run(
            [pypandoc.get_pandoc_path(), "--from=html", f"--to={kind}", f"--output={target}"],
            input=html.encode(),
            check=True,
            timeout=60,
        )
        return target.read_bytes()


def upload(content, name):
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def home_beside(home, folder):
    """A home of its own with the figures of another, which are only read: no copy of thousands of
    files."""
    own = folder / "home"
    own.mkdir()
    for path in home.iterdir():
        (own / path.name).symlink_to(path)
    return own


class Import:
    """The steps that a person takes in the browser."""

    def __init__(self, client, plan):
        self.client, self.plan = client, plan
        self.token = ""

    def send(self, content, name):
        return self._sent(
            self.client.post(
                "/plan/inlezen/", {"plan": self.plan.pk, "file": upload(content, name)}
            )
        )

    def paste(self, text):
        return self._sent(
            self.client.post("/plan/inlezen/", {"plan": self.plan.pk, "pasted": text})
        )

    def _sent(self, answer):
        if answer.status_code != 302:
            return answer.content.decode()
        self.token = re.search(r"/inlezen/(\w+)/", answer.url).group(1)
        return self.client.get(answer.url).content.decode()

    @property
    def columns_url(self):
        return f"/plan/inlezen/{self.token}/"

    @property
    def check_url(self):
        return f"/plan/inlezen/{self.token}/nakijken/"

    def map(self, **changed):
        """Take the mapping that Koers proposes, with these changes; what comes is the preview."""
        page = self.client.get(self.columns_url)
        form, part = page.context["form"], page.context["part"]
        data = {name: field.initial or "" for name, field in form.fields.items()}
        data |= {
            "table": part.table,
            "was": part.table,
            "what": part.what,
            "first": part.first,
            "last": part.last,
        }
        typed = {key.replace("__", "."): value for key, value in changed.items()}
        return self.client.post(self.columns_url, {**data, **typed}, follow=True)

    def look(self, **typed):
        """Type this in the preview and look again."""
        return self.client.post(self.check_url, {**typed, "opnieuw": "1"})

    def take_in(self, follow=True, **ticked):
        seen = self.client.get(self.check_url).context["preview"].mark
        left = {
            line.source.leaving_out: "1"
            for line in self.preview().lines
            if line.left_out and not line.uses
        }
        return self.client.post(
            self.check_url, {"gezien": seen, "inlezen": "1", **left, **ticked}, follow=follow
        )

    def preview(self):
        return self.client.get(self.check_url).context["preview"]

    def problems(self):
        return [(p.row, p.column, p.reason) for _, p in self.preview().problems]
