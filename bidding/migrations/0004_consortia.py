from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("bidding", "0003_confirmation")]
    operations = []
