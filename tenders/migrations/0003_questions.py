import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import procurement.models.fields


class Migration(migrations.Migration):
    dependencies = [
        ("tenders", "0002_changes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name='PublishedAnswer',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.IntegerField()),
                ('object', models.CharField(max_length=64)),
                ('published_at', models.DateTimeField()),
                ('published_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('tender', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='tenders.tender')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('tender', 'number'), name='answer_has_its_own_number')],
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('text', models.TextField()),
                ('asked_at', models.DateTimeField()),
                ('salt', procurement.models.fields.BytesField()),
                ('answer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='questions', to='tenders.publishedanswer')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('supplier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='procurement.organisation')),
                ('tender', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='asked', to='tenders.tender')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('answer', None)), fields=['tender'], name='questions_without_an_answer')],
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='question_asks_something')],
            },
        ),
        migrations.CreateModel(
            name='MissedCutOff',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('answers_until', models.DateTimeField()),
                ('object', models.CharField(max_length=64)),
                ('extended', models.BooleanField()),
                ('at', models.DateTimeField()),
                ('tender', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='missed_cut_offs', to='tenders.tender')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('tender', 'answers_until'), name='answer_cut_off_is_missed_once')],
            },
        ),
    ]
