import json


from django.db import migrations, models


def name_notices(apps, schema_editor):
    """Let every bid name its notice as its object does, and every envelope the one in force."""
    objects = apps.get_model("procurement", "ProtocolObject").objects
    for bid in apps.get_model("bidding", "Bid").objects.iterator():
        bid.notice = json.loads(bytes(objects.get(pk=bid.digest).body))["notice"]
        bid.save(update_fields=["notice"])
    for envelope in apps.get_model("bidding", "Envelope").objects.select_related("tender"):
        envelope.notice = envelope.tender.notice
        envelope.save(update_fields=["notice"])


class Migration(migrations.Migration):
    dependencies = [("bidding", "0002_initial"), ("tenders", "0001_initial")]
    operations = [
        migrations.AddField(
            model_name='bid',
            name='notice',
            field=models.CharField(default='', max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='envelope',
            name='notice',
            field=models.CharField(default='', max_length=64),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name='bid',
            name='state',
            field=models.CharField(choices=[('prepared', 'Not submitted'), ('filed', 'Submitted'), ('discarded', 'Discarded'), ('superseded', 'Replaced'), ('withdrawn', 'Withdrawn'), ('counted', 'In the closed set'), ('lapsed', 'Not confirmed')], default='prepared', max_length=50),
        ),
        migrations.AddField(
            model_name='opening',
            name='short',
            field=models.JSONField(default=list),
        ),
        migrations.RunPython(name_notices, migrations.RunPython.noop),
    ]
