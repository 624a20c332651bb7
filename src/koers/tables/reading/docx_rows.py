"""What pandoc does not see of a Word table: a row that begins, or ends, some columns further."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

_DOCUMENT = "word/document.xml"
_ROW = re.compile(rb"<w:trPr\b.*?</w:trPr>", re.S)
_BEFORE = re.compile(rb"<w:gridBefore\b[^>]*?\bw:val=[\"'](\d{1,3})[\"']")
MOST = 200


def with_cells_before(path: Path) -> bytes:
    """The document with an empty cell wherever a row skips columns (``w:gridBefore``)."""
    raw = path.read_bytes()
    try:
        with zipfile.ZipFile(path) as packed:
            text = packed.read(_DOCUMENT)
            if b"gridBefore" not in text:
                return raw
            out = io.BytesIO()
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
                for part in packed.infolist():
                    content = text if part.filename == _DOCUMENT else packed.read(part)
                    if part.filename == _DOCUMENT:
                        content = _ROW.sub(_filled, content)
                    made.writestr(part.filename, content)
            return out.getvalue()
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError):
        # Damaged or protected: pandoc is asked, and says so.
        return raw


def _filled(row: re.Match[bytes]) -> bytes:
    found = _BEFORE.search(row[0])
    if found is None or not 0 < int(found[1]) <= MOST:
        return row[0]
    return row[0] + b"<w:tc><w:p/></w:tc>" * int(found[1])
