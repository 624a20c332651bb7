"""A setting that is wrong is said in plain words, with what to do; it never ends in a traceback."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from koers.environment import CHECKS, home_of, is_sound, origin_of, problems, refusals, unknown
from koers.upkeep.home import IN_USE, leave
from tests.docs.test_settings import headings

ADDRESSES = [name for name in CHECKS if name.startswith("KOERS_SOURCE_")]
WRONG = [
    ("KOERS_HOME", __file__, "dat is geen map"),
    ("KOERS_HOME", f"{__file__}/daarin", "dat is geen map"),
    ("KOERS_HOME", "/proc/koers", "daar kan Koers niet schrijven"),
    ("DATABASE_URL", "", "is leeg"),
    ("DATABASE_URL", "mysql://a:geheim1@b/c", "noemt geen database die Koers kent"),
    ("DATABASE_URL", "postgres://a:geheim1@b:poort/c", "is niet te lezen"),
    ("DATABASE_URL", "postgres://a:geheim1@b", "noemt geen database achter de laatste /"),
    ("KOERS_SECRET_KEY", "geheim1", "is te kort: 7 tekens"),
    ("KOERS_HOSTS", "https://koers.example", "geen naam van een server"),
    ("KOERS_HOSTS", "koers.example:8000", "geen naam van een server"),
    ("KOERS_HOSTS", "koers.example,,127.0.0.1", "geen naam van een server"),
    ("KOERS_HTTPS", "ja", "kent alleen 1 (aan) en 0 (uit)"),
    ("KOERS_PROXIES", "10", "geen aantal proxies"),
    ("KOERS_PROXIES", "een", "geen aantal proxies"),
    ("KOERS_LOG", "/dev/null", "geen map"),
    ("KOERS_METRICS", "kort", "is geen token"),
    ("KOERS_METRICS", "zestien tekens met spaties", "is geen token"),
    ("KOERS_IDLE_MINUTES", "4", "geen aantal minuten"),
    ("KOERS_IDLE_MINUTES", "lang", "geen aantal minuten"),
    ("KOERS_SECOND_STEP", "true", "kent alleen 1 (aan) en 0 (uit)"),
    ("KOERS_DEBUG", "2", "kent alleen 1 (aan) en 0 (uit)"),
    ("KOERS_NOTHING_SKIPPED", "yes", "kent alleen 1 (aan) en 0 (uit)"),
    ("EMAIL_URL", "mail.example", "noemt geen manier van versturen"),
    ("EMAIL_URL", "submission://a:geheim1@mail.example:poort", "is niet te lezen"),
    ("EMAIL_URL", "submission://", "noemt geen mailserver"),
    ("KOERS_MAIL_FROM", "gemeente", "geen mailadres"),
    ("KOERS_ADDRESS", "koers.example", "geen webadres"),
    ("KOERS_ADDRESS", "https://koers.example:poort", "geen webadres"),
    *((name, "ftp://bron.example", "geen webadres") for name in ADDRESSES),
    ("KOERS_THEME_STYLESHEETS", "thema.txt", "dat is geen stylesheet"),
    ("KOERS_THEME_STYLESHEETS", "../thema.css", "dat is geen stylesheet"),
    ("KOERS_THEME_CLASS", "1 klasse", "geen naam van een klasse"),
    ("KOERS_LOAD_DAY", "31", "geen dag die elke maand heeft"),
    ("KOERS_LOAD_DAY", "zestien", "geen dag die elke maand heeft"),
    ("KOERS_LOAD_MINUTES", "5", "geen aantal minuten"),
    ("KOERS_LOAD_MINUTES", "altijd", "geen aantal minuten"),
    ("KOERS_PROCESSES", "0", "geen aantal processen"),
    ("KOERS_PROCESSES", "65", "geen aantal processen"),
    ("KOERS_PROCESSES", "veel", "geen aantal processen"),
    ("KOERS_CORES", "0", "geen aantal kernen"),
    ("KOERS_CORES", "alle", "geen aantal kernen"),
]
RIGHT = [
    ("DATABASE_URL", "postgres://a:b@c:5432/koers"),
    ("DATABASE_URL", "sqlite:////tmp/koers.sqlite3"),
    ("KOERS_SECRET_KEY", "x" * 32),
    ("KOERS_HOSTS", "koers.example, 127.0.0.1,[::1],.example.nl"),
    ("KOERS_HTTPS", "1"),
    ("EMAIL_URL", "submission://a:b@mail.example:587"),
    ("EMAIL_URL", "smtp://a:b@mail.example:465/?ssl=True"),
    ("KOERS_MAIL_FROM", "Gemeente <veiligheid@gemeente.example>"),
    ("KOERS_ADDRESS", "https://koers.example/"),
    ("KOERS_THEME_STYLESHEETS", "koers-type.css huisstijl/stad.css"),
    ("KOERS_LOAD_DAY", "28"),
    ("KOERS_LOAD_MINUTES", "2880"),
    ("KOERS_PROCESSES", "2"),
    ("KOERS_CORES", "4"),
]


def test_every_setting_of_the_page_is_looked_at():
    folders = {"NUMBA_CACHE_DIR", "XDG_CACHE_HOME"}
    assert set(CHECKS) == headings() - folders
    assert {name for name, _, _ in WRONG} == set(CHECKS)


@pytest.mark.parametrize(("name", "value", "said"), WRONG)
def test_a_wrong_value_is_named_with_what_to_do_and_no_secret_is_said(name, value, said):
    (problem,) = problems({"KOERS_HOME": str(home_of()), name: value})
    assert problem.name == name and said in problem.wrong
    assert problem.todo.endswith(".") and len(problem.todo) > 15
    assert "geheim1" not in str(problem)


@pytest.mark.parametrize(("name", "value"), RIGHT)
def test_a_right_value_and_none_at_all_are_sound(name, value, tmp_path):
    assert problems({"KOERS_HOME": str(tmp_path), name: value}) == []
    assert is_sound(name, {"KOERS_HOME": str(tmp_path)})


def test_a_link_that_leaves_the_site_begins_with_its_address_without_the_path():
    assert origin_of({"KOERS_ADDRESS": "https://www.example/koers/"}) == "https://www.example"
    assert origin_of({}) == origin_of({"KOERS_ADDRESS": "koers.example"}) == ""


def test_a_name_that_koers_does_not_know_is_told_with_the_one_that_was_meant():
    (found,) = unknown({"KOERS_HOST": "a", "PATH": "/bin", "KOERS_HOSTS": "a"})
    assert str(found) == "KOERS_HOST is geen instelling van Koers. Bedoelt u KOERS_HOSTS?"


def test_a_home_that_is_being_restored_is_refused_in_the_same_words_by_all(tmp_path):
    here = {"KOERS_HOME": str(tmp_path)}
    with (tmp_path / IN_USE).open("w") as restoring:
        fcntl.flock(restoring, fcntl.LOCK_EX)
        assert refusals(here) == [
            f"{tmp_path} wordt net teruggezet of verhuisd. Wacht tot dat klaar is."
        ]
        fcntl.flock(restoring, fcntl.LOCK_UN)
        assert refusals(here) == []
        with pytest.raises(BlockingIOError):
            fcntl.flock(restoring, fcntl.LOCK_EX | fcntl.LOCK_NB)
    leave(tmp_path)


def test_what_is_wrong_with_settings_is_said_before_a_home_is_taken(tmp_path):
    wrong = {"KOERS_HOME": str(tmp_path), "KOERS_HTTPS": "ja", "KOERS_CORES": "0"}
    assert [line.split()[0] for line in refusals(wrong)] == ["KOERS_HTTPS", "KOERS_CORES"]
    assert not (tmp_path / IN_USE).exists()


def run(*command, **settings):
    environment = {**os.environ, **settings}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)


KOERS = (sys.executable, "-c", "from koers.cli import main; main()")
# Without these the settings themselves cannot be made; the others are read by the same function.
AT_IMPORT = {name: (name, value, said) for name, value, said in reversed(WRONG)}
AT_IMPORT = [AT_IMPORT[n] for n in ("KOERS_HOME", "DATABASE_URL", "EMAIL_URL", "KOERS_LOAD_DAY")]


@pytest.mark.parametrize(("name", "value", "said"), AT_IMPORT)
def test_start_refuses_a_wrong_setting_in_one_line(name, value, said, tmp_path):
    done = run(*KOERS, "start", "--port", "0", **{"KOERS_HOME": str(tmp_path), name: value})
    assert done.returncode == 1 and done.stdout == ""
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith(f"koers: {name} ") and said in line


def test_check_and_the_check_of_django_name_every_wrong_setting(tmp_path):
    wrong = {
        "KOERS_HOME": str(tmp_path),
        "DATABASE_URL": "mysql://a@b/c",
        "EMAIL_URL": "mail.example",
        "KOERS_LOAD_DAY": "31",
        "KOERS_HTTPS": "ja",
        "KOERS_LOADDAY": "1",
    }
    done = run(*KOERS, "check", **wrong)
    django = run(str(Path(sys.executable).parent / "django-admin"), "check", **wrong)
    assert done.returncode == django.returncode == 1
    for name in wrong.keys() - {"KOERS_HOME"}:
        assert f"FOUT   instellingen: {name} " in done.stdout
        assert f"{name} " in django.stderr
    assert "Traceback" not in done.stdout + done.stderr + django.stderr


def test_a_home_in_which_nothing_can_be_kept_is_told_by_every_command():
    for command in (("check",), ("load",), ("figures", "list")):
        done = run(*KOERS, *command, KOERS_HOME=__file__)
        assert done.returncode == 1
        assert "KOERS_HOME wijst naar" in done.stdout + done.stderr
        assert "Traceback" not in done.stdout + done.stderr


def test_a_house_style_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "huisstijl").mkdir()
    (tmp_path / "huisstijl" / "stad.yaml").write_text("title: Stad\n")
    done = run(*KOERS, "check", KOERS_HOME=str(tmp_path))
    assert "FOUT   instellingen: Een huisstijl is niet te lezen" in done.stdout
    assert "stad.yaml" in done.stdout and "Traceback" not in done.stdout + done.stderr
