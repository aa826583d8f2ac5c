from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tenders", "0003_questions")]
    operations = []
