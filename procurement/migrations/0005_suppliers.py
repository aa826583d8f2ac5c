import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("procurement", "0004_mail")]
    operations = [
        migrations.CreateModel(
            name='Debarment',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('listed', 'On the list'), ('declined', 'Declined'), ('lifting', 'Lifting proposed'), ('lifted', 'Lifted')], default='proposed', max_length=50)),
                ('identifier_scheme', models.CharField(max_length=20)),
                ('identifier', models.CharField(max_length=100)),
                ('key', models.CharField(db_index=True, max_length=121)),
                ('name', models.CharField(max_length=300)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(null=True)),
                ('source', models.CharField(max_length=1000)),
                ('reason', models.TextField()),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('listed_version', models.IntegerField(null=True)),
                ('lift_reason', models.TextField(blank=True)),
                ('lift_proposed_at', models.DateTimeField(null=True)),
                ('lift_decided_at', models.DateTimeField(null=True)),
                ('lifted_version', models.IntegerField(null=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('lift_decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('lift_proposed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='DebarmentCheck',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('tender', models.UUIDField()),
                ('bid', models.CharField(db_index=True, max_length=64)),
                ('purpose', models.CharField(choices=[('submission', 'At the submission'), ('award', 'Before the award')], max_length=12)),
                ('at', models.DateTimeField()),
                ('list_version', models.IntegerField()),
                ('found', models.BooleanField()),
                ('object', models.CharField(max_length=64)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='procurement.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='DebarmentListVersion',
            fields=[
                ('number', models.IntegerField(primary_key=True, serialize=False)),
                ('change', models.CharField(max_length=10)),
                ('at', models.DateTimeField()),
                ('debarment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='procurement.debarment')),
            ],
        ),
        migrations.CreateModel(
            name='Declaration',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('valid_from', models.DateTimeField()),
                ('valid_until', models.DateTimeField(null=True)),
                ('given_at', models.DateTimeField()),
                ('replaced_at', models.DateTimeField(null=True)),
                ('statements', models.JSONField()),
                ('object', models.CharField(max_length=64)),
                ('given_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('supplier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='procurement.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='SupplierDocument',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('valid_from', models.DateTimeField()),
                ('valid_until', models.DateTimeField(null=True)),
                ('given_at', models.DateTimeField()),
                ('replaced_at', models.DateTimeField(null=True)),
                ('name', models.CharField(max_length=200)),
                ('media_type', models.CharField(max_length=120)),
                ('length', models.BigIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('object_name', models.CharField(max_length=200)),
                ('object_version', models.CharField(max_length=200)),
                ('given_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('supplier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='procurement.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='SupplierFact',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('valid_from', models.DateTimeField()),
                ('valid_until', models.DateTimeField(null=True)),
                ('given_at', models.DateTimeField()),
                ('replaced_at', models.DateTimeField(null=True)),
                ('kind', models.CharField(max_length=64)),
                ('value', models.TextField()),
                ('given_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('supplier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='procurement.organisation')),
            ],
        ),
        migrations.AddConstraint(
            model_name='debarment',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at', None), ('ends_at__gt', models.F('starts_at')), _connector='OR'), name='debarment_ends_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='debarment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('source', ''), _negated=True), models.Q(('reason', ''), _negated=True)), name='debarment_has_a_source_and_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='debarment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None)), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), models.Q(('decided_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='debarment_is_decided_by_another_person'),
        ),
        migrations.AddConstraint(
            model_name='debarment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('lift_proposed_at', None), ('lift_proposed_by', None), ('lift_reason', '')), models.Q(('lift_proposed_at__isnull', False), ('lift_proposed_by__isnull', False), models.Q(('lift_reason', ''), _negated=True)), _connector='OR'), name='lifting_is_proposed_by_someone_with_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='debarment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('lift_decided_at', None), ('lift_decided_by', None)), models.Q(('lift_decided_at__isnull', False), ('lift_decided_by__isnull', False), models.Q(('lift_decided_by', models.F('lift_proposed_by')), _negated=True)), _connector='OR'), name='lifting_is_decided_by_another_person'),
        ),
        migrations.AddConstraint(
            model_name='debarment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('listed_version', None), ('state__in', ['proposed', 'declined'])), models.Q(('listed_version__isnull', False), ('state__in', ['listed', 'lifting', 'lifted'])), _connector='OR'), name='listed_debarment_has_a_version'),
        ),
        migrations.AddConstraint(
            model_name='debarment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('lifted_version__gt', models.F('listed_version')), ('state', 'lifted')), models.Q(models.Q(('state', 'lifted'), _negated=True), ('lifted_version', None)), _connector='OR'), name='lifted_debarment_has_a_later_version'),
        ),
        migrations.AddIndex(
            model_name='debarmentcheck',
            index=models.Index(fields=['tender', 'at'], name='debarment_checks_of_tender'),
        ),
        migrations.AddConstraint(
            model_name='debarmentlistversion',
            constraint=models.CheckConstraint(condition=models.Q(('change__in', ['listed', 'lifted'])), name='list_changes_in_two_ways'),
        ),
        migrations.AddConstraint(
            model_name='declaration',
            constraint=models.UniqueConstraint(condition=models.Q(('replaced_at', None)), fields=('supplier',), name='declaration_stands_once'),
        ),
        migrations.AddConstraint(
            model_name='declaration',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until__gt', models.F('valid_from'))), name='declaration_ends_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='supplierdocument',
            constraint=models.UniqueConstraint(condition=models.Q(('replaced_at', None)), fields=('supplier', 'name'), name='supplier_document_stands_once'),
        ),
        migrations.AddConstraint(
            model_name='supplierdocument',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until', None), ('valid_until__gt', models.F('valid_from')), _connector='OR'), name='supplier_document_ends_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='supplierfact',
            constraint=models.UniqueConstraint(condition=models.Q(('replaced_at', None)), fields=('supplier', 'kind'), name='fact_stands_once'),
        ),
        migrations.AddConstraint(
            model_name='supplierfact',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until', None), ('valid_until__gt', models.F('valid_from')), _connector='OR'), name='fact_ends_after_it_begins'),
        ),
    ]
