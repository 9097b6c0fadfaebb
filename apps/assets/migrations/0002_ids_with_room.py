"""Ids of assets leave room beside each other: see ADR 0011."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("assets", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE assets_asset ALTER COLUMN id SET INCREMENT BY 16;
            SELECT setval(pg_get_serial_sequence('assets_asset', 'id'), (coalesce(max(id), 0) / 16 + 1) * 16, false) FROM assets_asset;
            """,
            "ALTER TABLE assets_asset ALTER COLUMN id SET INCREMENT BY 1",
        ),
    ]
