"""A sentence that told the number that would have been needed as if it had been counted goes; the
next figures bring the new one."""

from django.db import migrations


def forget(apps, editor):
    old = apps.get_model("picture", "Screening").objects.filter(
        smallest_rise__startswith="Wel opgevallen was"
    )
    old.update(smallest_rise="")


class Migration(migrations.Migration):
    dependencies = [("picture", "0002_words_of_states")]

    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
