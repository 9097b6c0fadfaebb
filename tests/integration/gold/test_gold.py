"""Trusted answers, what people's answers to them are worth, and what follows."""

from __future__ import annotations

from hashlib import sha256
from uuid import uuid4

import pytest

from apps.accounts.models import Membership
from apps.activity.models import Event, Notification
from apps.annotations.models import Annotation, Revision
from apps.annotations.services.freeze import NewRevision, write_revisions
from apps.assets.services import put_blob
from apps.quality.models import Audit, AuditItem, Consequence, Gold, Probe, ProbeScore
from apps.quality.queries.gold import Accuracy
from apps.quality.services.gold import import_gold
from apps.quality.services.honeypots import place_honeypots
from apps.quality.services.scoring import follow, score_answer, score_verdicts, unscored
from apps.quality.services.watching import watch_everywhere
from domain.elements import encode, region_type
from domain.geometry import rle
from domain.shapes import SHAPES
from tests.factories import api, make_member, make_project, sample_schema
from tests.integration.gold.making import hide, make_gold, make_gold_from, upload
from tests.work import Person, put, region

pytestmark = pytest.mark.django_db


def test_a_revision_becomes_gold_as_a_copy_of_its_own_kind(team, project, manager):
    gold = make_gold(project, team, 1)[0]
    listed = manager.get(f"projects/{project.pk}/quality/gold").json()["results"]
    assert gold.revision.kind == Annotation.Kind.GOLD
    assert gold.revision.sha256 == gold.task.result.sha256
    assert [(row["id"], row["region_count"], row["problem"]) for row in listed] == [(gold.pk, 2, None)]


def test_the_same_content_is_gold_once(team, project, manager):
    gold = make_gold(project, team, 1)[0]
    again = manager.post(f"projects/{project.pk}/quality/gold", {"revision": gold.task.result_id})
    assert (again.status_code, again.json()["code"]) == (409, "already_gold")


def test_a_better_answer_is_a_new_version_and_the_old_one_is_retired(team, project, manager):
    gold = make_gold(project, team, 1)[0]
    made = manager.post(f"projects/{project.pk}/quality/gold", {"task": gold.task_id, "regions": [region(2, 5, 5)]})
    assert made.status_code == 201, made.content
    assert (made.json()["version"], made.json()["classes"]) == (2, [2])
    assert Gold.objects.get(pk=gold.pk).state == "retired"
    refused = manager.post(f"gold/{gold.pk}/restore")
    assert (refused.status_code, refused.json()["code"]) == (409, "already_gold")


def test_imported_gold_must_fit_schema_and_picture(team, project, manager):
    task = upload(project, team.manager, ["a.jpg"])[0]
    refused = manager.post(f"projects/{project.pk}/quality/gold", {"task": task.pk, "regions": [region(9)]})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["pointer"] == "/elements/0"


def test_annotators_and_reviewers_learn_of_no_gold(team, project):
    gold = make_gold(project, team, 1)[0]
    for person in (team.annotator, team.reviewer):
        http = api(person)
        assert http.get(f"projects/{project.pk}/quality/gold").status_code == 403
        assert http.get(f"revisions/{gold.revision_id}").status_code == 404
        kinds = [r["kind"] for r in http.get(f"tasks/{gold.task_id}").json()["revisions"]]
        assert "gold" not in kinds


def test_gold_with_a_class_that_no_longer_exists_says_so_and_makes_no_tests(team, project, manager):
    make_gold(project, team, 1)
    body = manager.get(f"projects/{project.pk}/schema").json()["body"]
    for one in body["classes"]:
        one["archived"] = one["id"] == 2
    assert manager.put(f"projects/{project.pk}/schema", {"body": body}).status_code in (200, 201)
    listed = manager.get(f"projects/{project.pk}/quality/gold").json()["results"][0]
    assert (listed["problem"], listed["gone_classes"]) == ("classes_gone", [2])
    hide(project, team, share=0.3)
    upload(project, team.manager, [f"b{n}.jpg" for n in range(20)])
    assert place_honeypots(project=project) == 0


def _tested(team, project, *regions_of, share=0.3):
    """Somebody's answers to all tests that come to them."""
    make_gold(project, team, len(regions_of))
    hide(project, team, share=share, feedback="full")
    begun = 0
    while Probe.objects.filter(project=project).values("gold").distinct().count() < len(regions_of):  # places are drawn
        upload(project, team.manager, [f"b{begun + n}.jpg" for n in range(12)])
        place_honeypots(project=project)
        begun += 12
    person = Person(make_member(team.organisation, "annotator"))
    answers = {gold.pk: regions for gold, regions in zip(Gold.objects.order_by("pk"), regions_of, strict=True)}
    while (claim := person.claim(project)) is not None:
        probe = Probe.objects.filter(task_id=claim["task"]["id"]).first()
        drawn = answers[probe.gold_id] if probe else [region()]
        person.save(claim["annotation"]["id"], [put(one) for one in drawn])
        person.submit(claim)
    for revision_id in unscored():
        score_answer(revision_id=revision_id)
    return person


def test_an_answer_is_scored_by_place_class_and_what_is_left_over(team, project, manager):
    perfect = [region(1, 10, 20), region(2, 200, 100)]
    half = [region(1, 11, 20), region(1, 400, 300)]
    person = _tested(team, project, perfect, half)
    scores = ProbeScore.objects.filter(user=person.user).order_by("probe__gold_id")
    assert [(s.correct, s.things) for s in scores] == [(2, 2), (1, 3)]
    assert sorted(fault["kind"] for fault in scores[1].faults) == ["extra", "missed"]
    report = manager.get(f"projects/{project.pk}/quality/gold/people").json()
    mine = report["people"][0]
    assert mine["accuracy"]["n"] == 2
    assert mine["accuracy"]["value"] == pytest.approx((1 + 1 / 3) / 2)
    assert {c["class_id"]: c["accuracy"]["value"] for c in mine["classes"]} == {
        1: pytest.approx(0.75),
        2: pytest.approx(0.5),
    }


def test_masks_that_are_kept_as_blobs_are_compared_by_their_pixels(team):
    shown = [{"id": n, "name": f"c{n}", "color": "#336699", "shapes": ["mask"]} for n in (1, 2)]
    project = make_project(team.organisation, team.manager, schema=sample_schema(classes=shown))

    def painted(*runs: int) -> list[tuple[str, bytes]]:
        counts = rle.compress(list(runs)).encode()
        digest = sha256(counts).hexdigest()
        put_blob(project=project, sha256=digest, data=counts)
        mask = SHAPES["mask"](x=10, y=20, size=(20, 20), blob=digest)
        return [("region", encode(region_type("mask")(id=uuid4(), class_id=1, geometry=mask)))]

    reference, *tests = upload(project, team.manager, ["a.jpg", "b.jpg", "c.jpg"])
    gold = import_gold(user=team.manager, task_id=reference.pk, elements=painted(0, 400))
    for task in tests:
        Probe.objects.create(task=task, project=project, gold=gold)
    answers = [
        NewRevision(task=task, elements=drawn, kind=Annotation.Kind.ANSWER, author=team.annotator, stage="annotate")
        for task, drawn in zip(tests, [painted(0, 400), painted(0, 100, 300)], strict=True)
    ]
    made = write_revisions(project=project, new=answers)
    assert [score_answer(revision_id=one.pk).correct for one in made] == [1, 0]
    assert watch_everywhere() > 0


def test_scoring_twice_scores_once(team, project):
    person = _tested(team, project, [region(1, 10, 20), region(2, 200, 100)])
    score = ProbeScore.objects.get(user=person.user)
    assert score_answer(revision_id=score.revision_id).pk == score.pk
    assert unscored() == []


@pytest.mark.parametrize("policy, known", [("none", []), ("score", ["score"]), ("hints", ["faults", "score"])])
def test_people_learn_of_their_tests_what_the_project_tells(team, project, policy, known):
    person = _tested(team, project, [region(1, 10, 20)])
    hide(project, team, share=0.3, feedback=policy)
    told = person.http.get(f"projects/{project.pk}/quality/own-tests").json()
    shown = {key for test in told["tests"] for key in ("score", "faults", "gold") if test[key] is not None}
    assert sorted(shown) == known


def test_full_feedback_shows_both_answers_and_what_is_wrong(team, project):
    person = _tested(team, project, [region(1, 10, 20)])
    test = person.http.get(f"projects/{project.pk}/quality/own-tests").json()["tests"][0]
    assert (len(test["yours"]), len(test["gold"]), test["faults"]) == (1, 2, {"missed": 1})
    assert len(test["wrong"]) == 1


def _scores(project, team, user, rights: list[int], of: int = 10):
    """As if the person had answered so many tests."""
    gold = Gold.objects.filter(project=project).first() or make_gold(project, team, 1)[0]
    for number, right in enumerate(rights):
        task = upload(project, team.manager, [f"s{user.pk}-{number}.jpg"])[0]
        probe = Probe.objects.create(task=task, project=project, gold=gold)
        ProbeScore.objects.create(
            probe=probe, project=project, user=user, revision=gold.revision, kind="gold", score=right / of,
            things=of, correct=right, classes={"1": [right, of]},
        )  # fmt: skip


def test_nothing_follows_before_twenty_tests(team, project):
    hide(project, team, share=0.1, target=0.8, consequences=["pause"])
    _scores(project, team, team.annotator, [1] * 19)
    assert follow(project=project, user_id=team.annotator.pk) == []


def test_nothing_follows_while_the_interval_holds_the_target(team, project):
    hide(project, team, share=0.1, target=0.8, consequences=["pause"])
    _scores(project, team, team.annotator, [7] * 25)
    assert follow(project=project, user_id=team.annotator.pk) == []


def test_a_pause_names_its_evidence_stops_claims_tells_managers_and_is_lifted(team, project, manager):
    hide(project, team, share=0.1, target=0.8, consequences=["notify", "pause"])
    _scores(project, team, team.annotator, [4] * 25)
    assert {c.kind for c in follow(project=project, user_id=team.annotator.pk)} == {"notify", "pause"}
    listed = manager.get(f"projects/{project.pk}/quality/consequences?state=active").json()["results"]
    pause = next(row for row in listed if row["kind"] == "pause")
    assert (pause["accuracy"]["n"], pause["accuracy"]["value"]) == (25, pytest.approx(0.4))
    assert pause["accuracy"]["high"] < pause["target"] == 0.8
    upload(project, team.manager, ["free.jpg"])
    refused = api(team.annotator).post(f"projects/{project.pk}/tasks/claim", {})
    assert (refused.status_code, refused.json()["code"]) == (403, "paused_by_tests")
    told = Notification.objects.filter(event__verb="gold.under_target").values_list("user_id", flat=True)
    assert team.manager.pk in told
    assert team.annotator.pk not in told
    assert manager.post(f"consequences/{pause['id']}/lift", {"reason": "We talked"}).status_code == 200
    assert api(team.annotator).post(f"projects/{project.pk}/tasks/claim", {}).status_code == 200
    assert manager.post(f"consequences/{pause['id']}/lift").json()["code"] == "already_lifted"
    assert follow(project=project, user_id=team.annotator.pk) == []  # what was settled is settled
    assert Event.objects.filter(verb="gold.lifted").exists()


def test_it_follows_once_however_often_it_is_looked_at(team, project):
    hide(project, team, share=0.1, target=0.8, consequences=["pause"])
    _scores(project, team, team.annotator, [2] * 30)
    follow(project=project, user_id=team.annotator.pk)
    follow(project=project, user_id=team.annotator.pk)
    assert Consequence.objects.count() == 1


def test_who_may_see_gold_is_not_measured_by_it(team, project):
    make_gold(project, team, 1)
    hide(project, team, share=0.3)
    upload(project, team.manager, [f"b{n}.jpg" for n in range(20)])
    place_honeypots(project=project)
    person = Person(team.owner)
    while (claim := person.claim(project)) is not None:
        person.save(claim["annotation"]["id"], [put(region())])
        person.submit(claim)
    for revision_id in unscored():
        score_answer(revision_id=revision_id)
    assert not ProbeScore.objects.get(user=team.owner).counted


def test_a_mean_of_scores_has_an_interval_that_is_null_of_nothing():
    assert (Accuracy().value, Accuracy().interval) == (None, None)
    one = Accuracy()
    one.add(0, 0)
    assert one.value == 1.0
    low, high = one.interval
    assert 0 < low < high == 1.0


def test_imported_gold_in_the_queue_is_kept_from_its_copies(team, project):
    hide(project, team, share=0.3)
    tasks = upload(project, team.manager, [f"b{n}.jpg" for n in range(30)])
    make_gold_from(project, team, tasks[5])
    place_honeypots(project=project)
    person = Person(make_member(team.organisation, "annotator"))
    seen = []
    while (claim := person.claim(project)) is not None:
        seen.append(claim["task"]["id"])
    pictures = [pk in (tasks[5].pk, *Probe.objects.values_list("task_id", flat=True)) for pk in seen]
    assert sum(pictures) == 1


@pytest.mark.parametrize("verdict, found", [("accept", 0), ("reject", 1)])
def test_reviewers_are_measured_by_the_known_faults_of_answers_to_tests(team, project, manager, verdict, found):
    person = _tested(team, project, [region(1, 10, 20)])  # the second region is missed
    answer = ProbeScore.objects.get(user=person.user)
    reviewer = make_member(team.organisation, "reviewer")
    said = {"verdict": verdict, "reason": "Look again"} if verdict == "reject" else {"verdict": verdict}
    assert api(reviewer).post(f"revisions/{answer.revision_id}/reviews", said).status_code == 201
    assert score_verdicts() == 1
    assert score_verdicts() == 0
    mine = manager.get(f"projects/{project.pk}/quality/gold/people").json()["reviewers"]
    assert [(row["accuracy"]["value"], row["accuracy"]["n"]) for row in mine] == [(found, 1)]


def test_what_a_fix_leaves_was_not_found(team, project):
    person = _tested(team, project, [region(1, 400, 300)])  # two are missed, one is too much
    answer = ProbeScore.objects.get(user=person.user)
    reviewer = Person(make_member(team.organisation, "reviewer"))
    while (claim := reviewer.claim(project, "review"))["revision"]["id"] != answer.revision_id:
        pass
    reviewer.save(claim["annotation"]["id"], [put(region(1, 10, 20))])
    reviewer.judge(answer.revision_id, "fix")
    score_verdicts()
    score = ProbeScore.objects.get(user=reviewer.user, kind="fault")
    assert (score.things, score.correct) == (3, 1)


def _scored(project, user, revision, *, tests: int, score: float) -> None:
    """Scores of so many hidden tests, as if they had been answered."""
    tasks = upload(project, user, [f"PROBE_{n}.jpg" for n in range(tests)])
    probes = Probe.objects.bulk_create(Probe(task=task, project=project, kind=Probe.Kind.GOLD) for task in tasks)
    ProbeScore.objects.bulk_create(
        ProbeScore(
            probe=probe, project=project, user=user, revision=revision, kind=Probe.Kind.GOLD, score=score, things=1,
            correct=round(score), classes={"1": [round(score), 1]},
        )
        for probe in probes
    )  # fmt: skip


@pytest.mark.parametrize("wrong, suspected", [(25, True), (0, False)])
def test_gold_much_better_than_audited_work_is_told_as_a_leak(team, project, manager, wrong, suspected):
    person = Person(make_member(team.organisation, "annotator"))
    upload(project, team.manager, ["IMG_1.jpg"])
    _, sent = person.label(project, region(1, 10, 20))
    revision = Revision.objects.get(pk=sent["revision"]["id"])
    _scored(project, person.user, revision, tests=25, score=1.0)
    audit = Audit.objects.create(
        project=project, number=1, share=0.05, confidence=0.95, seed="s", created_by=team.manager
    )
    major = [{"kind": "loose", "severity": "major", "class_id": 1}]
    AuditItem.objects.bulk_create(
        AuditItem(audit=audit, task=task, revision=revision, stratum="", defects=major if n < wrong else [])
        for n, task in enumerate(upload(project, team.manager, [f"AUDITED_{n}.jpg" for n in range(25)]))
    )
    [row] = manager.get(f"projects/{project.pk}/quality/gold/people").json()["people"]
    assert (row["leak"]["suspected"], row["leak"]["work_n"]) == (suspected, 25)


def test_who_was_removed_keeps_their_scores_and_holds_nobody_up(team, project, manager):
    person = Person(make_member(team.organisation, "annotator"))
    upload(project, team.manager, ["IMG_1.jpg"])
    _, sent = person.label(project, region(1, 10, 20))
    _scored(project, person.user, Revision.objects.get(pk=sent["revision"]["id"]), tests=25, score=0.0)
    Membership.objects.filter(user=person.user).delete()
    follow(project=project, user_id=person.user.pk)
    [row] = manager.get(f"projects/{project.pk}/quality/gold/people").json()["people"]
    assert (row["accuracy"]["value"], row["accuracy"]["n"]) == (0.0, 25)
