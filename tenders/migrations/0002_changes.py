import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

A_KEY_OF_ITS_OWN = """
ALTER TABLE tenders_panel ADD COLUMN id uuid;
UPDATE tenders_panel SET id = tender_id;
ALTER TABLE tenders_panel DROP CONSTRAINT tenders_panel_pkey, ADD PRIMARY KEY (id);
CREATE INDEX tenders_panel_tender_id ON tenders_panel (tender_id);
"""
ONE_FOR_EACH_TENDER = """
DROP INDEX tenders_panel_tender_id;
ALTER TABLE tenders_panel DROP COLUMN id, ADD PRIMARY KEY (tender_id);
"""
FIRST_VERSIONS = """
INSERT INTO tenders_noticeversion
       (id, tender_id, version, digest, reason, pdf_sha256, pdf_version, published_at)
SELECT id, id, 1, notice, '', notice_pdf_sha256, notice_pdf_version, published_at
  FROM tenders_tender WHERE notice <> '';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("tenders", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField(
            model_name='planline',
            name='announced_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='tender',
            name='justification',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='tender',
            name='reductions',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='tender',
            name='timetable',
            field=models.JSONField(default=list),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(A_KEY_OF_ITS_OWN, ONE_FOR_EACH_TENDER)],
            state_operations=[
                migrations.AlterField(
                    model_name='panel',
                    name='tender',
                    field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='panels', to='tenders.tender'),
                ),
                migrations.AddField(
                    model_name='panel',
                    name='id',
                    field=models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
            ],
        ),
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('amendment', 'Amendment'), ('extension', 'Extension')], max_length=10)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('in-approval', 'In approval'), ('approved', 'Approved'), ('in-force', 'In force'), ('declined', 'Declined'), ('dropped', 'Dropped')], default='draft', max_length=50)),
                ('version', models.IntegerField(null=True)),
                ('revision', models.IntegerField(default=1)),
                ('reason', models.TextField()),
                ('body', models.JSONField(default=dict)),
                ('object', models.CharField(blank=True, max_length=64)),
                ('note', models.TextField(blank=True)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('comment', models.TextField(blank=True)),
                ('in_force_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='NoticeVersion',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('version', models.IntegerField()),
                ('digest', models.CharField(max_length=64)),
                ('reason', models.TextField(blank=True)),
                ('pdf_sha256', models.CharField(max_length=64)),
                ('pdf_version', models.CharField(max_length=200)),
                ('published_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['version'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='seat',
            name='seat_is_taken_once',
        ),
        migrations.RemoveConstraint(
            model_name='seat',
            name='holder_has_one_seat',
        ),
        migrations.AddField(
            model_name='panel',
            name='replaced_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='seat',
            name='replaced_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='tender',
            name='answers_until',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='tender',
            name='question_extensions',
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name='tender',
            name='questions_until',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='tender',
            name='version',
            field=models.IntegerField(default=1),
        ),
        migrations.AddField(
            model_name='change',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='change',
            name='proposed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='change',
            name='tender',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='tenders.tender'),
        ),
        migrations.AddField(
            model_name='panel',
            name='amendment',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='panels', to='tenders.change'),
        ),
        migrations.AddField(
            model_name='seat',
            name='amendment',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='seats', to='tenders.change'),
        ),
        migrations.AddField(
            model_name='tenderdocument',
            name='amendment',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='tenders.change'),
        ),
        migrations.AddField(
            model_name='tenderdocument',
            name='removed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenders.change'),
        ),
        migrations.AddConstraint(
            model_name='panel',
            constraint=models.UniqueConstraint(fields=('tender', 'amendment'), name='panel_is_appointed_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='seat',
            constraint=models.UniqueConstraint(fields=('tender', 'amendment', 'holder'), name='seat_is_taken_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='seat',
            constraint=models.UniqueConstraint(fields=('tender', 'amendment', 'user'), name='holder_has_one_seat', nulls_distinct=False),
        ),
        migrations.AddField(
            model_name='noticeversion',
            name='tender',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='tenders.tender'),
        ),
        migrations.AddConstraint(
            model_name='change',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('draft', 'in-approval', 'approved'))), fields=('tender', 'kind'), name='tender_has_one_open_change_of_a_kind'),
        ),
        migrations.AddConstraint(
            model_name='change',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None)), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='change_is_decided_by_someone'),
        ),
        migrations.AddConstraint(
            model_name='change',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('in_force_at', None), models.Q(('state', 'in-force'), _negated=True)), models.Q(('decided_at__isnull', False), ('in_force_at__isnull', False), ('state', 'in-force')), _connector='OR'), name='change_is_in_force_once_a_second_person_agreed'),
        ),
        migrations.AddConstraint(
            model_name='change',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='change_is_decided_by_another_than_who_proposed_it'),
        ),
        migrations.AddConstraint(
            model_name='change',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'extension'), ('version', None)), models.Q(('kind', 'amendment'), ('version__isnull', False)), _connector='OR'), name='amendment_makes_a_version'),
        ),
        migrations.AddConstraint(
            model_name='noticeversion',
            constraint=models.UniqueConstraint(fields=('tender', 'version'), name='notice_version_stands_once'),
        ),
        migrations.RunSQL(FIRST_VERSIONS, migrations.RunSQL.noop),
    ]
