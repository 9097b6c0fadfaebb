"""Whatever people, leases and managers do in whatever order, through the services of the product: no task is handed to more
people than its overlap, none skips its review, nobody judges their own work, and the maintained counts say what a scan says."""

from __future__ import annotations

import os
from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.utils import timezone

from apps.annotations.models import Annotation, Revision
from apps.projects.models import Project
from apps.quality.jobs.consensus import compare_task
from apps.quality.services.counting import differences
from apps.reviews.models import Review
from apps.reviews.services.judge import answer_author
from apps.tasks.models import Assignment, Slot, Stage, Task
from apps.tasks.services.leases import return_expired
from tests.factories import Team, api, make_member, make_project, make_team, run_job
from tests.work import Person, make_tasks, put, region

pytestmark = pytest.mark.django_db

SOAK = os.environ.get("LABELWRIGHT_SOAK") == "1"
MOVES, SCAN_EVERY = (4_000, 25) if SOAK else (140, 70)
SEEDS = range(1, 9) if SOAK else (1,)
MERGE = [{"kind": "consensus"}, {"kind": "adjudicate"}]
WORKFLOWS: list[list[dict[str, Any]]] = [  # in each everything is reviewed, so that nothing is done unseen
    [{"kind": "annotate"}, {"kind": "review"}],
    [{"kind": "annotate"}, {"kind": "review"}, {"kind": "review"}],
    [{"kind": "annotate", "overlap": 2}, {"kind": "review"}],
    [{"kind": "annotate", "overlap": 2}, {"kind": "review"}, *MERGE, {"kind": "review"}],
    [{"kind": "annotate", "overlap": 2}, *MERGE, {"kind": "review"}],
    [{"kind": "annotate", "share": {"share": 0.5, "overlap": 3}}, {"kind": "review"}],
]
HIGHEST = [1, 1, 2, 2, 2, 3]
OPEN = (Assignment.State.HELD, Assignment.State.PARKED, Assignment.State.STALE)
HAS = (*OPEN, Assignment.State.SUBMITTED)


class Studio:
    """People who do anything that the product lets them do. What it refuses is not looked at: it must change nothing."""

    def __init__(self, team: Team, project: Project, seed: int) -> None:
        self.random, self.team, self.project = Random(seed), team, project
        self.url, self.manager = f"projects/{project.pk}", api(team.manager)
        self.annotators = [Person(make_member(team.organisation, "annotator")) for _ in range(4)]
        self.seniors = [Person(make_member(team.organisation, "reviewer")) for _ in range(3)]
        self.people = [*self.annotators, *self.seniors]
        self.highest, self.done = 1, Counter[str]()

    def move(self) -> str:
        weighted = {
            self.claim: 10, self.save: 4, self.submit: 14, self.claim_review: 6, self.judge: 14, self.adjudicate: 3,
            self.compare: 4, self.recall: 2, self.release: 1, self.skip: 1, self.park: 1, self.answer: 1,
            self.expire: 2, self.hand_over: 1, self.leave: 1, self.change_workflow: 1, self.bulk: 2, self.triage: 2,
            self.remove: 1, self.add: 1,
        }  # fmt: skip
        chosen = self.random.choices(list(weighted), list(weighted.values()))[0]
        chosen()
        return chosen.__name__

    def note(self, name: str, response: Any) -> Any:
        assert response.status_code < 500, (name, response.content)
        if response.status_code < 300:
            self.done[name] += 1
        return response

    def work_of(self, person: Person, stage: Stage, *states: str) -> Assignment | None:
        rows = Assignment.objects.filter(user=person.user, stage=stage, state__in=states, project=self.project)
        return self.random.choice(list(rows.select_related("slot", "task").order_by("pk")) or [None])  # type: ignore[list-item]

    def claim(self) -> None:
        self.note("claim", self.random.choice(self.people).http.post(f"{self.url}/tasks/claim", {}))

    def claim_review(self) -> None:
        person = self.random.choice(self.seniors)
        claim = self.note("claim review", person.http.post(f"{self.url}/tasks/claim", {"stage": "review"}))
        if claim.status_code == 200:
            revision = Revision.objects.get(pk=claim.json()["revision"]["id"])
            made = {revision.author_id, answer_author(revision)}
            assert person.user.pk not in made, "nobody is handed their own work to judge"

    def draft_of(self, assignment: Assignment) -> Annotation | None:
        return Annotation.objects.filter(assignment=assignment, state=Annotation.State.DRAFT).last()

    def save(self) -> None:
        person = self.random.choice(self.people)
        held = self.work_of(person, Stage.ANNOTATE, "held", "stale")
        draft = held and self.draft_of(held)
        if draft:
            edits = [put(region(self.random.choice((1, 2)), 40 * n, 10)) for n in range(self.random.randrange(1, 3))]
            body = {"session": "s1", "edits": edits, "active_ms": 10}
            self.note("save", person.http.post(f"annotations/{draft.pk}/edits", body))

    def submit(self) -> None:
        person = self.random.choice(self.people)
        held = self.work_of(person, Stage.ANNOTATE, "held", "stale", "released")
        if held:
            outcomes = [{}, {}, {"outcome": "empty"}, {"outcome": "empty"}, {"outcome": "cannot_tell"}]
            body = {"active_ms": 10} | self.random.choice(outcomes)
            self.note("submit", person.http.post(f"assignments/{held.pk}/submit", body))

    def judge(self) -> None:
        person = self.random.choice(self.seniors)
        held = self.work_of(person, Stage.REVIEW, "held")
        waiting = Slot.objects.filter(project=self.project, stage=Stage.REVIEW, state="open").exclude(revision=None)
        slot = held.slot if held else self.random.choice(list(waiting.order_by("pk")) or [None])  # type: ignore[list-item]
        if slot is None:
            return
        verdict = self.random.choice(("accept", "accept", "accept", "reject", "fix"))
        if verdict == "fix" and held and (draft := self.draft_of(held)):
            body = {"session": "s1", "edits": [put(region(2, 300, 300))], "active_ms": 1}
            person.http.post(f"annotations/{draft.pk}/edits", body)
        asked = {"verdict": verdict, "reason": "Loose outline"}
        self.note(verdict, person.http.post(f"revisions/{slot.revision_id}/reviews", asked))

    def adjudicate(self) -> None:
        person = self.random.choice(self.seniors)
        self.note("claim conflict", person.http.post(f"{self.url}/tasks/claim", {"stage": "adjudicate"}))
        held = self.work_of(person, Stage.ADJUDICATE, "held")
        if held:
            self.note("adjudicate", person.http.post(f"assignments/{held.pk}/submit", {"outcome": "empty"}))

    def compare(self) -> None:
        for pk in Task.objects.filter(project=self.project, state="comparing").values_list("pk", flat=True):
            compare_task(task_id=pk)
            self.done["compare"] += 1

    def recall(self) -> None:
        person = self.random.choice(self.people)
        if sent := self.work_of(person, Stage.ANNOTATE, "submitted"):
            self.note("recall", person.http.post(f"assignments/{sent.pk}/recall"))

    def release(self) -> None:
        self._with_held("release", {})

    def skip(self) -> None:
        self._with_held("skip", {"reason": "Too hard"})

    def park(self) -> None:
        self._with_held("park", {"question": "Is this a car?"})

    def _with_held(self, verb: str, body: dict[str, Any]) -> None:
        person = self.random.choice(self.people)
        if held := self.work_of(person, self.random.choice((Stage.ANNOTATE, Stage.REVIEW)), "held"):
            self.note(verb, person.http.post(f"assignments/{held.pk}/{verb}", body))

    def answer(self) -> None:
        rows = self.manager.get(f"{self.url}/questions").json()["results"]
        if rows:
            question = self.random.choice(rows)["id"]
            self.note("answer", self.manager.post(f"questions/{question}/answer", {"text": "It is."}))

    def expire(self) -> None:
        held = Assignment.objects.filter(project=self.project, state="held").order_by("pk")
        some = [pk for pk in held.values_list("pk", flat=True) if self.random.random() < 0.4]
        past = timezone.now() - timedelta(days=3)
        Assignment.objects.filter(pk__in=some).update(expires_at=past)
        Assignment.objects.filter(project=self.project, state="stale").update(stale_until=past)
        self.done["expire"] += return_expired(project_id=self.project.pk)

    def hand_over(self) -> None:
        rows = Assignment.objects.filter(project=self.project, state__in=OPEN).order_by("pk")
        found = self.random.choice(list(rows) or [None])  # type: ignore[list-item]
        if found:
            to = self.random.choice([None, *(one.user.pk for one in self.people)])
            self.note("hand over", self.manager.post(f"assignments/{found.pk}/hand-over", {"to": to}))

    def leave(self) -> None:
        away, other = self.random.sample(self.people, 2)
        target = self.random.choice(({}, {"to_user": other.user.pk}))
        self.note("leave", self.manager.post(f"{self.url}/members/{away.user.pk}/move-work", target))

    def change_workflow(self) -> None:
        at = self.random.randrange(len(WORKFLOWS))
        body = {"body": {"stages": WORKFLOWS[at]}, "move": self.random.random() < 0.8}
        saved = self.note("workflow", self.manager.put(f"{self.url}/workflow", body))
        assert saved.status_code == 200, saved.content
        self.highest = max(self.highest, HIGHEST[at])
        change = saved.json().get("bulk_change")
        if change and change["job"]:
            assert run_job(change["job"]["id"]) == "succeeded"
            if self.random.random() < 0.3:
                undo = self.note("undo", self.manager.post(f"{self.url}/bulk-changes/{change['id']}/undo"))
                if undo.status_code == 202:
                    assert run_job(undo.json()["job"]["id"]) == "succeeded"

    def bulk(self) -> None:
        ids = list(Task.objects.filter(project=self.project).order_by("pk").values_list("pk", flat=True))
        action = self.random.choice(("send_back", "ask_again", "trash", "archive", "assign"))
        body = {"action": action, "ids": self.random.sample(ids, 2), "reason": "Loose outline"}
        body |= {"user": self.random.choice(self.people).user.pk} if action == "assign" else {}
        done = self.note(action, self.manager.post(f"{self.url}/tasks/bulk", body))
        for undo in done.json().get("undo", []) if self.random.random() < 0.7 else ():
            self.note(undo["action"], self.manager.post(f"{self.url}/tasks/bulk", undo))

    def triage(self) -> None:
        waiting = Task.objects.filter(project=self.project, state="triage").order_by("pk").first()
        if waiting:
            self.note("triage", self.manager.post(f"tasks/{waiting.pk}/triage", {"choice": "requeue"}))

    def remove(self) -> None:
        """Somebody leaves the organisation in the middle, and another one comes."""
        if self.random.random() < 0.5:
            gone = self.people[self.random.choice((0, 4))]
            path = f"organisations/{self.team.organisation.pk}/members/{gone.user.pk}"
            self.note("remove", api(self.team.owner).post(f"{path}/deactivate"))
            fresh = Person(make_member(self.team.organisation, "reviewer" if gone in self.seniors else "annotator"))
            for crew in (self.annotators, self.seniors, self.people):
                crew[:] = [fresh if one is gone else one for one in crew]

    def add(self) -> None:
        make_tasks(self.project, self.team.manager, 1)

    def holds(self) -> None:
        """What is true after every move."""
        work = list(Assignment.objects.filter(project=self.project).select_related("slot"))
        places = list(Slot.objects.filter(project=self.project, stage=Stage.ANNOTATE).order_by("pk"))
        holders = Counter(one.slot_id for one in work if one.state in OPEN and one.slot and one.slot.state == "held")
        assert max(holders.values(), default=0) <= 1, "a slot is in one pair of hands"
        alive = [one for one in places if one.state in ("held", "done")]
        latest = {(one.task_id, one.ordinal): one.pk for one in alive}  # after a triage or a rejection there is another
        answering: dict[int, set[int]] = {}
        for one in work:
            has = one.state in OPEN or (one.state == "submitted" and one.slot_id in latest.values())
            if one.stage == Stage.ANNOTATE and has and one.slot and one.slot.state in ("held", "done"):
                answering.setdefault(one.task_id, set()).add(one.user_id)
        assert max(map(len, answering.values()), default=0) <= self.highest, "no more people than the overlap"
        needed = {(one.task_id, one.ordinal) for one in places if one.state != "cancelled" and not one.rework_level}
        assert max(Counter(task for task, _ in needed).values(), default=0) <= self.highest, "no more places than it"
        self.is_reviewed()
        reviews = Review.objects.filter(task__project=self.project, sent_back_from__isnull=True).select_related(
            "revision"
        )
        for review in reviews:
            assert review.reviewer_id not in (review.author_id, review.revision.author_id), "nobody judges their own"

    def is_reviewed(self) -> None:
        """A done task's result was accepted, or is the fix of who judged it."""
        done = Task.objects.filter(project=self.project, state="done").values_list("result_id", flat=True)
        good = Review.objects.filter(verdict__in=("accept", "fix"), revision__project=self.project)
        seen = {pk for row in good.values_list("revision_id", "fix_revision_id") for pk in row}
        assert set(done) <= seen, "nothing is done that nobody looked at"


@pytest.mark.parametrize("seed", SEEDS)
def test_no_order_of_events_breaks_what_the_workflow_promises(seed: int) -> None:
    team = make_team()
    project = make_project(team.organisation, team.manager)
    make_tasks(project, team.manager, 6)
    studio, path = Studio(team, project, seed), []
    for number in range(1, MOVES + 1):
        path.append(studio.move())
        try:
            studio.holds()
        except AssertionError as error:
            raise AssertionError(f"{error} after {path[-12:]} (seed {seed}, move {number})") from error
        if number % SCAN_EVERY == 0:
            assert differences(project_id=project.pk) == {}
    assert {"claim", "submit", "workflow", "remove"} <= set(studio.done), "the path went somewhere"
    assert studio.done["accept"] + studio.done["fix"] > 0
