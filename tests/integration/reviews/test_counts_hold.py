"""Whatever people do in whatever order, the maintained counts say what a full scan says."""

from __future__ import annotations

import os
from collections import defaultdict
from random import Random
from typing import Any

import pytest

from apps.activity import counts
from apps.activity.models import Count, CountDelta
from apps.projects.models import Project
from apps.quality.services.counting import MEASURES, recount
from apps.tasks.models import Task
from tests.factories import Team, api, make_member, make_project, make_team, run_job
from tests.work import Person, delete, make_tasks, put, region

pytestmark = pytest.mark.django_db
MOVES = 10_000 if os.environ.get("LABELWRIGHT_SOAK") else 90
REASONS = ("Loose outline", "Wrong class, Missed something: look again", "of its own kind")


def counted(project: Project) -> dict[tuple[Any, ...], int]:
    found: dict[tuple[Any, ...], int] = defaultdict(int)
    for model in (Count, CountDelta):
        rows = model.objects.filter(project_id=project.pk, measure__in=MEASURES)
        for *place, amount in rows.values_list("measure", "key", "day", "user_id", "amount"):
            found[tuple(place)] += amount
    return {place: amount for place, amount in found.items() if amount}


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
        action = self.random.choice(("send_back", "ask_again", "trash", "archive"))
        body = {"action": action, "ids": self.random.sample(ids, min(2, len(ids))), "reason": "Loose outline"}
        done = self.manager.post(f"{self.url}/tasks/bulk", body).json()
        if self.random.random() < 0.8:
            for undo in done["undo"]:
                self.manager.post(f"{self.url}/tasks/bulk", undo)

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
        if number == MOVES // 2:
            counts.fold()
    kept = counted(project)
    recount(project_id=project.pk)
    scanned = counted(project)
    assert {place: n for place, n in kept.items() if scanned.get(place) != n} == {}
    assert kept == scanned
    assert any(place[0] == "faulty_regions" for place in kept)
