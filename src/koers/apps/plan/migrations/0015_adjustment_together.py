from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("plan", "0014_ending"),
    ]

    operations = [
        migrations.AddField(
            model_name="adjustment",
            name="together",
            field=models.UUIDField(
                blank=True, editable=False, null=True, verbose_name="samen voorgesteld"
            ),
        ),
        migrations.AddField(
            model_name="historicaladjustment",
            name="together",
            field=models.UUIDField(
                blank=True, editable=False, null=True, verbose_name="samen voorgesteld"
            ),
        ),
    ]
