"""`koers check` looks at what a site needs, and says what is not there."""


def test_a_theme_that_is_not_here_is_named(koers):
    done = koers("check", KOERS_THEME_STYLESHEETS="koers-theme.css eigen/thema.css")
    assert done.returncode == 1
    assert "FOUT   huisstijl: eigen/thema.css ontbreekt" in done.stdout


def test_a_new_installation_is_told_what_to_do(koers):
    done = koers("check")
    assert done.returncode == 1
    assert "FOUT" in done.stdout
    assert "goed   huisstijl: vendor/ma-design-tokens/theme.css" in done.stdout
    assert "nog geen cijfers" in done.stdout
    assert "voer 'koers start' uit" in done.stdout
    assert "voer 'koers load --figures MAP' uit" in done.stdout
    assert "Error" not in done.stdout


def test_a_link_for_the_first_administrator_of_a_municipality(koers):
    done = koers("administrator", "GM9999")
    assert done.returncode == 2
    assert "Gemeente GM9999 is hier niet" in done.stderr
