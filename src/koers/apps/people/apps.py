from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "koers.apps.people"
    label = "people"
    verbose_name = "mensen en gemeenten"
