import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def name_bidders(apps, schema_editor):
    """Let every bidder that filed before there were consortia stand in its own bids."""
    member = apps.get_model("bidding", "BidMember")
    bids = apps.get_model("bidding", "Bid").objects.select_related("slot").iterator()
    member.objects.bulk_create(
        (
            member(
                bid=bid,
                tender_id=bid.slot.tender_id,
                lot=bid.slot.lot,
                supplier_id=bid.slot.supplier_id,
                live=bid.state in ("filed", "counted"),
            )
            for bid in bids
        ),
        batch_size=1_000,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("bidding", "0003_confirmation"),
        ("procurement", "0005_suppliers"),
        ("tenders", "0005_demands"),
    ]
    operations = [
        migrations.AddField(
            model_name='bid',
            name='debarred',
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name='Consortium',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('object', models.CharField(max_length=64)),
                ('formed_at', models.DateTimeField()),
                ('formed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='procurement.organisation')),
                ('tender', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenders.tender')),
            ],
        ),
        migrations.AddField(
            model_name='bid',
            name='consortium',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bids', to='bidding.consortium'),
        ),
        migrations.CreateModel(
            name='ConsortiumMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('consortium', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='bidding.consortium')),
                ('supplier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='procurement.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='Mandate',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('object', models.CharField(max_length=64)),
                ('given_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
                ('given_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mandates', to='bidding.consortiummember')),
                ('revoked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='BidMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lot', models.CharField(max_length=64)),
                ('live', models.BooleanField(default=False)),
                ('bid', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='bidding.bid')),
                ('supplier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='procurement.organisation')),
                ('tender', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenders.tender')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('bid', 'supplier'), name='member_stands_in_a_bid_once'), models.UniqueConstraint(condition=models.Q(('live', True)), fields=('tender', 'lot', 'supplier'), name='member_has_one_live_bid_in_a_lot')],
            },
        ),
        migrations.AddConstraint(
            model_name='consortiummember',
            constraint=models.UniqueConstraint(fields=('consortium', 'supplier'), name='supplier_is_a_member_once'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.UniqueConstraint(condition=models.Q(('revoked_at', None)), fields=('member',), name='mandate_stands_once'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('revoked_at', None), ('revoked_by', None)), models.Q(('revoked_at__isnull', False), ('revoked_by__isnull', False)), _connector='OR'), name='revoked_mandate_has_an_instant'),
        ),
        migrations.RunPython(name_bidders, migrations.RunPython.noop),
    ]
