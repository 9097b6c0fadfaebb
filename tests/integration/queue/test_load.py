"""Many people in several tabs at once: nothing is handed out over or twice, nothing is lost, and a claim stays flat.

`make test` runs small numbers; `-m soak` the full ones.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from statistics import median
from threading import Barrier, Thread
from typing import Any

import msgspec
import pytest
from django.db import connection

from apps.accounts.models import Role, User
from apps.annotations.models import Element, Revision
from apps.annotations.services import claim_work, save_edits, submit
from apps.projects.models import Project
from apps.projects.services import put_workflow
from apps.tasks.models import Assignment, Slot, Task
from apps.tasks.services import promise
from tests.factories import make_member, make_project, make_team
from tests.work import make_tasks, put, region

pytestmark = pytest.mark.django_db(transaction=True)
SMALL, FULL = (6, 2, 60), (20, 4, 2_000)  # people, tabs each, tasks
SLACK_MS = 20.0  # of a machine that runs other tests too


def in_threads(jobs: list[Callable[[], None]]) -> None:
    """Run all at once; the first failure is the test's."""
    faults: list[BaseException] = []
    gate = Barrier(len(jobs))

    def run(job: Callable[[], None]) -> None:
        try:
            gate.wait()
            job()
        except BaseException as fault:  # noqa: BLE001 - handed to the test
            faults.append(fault)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[job]) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]


def body(edits: list[dict[str, Any]], session: str = "s") -> bytes:
    return msgspec.json.encode({"session": session, "edits": edits, "active_ms": 1})


def labelled_project(overlap: int, people: int) -> tuple[Project, User, list[User]]:
    team = make_team()
    project = make_project(team.organisation, team.manager)
    stages = [{"kind": "annotate", "overlap": overlap}]
    put_workflow(project=project, user=team.manager, body={"stages": stages}, note="")
    return project, team.manager, [make_member(team.organisation, Role.ANNOTATOR) for _ in range(people)]


def work_until_empty(user: User, project: Project) -> None:
    """Claim, draw, submit, until nothing is left three times in a row (others may hold a lock for a moment)."""
    empty = 0
    while empty < 3:
        work = claim_work(user=user, project_id=project.pk, stage="annotate")
        if work is None:
            empty += 1
            time.sleep(0.02)
            continue
        empty = 0
        save_edits(user=user, annotation_id=work.annotation.pk, data=body([put(region())]))
        submit(user=user, assignment_id=work.assignment.pk, token=work.assignment.token)


def work_with_promises(user: User, project: Project) -> None:
    """As the label page does: while one task is drawn the next is promised, and the claim names it."""
    empty, next_slot = 0, None
    while empty < 3:
        work = claim_work(user=user, project_id=project.pk, stage="annotate", promised=next_slot)
        promised = promise(user=user, project_id=project.pk, stage="annotate")
        next_slot = promised.slot.pk if promised else None
        if work is None:
            empty += 1 if promised is None else 0
            time.sleep(0.02)
            continue
        empty = 0
        save_edits(user=user, annotation_id=work.annotation.pk, data=body([put(region())]))
        submit(user=user, assignment_id=work.assignment.pk, token=work.assignment.token)


def many_clients(
    overlap: int,
    people: int,
    tabs: int,
    tasks: int,
    work: Callable[[User, Project], None] = work_until_empty,
) -> None:
    project, manager, team = labelled_project(overlap, people)
    made = make_tasks(project, manager, tasks)
    in_threads([lambda user=user: work(user, project) for user in team for _ in range(tabs)])  # type: ignore[misc]
    answers = Counter(Revision.objects.filter(project=project).values_list("task_id", flat=True))
    pairs = Counter(Revision.objects.filter(project=project).values_list("task_id", "author_id"))
    assert answers == {task.pk: overlap for task in made}
    assert max(pairs.values()) == 1
    assert set(Task.objects.filter(project=project).values_list("state", flat=True)) == {"done"}
    assert set(Slot.objects.filter(project=project).values_list("state", flat=True)) == {"done"}


@pytest.mark.parametrize("overlap", [1, 3])
def test_no_work_is_handed_out_over_or_twice_and_all_is_finished(overlap: int) -> None:
    many_clients(overlap, *SMALL)


@pytest.mark.soak
@pytest.mark.parametrize("overlap", [1, 3])
def test_twenty_clients_with_four_tabs_finish_two_thousand_tasks(overlap: int) -> None:
    many_clients(overlap, *FULL)


@pytest.mark.parametrize("overlap", [1, 3])
def test_promises_hand_out_nothing_over_or_twice_and_hold_nothing_back(overlap: int) -> None:
    many_clients(overlap, *SMALL, work_with_promises)


@pytest.mark.soak
@pytest.mark.parametrize("overlap", [1, 3])
def test_twenty_clients_with_four_tabs_and_promises_finish_two_thousand_tasks(overlap: int) -> None:
    many_clients(overlap, *FULL, work_with_promises)


def test_tabs_of_one_person_never_get_the_same_task() -> None:
    project, manager, (user,) = labelled_project(1, 1)
    make_tasks(project, manager, 12)
    in_threads([lambda: claim_work(user=user, project_id=project.pk, stage="annotate")] * 4)  # type: ignore[list-item]
    held = Assignment.objects.filter(project=project, state="held")
    assert (held.count(), held.values("task").distinct().count()) == (4, 4)


def writers(people: int, calls: int, before: int) -> float:
    """Saves a second of `people` who save 20 boxes a call into annotations of `before` regions; nothing may be lost."""
    project, manager, team = labelled_project(1, people)
    make_tasks(project, manager, people)
    works = [(user, claim_work(user=user, project_id=project.pk, stage="annotate")) for user in team]
    for user, work in works:
        for start in range(0, before, 1_000):
            edits = [put(region(x=n % 500)) for n in range(min(1_000, before - start))]
            save_edits(user=user, annotation_id=work.annotation.pk, data=body(edits))  # type: ignore[union-attr]

    def write(user: User, annotation_id: int) -> None:
        for _ in range(calls):
            saved = save_edits(
                user=user, annotation_id=annotation_id, data=body([put(region(x=n * 20)) for n in range(20)])
            )
            assert len(saved.accepted) == 20

    begun = time.perf_counter()
    in_threads([lambda user=user, work=work: write(user, work.annotation.pk) for user, work in works])  # type: ignore[misc]
    took = time.perf_counter() - begun
    counts = Counter(Element.objects.filter(annotation__project=project).values_list("annotation_id", flat=True))
    assert set(counts.values()) == {before + 20 * calls}
    return people * calls / took


def test_eight_writers_lose_nothing() -> None:
    writers(people=8, calls=4, before=20)


@pytest.mark.soak
@pytest.mark.parametrize("before", [20, 5_000])
def test_eight_writers_save_more_than_a_hundred_times_a_second(before: int) -> None:
    assert writers(people=8, calls=40, before=before) > 100


def with_done(project: Project, manager: User, user: User, done: int, left: int) -> None:
    """`done` tasks that the person has finished, and whose second answer is still open, before `left` new ones."""
    make_tasks(project, manager, 1)
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO tasks_task (created_at, updated_at, project_id, asset_id, number, name, state, outcome, priority, order_key,
                                       version, skips, triage_reason, region_count, class_ids, groups)
               SELECT now(), now(), t.project_id, t.asset_id, n, t.name || n, 'annotating', '', 0, n, 1, 0, '', 0, '[]', '{}'
               FROM tasks_task t, generate_series(2, %s) n WHERE t.project_id = %s AND t.number = 1""",
            [done + left, project.pk],
        )
        cursor.execute(
            """INSERT INTO tasks_slot (project_id, task_id, stage, level, ordinal, state, order_key, rework_level, withheld, created_at, groups)
               SELECT project_id, id, 'annotate', 1, 1, 'open', number, 0, false, now(), '{}' FROM tasks_task WHERE project_id = %s AND number > 1""",
            [project.pk],
        )
        cursor.execute(
            """INSERT INTO tasks_assignment (project_id, task_id, stage, user_id, state, token, claimed_at, edited, active_ms,
                                             reason, created_at, updated_at)
               SELECT project_id, id, 'annotate', %s, 'submitted', 1, now(), false, 0, '', now(), now() FROM tasks_task
               WHERE project_id = %s AND number BETWEEN 2 AND %s""",
            [user.pk, project.pk, done],
        )


def claim_times(user: User, project: Project, number: int) -> list[float]:
    found = []
    for _ in range(number):
        begun = time.perf_counter()
        assert claim_work(user=user, project_id=project.pk, stage="annotate") is not None
        found.append((time.perf_counter() - begun) * 1000)
    return found


def flat_claim(done: int) -> None:
    project, manager, (user, fresh) = labelled_project(2, 2)
    with_done(project, manager, user, done, 40)
    claim_times(user, project, 2)  # the first walks past what was done once, the cursor remembers
    both = [(claim_times(user, project, 1)[0], claim_times(fresh, project, 1)[0]) for _ in range(15)]
    assert median(time for time, _ in both) < 2 * median(time for _, time in both) + SLACK_MS


def test_a_claim_costs_the_same_for_a_person_with_twenty_thousand_tasks_done() -> None:
    flat_claim(20_000)


@pytest.mark.soak
def test_a_claim_costs_the_same_for_a_person_with_300_000_tasks_done() -> None:
    flat_claim(300_000)
