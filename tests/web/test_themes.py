"""House styles: files that a municipality puts beside its style sheets."""

import pytest

from koers.web.themes import ThemeFileError, read_themes

GOOD = "title: Gemeente Voorbeeldstad\nstylesheets: [huisstijl/stad.css]\ncss_class: stad-theme\n"


def test_each_file_is_a_theme_by_its_name(tmp_path):
    (tmp_path / "stad.yaml").write_text(GOOD)
    (found,) = read_themes(tmp_path)
    assert (found.name, found.css_class, found.stylesheets) == (
        "stad",
        "stad-theme",
        ("huisstijl/stad.css",),
    )


def test_without_a_folder_there_are_no_more_themes(tmp_path):
    assert read_themes(tmp_path / "huisstijl") == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace("css_class: stad-theme\n", ""), "veld 'css_class': het veld ontbreekt"),
        (GOOD + "kleur: rood\n", "regel 4, veld 'kleur': dit veld bestaat niet"),
        ("- geen velden", "verwacht regels 'veld: waarde'"),
    ],
)
def test_a_theme_that_cannot_be_used_is_refused_with_its_place(tmp_path, text, said):
    (tmp_path / "stad.yaml").write_text(text)
    with pytest.raises(ThemeFileError, match="stad.yaml") as problem:
        read_themes(tmp_path)
    assert said in str(problem.value)
