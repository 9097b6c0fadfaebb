import django.contrib.postgres.fields
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
            name="Chunk",
            fields=[
                ("sha256", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("body", models.BinaryField()),
                ("elements", models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="projects.project",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("answer", "Answer"),
                            ("fix", "Fix"),
                            ("consensus", "Consensus"),
                            ("import", "Import"),
                            ("gold", "Gold"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="revisions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("stage", models.CharField(blank=True, max_length=16)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("labelled", "Labelled"),
                            ("empty", "Empty"),
                            ("unusable", "Unusable"),
                            ("cannot_tell", "Cannot tell"),
                        ],
                        max_length=16,
                    ),
                ),
                ("outcome_reason", models.CharField(blank=True, max_length=200)),
                ("version", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "chunks",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BinaryField(), default=list, size=None),
                ),
                (
                    "first_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120), default=list, size=None
                    ),
                ),
                ("element_count", models.PositiveIntegerField(default=0)),
                ("region_count", models.PositiveIntegerField(default=0)),
                ("class_counts", models.JSONField(default=dict)),
                ("answers", models.JSONField(default=dict)),
                (
                    "schema_version",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="projects.schemaversion",
                    ),
                ),
                (
                    "guideline_version",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="projects.guidelineversion",
                    ),
                ),
                (
                    "workflow_version",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="projects.workflowversion",
                    ),
                ),
                ("active_ms", models.BigIntegerField(default=0)),
                ("wall_ms", models.BigIntegerField(default=0)),
                ("bulk_change_id", models.BigIntegerField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "indexes": [models.Index(fields=["project", "-created_at"], name="revision_recent")],
            },
        ),
    ]
