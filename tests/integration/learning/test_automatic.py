"""Automatic labelling: what is taken, the audit that proves it, the way back, and what is never taken."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from apps.activity.models import Count
from apps.annotations.models import RegionIndex
from apps.annotations.services.freeze import NewRevision, write_revision
from apps.datasets.models import DatasetVersion
from apps.datasets.queries.certificates import certificates_of
from apps.predictions.models import PredictionUse
from apps.predictions.services import NewPrediction, keep_predictions, measure_moved
from apps.projects.queries import schema_of
from apps.projects.services import put_schema
from apps.quality.models import Audit, AutomaticRun
from apps.quality.services.certificates import digest
from apps.tasks.models import Slot, Task
from apps.tasks.services.moves import move_task
from domain.elements import decode, encode
from tests.factories import make_project, run_job
from tests.work import Person, make_tasks, region

pytestmark = pytest.mark.django_db
MODEL = "yolo:3"
ASKED = {"model": MODEL, "target": 0.5, "confidence": 0.6, "limit": 0.3}  # six reviewed tasks are enough for it


@pytest.fixture
def project(team):
    """Six tasks that people finished just as the model had said, all at 0.9, and six that wait: five at 0.95, one at 0.4."""
    project = make_project(team.organisation, team.manager)
    for _ in range(6):
        (task,) = make_tasks(project, team.manager)
        said = guess(0.9)
        offer(project, team, task, said)
        finish(project, team, said)
    while measure_moved(project_id=project.pk, settled=timedelta(0)):
        pass
    for place, task in enumerate(make_tasks(project, team.manager, 6)):
        offer(project, team, task, guess(0.4 if place == 5 else 0.95))
    return project


def guess(score: float, **more) -> dict:
    return region(source=MODEL, score=score, **more)


def offer(project, team, task, *regions) -> None:
    elements = [("region", encode(decode("region", one))) for one in regions]
    keep_predictions(project=project, user=team.manager, new=[NewPrediction(task=task, model=MODEL, elements=elements)])


def finish(project, team, *regions) -> None:
    Person(team.annotator).label(project, *regions)
    reviewer = Person(team.reviewer)
    reviewer.judge(reviewer.claim(project, "review")["revision"]["id"], "accept")


def post(team, project, path="", status=202, **more):
    answer = Person(team.manager).http.post(f"projects/{project.pk}/automatic{path}", ASKED | more)
    assert answer.status_code == status, answer.content
    return answer.json()


def run(team, project, **more) -> AutomaticRun:
    job = post(team, project, **more)["job"]["id"]
    assert run_job(job) == "succeeded"
    return AutomaticRun.objects.select_related("change", "audit").get(project=project)


def states(project) -> dict[str, int]:
    found: dict[str, int] = {}
    for state in Task.objects.filter(project=project).values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def judge(team, project, *, wrong: bool) -> None:
    auditor = Person(team.reviewer)
    while (claim := auditor.claim(project, "audit")) is not None:
        defects = [{"kind": "loose", "class_id": 1}] if wrong else []
        sent = {"assignment": claim["assignment"]["id"], "defects": defects}
        assert auditor.http.post("audits/judge", sent).status_code == 200


def shown(team, project) -> dict:
    (row,) = Person(team.manager).http.get(f"projects/{project.pk}/automatic").json()["results"]
    return row


def test_a_plan_says_what_would_be_taken_and_how_much_of_it_people_would_judge(team, project):
    plan = post(team, project, "/plan", 200)
    assert (plan["held_out"], plan["waiting"], plan["looked_at"]) == (6, 6, 6)
    (threshold,) = plan["thresholds"]
    assert (threshold["score"], threshold["n"], threshold["right"]) == (0.3, 6, 6)
    assert threshold["low"] == pytest.approx((0.4 / 17) ** (1 / 6))
    assert (plan["tasks"], plan["regions"], plan["expected"]["tasks_right"]) == (6, 6, 6)
    assert 0 < plan["sample"] <= 6
    assert plan["auditors"] > 0
    assert states(project) == {"done": 6, "waiting": 6}


def test_too_little_knowledge_gives_no_threshold_and_nothing_is_taken(team, project):
    plan = post(team, project, "/plan", 200, target=0.9)
    assert (plan["thresholds"][0]["score"], plan["tasks"], plan["sample"]) == (None, 0, 0)
    assert post(team, project, status=409, target=0.9)["code"] == "nothing_to_take"


def test_a_run_finishes_what_is_above_and_a_good_sample_proves_it(team, project):
    made = run(team, project)
    assert states(project) == {"done": 12}
    result = Task.objects.filter(result__bulk_change_id=made.change_id).first().result
    assert (result.kind, result.stage, result.author_id) == ("import", "automatic", None)
    assert shown(team, project)["state"] == "proving"
    judge(team, project, wrong=False)
    assert shown(team, project)["state"] == "proven"
    audit = Audit.objects.get(pk=made.audit_id)
    assert audit.certificate["automatic"]["model"] == MODEL
    assert audit.certificate["automatic"]["thresholds"][0]["n"] == 6
    assert audit.certificate_sha256 == digest(audit.certificate)
    answer = Person(team.manager).http.post(f"projects/{project.pk}/versions", {"name": "v1"})
    version = DatasetVersion.objects.get(pk=answer.json()["id"])
    (kept,) = certificates_of(version)
    assert (kept.audit.pk, kept.here) == (audit.pk, kept.judged)


def test_a_batch_whose_sample_fails_goes_back_to_people_whole(team, project):
    before = counts(project)
    made = run(team, project)
    judge(team, project, wrong=True)
    made.change.refresh_from_db()
    assert made.change.state == "undoing"
    assert run_job(made.change.job_id) == "succeeded"
    assert states(project) == {"done": 6, "waiting": 6}
    assert shown(team, project)["state"] == "failed_proof"
    assert counts(project) == before
    claim = Person(team.annotator).claim(project)
    assert claim["annotation"]["elements"] == []


def test_a_run_is_undone_as_one_and_its_audit_ends(team, project):
    before, indexed = counts(project), RegionIndex.objects.filter(project_id=project.pk).count()
    made = run(team, project)
    answer = Person(team.manager).http.post(f"projects/{project.pk}/bulk-changes/{made.change_id}/undo")
    assert answer.status_code == 202, answer.content
    assert run_job(answer.json()["job"]["id"]) == "succeeded"
    assert states(project) == {"done": 6, "waiting": 6}
    assert (counts(project), RegionIndex.objects.filter(project_id=project.pk).count()) == (before, indexed)
    assert Audit.objects.get(pk=made.audit_id).state == "cancelled"
    assert not Slot.objects.filter(project=project, stage="audit", state__in=["open", "held"]).exists()
    assert shown(team, project)["state"] == "undone"


def counts(project) -> dict:
    rows = Count.objects.filter(project_id=project.pk, measure__in=["regions_by_class", "tasks_by_class", "tasks"])
    return {(row.measure, row.key): row.amount for row in rows if row.amount}


def test_a_model_is_not_measured_by_what_it_finished_itself(team, project):
    run(team, project)
    while measure_moved(project_id=project.pk, settled=timedelta(0)):
        pass
    assert PredictionUse.objects.filter(project=project).count() == 6


def test_what_people_have_begun_was_given_twice_or_is_gold_is_never_taken(team, project):
    Person(team.annotator).claim(project)
    tasks = list(Task.objects.filter(project=project, state="waiting").order_by("number"))
    twice, gold, checked = tasks[0], tasks[1], tasks[2]
    Slot.objects.create(project=project, task=twice, stage="annotate", ordinal=1)
    http = Person(team.manager).http
    made = http.post(f"projects/{project.pk}/quality/gold", {"task": gold.pk, "regions": [region()]})
    assert made.status_code == 201, made.content
    offer(project, team, checked, guess(0.95) | {"attributes": {"colour": "red"}})
    plan = post(team, project, "/plan", 200)
    assert (plan["tasks"], plan["unsound"]) == (2, 1)
    run(team, project)
    untouched = Task.objects.filter(pk__in=[twice.pk, gold.pk, checked.pk]).exclude(state="done")
    assert untouched.count() == 3
    assert Task.objects.filter(project=project, result__stage="automatic").count() == 2


def test_a_result_that_somebody_changed_since_stays_when_the_batch_goes_back(team, project):
    made = run(team, project)
    task = Task.objects.select_related("project", "result").filter(result__bulk_change_id=made.change_id).first()
    elements = [("region", encode(decode("region", region())))]
    fixed = NewRevision(task=task, elements=elements, kind="fix", author=team.reviewer, based_on=task.result)
    revision = write_revision(project=project, new=fixed)
    move_task(task, "done", result_id=revision.pk)
    answer = Person(team.manager).http.post(f"projects/{project.pk}/bulk-changes/{made.change_id}/undo")
    assert run_job(answer.json()["job"]["id"]) == "succeeded"
    assert states(project) == {"done": 7, "waiting": 5}
    assert Task.objects.get(pk=task.pk).result_id == revision.pk


def test_where_a_required_question_is_not_answered_people_do_it(team, project):
    (weather,) = schema_of(project.schema).item_attributes
    asked = msgspec.structs.replace(weather, required=True)
    body = msgspec.structs.replace(schema_of(project.schema), item_attributes=[asked])
    put_schema(project=project, user=team.manager, body=body)
    plan = post(team, project, "/plan", 200)
    assert (plan["tasks"], plan["unsound"]) == (0, 6)


def test_wrong_input_is_named(team, project):
    assert post(team, project, "/plan", 400, target=1.0)["code"] == "invalid"
    assert post(team, project, "/plan", 200, model="nobody:1")["thresholds"] == []
