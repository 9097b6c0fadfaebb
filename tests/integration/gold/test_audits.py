"""Audits: who judges a blind sample, what the result says, and what becomes of work that failed."""

from __future__ import annotations

import pytest

from apps.datasets.models import VersionItem
from apps.quality.models import Audit, AuditItem
from apps.quality.services.certificates import digest
from apps.tasks.models import Slot, Task
from tests.factories import api, make_member, make_project
from tests.work import Person, make_tasks, put, region

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(team):
    """Eight accepted tasks of one annotator and one reviewer: six with cars, two with persons."""
    project = make_project(team.organisation, team.manager)
    make_tasks(project, team.manager, 9)
    author, reviewer = Person(team.annotator), Person(team.reviewer)
    for number in range(8):
        claim = author.claim(project)
        author.save(claim["annotation"]["id"], [put(region(2 if number % 4 == 3 else 1, 10 + number, 20))])
        author.submit(claim)
        judged = reviewer.claim(project, "review")
        reviewer.judge(judged["revision"]["id"], "accept")
    return project


def _start(manager, project, **body):
    answer = manager.post(f"projects/{project.pk}/audits", {"share": 0.2, **body})
    assert answer.status_code == 201, answer.content
    return answer.json()


def _judge(person: Person, project, *, wrong=lambda claim: False):
    done = 0
    while (claim := person.claim(project, "audit")) is not None:
        region_id = claim["revision"] and claim["annotation"]["elements"][0]["element"]["id"]
        defect = {"kind": "loose", "severity": "major", "class_id": 1, "element": region_id}
        sent = {"assignment": claim["assignment"]["id"], "defects": [defect] if wrong(claim) else []}
        answer = person.http.post("audits/judge", sent)
        assert answer.status_code == 200, answer.content
        done += 1
    return done


def test_a_plan_shows_the_sample_before_anything_is_drawn(project, manager):
    plan = manager.post(f"projects/{project.pk}/audits/plan", {"share": 0.2}).json()
    assert (plan["lot"], {s["stratum"]: s["tasks"] for s in plan["strata"]}) == (8, {"1": 6, "2": 2})
    assert plan["sample"] == 8  # one wrong in eight at 95 %: all of them
    assert not Audit.objects.exists()


@pytest.mark.parametrize("by", ["none", "class", "batch", "annotator"])
def test_a_sample_is_drawn_by_each_kind_of_strata(project, manager, by):
    assert _start(manager, project, by=by)["id"]


def test_who_made_or_reviewed_the_work_gets_none_of_it_to_audit(team, project, manager):
    _start(manager, project)
    assert Person(team.reviewer).claim(project, "audit") is None
    assert Person(team.annotator).http.post(f"projects/{project.pk}/tasks/claim", {"stage": "audit"}).status_code == 403
    assert Person(team.manager).claim(project, "audit") is not None


def test_an_auditor_does_not_learn_who_made_the_work(team, project, manager):
    _start(manager, project)
    claim = Person(team.manager).claim(project, "audit")
    assert claim["revision"]["author"] is None
    assert (claim["previous"], claim["issues"], claim["questions"]) == (None, [], [])


def test_a_viewer_audits_what_names_them_and_nothing_else(team, project, manager):
    viewer = Person(team.viewer)
    _start(manager, project)
    assert viewer.claim(project, "audit") is None
    _start(manager, project, viewer=team.viewer.pk)
    assert viewer.claim(project, "audit") is not None
    assert manager.post(f"projects/{project.pk}/audits", {"viewer": team.annotator.pk}).status_code == 400


def test_nobody_left_to_audit_is_said_and_nothing_is_drawn(team, project):
    Person(team.manager)
    for person in (team.manager, team.owner):
        for task in Task.objects.filter(project=project, state="done"):
            task.assignments.create(
                project=project, stage="review", user=person, state="submitted", claimed_at=task.created_at
            )
    refused = api(team.manager).post(f"projects/{project.pk}/audits", {"share": 0.2})
    assert (refused.status_code, refused.json()["code"]) == (409, "nobody_to_audit")
    assert not Audit.objects.exists()


def test_a_clean_sample_accepts_with_a_certificate_that_can_be_checked(team, project, manager):
    audit = _start(manager, project)
    assert _judge(Person(team.manager), project) == 8
    over = manager.get(f"audits/{audit['id']}").json()
    certificate = over["certificate"]
    assert over["state"] == "accepted"
    assert (certificate["result"]["wrong"], certificate["result"]["low"], certificate["result"]["high"]) == (0, 0, 0)
    assert digest(certificate) == over["certificate_sha256"]
    assert len(certificate["items"]) == certificate["plan"]["sample"] == 8
    assert team.manager.name not in str(certificate)


def test_a_wrong_one_rejects_and_says_where(team, project, manager):
    audit = _start(manager, project)
    numbers = sorted(AuditItem.objects.values_list("task__number", flat=True))
    _judge(Person(team.manager), project, wrong=lambda claim: claim["task"]["number"] == numbers[0])
    over = manager.get(f"audits/{audit['id']}").json()
    assert over["state"] == "rejected"
    assert over["certificate"]["defects"] == {"loose": {"major": 1}}
    assert over["certificate"]["classes"]["1"]["wrong"] == 1
    assert over["certificate"]["classes"]["2"]["wrong"] == 0
    found = manager.get(f"audits/{audit['id']}/found").json()["results"]
    assert [(row["number"], row["defects"][0]["kind"]) for row in found] == [(numbers[0], "loose")]
    (judge,) = manager.get(f"projects/{project.pk}/statistics").json()["judges"]  # who let it through
    assert (judge["person"]["id"], judge["let_through"], judge["audited"]["n"]) == (team.reviewer.pk, 1, 8)


def test_a_judged_task_is_as_accepted_as_before(team, project, manager):
    _start(manager, project)
    before = list(Task.objects.order_by("pk").values_list("pk", "state", "result_id", "skips"))
    person = Person(team.manager)
    claim = person.claim(project, "audit")
    assert person.http.post(f"assignments/{claim['assignment']['id']}/skip", {}).status_code == 204
    _judge(Person(team.owner), project)
    assert list(Task.objects.order_by("pk").values_list("pk", "state", "result_id", "skips")) == before


def test_a_failed_lot_is_reopened_by_stratum_after_a_preview_and_taken_back(team, project, manager):
    audit = _start(manager, project)
    _judge(Person(team.manager), project, wrong=lambda claim: True)
    shown = manager.post(f"audits/{audit['id']}/reopen/preview", {"stratum": "2"}).json()
    assert shown["reopened"] == 2
    done = manager.post(f"audits/{audit['id']}/reopen", {"stratum": "2"})
    assert done.json()["changed"] == 2
    assert Task.objects.filter(project=project, state="rework").count() == 2
    assert manager.post(f"audits/{audit['id']}/reopen/undo").json()["changed"] == 2
    assert Task.objects.filter(project=project, state="done").count() == 8
    again = manager.post(f"audits/{audit['id']}/reopen/undo")
    assert (again.status_code, again.json()["code"]) == (409, "audit_over")


def test_only_what_was_rejected_is_reopened(project, manager):
    audit = _start(manager, project)
    refused = manager.post(f"audits/{audit['id']}/reopen")
    assert (refused.status_code, refused.json()["code"]) == (409, "audit_not_rejected")


def test_closed_early_fewer_tasks_say_less(team, project, manager):
    audit = _start(manager, project)
    person = Person(team.manager)
    claim = person.claim(project, "audit")
    person.http.post("audits/judge", {"assignment": claim["assignment"]["id"]})
    held = person.claim(project, "audit")
    closed = manager.post(f"audits/{audit['id']}/close").json()
    assert (closed["state"], closed["certificate"]["result"]["judged"]) == ("rejected", 1)
    assert not Slot.objects.filter(stage="audit", state__in=["open", "held"]).exists()
    late = person.http.post("audits/judge", {"assignment": held["assignment"]["id"]})
    assert late.status_code == 409


def test_an_audit_of_nothing_is_refused_with_a_reason(team, manager):
    empty = make_project(team.organisation, team.manager)
    refused = manager.post(f"projects/{empty.pk}/audits", {})
    assert (refused.status_code, refused.json()["code"]) == (400, "nothing_to_audit")


def test_reviewers_see_audits_and_annotators_do_not(team, project, manager):
    _start(manager, project)
    assert api(team.reviewer).get(f"projects/{project.pk}/audits").json()["results"][0]["sample"] == 8
    assert api(team.annotator).get(f"projects/{project.pk}/audits").status_code == 403
    assert api(make_member(team.organisation, "viewer")).get(f"projects/{project.pk}/audits").status_code == 200


def test_a_version_shows_the_certificates_of_what_it_holds(project, manager, team):
    auditor = Person(make_member(team.organisation, "reviewer"))
    started = _start(manager, project)
    _judge(auditor, project)
    version = manager.post(f"projects/{project.pk}/versions", {"name": "First"}).json()
    [shown] = manager.get(f"versions/{version['id']}/certificates").json()["results"]
    audit = Audit.objects.get(pk=started["id"])
    assert (shown["audit"], shown["accepted"], shown["judged"]) == (audit.pk, True, shown["here"])
    assert shown["sha256"] == audit.certificate_sha256 == digest(shown["certificate"])


def test_an_audit_of_other_revisions_says_nothing_of_a_version(project, manager, team):
    version = manager.post(f"projects/{project.pk}/versions", {"name": "Before"}).json()
    VersionItem.objects.filter(version_id=version["id"]).update(task_id=0)
    _start(manager, project)
    _judge(Person(make_member(team.organisation, "reviewer")), project)
    assert manager.get(f"versions/{version['id']}/certificates").json()["results"] == []
