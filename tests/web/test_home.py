"""What Koers keeps is for the user under whom it runs."""

import os
import stat
import subprocess
import sys


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_the_home_and_what_is_made_in_it_is_private(tmp_path):
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    (home / "koers.sqlite3").touch(mode=0o644)
    code = (
        "import django; django.setup(); from django.conf import settings as s;"
        "(s.HOME / 'later').touch(); (s.HOME / 'folder').mkdir()"
    )
    environment = {
        **os.environ,
        "KOERS_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "koers.web.settings",
    }
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    assert mode(home) == mode(home / "folder") == 0o700
    for name in ("koers.sqlite3", "later", "secret-key"):
        assert mode(home / name) == 0o600
