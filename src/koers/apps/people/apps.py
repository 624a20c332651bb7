from django.apps import AppConfig

# Before any form or model is made.
from koers.apps.people import bounds  # noqa: F401


class PeopleConfig(AppConfig):
    name = "koers.apps.people"
    label = "people"
    verbose_name = "mensen en gemeenten"

    def ready(self):
        from koers.apps.people import checks, enrolled, events  # noqa: F401

        events.listen()
