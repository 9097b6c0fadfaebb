"""Accepted work that was made under older guidelines."""

from __future__ import annotations

from collections import defaultdict

from django.db import connection

from apps.projects.access import ProjectAccess

_ALL = """
SELECT NULL::bigint, coalesce(g.number, 0), count(*)
FROM tasks_task t JOIN annotations_revision r ON r.id = t.result_id
LEFT JOIN projects_guidelineversion g ON g.id = r.guideline_version_id
WHERE t.project_id = %(project)s AND t.state = 'done' AND t.trashed_at IS NULL AND coalesce(g.number, 0) < %(number)s
GROUP BY 2"""
_BY_CLASS = """
SELECT k.class_id::bigint, coalesce(g.number, 0), count(*)
FROM tasks_task t JOIN annotations_revision r ON r.id = t.result_id
LEFT JOIN projects_guidelineversion g ON g.id = r.guideline_version_id,
LATERAL jsonb_object_keys(r.class_counts) AS k(class_id)
WHERE t.project_id = %(project)s AND t.state = 'done' AND t.trashed_at IS NULL AND coalesce(g.number, 0) < %(number)s
GROUP BY 1, 2"""


def older_work(access: ProjectAccess, number: int) -> dict[int | None, dict[int, int]]:
    """{class (None: any): {guideline version of the result (0: none was written): accepted tasks}}, below a version."""
    found: dict[int | None, dict[int, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        for statement in (_ALL, _BY_CLASS):
            cursor.execute(statement, {"project": access.project.pk, "number": number})
            for class_id, version, tasks in cursor.fetchall():
                found[class_id][version] = tasks
    return dict(found)
