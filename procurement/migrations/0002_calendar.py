import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('procurement', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='organisation',
            name='country',
            field=models.CharField(blank=True, max_length=2),
        ),
        migrations.AddField(
            model_name='organisation',
            name='time_zone',
            field=models.CharField(default='UTC', max_length=64),
        ),
        migrations.CreateModel(
            name='CalendarDay',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('country', models.CharField(max_length=2)),
                ('day', models.DateField()),
                ('kind', models.CharField(choices=[('off', 'Off'), ('working', 'Working')], max_length=8)),
                ('name_en', models.CharField(max_length=200)),
                ('name_zh', models.CharField(max_length=200)),
                ('source', models.CharField(max_length=500)),
                ('added_at', models.DateTimeField()),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['country', 'day', 'added_at', 'pk'],
                'indexes': [models.Index(fields=['country', 'day'], name='calendar_days_by_day')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['off', 'working'])), name='calendar_day_is_off_or_working'), models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='calendar_day_has_a_source')],
            },
        ),
        migrations.CreateModel(
            name='CalendarYear',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('country', models.CharField(max_length=2)),
                ('year', models.IntegerField()),
                ('published', models.BooleanField()),
                ('source', models.CharField(max_length=500)),
                ('added_at', models.DateTimeField()),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['country', 'year', 'added_at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='calendar_year_has_a_source')],
            },
        ),
    ]
