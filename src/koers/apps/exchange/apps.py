from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "koers.apps.exchange"
    label = "exchange"
    verbose_name = "tabellen in en uit"

    def ready(self):
        from koers.apps.exchange import checks, enrolled  # noqa: F401
