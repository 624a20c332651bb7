"""The entry for a WSGI server."""

import os

from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError, connection

from koers.environment import home_of, problems
from koers.upkeep.home import use
from koers.upkeep.versions import refusal_of

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "koers.web.settings")


def _refuse(wrong: list[str]) -> None:
    if wrong:
        raise SystemExit("\n".join(f"koers: {one}" for one in wrong))


_refuse([str(problem) for problem in problems()])
use(home_of())
application = get_wsgi_application()
try:
    _refuse([wrong for wrong in [refusal_of(home_of(), connection)] if wrong])
except DatabaseError:
    # A page says that the database does not answer; it may come.
    pass
finally:
    connection.close()
