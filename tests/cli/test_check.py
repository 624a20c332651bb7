"""`koers check` looks at what a site needs, and says what is not there."""


def test_a_theme_that_is_here_is_in_order_and_one_that_is_not_is_named(koers):
    assert "goed   huisstijl: vendor/ma-design-tokens/theme.css" in koers("check").stdout
    done = koers("check", KOERS_THEME_STYLESHEETS="koers-theme.css eigen/thema.css")
    assert done.returncode == 1
    assert "FOUT   huisstijl: eigen/thema.css ontbreekt" in done.stdout


def test_a_new_installation_is_told_what_to_do(koers):
    said = koers("check").stdout
    assert "voer 'koers start' uit" in said
    assert "voer 'koers load --figures MAP' uit" in said
    assert "Error" not in said
