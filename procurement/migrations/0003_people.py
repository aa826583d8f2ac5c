import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


def verify_those_whom_operators_registered(apps, schema_editor):
    """Until now operators alone registered bodies, and so had looked at each."""
    organisations = apps.get_model('procurement', 'Organisation').objects
    organisations.update(verified_at=models.F('created_at'))


def say_what_older_certificates_rest_on(apps, schema_editor):
    """Until now an administrator's word was enough."""
    certificates = apps.get_model('procurement', 'EnrolledCertificate').objects
    certificates.update(evidence="The administrator's word, before proofs were asked for")


class Migration(migrations.Migration):

    dependencies = [
        ('procurement', '0002_calendar'),
    ]

    operations = [
        migrations.CreateModel(
            name='CertificateChallenge',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('nonce', models.CharField(max_length=64, unique=True)),
                ('asked_at', models.DateTimeField()),
                ('met_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='ExpiryWarning',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('days', models.IntegerField()),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('email', models.EmailField(max_length=254)),
                ('roles', models.JSONField()),
                ('language', models.CharField(choices=[('en', 'English'), ('zh-hans', '简体中文')], default='en', max_length=8)),
                ('invited_at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('accepted_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Registration',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('email', models.EmailField(max_length=254)),
                ('name', models.CharField(max_length=200)),
                ('language', models.CharField(choices=[('en', 'English'), ('zh-hans', '简体中文')], default='en', max_length=8)),
                ('password', models.CharField(blank=True, max_length=128)),
                ('name_en', models.CharField(max_length=300)),
                ('name_zh', models.CharField(blank=True, max_length=300)),
                ('identifier_scheme', models.CharField(max_length=20)),
                ('identifier', models.CharField(max_length=100)),
                ('country', models.CharField(blank=True, max_length=2)),
                ('asked_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Verification',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('verified', models.BooleanField()),
                ('evidence', models.TextField()),
                ('source', models.CharField(max_length=300)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='enrolledcertificate',
            name='evidence',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='enrolledcertificate',
            name='proof',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name='organisation',
            name='verified_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='user',
            name='sign_ins_ended',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name='enrolledcertificate',
            name='enrolled_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.RunPython(verify_those_whom_operators_registered, migrations.RunPython.noop),
        migrations.RunPython(say_what_older_certificates_rest_on, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='enrolledcertificate',
            constraint=models.CheckConstraint(condition=models.Q(('proof', ''), ('evidence', ''), _connector='XOR'), name='certificate_is_proven_or_vouched_for'),
        ),
        migrations.AddField(
            model_name='certificatechallenge',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='certificatechallenge',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='challenges', to='procurement.organisation'),
        ),
        migrations.AddField(
            model_name='expirywarning',
            name='certificate',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='warnings', to='procurement.enrolledcertificate'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='accepted_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='invitation',
            name='invited_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='invitation',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to='procurement.organisation'),
        ),
        migrations.AddField(
            model_name='registration',
            name='user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='verification',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='verification',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='verifications', to='procurement.organisation'),
        ),
        migrations.AddConstraint(
            model_name='certificatechallenge',
            constraint=models.CheckConstraint(condition=models.Q(('met_at', None), ('met_at__gte', models.F('asked_at')), _connector='OR'), name='challenge_is_met_no_earlier_than_it_was_asked'),
        ),
        migrations.AddConstraint(
            model_name='expirywarning',
            constraint=models.UniqueConstraint(fields=('certificate', 'days'), name='certificate_expiry_is_told_once'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('accepted_at', None), ('accepted_by', None)), models.Q(('accepted_at__isnull', False), ('accepted_by__isnull', False)), _connector='OR'), name='invitation_is_accepted_by_a_person'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(('withdrawn_at', None), ('accepted_at', None), _connector='OR'), name='invitation_is_accepted_or_withdrawn'),
        ),
        migrations.AddConstraint(
            model_name='registration',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at', None), ('user', None)), models.Q(('confirmed_at__isnull', False), ('password', ''), ('user__isnull', False)), _connector='OR'), name='registration_once_confirmed_knows_no_password'),
        ),
    ]
