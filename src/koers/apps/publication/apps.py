from django.apps import AppConfig


class PublicationConfig(AppConfig):
    name = "koers.apps.publication"
    label = "publication"
    verbose_name = "openbaar"
