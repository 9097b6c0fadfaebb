"""Searching a million regions, and what the checks cost in the answer to a save."""

from __future__ import annotations

import time
from random import Random
from uuid import UUID

from bench.images import make_photos
from bench.rows import Row, middle_and_tail
from bench.stack import Stack
from domain.checks import Choices, Confused, Context, Known, Sample, run, usual_of
from domain.elements import Region, decode
from domain.schema import parse
from tests.client import Client

REGIONS = 1_000_000
CALLS = 20
CLASSES = [
    {"id": n, "name": f"thing {n}", "color": "#3da3ff", "shapes": ["box", "polygon"],
     "attributes": [{"name": "state", "kind": "select", "options": ["new", "worn", "broken"]}]}
    for n in range(1, 21)
]  # fmt: skip

# 600 tasks with 10,000 revisions between them; classes are skewed, one region in a thousand has a rare flag and attribute
FILL = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute('''
        INSERT INTO annotations_regionindex (project_id, revision_id, ordinal, task_id, element_id, class_id, shape,
            x0, y0, x1, y1, area, source, score, flags, maker_id, editor_id, attributes)
        SELECT {project}, 1000000000 + n / 100, n %% 100, t.ids[1 + (n / 100) %% array_length(t.ids, 1)],
            gen_random_uuid()::text, 1 + floor(20 * power(random(), 3))::int, CASE WHEN n %% 5 = 0 THEN 'polygon' ELSE 'box' END,
            10, 10, 10 + w, 10 + h, w * h, CASE WHEN n %% 3 = 0 THEN 'detector:3' END,
            CASE WHEN n %% 3 = 0 THEN random() END, CASE WHEN n %% 1000 = 0 THEN ARRAY['crowd']::varchar[] ELSE '{{}}' END,
            1 + n %% 7, 1 + n %% 7,
            CASE WHEN n %% 1000 = 1 THEN '{{"state": "broken"}}'::jsonb ELSE '{{"state": "new"}}'::jsonb END
        FROM (SELECT n, 4 + 200 * random() AS w, 4 + 200 * random() AS h FROM generate_series(0, {count} - 1) n) made,
             (SELECT array_agg(id ORDER BY id) AS ids FROM tasks_task WHERE project_id = {project}) t
    ''', [])
    cursor.execute('VACUUM ANALYZE annotations_regionindex')
"""

SEARCHES = {
    "all, newest first": "",
    "one class": "class_id=2",
    "a rare class, smallest first": "class_id=20&sort=smallest",
    "smallest first": "sort=smallest",
    "area and aspect": "min_area=500&max_area=600&min_aspect=2",
    "least sure first": "sort=unsure",
    "a rare flag": "flag=crowd",
    "a rare attribute": "attribute.state=broken",
    "an author, and below a score": "author=3&max_score=0.01",
    "what nothing has": "source=nobody",
    "with any finding": "finding=any",
}


def measure(stack: Stack) -> list[Row]:
    manager = stack.client("manager")
    project = _project(stack, manager)
    rows = []
    for name, query in SEARCHES.items():
        first = _median(manager, f"projects/{project}/regions?limit=100&{query}")
        rows.append(Row(f"first page of 1,000,000 regions: {name}", first, "ms", 300))
    deep = _deep(manager, project, 50)
    rows.append(Row("a page after 25,000 others, one class", _median(manager, deep), "ms", 300))
    rows.append(Row("count of one class", _median(manager, f"projects/{project}/regions/count?class_id=2"), "ms"))
    return rows + checks_of_a_save()


def _project(stack: Stack, manager: Client) -> int:
    organisation = manager.get("auth/me")["organisations"][0]["id"]
    project: int = manager.post("projects", {"name": "A million", "organisation": organisation})["id"]
    manager.call("PUT", f"projects/{project}/schema", {"body": {"classes": CLASSES}})
    photos = make_photos(600, size=(320, 240))
    for first in range(0, len(photos), 100):
        manager.post(f"projects/{project}/assets", files=[("files", photo) for photo in photos[first : first + 100]])
    stack.command("shell", "-c", FILL.format(project=project, count=REGIONS))
    return project


def _median(client: Client, path: str) -> float:
    walls = []
    for _ in range(CALLS):
        begun = time.perf_counter()
        client.get(path)
        walls.append((time.perf_counter() - begun) * 1000)
    return middle_and_tail(walls)[0]


def _deep(client: Client, project: int, pages: int) -> str:
    """The address of a page far down a list."""
    path = f"projects/{project}/regions?limit=500&class_id=2"
    address = path
    for _ in range(pages):
        cursor = client.get(address)["next"]
        assert cursor, "the list is too short"
        address = f"{path}&cursor={cursor}"
    return address.replace("limit=500", "limit=100")


def checks_of_a_save() -> list[Row]:
    """20 changed boxes among 200 neighbours, every rule on and every statistic known; CPU of this process."""
    seeded = Random(3)
    schema = parse({"classes": CLASSES})
    samples = [Sample(n, 1, "box", (0.0, 0.0, 30 + n % 9, 30 + n % 7), 900 + n % 60) for n in range(200)]
    known = Known(usual=usual_of(samples), confused={1: [Confused(2, 9, 0.3)]}, items=100, drawn_share=1.0)
    context = Context(schema, 4_000, 3_000, choices=Choices(), known=known)
    regions = [_region(n, seeded) for n in range(220)]
    spent = []
    for _ in range(50):
        begun = time.process_time()
        _, pending = run(regions[:20], regions[20:], context=context, budget_ms=1_000)
        spent.append((time.process_time() - begun) * 1000)
        assert not pending, pending
    middle, tail = middle_and_tail(spent)
    return [
        Row("checks of a save, 20 boxes and 200 neighbours, CPU", middle, "ms", 10),
        Row("checks of a save, 20 boxes and 200 neighbours, CPU p95", tail, "ms", 10),
    ]


def _region(number: int, seeded: Random) -> Region:
    x, y = seeded.uniform(0, 900), seeded.uniform(0, 900)
    geometry = {"x": x, "y": y, "w": 30 + seeded.random() * 8, "h": 30 + seeded.random() * 8}
    body = {"id": str(UUID(int=number + 1)), "class": 1, "shape": "box", "geometry": geometry, "attributes": {}}
    region = decode("region", body)
    assert isinstance(region, Region)
    return region
