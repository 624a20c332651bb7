from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "koers.apps.meetings"
    label = "meetings"
    verbose_name = "overleg"

    def ready(self):
        from koers.apps.meetings import enrolled, news  # noqa: F401
