"""Whatever people do in whatever order, the maintained counts say what a full scan says."""

from __future__ import annotations

import os
from datetime import date
from io import StringIO
from random import Random
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.activity import counts
from apps.activity.models import Count
from apps.projects.models import Project
from apps.quality.services.counting import differences, kept_counts
from apps.tasks.models import Task
from tests.factories import Team, api, make_member, make_project, make_team, run_job
from tests.work import Person, delete, make_tasks, put, region

pytestmark = pytest.mark.django_db
MOVES = 10_000 if os.environ.get("LABELWRIGHT_SOAK") else 90
BATCHES = ("Morning", "Evening")
REASONS = ("Loose outline", "Wrong class, Missed something: look again", "of its own kind")


class Crowd:
    """People who do anything that the product lets them do; what it refuses changes nothing."""

    def __init__(self, team: Team, project: Project, seed: int) -> None:
        self.random, self.team, self.project = Random(seed), team, project
        self.annotators = [Person(team.annotator), Person(make_member(team.organisation, "annotator"))]
        self.reviewers = [Person(team.reviewer), Person(make_member(team.organisation, "reviewer"))]
        self.manager = api(team.manager)
        self.url = f"projects/{project.pk}"

    def move(self) -> None:
        moves = (
            self.label,
            self.label,
            self.judge,
            self.judge,
            self.recall,
            self.bulk,
            self.accept_clean,
            self.dispute,
            self.trash_assets,
            self.renew_batch,
        )
        self.random.choice(moves)()

    def label(self) -> None:
        person = self.random.choice(self.annotators)
        claim = person.claim(self.project)
        if claim is None:
            make_tasks(self.project, self.team.manager, 3)
            return
        drawn = [region(self.random.choice((1, 2)), 40 * n, 10) for n in range(self.random.randrange(4))]
        if drawn:
            person.save(claim["annotation"]["id"], [put(one) for one in drawn])
        outcome = {} if drawn or claim["annotation"]["elements"] else {"outcome": "empty"}
        person.http.post(f"assignments/{claim['assignment']['id']}/submit", {"active_ms": 10, **outcome})

    def judge(self) -> None:
        person = self.random.choice(self.reviewers)
        claim = person.claim(self.project, "review")
        if claim is None:
            return
        elements = claim["annotation"]["elements"]
        verdict = self.random.choice(("accept", "reject", "fix"))
        body: dict[str, Any] = {"verdict": verdict, "reason": self.random.choice(REASONS), "active_ms": 5}
        if elements and verdict == "reject":
            body["marks"] = [
                {"kind": "loose", "element": elements[0]["element"]["id"]},
                {"kind": "missed", "point": {"x": 1, "y": 2}},
            ]
        if verdict == "fix":
            edits = [put(region(2, 300, 300))]
            edits += [delete(row["element"]["id"], over=row["version"]) for row in elements[:1]]
            person.save(claim["annotation"]["id"], edits)
        person.http.post(f"revisions/{claim['revision']['id']}/reviews", body)

    def recall(self) -> None:
        person = self.random.choice(self.annotators)
        done = person.http.get(f"assignments/?state=submitted&project={self.project.pk}").json()["results"]
        if done:
            person.http.post(f"assignments/{self.random.choice(done)['id']}/recall")

    def bulk(self) -> None:
        ids = list(Task.objects.filter(project=self.project).values_list("pk", flat=True))
        action = self.random.choice(("send_back", "ask_again", "trash", "archive", "batch"))
        body = {"action": action, "ids": self.random.sample(ids, min(2, len(ids))), "reason": "Loose outline"}
        body["batch"] = self.random.choice(["", *BATCHES])
        done = self.manager.post(f"{self.url}/tasks/bulk", body).json()
        if self.random.random() < 0.8:
            for undo in done["undo"]:
                self.manager.post(f"{self.url}/tasks/bulk", undo)

    def renew_batch(self) -> None:
        known = {one["name"]: one["id"] for one in self.manager.get(f"{self.url}/batches").json()["results"]}
        name = self.random.choice(BATCHES)
        if name in known:
            self.manager.delete(f"batches/{known[name]}")
        self.manager.post(f"{self.url}/batches", {"name": name})

    def trash_assets(self) -> None:
        ids = list(Task.objects.filter(project=self.project).values_list("asset_id", flat=True))
        chosen = {"ids": self.random.sample(ids, min(2, len(ids)))}
        self.manager.post(f"{self.url}/assets/trash", chosen)
        if self.random.random() < 0.8:
            self.manager.post(f"{self.url}/assets/restore", chosen)

    def accept_clean(self) -> None:
        person = self.random.choice(self.reviewers)
        job = person.http.post(f"{self.url}/reviews/accept-clean").json()["job"]["id"]
        run_job(job)
        if self.random.random() < 0.7:
            undo = person.http.post(f"{self.url}/reviews/accept-clean/{job}/undo")
            if undo.status_code == 202:
                run_job(undo.json()["job"]["id"])

    def dispute(self) -> None:
        person = self.random.choice(self.annotators)
        rows = person.http.get(f"{self.url}/feedback?disputed=no").json()["results"]
        if not rows:
            return
        review = self.random.choice(rows)["review"]["id"]
        made = person.http.post(f"reviews/{review}/dispute", {"text": "No"})
        if made.status_code == 201:
            decision = self.random.choice(("upheld", "overturned"))
            self.manager.post(f"disputes/{made.json()['id']}/decide", {"decision": decision, "text": "Seen"})


@pytest.mark.parametrize("seed", [1, 2])
def test_counts_equal_a_full_scan_after_anything(seed: int) -> None:
    team = make_team()
    project = make_project(team.organisation, team.manager)
    make_tasks(project, team.manager, 6)
    crowd = Crowd(team, project, seed)
    for number in range(MOVES):
        crowd.move()
        if number % (MOVES // 3) == 1:
            counts.fold()
    assert differences(project_id=project.pk) == {}
    assert any(measure == "faulty_regions" for measure, *_ in kept_counts(project.pk))


def test_what_was_fixed_and_is_answered_again_is_taken_away_once() -> None:
    team = make_team()
    project = make_project(team.organisation, team.manager)
    (task,) = make_tasks(project, team.manager, 1)
    author, reviewer = Person(team.annotator), Person(team.reviewer)
    author.label(project, region(1, 10, 10))
    claim = reviewer.claim(project, "review")
    reviewer.save(claim["annotation"]["id"], [put(region(2, 300, 300))])
    reviewer.judge(claim["revision"]["id"], "fix", reason="Loose outline")
    body = {"action": "send_back", "ids": [task.pk], "reason": "Loose outline"}
    assert api(team.manager).post(f"projects/{project.pk}/tasks/bulk", body).json()["changed"] == 1
    author.label(project, region(1, 100, 100))
    assert differences(project_id=project.pk) == {}


def test_a_recount_repairs_what_was_spoilt_and_a_check_names_it() -> None:
    team = make_team()
    project = make_project(team.organisation, team.manager)
    make_tasks(project, team.manager, 3)
    counts.fold()
    Count.objects.filter(project_id=project.pk).update(amount=5)
    counts.add(project.pk, "done", day=date(2026, 2, 3), amount=2)
    with pytest.raises(CommandError, match="3 counts differ"):
        call_command("recount", "--check", stdout=(told := StringIO()))
    assert sorted(told.getvalue().splitlines()) == [
        f"project {project.pk}: done - 2026-02-03 0: 2, rows say 0",
        f"project {project.pk}: tasks_by_state by month waiting - 0: 3, rows say 5",
        f"project {project.pk}: tasks_by_state waiting - 0: 5, rows say 3",
    ]
    call_command("recount", stdout=StringIO())
    call_command("recount", "--check", stdout=(told := StringIO()))
    assert told.getvalue() == "all counts agree with the rows\n"
