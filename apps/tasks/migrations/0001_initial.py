import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("annotations", "0001_initial"),
        ("assets", "0001_initial"),
        ("projects", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="batches", to="projects.project"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Task",
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
                        related_name="tasks",
                        to="projects.project",
                    ),
                ),
                (
                    "asset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tasks", to="assets.asset"
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="tasks",
                        to="tasks.batch",
                    ),
                ),
                ("number", models.PositiveBigIntegerField()),
                ("name", models.CharField(max_length=300)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("annotating", "Annotating"),
                            ("in_review", "In review"),
                            ("rework", "Rework"),
                            ("conflict", "Conflict"),
                            ("parked", "Parked"),
                            ("triage", "Triage"),
                            ("done", "Done"),
                            ("archived", "Archived"),
                        ],
                        default="waiting",
                        max_length=16,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("labelled", "Labelled"),
                            ("empty", "Empty"),
                            ("unusable", "Unusable"),
                            ("cannot_tell", "Cannot tell"),
                        ],
                        max_length=16,
                    ),
                ),
                ("priority", models.IntegerField(default=0)),
                ("order_key", models.BigIntegerField(default=0)),
                ("version", models.PositiveIntegerField(default=1)),
                ("skips", models.PositiveSmallIntegerField(default=0)),
                ("triage_reason", models.CharField(blank=True, max_length=200)),
                (
                    "annotator",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("region_count", models.PositiveIntegerField(default=0)),
                ("class_ids", models.JSONField(blank=True, default=list)),
                (
                    "result",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="annotations.revision",
                    ),
                ),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["project", "state", "number"], name="task_state"),
                    models.Index(
                        fields=["project", "name", "id"],
                        name="task_name",
                        opclasses=["int8_ops", "varchar_pattern_ops", "int8_ops"],
                    ),
                    models.Index(fields=["project", "-updated_at", "-id"], name="task_updated"),
                    models.Index(fields=["project", "annotator"], name="task_annotator"),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["class_ids"], name="task_classes", opclasses=["jsonb_path_ops"]
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(models.F("project"), models.F("number"), name="task_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "done"), _negated=True),
                            models.Q(("result", None), _negated=True),
                            _connector="OR",
                        ),
                        name="task_done_has_result",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Slot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="slots", to="projects.project"
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="slots",
                        to="tasks.task",
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("annotate", "Annotate"),
                            ("review", "Review"),
                            ("adjudicate", "Adjudicate"),
                            ("audit", "Audit"),
                        ],
                        max_length=16,
                    ),
                ),
                ("level", models.PositiveSmallIntegerField(default=1)),
                ("ordinal", models.PositiveSmallIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("held", "Held"), ("done", "Done"), ("cancelled", "Cancelled")],
                        default="open",
                        max_length=16,
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="annotations.revision",
                    ),
                ),
                (
                    "excluded_author",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reserved_for",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("reserved_until", models.DateTimeField(blank=True, null=True)),
                ("rework_level", models.PositiveSmallIntegerField(default=0)),
                (
                    "rejected_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("order_key", models.BigIntegerField(default=0)),
                ("withheld", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open"), ("withheld", False)),
                        fields=["project", "stage", "order_key", "id"],
                        name="slot_open",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("state", "open"), ("withheld", False), models.Q(("reserved_for", None), _negated=True)
                        ),
                        fields=["reserved_for", "project", "stage", "order_key", "id"],
                        name="slot_reserved",
                    ),
                    models.Index(fields=["task", "stage"], name="slot_task"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assignments",
                        to="projects.project",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assignments",
                        to="tasks.task",
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("annotate", "Annotate"),
                            ("review", "Review"),
                            ("adjudicate", "Adjudicate"),
                            ("audit", "Audit"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "slot",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="assignments",
                        to="tasks.slot",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("held", "Held"),
                            ("parked", "Parked"),
                            ("stale", "Stale"),
                            ("submitted", "Submitted"),
                            ("skipped", "Skipped"),
                            ("released", "Released"),
                        ],
                        max_length=16,
                    ),
                ),
                ("token", models.BigIntegerField(default=1)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("edited", models.BooleanField(default=False)),
                ("stale_until", models.DateTimeField(blank=True, null=True)),
                ("claimed_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(blank=True, null=True)),
                ("active_ms", models.BigIntegerField(default=0)),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("judged_revision_id", models.BigIntegerField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("state", "held")), fields=["expires_at"], name="assignment_lease"),
                    models.Index(fields=["project", "state", "-id"], name="assignment_project"),
                    models.Index(
                        condition=models.Q(("state__in", ["held", "parked", "stale"])),
                        fields=["user", "project", "stage"],
                        name="assignment_open",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("task"), models.F("stage"), models.F("user"), name="assignment_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="QueueCursor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="projects.project"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("annotate", "Annotate"),
                            ("review", "Review"),
                            ("adjudicate", "Adjudicate"),
                            ("audit", "Audit"),
                        ],
                        max_length=16,
                    ),
                ),
                ("order_key", models.BigIntegerField(default=-4611686018427387904)),
                ("slot_id", models.BigIntegerField(default=0)),
                ("empty_until", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("project"), models.F("user"), models.F("stage"), name="queuecursor_once"
                    )
                ],
            },
        ),
    ]
