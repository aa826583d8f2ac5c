import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("procurement", "0003_people")]
    operations = [
        migrations.CreateModel(
            name='Mail',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('source', models.CharField(max_length=200)),
                ('kind', models.CharField(max_length=60)),
                ('tender', models.UUIDField(null=True)),
                ('message_id', models.CharField(max_length=200, unique=True)),
                ('subject', models.TextField()),
                ('body', models.TextField()),
                ('confidential', models.BooleanField(default=False)),
                ('unsubscribe', models.URLField(blank=True, max_length=500)),
                ('critical', models.BooleanField(default=False)),
                ('queued_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('attempts', models.IntegerField(default=0)),
                ('sent_at', models.DateTimeField(null=True)),
                ('sent_to', models.EmailField(blank=True, max_length=254)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('given_up_at', models.DateTimeField(null=True)),
                ('last_error', models.TextField(blank=True)),
                ('to', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('given_up_at', None), ('sent_at', None)), fields=['due_at'], name='mail_waiting'), models.Index(condition=models.Q(('critical', True)), fields=['queued_at'], name='mail_that_must_arrive')],
                'constraints': [models.UniqueConstraint(fields=('source', 'to', 'kind'), name='letter_is_written_once'), models.CheckConstraint(condition=models.Q(models.Q(('sent_at', None), ('sent_to', ''), ('sha256', '')), models.Q(('sent_at__isnull', False), models.Q(('sent_to', ''), _negated=True), models.Q(('sha256', ''), _negated=True)), _connector='OR'), name='mail_was_sent_to_an_address'), models.CheckConstraint(condition=models.Q(('sent_at', None), ('given_up_at', None), _connector='OR'), name='mail_is_sent_or_given_up')],
            },
        ),
    ]
