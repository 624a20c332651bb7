"""The text of files that people bring, and texts that a spreadsheet must not take for a formula."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koers.figures.text import DamagedTextError, as_meant, decode, first_line, harmless

# Every letter that Windows-1252 has.
CP1252 = "".join(bytes([b]).decode("cp1252", errors="ignore") for b in range(256))
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
texts = st.text() | st.text(alphabet="'=+-@\t\r\nab", max_size=6)


@given(texts)
def test_a_text_made_harmless_starts_no_formula_and_comes_back_as_it_was(text):
    safe = harmless(text)
    assert not safe.startswith(FORMULA)
    assert as_meant(safe) == text


@given(texts)
def test_only_a_text_that_could_be_a_formula_is_touched(text):
    assert (harmless(text) == text) == (not text.lstrip("'").startswith(FORMULA))


@pytest.mark.parametrize(
    "name", ["'s-Gravenhage", "'t Hart", "0397", "BU03970001", "Noord-Oost", ""]
)
def test_names_and_codes_stay_as_they_are(name):
    assert harmless(name) == as_meant(name) == name


@given(st.text(st.characters(codec="utf-8")), st.sampled_from(["utf-8", "utf-8-sig"]))
def test_utf8_is_read_as_it_was_written_with_or_without_a_mark(text, encoding):
    if encoding == "utf-8" and text.startswith("\ufeff"):
        return
    assert decode(text.encode(encoding)) == (text, "UTF-8")


@given(st.text(CP1252, max_size=12))
def test_what_excel_in_windows_writes_is_read_or_refused_but_never_read_as_another_text(text):
    raw = text.encode("cp1252")
    try:
        found, encoding = decode(raw)
    except DamagedTextError:
        # Some pairs of letters are, by chance, the bytes of one letter in UTF-8 beside one that is
        # not.
        assert any(ord(c) > 0xC0 for c in text)
        return
    assert found == text or (encoding == "UTF-8" and found.encode() == raw)


@given(st.text(alphabet="éëïöüàçñabc;,0", max_size=30))
def test_dutch_and_french_letters_are_never_taken_for_damage(text):
    assert decode(text.encode("cp1252"))[0] == text


@given(
    st.text(alphabet="ab;, ", max_size=5),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.text(max_size=5),
)
def test_the_first_line_ends_where_windows_unix_and_an_old_mac_end_it(line, end, rest):
    assert first_line(line + end + rest) == line
    assert first_line(line) == line
