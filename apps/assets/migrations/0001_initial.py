import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("projects", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Asset",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("trashed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assets",
                        to="projects.project",
                    ),
                ),
                ("kind", models.CharField(choices=[("image", "Image")], default="image", max_length=16)),
                ("name", models.CharField(max_length=300)),
                ("external_id", models.CharField(blank=True, max_length=300, null=True)),
                ("group", models.CharField(blank=True, max_length=300)),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("real", "Real"),
                            ("synthetic", "Synthetic"),
                            ("augmented", "Augmented"),
                            ("derived", "Derived"),
                        ],
                        default="real",
                        max_length=16,
                    ),
                ),
                ("licence", models.CharField(blank=True, max_length=200)),
                ("attribution", models.CharField(blank=True, max_length=500)),
                ("metadata", models.JSONField(blank=True, default=dict)),
                ("sha256", models.CharField(max_length=64)),
                ("file_bytes", models.BigIntegerField()),
                ("content_type", models.CharField(max_length=60)),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("orientation", models.PositiveSmallIntegerField(default=1)),
                ("bit_depth", models.PositiveSmallIntegerField(default=8)),
                ("page", models.PositiveIntegerField(blank=True, null=True)),
                ("window", models.JSONField(blank=True, null=True)),
                ("path", models.CharField(max_length=300)),
                ("derivatives", models.JSONField(blank=True, default=dict)),
                (
                    "duplicate_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="assets.asset",
                    ),
                ),
                ("made_by", models.CharField(blank=True, max_length=60, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["project", "sha256"], name="asset_hash"),
                    models.Index(
                        fields=["project", "name"], name="asset_name", opclasses=["int8_ops", "varchar_pattern_ops"]
                    ),
                    models.Index(fields=["project", "group"], name="asset_group"),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["metadata"], name="asset_metadata", opclasses=["jsonb_path_ops"]
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("made_by", None), _negated=True),
                        fields=("project", "made_by", "page"),
                        name="asset_made_once",
                        nulls_distinct=False,
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("external_id", None), _negated=True),
                        fields=("project", "external_id"),
                        name="asset_external_id_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("height__gt", 0), ("width__gt", 0)), name="asset_has_size"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Blob",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="blobs",
                        to="projects.project",
                    ),
                ),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.BigIntegerField()),
                ("path", models.CharField(max_length=300)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("project", "sha256"), name="blob_once")],
            },
        ),
    ]
