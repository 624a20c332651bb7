"""The themes are data, and found by whatever people call them."""

import pytest

from koers.indicators.themes import (
    FILE,
    ThemesFileError,
    by_field,
    fields,
    read_themes,
    theme_called,
    themes,
)


def test_every_field_has_its_themes_and_every_theme_its_field():
    assert len(fields()) == 5
    assert sum(len(found) for _, found in by_field()) == len(themes())
    assert all(found for _, found in by_field())


@pytest.mark.parametrize(
    ("text", "theme"),
    [
        ("cybercrime", "cybercrime"),
        ("  CYBER- en gedigitaliseerde   criminaliteit", "cybercrime"),
        ("Vérkeersveiligheid!", "verkeer-en-fietspaden"),
        ("het versterken van onze informatiepositie", "informatiepositie"),
        ("veilig-in en om de school", "school"),
        ("Parkeren", None),
        ("", None),
    ],
)
def test_a_theme_is_found_by_its_title_or_a_synonym(text, theme):
    found = theme_called(text)
    assert (found.id if found else None) == theme


def test_a_theme_answers_to_each_of_its_names():
    for theme in themes().values():
        assert {theme_called(name) for name in theme.names} == {theme}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (("field: jeugd", "field: jongeren"), "het veld 'jongeren' van 'jeugdoverlast'"),
        (("[Hangjongeren", "[Cyber"), "'cyber' hoort bij"),
        (("title: Jeugdoverlast", "titel: Jeugdoverlast"), "regel 15, veld 'themes.1.title'"),
    ],
)
def test_a_file_of_themes_that_is_wrong_is_refused(tmp_path, changed, said):
    text = FILE.read_text(encoding="utf-8").replace(
        "[Overlast van jongeren, Overlast door jongeren, Hangjongeren", "[Hangjongeren"
    )
    assert changed[0] in text
    (tmp_path / "themes.yaml").write_text(text.replace(*changed, 1), encoding="utf-8")
    with pytest.raises(ThemesFileError) as refused:
        read_themes(tmp_path / "themes.yaml")
    assert said in str(refused.value)
