from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tenders", "0001_initial")]
    operations = []
