"""Changing a workflow while people work: what moves is said first, nothing is lost, and it can be taken back."""

from __future__ import annotations

import pytest

from apps.annotations.models import Revision
from apps.projects.models import BulkChange, Project
from apps.tasks.models import Assignment, MovedTask, Slot, Task
from tests.factories import make_member, run_job
from tests.work import Person, make_tasks, region

pytestmark = pytest.mark.django_db

ANNOTATE, REVIEW = {"kind": "annotate"}, {"kind": "review"}


def at_work(team, project):
    """Six tasks: waiting twice, in an annotator's hands, in review twice (one in a reviewer's hands), done."""
    make_tasks(project, team.manager, 6)
    annotator, reviewer = Person(team.annotator), Person(team.reviewer)
    _, first = annotator.label(project)
    reviewer.claim(project, "review")
    reviewer.judge(first["revision"]["id"], "accept")
    annotator.label(project)
    annotator.label(project)
    reviewer.claim(project, "review")
    annotator.claim(project)
    return annotator, reviewer


def states(project):
    found: dict[str, int] = {}
    for state in Task.objects.filter(project=project).values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def change(manager, project, stages, **more):
    body = {"body": {"stages": stages}, **more}
    preview = manager.post(f"projects/{project.pk}/workflow/preview", body)
    assert preview.status_code == 200, preview.content
    saved = manager.put(f"projects/{project.pk}/workflow", {**body, "move": True})
    assert saved.status_code == 200, saved.content
    job = saved.json()["bulk_change"]["job"]["id"]
    assert run_job(job) == "succeeded"
    return preview.json(), saved.json()


def moves(preview):
    return {(one["state"], one["to"]): one["tasks"] for one in preview["moves"]}


def test_without_a_review_what_nobody_judges_yet_is_done_and_what_is_being_judged_stays(team, project, manager):
    at_work(team, project)
    preview, _ = change(manager, project, [ANNOTATE])
    assert moves(preview) == {
        ("waiting", "waiting"): 2,
        ("annotating", "annotating"): 1,
        ("in_review", "done"): 1,
        ("in_review", "in_review"): 1,
    }
    assert states(project) == {"waiting": 2, "annotating": 1, "in_review": 1, "done": 2}
    assert preview["reviews_taken_back"] == 1


def test_more_annotators_reopen_unfinished_work_and_leave_finished_work_alone(team, project, manager):
    at_work(team, project)
    done = Task.objects.get(project=project, state="done")
    preview, _ = change(manager, project, [{**ANNOTATE, "overlap": 2}, REVIEW])
    assert moves(preview) == {
        ("waiting", "waiting"): 2,
        ("annotating", "annotating"): 1,
        ("in_review", "annotating"): 2,
    }
    assert preview["answers_added"] == 5
    assert states(project) == {"waiting": 2, "annotating": 3, "done": 1}
    done.refresh_from_db()
    assert (done.version, done.slots.count()) == (Task.objects.get(pk=done.pk).version, 2)
    other = Person(make_member(team.organisation, "annotator"))
    assert other.claim(project) is not None


def test_what_moved_and_nobody_touched_goes_back_with_the_workflow(team, project, manager):
    at_work(team, project)
    before, slots = states(project), Slot.objects.filter(project=project, state="open").count()
    _, saved = change(manager, project, [ANNOTATE])
    undo = manager.post(f"projects/{project.pk}/bulk-changes/{saved['bulk_change']['id']}/undo")
    assert undo.status_code == 202, undo.content
    assert run_job(undo.json()["job"]["id"]) == "succeeded"
    assert states(project) == before
    assert Slot.objects.filter(project=project, state="open").count() == slots
    assert manager.get(f"projects/{project.pk}/workflow").json()["body"]["stages"][1]["kind"] == "review"
    assert BulkChange.objects.get(pk=saved["bulk_change"]["id"]).state == "undone"


def test_the_undo_leaves_work_alone_that_somebody_has_gone_on_with(team, project, manager):
    at_work(team, project)
    _, saved = change(manager, project, [{**ANNOTATE, "overlap": 2}, REVIEW])
    taken = Person(make_member(team.organisation, "annotator")).claim(project)
    undo = manager.post(f"projects/{project.pk}/bulk-changes/{saved['bulk_change']['id']}/undo").json()
    assert run_job(undo["job"]["id"]) == "succeeded"
    assert Assignment.objects.get(pk=taken["assignment"]["id"]).state == "held"
    assert MovedTask.objects.filter(undone=False).count() == 1


def test_no_submitted_answer_is_lost_by_going_to_and_fro(team, project, manager):
    at_work(team, project)
    revisions = set(Revision.objects.filter(project=project).values_list("pk", flat=True))
    change(manager, project, [{**ANNOTATE, "overlap": 2}, {"kind": "adjudicate"}])
    change(manager, project, [ANNOTATE, REVIEW, REVIEW])
    change(manager, project, [ANNOTATE])
    assert set(Revision.objects.filter(project=project).values_list("pk", flat=True)) == revisions
    assert not Task.objects.filter(project=project, state="done", result=None).exists()
    open_slots = set(Slot.objects.filter(project=project, state__in=["open", "held"]).values_list("task", flat=True))
    assert open_slots == set(Task.objects.filter(project=project).exclude(state="done").values_list("pk", flat=True))


def test_a_refused_workflow_says_where_and_saves_nothing(team, project, manager):
    back = {"when": {"kind": "has_findings"}, "to": "annotate"}
    body = {"body": {"stages": [ANNOTATE, {**REVIEW, "routes": [back]}]}}
    preview = manager.post(f"projects/{project.pk}/workflow/preview", body).json()
    assert [(one["pointer"], one["code"]) for one in preview["problems"]] == [
        ("/stages/1/routes/0/to", "cannot_reach_done")
    ]
    assert manager.put(f"projects/{project.pk}/workflow", body).status_code == 400
    assert manager.get(f"projects/{project.pk}/workflow").json()["number"] == 1


def test_a_level_that_nobody_may_review_is_refused(team, project, manager):
    group = manager.post(f"projects/{project.pk}/groups", {"name": "Seniors"}).json()["id"]
    body = {"body": {"stages": [ANNOTATE, {**REVIEW, "groups": [group]}]}}
    preview = manager.post(f"projects/{project.pk}/workflow/preview", body).json()
    assert [(one["pointer"], one["code"]) for one in preview["problems"]] == [("/stages/1/groups", "nobody_reviews")]


def test_the_second_level_is_for_seniors_only(team, project, manager):
    senior = make_member(team.organisation, "reviewer")
    made = manager.post(f"projects/{project.pk}/groups", {"name": "Seniors", "members": [senior.pk]})
    stages = [ANNOTATE, REVIEW, {**REVIEW, "groups": [made.json()["id"]]}]
    manager.put(f"projects/{project.pk}/workflow", {"body": {"stages": stages}})
    make_tasks(project, team.manager, 1)
    _, submitted = Person(team.annotator).label(project, region())
    revision = submitted["revision"]["id"]
    junior = Person(team.reviewer)
    junior.claim(project, "review")
    junior.judge(revision, "accept")
    other = Person(make_member(team.organisation, "reviewer"))
    assert other.claim(project, "review") is None
    assert other.http.get(f"projects/{project.pk}/reviews/queue").json().get("results", []) == []
    refused = other.http.post(f"revisions/{revision}/reviews", {"verdict": "accept"})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_your_level")
    assert Person(senior).claim(project, "review")["assignment"]["level"] == 2
    Person(senior).judge(revision, "accept")
    assert Task.objects.get(project=project).state == "done"


def test_a_share_of_the_tasks_gets_several_annotators_and_can_be_raised(team, project, manager):
    def several():
        rows = Slot.objects.filter(project=project, stage="annotate", ordinal=1).exclude(state="cancelled")
        return set(rows.values_list("task", flat=True))

    def share(value):
        return [{**ANNOTATE, "share": {"share": value, "overlap": 2}}, {"kind": "adjudicate"}]

    manager.put(f"projects/{project.pk}/workflow", {"body": {"stages": share(0.2)}})
    make_tasks(project, team.manager, 30)
    assert len(several()) == 6
    first = several()
    annotator = Person(team.annotator)
    finished = {annotator.label(project)[0]["task"]["id"] for _ in range(8)} - first
    preview, _ = change(manager, project, share(0.5))
    assert first < several()
    assert not finished & several()
    assert preview["answers_added"] == len(several()) - len(first)
    assert Project.objects.get(pk=project.pk).workflow.number == 3


def test_what_overlap_costs_and_says_is_shown_before(team, project, manager):
    make_tasks(project, team.manager, 40)
    asked = {"share": 0.5, "overlap": 3, "kappa": 0.7}
    plan = manager.post(f"projects/{project.pk}/workflow/overlap", asked).json()
    assert (plan["tasks"], plan["shared"], plan["extra_answers"], plan["hours"]) == (40, 20, 40, None)
    assert plan["classes"] is None
    assert -1 < plan["low"] < 0.7 < plan["high"] <= 1
    none = manager.post(f"projects/{project.pk}/workflow/overlap", {**asked, "share": 0}).json()
    assert (none["extra_answers"], none["low"], none["high"]) == (0, None, None)
