"""The entry for a WSGI server."""

import os

from django.core.wsgi import get_wsgi_application
from django.db import connection

from koers.environment import home_of, refusals
from koers.upkeep.versions import refusal_at_start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "koers.web.settings")


def _refuse(wrong: list[str]) -> None:
    if wrong:
        raise SystemExit("\n".join(f"koers: {one}" for one in wrong))


_refuse(refusals())
application = get_wsgi_application()
try:
    _refuse(list(filter(None, [refusal_at_start(home_of(), connection)])))
finally:
    connection.close()
