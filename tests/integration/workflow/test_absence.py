"""One action moves all open work of a person who is away. Nothing is lost, and the rules of the queue still hold."""

from __future__ import annotations

import pytest

from apps.annotations.models import Annotation, Element
from apps.tasks.models import Assignment, Slot, Task
from tests.factories import api, make_member, make_project, make_team
from tests.work import Person, make_tasks, put, region

pytestmark = pytest.mark.django_db


class Studio:
    """A person with drafts, rejected answers, assigned tasks and a review or two in a project of overlap 2."""

    def __init__(self, *, assigned: int = 4, drafts: int = 2, rejected: int = 1, reviews: int = 1) -> None:
        self.team = make_team()
        self.project = make_project(self.team.organisation, self.team.manager, settings={"lease_seconds": 3600})
        self.manager, self.away = api(self.team.manager), make_member(self.team.organisation, "reviewer")
        stages = [{"kind": "annotate", "overlap": 2}, {"kind": "review"}]
        self.manager.put(self.url("workflow"), {"body": {"stages": stages}})
        make_tasks(self.project, self.team.manager, rejected + reviews + drafts + assigned)
        self.first = rejected + reviews
        self.person, reviewer = Person(self.away), Person(self.team.reviewer)
        answers = [self.person.label(self.project)[1]["revision"]["id"] for _ in range(rejected)]
        for revision in answers:
            reviewer.http.post(f"revisions/{revision}/reviews", {"verdict": "reject", "reason": "Loose outline"})
        for _ in range(self.first):
            Person(self.team.annotator).label(self.project)
        self.judged = [self.person.claim(self.project, "review")["task"]["id"] for _ in range(reviews)]
        for _ in range(drafts):
            claim = self.claim_new()
            self.person.save(claim["annotation"]["id"], [put(region())])
        free = Task.objects.filter(project=self.project).exclude(assignments__user=self.away)
        ids = list(free.order_by("-number").values_list("pk", flat=True)[:assigned])
        done = self.manager.post(self.url("tasks/bulk"), {"action": "assign", "ids": ids, "user": self.away.pk}).json()
        assert done["changed"] == assigned

    def claim_new(self):
        """A task that the person has not answered: rework is offered first and given back."""
        ids = list(
            Task.objects.filter(project=self.project, number__gt=self.first)
            .exclude(assignments__user=self.away)
            .order_by("number")
            .values_list("pk", flat=True)[:1]
        )
        claim = self.person.http.post(f"projects/{self.project.pk}/tasks/claim", {"ids": ids})
        assert claim.status_code == 200, claim.content
        return claim.json()

    def url(self, rest: str) -> str:
        return f"projects/{self.project.pk}/{rest}"

    def move(self, **target):
        url = self.url(f"members/{self.away.pk}/move-work")
        preview, moved = self.manager.post(f"{url}/preview", target), self.manager.post(url, target)
        assert (preview.status_code, moved.status_code) == (200, 200), moved.content
        assert preview.json() == moved.json()
        return moved.json()


@pytest.fixture
def studio():
    return Studio()


def in_hand(user):
    held = Assignment.objects.filter(user=user, state__in=["held", "stale", "parked"]).count()
    return held + Slot.objects.filter(reserved_for=user, state="open").count()


def no_task_has_more_people_than_its_overlap(project):
    for task in Task.objects.filter(project=project):
        slots = Slot.objects.filter(task=task, stage="annotate", rework_level=0).exclude(state="cancelled")
        assert slots.count() == 2
        people = Assignment.objects.filter(task=task, stage="annotate", state__in=["held", "stale", "submitted"])
        assert people.count() <= 2 + Slot.objects.filter(task=task, rework_level__gt=0).count()


def test_all_open_work_goes_to_a_person_with_its_drafts():
    studio = Studio(assigned=80, drafts=12, rejected=5, reviews=2)
    other = make_member(studio.team.organisation, "reviewer")
    slots = Slot.objects.filter(project=studio.project, state__in=["open", "held"]).count()
    moved = studio.move(to_user=other.pk)
    assert {kind: moved[kind] for kind in ("assigned", "drafts", "rejected", "reviews")} == {
        "assigned": 80, "drafts": 12, "rejected": 5, "reviews": 2,
    }  # fmt: skip
    assert moved["instead"] == {}
    assert (in_hand(studio.away), in_hand(other)) == (0, 99)
    drafts = Annotation.objects.filter(author=other, state="draft", edited=True)
    assert drafts.count() == 12
    assert set(Element.objects.filter(annotation__in=drafts).values_list("editor", flat=True)) == {studio.away.pk}
    assert Slot.objects.filter(project=studio.project, state__in=["open", "held"]).count() == slots
    no_task_has_more_people_than_its_overlap(studio.project)


def test_what_they_did_keeps_their_name(studio):
    studio.move(to_user=make_member(studio.team.organisation, "reviewer").pk)
    mine = Annotation.objects.filter(author=studio.away, state="submitted")
    assert mine.count() == 1
    assert all(one.revisions.get().author_id == studio.away.pk for one in mine)


def test_what_the_other_may_not_do_goes_to_the_queue_and_not_to_them(studio):
    """The team's annotator has answered tasks that the person was rejected on, and cannot review at all."""
    annotator = studio.team.annotator
    moved = studio.move(to_user=annotator.pk)
    assert moved["instead"] == {"answered": 1, "role": 1}
    assert in_hand(studio.away) == 0
    for slot in Slot.objects.filter(reserved_for=annotator):
        assert not Assignment.objects.filter(task=slot.task, user=annotator, state="submitted").exists()
    assert Slot.objects.filter(project=studio.project, rework_level__gt=0, state="open", reserved_for=None).count() == 1
    assert (
        Slot.objects.filter(project=studio.project, stage="review", state="open", reserved_for=annotator).count() == 0
    )


def test_a_draft_that_goes_to_the_queue_is_gone_on_with_by_who_takes_it(studio):
    moved = studio.move()
    assert (moved["drafts"], in_hand(studio.away)) == (2, 0)
    slot = Slot.objects.exclude(draft=None).order_by("order_key").first()
    other = Person(make_member(studio.team.organisation, "annotator"))
    claim = other.http.post(studio.url("tasks/claim"), {"ids": [slot.task_id]}).json()
    assert len(claim["annotation"]["elements"]) == 1
    other.submit(claim)
    revision = Annotation.objects.get(pk=claim["annotation"]["id"]).revisions.get()
    assert (revision.author_id, revision.region_count) == (other.user.pk, 1)
    assert Slot.objects.exclude(draft=None).count() == 1


def test_work_for_a_group_is_claimed_by_its_people_only(studio):
    member = make_member(studio.team.organisation, "reviewer")
    group = studio.manager.post(studio.url("groups"), {"name": "Night", "members": [member.pk]}).json()["id"]
    studio.move(to_group=group)
    rejected = Slot.objects.filter(project=studio.project, rework_level__gt=0, state="open").values_list(
        "task", flat=True
    )
    stranger = Person(make_member(studio.team.organisation, "reviewer"))
    for body in ({"stage": "review", "ids": studio.judged}, {"ids": list(rejected)}):
        assert stranger.http.post(studio.url("tasks/claim"), body).status_code == 204
        assert Person(member).http.post(studio.url("tasks/claim"), body).status_code == 200


def test_a_paused_person_gets_no_new_work(studio):
    studio.move(pause="On leave until May")
    refused = studio.person.http.post(studio.url("tasks/claim"), {"stage": "annotate"})
    assert (refused.status_code, refused.json()["code"]) == (409, "member_paused")


def test_work_cannot_be_moved_to_the_person_who_is_away_or_to_a_stranger(studio):
    stranger = make_team().annotator
    for target in ({"to_user": studio.away.pk}, {"to_user": stranger.pk}, {"to_group": 999_999}):
        refused = studio.manager.post(studio.url(f"members/{studio.away.pk}/move-work"), target)
        assert refused.status_code == 400, refused.content
