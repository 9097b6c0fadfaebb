"""Tasks of batches are counted as they move, and what waits for a decision is found by an index, the oldest first."""

from django.db import migrations, models

FILL = """
INSERT INTO activity_countdelta (project_id, measure, key, day, user_id, amount)
SELECT project_id, 'tasks_by_batch', batch_id || ':' || state, NULL, 0, count(*)
FROM tasks_task WHERE batch_id IS NOT NULL AND trashed_at IS NULL GROUP BY project_id, batch_id, state
"""
EMPTY = "DELETE FROM {} WHERE measure = 'tasks_by_batch'"


class Migration(migrations.Migration):
    dependencies = [
        ("activity", "0004_counts_by_month"),
        ("tasks", "0009_planted_faults"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("state__in", ("triage", "conflict")), ("trashed_at", None)),
                fields=["project", "state", "updated_at"],
                name="task_undecided",
            ),
        ),
        migrations.RunSQL(FILL, [EMPTY.format(f"activity_{name}") for name in ("countdelta", "count", "monthcount")]),
    ]
