from django.db import migrations

from apps.core.packed import PackedField


class Migration(migrations.Migration):
    """Bodies are packed before they come here. Those that stand stay as they are, and are read as ever."""

    dependencies = [("annotations", "0011_bulk_changes_are_found")]

    operations = [
        migrations.AlterField("chunk", "body", PackedField()),
        migrations.RunSQL(
            "ALTER TABLE annotations_chunk ALTER COLUMN body SET STORAGE EXTERNAL",
            "ALTER TABLE annotations_chunk ALTER COLUMN body SET STORAGE EXTENDED",
        ),
    ]
