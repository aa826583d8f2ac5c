import json

import django.db.models.deletion
from django.db import migrations, models

# Rows of this table stay as they were written, by a trigger that every migration makes anew.
NOT_HELD = 'ALTER TABLE "bidding_sealedpaper" DISABLE TRIGGER USER'
HELD = 'ALTER TABLE "bidding_sealedpaper" ENABLE TRIGGER USER'
AT_ONCE, LATER = "SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED"


def say_what_papers_are_about(apps, schema_editor):
    """Let every paper that was sealed before name its tender, its kind and what it speaks of.

    Minutes that were sealed before papers had rows get one.
    """
    papers = apps.get_model("bidding", "SealedPaper").objects
    schema_editor.execute(NOT_HELD)
    bids = papers.exclude(bid=None).select_related("bid__slot", "bid__receipt")
    for paper in bids.iterator():
        form = paper.name.startswith("countersigned/")
        papers.filter(pk=paper.pk).update(
            tender=paper.bid.slot.tender_id,
            kind="form" if form else "receipt",
            about=paper.bid.form_sha256 if form else paper.bid.receipt.digest,
        )
    for opening in apps.get_model("bidding", "Opening").objects.exclude(minutes_paper_version=""):
        about = {"tender_id": opening.tender_id, "kind": "minutes", "about": _minutes(apps, opening)}
        papers.filter(opening=opening.pk).update(**about)
        papers.get_or_create(
            name=f"minutes/{opening.pk}",
            copy=1,
            defaults={
                **about,
                "opening": opening,
                "sha256": opening.minutes_paper_sha256,
                "version": opening.minutes_paper_version,
                "level": "",
                "made_at": opening.opened_at,
            },
        )
    schema_editor.execute(AT_ONCE)
    schema_editor.execute(HELD)
    schema_editor.execute(LATER)


def _minutes(apps, opening):
    rows = apps.get_model("procurement", "ProtocolObject").objects
    for row in rows.filter(tender=opening.tender_id, kind="daylight/minutes/v1"):
        if json.loads(row.body)["opened"] == opening.opened:
            return row.digest
    raise ValueError(f"The minutes of the opening {opening.pk} are not stored")


class Migration(migrations.Migration):
    dependencies = [
        ("bidding", "0005_sealed_papers"),
        ("procurement", "0001_initial"),
        ("tenders", "0008_signature_rules"),
    ]
    operations = [
        migrations.RemoveConstraint(
            model_name='sealedpaper',
            name='paper_is_of_a_bid_or_of_an_opening',
        ),
        migrations.AddField(
            model_name='sealedpaper',
            name='about',
            field=models.CharField(default='', max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='sealedpaper',
            name='entry',
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name='sealedpaper',
            name='kind',
            field=models.CharField(default='', max_length=10),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='sealedpaper',
            name='tender',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sealed_papers', to='tenders.tender'),
        ),
        migrations.RunPython(say_what_papers_are_about, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='sealedpaper',
            name='tender',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sealed_papers', to='tenders.tender'),
        ),
        migrations.RemoveField(model_name='opening', name='minutes_paper_sha256'),
        migrations.RemoveField(model_name='opening', name='minutes_paper_version'),
        migrations.RemoveField(model_name='sealedpaper', name='opening'),
        migrations.AddIndex(
            model_name='sealedpaper',
            index=models.Index(condition=models.Q(('entry', None)), fields=['tender'], name='paper_not_yet_in_the_log'),
        ),
        migrations.AddConstraint(
            model_name='sealedpaper',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('bid__isnull', False), ('kind__in', ('receipt', 'form'))), models.Q(('bid__isnull', True), models.Q(('kind__in', ('receipt', 'form')), _negated=True)), _connector='OR'), name='paper_of_a_bid_names_the_bid'),
        ),
    ]
