"""What a web process does before the first page is asked for."""

from koers.cli.serve import _warm_up


def test_what_makes_the_first_page_quick_does_not_keep_a_web_process_from_starting(figures):
    _warm_up()
