"""Sums by month beside those by day, filled from what is folded already."""

from django.db import migrations, models

FILL = """
INSERT INTO activity_monthcount (project_id, measure, key, month, user_id, amount, last_day)
SELECT project_id, measure, key, date_trunc('month', day::timestamp)::date, user_id, sum(amount), max(day)
FROM activity_count GROUP BY 1, 2, 3, 4, 5
"""


class Migration(migrations.Migration):
    dependencies = [
        ("activity", "0003_webhooks"),
    ]

    operations = [
        migrations.CreateModel(
            name="MonthCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("project_id", models.BigIntegerField()),
                ("measure", models.CharField(max_length=32)),
                ("key", models.CharField(blank=True, max_length=64)),
                ("month", models.DateField(null=True)),
                ("user_id", models.BigIntegerField(default=0)),
                ("amount", models.BigIntegerField()),
                ("last_day", models.DateField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project_id", "measure", "key", "month", "user_id"),
                        name="monthcount_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
