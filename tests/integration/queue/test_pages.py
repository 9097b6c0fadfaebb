"""Pages of alike pictures: many pieces of work taken, answered and taken back as one, each with its own revision and time."""

from __future__ import annotations

import pytest

from apps.annotations.models import Annotation, Revision
from apps.assets.models import Asset
from apps.quality.models import Probe
from apps.quality.services.gold import import_gold
from apps.quality.services.honeypots import place_honeypots
from apps.tasks.models import Assignment, Slot, Task
from domain.elements import decode, encode
from domain.sampling.near import in_groups
from tests.factories import api, make_member, make_project, sample_schema
from tests.integration.gold.making import hide, upload
from tests.work import Person, make_tasks

pytestmark = pytest.mark.django_db
WEATHER = {"name": "weather", "kind": "select", "options": ["clear", "rain"], "required": True}
DARK = {"name": "dark", "kind": "boolean"}
LOOKS = (0, 0x0F0F0F0F0F0F0F0F, -1)  # three kinds of pictures, 32 bits apart or more


@pytest.fixture
def project(team):
    schema = sample_schema(classes=[], item_attributes=[WEATHER, DARK])
    return make_project(team.organisation, team.manager, schema=schema)


@pytest.fixture
def tasks(team, project):
    """Eighteen pictures of three kinds, in turn."""
    made = make_tasks(project, team.manager, 18)
    for place, task in enumerate(made):
        Asset.objects.filter(pk=task.asset_id).update(likeness=LOOKS[place % 3])
    return made


def ask(person: Person, project, verb: str, status: int = 200, **body):
    answer = person.http.post(f"projects/{project.pk}/tasks/{verb}-page", body)
    assert answer.status_code == status, answer.content
    return answer.json() if answer.content else None


def numbers(page) -> list[int]:
    return [item["task"]["number"] for item in page["items"]]


def answered(page, value="rain", *, but=()):
    held = [item["assignment"] for item in page["items"]]
    return [
        {"assignment": one["id"], "token": one["token"], "answers": {"weather": value}}
        for place, one in enumerate(held)
        if place not in but
    ]


def test_a_page_is_the_next_task_and_those_that_look_like_it(team, project, tasks):
    annotator = Person(team.annotator)
    first = ask(annotator, project, "claim", size=6)
    assert numbers(first) == [1, 4, 7, 10, 13, 16]
    assert (first["remaining"], {item["assignment"]["state"] for item in first["items"]}) == (12, {"held"})
    assert numbers(ask(annotator, project, "claim", size=6)) == [2, 5, 8, 11, 14, 17]
    other = Person(make_member(team.organisation, "annotator"))
    assert numbers(ask(other, project, "claim", size=48)) == [3, 6, 9, 12, 15, 18]
    ask(other, project, "claim", 204, size=6)


def test_a_page_that_its_first_picture_does_not_fill_goes_on_with_the_next_group(team, project, tasks):
    page = ask(Person(team.annotator), project, "claim", size=12)
    assert numbers(page) == [1, 4, 7, 10, 13, 16, 2, 5, 8, 11, 14, 17]


def test_each_picture_gets_its_own_revision_and_an_equal_part_of_the_time(team, project, tasks):
    annotator = Person(team.annotator)
    page = ask(annotator, project, "claim", size=6)
    Assignment.objects.update(claimed_at="2026-01-01T00:00:00Z")  # longer ago than the page's time
    done = ask(annotator, project, "submit", items=answered(page), active_ms=6_004)
    assert [one["active_ms"] for one in done["results"]] == [1001, 1001, 1001, 1001, 1000, 1000]
    revisions = list(Revision.objects.order_by("pk"))
    assert [revision.active_ms for revision in revisions] == [1001, 1001, 1001, 1001, 1000, 1000]
    assert {(r.author_id, r.stage, r.outcome) for r in revisions} == {(team.annotator.pk, "annotate", "labelled")}
    shown = annotator.http.get(f"revisions/{revisions[0].pk}").json()
    assert [entry["element"] for entry in shown["elements"]] == [{"id": "weather", "value": "rain"}]
    again = ask(annotator, project, "submit", items=answered(page), active_ms=6_004)
    assert [one["revision"] for one in again["results"]] == [one["revision"] for one in done["results"]]
    assert Revision.objects.count() == 6


def test_a_page_costs_a_fraction_of_as_many_single_submits(team, project, tasks, django_assert_max_num_queries):
    annotator = Person(team.annotator)
    page = ask(annotator, project, "claim", size=12)
    with django_assert_max_num_queries(12 * 37):  # 56 each were it handed in picture by picture
        done = ask(annotator, project, "submit", items=answered(page))
    assert all(one["revision"] for one in done["results"])


def test_what_is_refused_stays_by_name_and_leaves_nothing_behind(team, project, tasks):
    annotator = Person(team.annotator)
    page = ask(annotator, project, "claim", size=6)
    items = answered(page)
    items[1]["answers"] = {"weather": "hail"}
    items[2]["answers"] = {"dark": True}  # a required question is open
    items[3]["token"] += 1
    items[4]["answers"] = {}
    results = ask(annotator, project, "submit", items=items, active_ms=600)["results"]
    codes = [one["problem"] and one["problem"]["code"] for one in results]
    assert codes == [None, "invalid", "submit_blocked", "lease_lost", "outcome_missing", None]
    assert [one["active_ms"] for one in results] == [100, 0, 0, 0, 0, 100]
    held = Assignment.objects.filter(state="held")
    assert (held.count(), Revision.objects.count(), Annotation.objects.filter(edited=True).count()) == (4, 2, 0)
    assert not held.filter(edited=True).exists()


def test_a_page_is_taken_back_with_its_answers_except_what_a_reviewer_has(team, project, tasks):
    annotator, reviewer = Person(team.annotator), Person(team.reviewer)
    page = ask(annotator, project, "claim", size=6)
    ask(annotator, project, "submit", items=answered(page))
    held = reviewer.claim(project, "review")["task"]["number"]
    back = ask(annotator, project, "recall", assignments=[one["assignment"] for one in answered(page)])
    assert numbers(back["page"]) == [number for number in numbers(page) if number != held]
    assert [one["problem"]["code"] for one in back["refused"]] == ["too_late_to_recall"]
    elements = [item["elements"][0]["element"] for item in back["page"]["items"]]
    assert elements == [{"id": "weather", "value": "rain"}] * 5
    done = ask(annotator, project, "submit", items=answered(back["page"], "clear"))
    assert all(one["revision"]["number"] == 2 for one in done["results"])


def test_leases_are_kept_together_and_given_back_when_the_page_is_left(team, project, tasks):
    annotator = Person(team.annotator)
    page = ask(annotator, project, "claim", size=6)
    leases = [{"assignment": i["assignment"]["id"], "token": i["assignment"]["token"]} for i in page["items"]]
    Assignment.objects.update(expires_at="2026-01-01T00:00:00Z")
    kept = ask(annotator, project, "keep", assignments=[*leases[:5], leases[5] | {"token": 99}])
    assert (kept["expires_at"] > page["items"][0]["assignment"]["expires_at"][:4], kept["lost"]) == (
        True,
        [leases[5]["assignment"]],
    )
    assert ask(annotator, project, "release", assignments=leases)["released"] == 6
    assert Slot.objects.filter(project=project, state="open").count() == 18
    assert set(Task.objects.values_list("state", flat=True)) == {"waiting"}
    assert ask(annotator, project, "release", assignments=leases)["released"] == 0


def test_what_is_another_persons_is_neither_handed_in_nor_given_back(team, project, tasks):
    page = ask(Person(team.annotator), project, "claim", size=6)
    other = Person(make_member(team.organisation, "annotator"))
    results = ask(other, project, "submit", items=answered(page))["results"]
    assert {one["problem"]["code"] for one in results} == {"not_your_work"}
    leases = [{"assignment": one["assignment"]} for one in answered(page)]
    assert ask(other, project, "release", assignments=leases)["released"] == 0
    assert {one["problem"]["code"] for one in ask(other, project, "recall", assignments=[leases[0]["assignment"]])["refused"]} == {"not_your_work"}  # fmt: skip


def test_the_rules_of_the_queue_hold_on_a_page(team, project, tasks):
    manager, annotator = api(team.manager), Person(team.annotator)
    body = {"stages": [{"kind": "annotate", "overlap": 2}, {"kind": "consensus"}, {"kind": "adjudicate"}]}
    assert manager.put(f"projects/{project.pk}/workflow", {"body": body}).status_code in (200, 201, 202)
    more = make_tasks(project, team.manager, 6)
    page = ask(annotator, project, "claim", size=48, ids=[task.pk for task in more])
    assert len(set(numbers(page))) == len(page["items"]) == 6  # one answer to each, though two are wanted
    ask(annotator, project, "claim", 204, size=6, ids=[task.pk for task in more])
    manager.patch(f"projects/{project.pk}", {"settings": {"cap_open": 8}})
    assert len(ask(annotator, project, "claim", size=6)["items"]) == 2
    ask(annotator, project, "claim", 409, size=6)
    ask(annotator, project, "claim", 400, size=5)
    drawing = make_project(team.organisation, team.manager)
    assert ask(annotator, drawing, "claim", 409, size=6)["code"] == "wrong_state"


def test_hidden_tests_stand_on_pages_as_work_does(team, project):
    """A test looks like its gold, so that it is neither left over nor first; and no page shows one picture twice."""
    hide(project, team, share=0.3)
    gold = upload(project, team.manager, [f"REF_{n:03d}.jpg" for n in range(6)])
    said = [("answer", encode(decode("answer", b'{"id":"weather","value":"rain"}')))]
    for place, task in enumerate(gold):
        Asset.objects.filter(pk=task.asset_id).update(likeness=LOOKS[place % 3])
        import_gold(user=team.manager, task_id=task.pk, elements=said)
    Slot.objects.filter(task__in=gold).update(state=Slot.State.CANCELLED)
    Task.objects.filter(pk__in=[task.pk for task in gold]).update(state=Task.State.ARCHIVED)
    work = upload(project, team.manager, [f"IMG_{n:03d}.jpg" for n in range(90)])
    for place, task in enumerate(work):
        Asset.objects.filter(pk=task.asset_id).update(likeness=LOOKS[place * 7 // 5 % 3])
    place_honeypots(project=project)
    probes = set(Probe.objects.filter(project=project).values_list("task_id", flat=True))
    person, places = Person(team.annotator), []
    for _ in range(5):
        page = ask(person, project, "claim", size=12)
        pictures = [Asset.objects.get(pk=item["asset"]["id"]).sha256 for item in page["items"]]
        assert len(set(pictures)) == len(pictures)
        places += [place for place, item in enumerate(page["items"]) if item["task"]["id"] in probes]
    assert len(set(places)) > 1


def test_alike_pictures_stand_together_and_those_nobody_looked_at_alone():
    assert in_groups([0, 2**64 - 1, None, 7, 1, 2**64 - 2]) == [0, 4, 3, 1, 5, 2]
    assert in_groups([None, 5, 5]) == [0, 1, 2]
    assert in_groups([]) == []
