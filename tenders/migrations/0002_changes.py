from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tenders', '0001_initial'),
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
    ]
