import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("annotations", "0001_initial"),
        ("projects", "0001_initial"),
        ("tasks", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Annotation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="annotations", to="projects.project"
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="annotations",
                        to="tasks.task",
                    ),
                ),
                (
                    "assignment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="annotations",
                        to="tasks.assignment",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="annotations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
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
                        default="answer",
                        max_length=16,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("submitted", "Submitted"), ("discarded", "Discarded")],
                        default="draft",
                        max_length=16,
                    ),
                ),
                (
                    "based_on",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="derived",
                        to="annotations.revision",
                    ),
                ),
                (
                    "base",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="annotations.revision",
                    ),
                ),
                ("base_version", models.PositiveBigIntegerField(default=0)),
                ("version", models.PositiveBigIntegerField(default=0)),
                ("edited", models.BooleanField(default=False)),
                ("active_ms", models.BigIntegerField(default=0)),
            ],
            options={
                "indexes": [models.Index(fields=["task", "author"], name="annotation_task")],
            },
        ),
        migrations.CreateModel(
            name="Element",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "annotation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="elements",
                        to="annotations.annotation",
                    ),
                ),
                ("element_id", models.CharField(max_length=120)),
                ("kind", models.CharField(max_length=12)),
                ("version", models.PositiveBigIntegerField()),
                ("session", models.CharField(blank=True, max_length=64)),
                ("deleted", models.BooleanField(default=False)),
                (
                    "editor",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "bounds",
                    django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), null=True, size=4),
                ),
                ("body", models.BinaryField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("annotation"), models.F("kind"), models.F("element_id"), name="element_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Edit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "annotation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="edits",
                        to="annotations.annotation",
                    ),
                ),
                ("edit_id", models.UUIDField()),
                ("element_id", models.CharField(max_length=120)),
                ("kind", models.CharField(max_length=12)),
                ("op", models.CharField(max_length=8)),
                ("over", models.PositiveBigIntegerField(null=True)),
                ("version", models.PositiveBigIntegerField(null=True)),
                ("body", models.BinaryField(null=True)),
                ("cut", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(models.F("annotation"), models.F("edit_id"), name="edit_once")],
            },
        ),
        migrations.CreateModel(
            name="EditPack",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "annotation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="edit_packs",
                        to="annotations.annotation",
                    ),
                ),
                ("edits", models.PositiveIntegerField()),
                (
                    "edit_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
                ),
                ("body", models.BinaryField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="RegionIndex",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "project_id",
                        "revision_id",
                        "ordinal",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("project_id", models.BigIntegerField()),
                ("revision_id", models.BigIntegerField()),
                ("ordinal", models.IntegerField()),
                ("task_id", models.BigIntegerField()),
                ("element_id", models.CharField(max_length=120)),
                ("class_id", models.BigIntegerField()),
                ("shape", models.CharField(max_length=24)),
                ("x0", models.FloatField(null=True)),
                ("y0", models.FloatField(null=True)),
                ("x1", models.FloatField(null=True)),
                ("y1", models.FloatField(null=True)),
                ("area", models.FloatField()),
                ("source", models.CharField(max_length=120, null=True)),
                ("score", models.FloatField(null=True)),
                (
                    "flags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16), default=list, size=None
                    ),
                ),
                ("maker_id", models.BigIntegerField(null=True)),
                ("editor_id", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "annotations_regionindex",
                "managed": False,
            },
        ),
        migrations.AddField(
            model_name="revision",
            name="annotation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="revisions", to="annotations.annotation"
            ),
        ),
        migrations.AddField(
            model_name="revision",
            name="task",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="revisions", to="tasks.task"
            ),
        ),
        migrations.AddConstraint(
            model_name="revision",
            constraint=models.UniqueConstraint(models.F("task"), models.F("number"), name="revision_number_once"),
        ),
    ]
