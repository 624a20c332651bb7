"""Each command of Koers in this home, as a fork of one process: on standard output what it said.

`python -m tests.upkeep.refusals '[["start"], ["load", "--all"]]'`
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from click.testing import CliRunner

from koers.cli.main import main as koers


def main() -> None:
    import django

    django.setup()
    said = {}
    for arguments in json.loads(sys.argv[1]):
        with tempfile.NamedTemporaryFile("w+") as heard, tempfile.NamedTemporaryFile() as ended:
            child = os.fork()
            if not child:
                # A process that a command starts writes on standard error itself.
                os.dup2(heard.fileno(), 2)
                done = CliRunner().invoke(koers, arguments)
                kind = type(done.exception).__name__ if done.exception else ""
                Path(ended.name).write_text(json.dumps([done.exit_code, done.output, kind]))
                os._exit(0)
            os.waitpid(child, 0)
            code, output, kind = json.loads(Path(ended.name).read_text())
            said[arguments[0]] = [code, output + Path(heard.name).read_text(), kind]
    print(json.dumps(said))


if __name__ == "__main__":
    main()
