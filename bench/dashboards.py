"""Overview and statistics of a project with a million tasks and a year of a team's counts."""

from __future__ import annotations

import time

from bench.images import make_photos
from bench.rows import Row, middle_and_tail
from bench.stack import Stack
from tests.client import Client

TASKS = 1_000_000
PEOPLE, DAYS, BATCHES = 60, 250, 50
CALLS = 15
CLASSES = [{"id": n, "name": f"thing {n}", "color": "#3da3ff", "shapes": ["box"]} for n in range(1, 11)]

# Every person works every day: answers, verdicts and active time, and of each class what was judged and what was wrong.
FILL = """
from apps.activity import counts
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute('''
        INSERT INTO tasks_task (project_id, asset_id, number, name, state, outcome, priority, order_key, version, groups, skips,
            triage_reason, region_count, class_ids, purpose, created_at, updated_at)
        SELECT {project}, (SELECT min(id) FROM assets_asset WHERE project_id = {project}), 1000 + n, 'photo ' || n,
            CASE WHEN n %% 5 = 0 THEN 'waiting' WHEN n %% 500 = 1 THEN 'triage' ELSE 'in_review' END, '', 0, n, 1, '{{}}', 0, '', 3,
            '[1]'::jsonb, 'work', now(), now()
        FROM generate_series(1, {tasks}) n''', [])
    cursor.execute('''
        INSERT INTO activity_countdelta (project_id, measure, key, day, user_id, amount)
        SELECT {project}, m.measure, m.key, current_date - d, u, 16
        FROM generate_series(1, {days}) d, generate_series(1, {people}) u, (VALUES ('submitted', ''), ('accepted', 'first'),
            ('fixed', 'first'), ('rejected', 'first'), ('reviewed', ''), ('reviewed_regions', ''), ('active_ms', 'annotate'),
            ('active_ms', 'review'), ('rejected_for', 'Loose outline')) m(measure, key)''', [])
    cursor.execute('''
        INSERT INTO activity_countdelta (project_id, measure, key, day, user_id, amount)
        SELECT {project}, m, c::text, current_date - d, u, CASE m WHEN 'judged_regions' THEN 40 ELSE 3 END
        FROM generate_series(1, {days}) d, generate_series(1, {people}) u, generate_series(1, 10) c,
            unnest(ARRAY['judged_regions', 'faulty_regions']) m''', [])
    cursor.execute('''
        INSERT INTO tasks_slot (project_id, task_id, stage, level, ordinal, state, order_key, withheld, rework_level, groups, created_at)
        SELECT {project}, id, 'review', 1, 0, 'open', number, false, 0, '{{}}', now() - interval '3 days'
        FROM tasks_task WHERE project_id = {project} AND state = 'in_review' ''', [])
    cursor.execute('''
        INSERT INTO tasks_batch (project_id, name, priority, "order", created_at, updated_at)
        SELECT {project}, 'batch ' || n, 0, 'number', now(), now() FROM generate_series(1, {batches}) n''', [])
    cursor.execute("UPDATE tasks_task t SET batch_id = b.id FROM tasks_batch b WHERE b.project_id = {project} AND t.project_id = {project} "
        "AND b.name = 'batch ' || (1 + t.number %% {batches})", [])
    cursor.execute('''
        INSERT INTO activity_countdelta (project_id, measure, key, user_id, amount)
        SELECT project_id, 'tasks_by_batch', batch_id || ':' || state, 0, count(*) FROM tasks_task
        WHERE project_id = {project} GROUP BY 1, 3''', [])
    cursor.execute("INSERT INTO activity_countdelta (project_id, measure, key, day, user_id, amount) VALUES ({project}, 'tasks_by_state', 'in_review', NULL, 0, {tasks})")
counts.fold()
with connection.cursor() as cursor:
    cursor.execute('VACUUM ANALYZE tasks_task, tasks_slot, activity_count, activity_countdelta, activity_monthcount')
"""
PAGES = {
    "overview": "stats",
    "overview of a year": "stats?days=366",
    "statistics of all time": "statistics",
    "statistics of 30 days": "statistics?days=30",
    "one's own page": "statistics/person",
    "batches": "batches",
    "agreement": "quality/agreement",
    "findings": "quality/findings/summary",
    "hidden tests": "quality/gold/people",
    "control charts": "statistics/control",
    "task table": "tasks?state=in_review",
    "people as CSV": "statistics/table?table=people",
}


def measure(stack: Stack) -> list[Row]:
    manager = stack.client("manager")
    organisation = manager.get("auth/me")["organisations"][0]["id"]
    project: int = manager.post("projects", {"name": "A million tasks", "organisation": organisation})["id"]
    manager.call("PUT", f"projects/{project}/schema", {"body": {"classes": CLASSES}})
    (photo,) = make_photos(1, size=(320, 240))
    manager.post(f"projects/{project}/assets", files=[("files", photo)])
    stack.command("shell", "-c", FILL.format(project=project, tasks=TASKS, days=DAYS, people=PEOPLE, batches=BATCHES))
    return [
        Row(f"1,000,000 tasks, {name}", _median(manager, f"projects/{project}/{path}"), "ms", 300)
        for name, path in PAGES.items()
    ]


def _median(client: Client, path: str) -> float:
    client.call("GET", path)
    walls = []
    for _ in range(CALLS):
        begun = time.perf_counter()
        client.call("GET", path)
        walls.append((time.perf_counter() - begun) * 1000)
    return middle_and_tail(walls)[0]
