import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0003_accounts'),
    ]

    operations = [
        migrations.CreateModel(
            name='Mail',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('address', models.EmailField(max_length=254, verbose_name='aan')),
                ('about', models.CharField(max_length=60, verbose_name='waarover')),
                ('by', models.UUIDField(blank=True, editable=False, null=True, verbose_name='door')),
                ('content', models.BinaryField(blank=True, verbose_name='inhoud')),
                ('state', models.CharField(choices=[('queued', 'wacht'), ('sent', 'verzonden'), ('refused', 'geweigerd'), ('given_up', 'opgegeven')], default='queued', max_length=8, verbose_name='staat')),
                ('tries', models.PositiveIntegerField(default=0, verbose_name='pogingen')),
                ('problem', models.CharField(blank=True, max_length=200, verbose_name='wat er misging')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='gemaakt op')),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='volgende poging')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='afgelopen op')),
                ('seen', models.BooleanField(default=False, verbose_name='gezien')),
                ('municipality', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='mails', to='people.municipality')),
            ],
            options={
                'ordering': ['-made_at'],
                'indexes': [models.Index(fields=['state', 'due_at'], name='mail_due')],
            },
        ),
    ]
