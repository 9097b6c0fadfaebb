"""Scoring answers to hidden tests, and what follows from the scores."""

from __future__ import annotations

from math import hypot
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from apps.accounts.models import User
from apps.activity import events
from apps.activity.services import record
from apps.annotations.models import Annotation, Revision
from apps.annotations.queries.whole import whole_revision
from apps.core.errors import DomainError
from apps.core.permissions import POLICY, Action
from apps.projects.access import project_for
from apps.projects.models import Project
from apps.projects.settings import settings_of
from apps.quality.errors import AlreadyLifted
from apps.quality.models import Consequence, Gold, Probe, ProbeScore
from apps.quality.queries.gold import FEWEST, METHOD, accuracy_of, consequence_for, gone_classes, latest_scores
from apps.quality.services.exams import end_exam
from apps.reviews.models import Review
from apps.tasks.queries.people import managers_of
from domain.agreement.reference import Compared, compare

KNOWN = (Probe.Kind.GOLD, Probe.Kind.EXAM)  # whose answer is known
AT_ONCE = 500  # answers that a sweep scores


def unscored(*, at_once: int = AT_ONCE) -> list[int]:
    """Ids of first answers to hidden gold that have no score yet."""
    rows = Revision.objects.filter(task__probe__kind__in=KNOWN, kind=Annotation.Kind.ANSWER, task__trashed_at=None)
    scored = ProbeScore.objects.values("probe__task_id", "user_id")
    found = rows.order_by("pk").values_list("pk", "task_id", "author_id")
    known = set(scored.values_list("probe__task_id", "user_id"))
    out: dict[tuple[int, int | None], int] = {}
    for pk, task_id, author_id in found.iterator(2_000):
        if (task_id, author_id) not in known:
            out.setdefault((task_id, author_id), pk)
        if len(out) >= at_once:
            break
    return list(out.values())


@transaction.atomic
def score_answer(*, revision_id: int) -> ProbeScore | None:
    """Compare one answer to a hidden test with its gold; a second call finds the first's score. Only a first answer counts."""
    revision = Revision.objects.select_related("task__asset", "project", "author").get(pk=revision_id)
    probe = Probe.objects.select_related("gold__revision").filter(task_id=revision.task_id).first()
    if probe is None or probe.gold is None or revision.kind != Annotation.Kind.ANSWER or revision.author_id is None:
        return None
    rules = settings_of(revision.project).hidden_tests
    exam = probe.kind == Probe.Kind.EXAM
    result = _against(probe.gold, revision)
    score, new = ProbeScore.objects.get_or_create(
        probe=probe,
        user_id=revision.author_id,
        defaults={
            "project": revision.project,
            "revision": revision,
            "kind": probe.kind,
            "score": result.score,
            "things": result.things,
            "correct": result.correct,
            "classes": {str(key): list(pair) for key, pair in result.classes.items()},
            "faults": msgspec.to_builtins(result.faults),
            "counted": not knows_gold(revision.project, revision.author_id),
        },
    )
    if exam:
        end_exam(probe=probe)
        return score
    if not new:
        return score
    if score.counted:
        follow(project=revision.project, user_id=revision.author_id)
    if rules.feedback != "none":
        events.publish(f"user:{revision.author_id}", "test.scored", {"project": revision.project_id})
    events.publish(f"project:{revision.project_id}", "quality.changed", {"project": revision.project_id})
    return score


def _against(gold: Gold, revision: Revision) -> Compared:
    """A revision of a test compared with its gold, as the project's rules say."""
    asset = revision.task.asset
    return compare(
        whole_revision(revision),
        whole_revision(gold.revision),
        outcome=revision.outcome,
        reference_outcome=gold.revision.outcome,
        threshold=settings_of(revision.project).hidden_tests.iou,
        diagonal=hypot(asset.width, asset.height),
        gone=gone_classes(revision.project, gold),
    )


def score_verdicts(*, at_once: int = AT_ONCE) -> int:
    """What reviewers found of the faults that answers to hidden tests are known to have; returns how many were scored.

    Sent back: all were found. Accepted: none. Fixed: those that the fix no longer has.
    """
    scored = ProbeScore.objects.filter(
        probe__task_id=OuterRef("task_id"), user_id=OuterRef("reviewer_id"), kind=Probe.Kind.FAULT
    )
    faulty = ProbeScore.objects.filter(revision_id=OuterRef("revision_id"), kind=Probe.Kind.GOLD).exclude(faults=[])
    rows = Review.objects.filter(
        Exists(faulty), ~Exists(scored), sent_back_from__isnull=True, verdict__in=["accept", "fix", "reject"],
        task__probe__kind=Probe.Kind.GOLD,
    )  # fmt: skip
    done = 0
    for review in rows.select_related("revision", "fix_revision__task__asset", "fix_revision__project").order_by("pk")[
        :at_once
    ]:
        done += _score_verdict(review)
    return done


@transaction.atomic
def _score_verdict(review: Review) -> bool:
    answer = ProbeScore.objects.select_related("probe__gold__revision").get(
        revision_id=review.revision_id, kind=Probe.Kind.GOLD
    )
    known, left = len(answer.faults), len(answer.faults)
    if review.verdict == Review.Verdict.REJECT:
        left = 0
    elif review.fix_revision is not None and answer.probe.gold is not None:
        left = min(known, len(_against(answer.probe.gold, review.fix_revision).faults))
    _, new = ProbeScore.objects.get_or_create(
        probe=answer.probe,
        user_id=review.reviewer_id,
        kind=Probe.Kind.FAULT,
        defaults={
            "project_id": answer.project_id,
            "revision": review.revision,
            "score": (known - left) / known,
            "things": known,
            "correct": known - left,
            "faults": answer.faults if left else [],
            "counted": not knows_gold(answer.project, review.reviewer_id),
        },
    )
    return new


def knows_gold(project: Project, user_id: int) -> bool:
    """Whoever may see gold is not measured by it."""
    user = User.objects.get(pk=user_id)
    try:
        return project_for(user, project.pk, Action.PROJECT_VIEW).role in POLICY[Action.GOLD_VIEW]
    except DomainError:
        return False


def follow(*, project: Project, user_id: int) -> list[Consequence]:
    """Act where a person's accuracy lies under the target: with its whole interval, and of 20 items at least."""
    rules = settings_of(project).hidden_tests
    person = accuracy_of(latest_scores(project.pk, user_id)).get(user_id)
    if person is None or person.overall.n < FEWEST or person.overall.interval is None:
        return []
    low, high = person.overall.interval
    if high >= rules.target:
        return []
    evidence = {
        "value": person.overall.value, "low": low, "high": high, "n": person.overall.n, "target": rules.target,
        "method": METHOD, "scores": person.scores[:500], "faults": dict(person.faults),
    }  # fmt: skip
    made = []
    for kind in rules.consequences:
        found, new = Consequence.objects.get_or_create(
            project=project, user_id=user_id, kind=kind, state=Consequence.State.ACTIVE, defaults={"evidence": evidence}
        )
        if new:
            made.append(found)
    if made:
        _tell(project, user_id, made, evidence)
    return made


def _tell(project: Project, user_id: int, made: list[Consequence], evidence: dict[str, Any]) -> None:
    stops = [c.kind for c in made if c.kind != Consequence.Kind.NOTIFY]
    record(
        organisation_id=project.organisation_id,
        project_id=project.pk,
        verb="gold.under_target",
        actor=None,
        object_type="user",
        object_id=user_id,
        details={
            "kinds": [c.kind for c in made],
            "value": evidence["value"],
            "n": evidence["n"],
            "user": user_id,
            "name": project.name,
        },
        notify=managers_of(project),
    )
    if stops:
        record(
            organisation_id=project.organisation_id,
            project_id=project.pk,
            verb="work.paused",
            actor=None,
            object_type="project",
            object_id=project.pk,
            details={"name": project.name},
            notify=[user_id],
        )


@transaction.atomic
def lift(*, user: User, consequence_id: int, reason: str = "") -> Consequence:
    """Let the person go on. Scores from before count no more for what follows.

    Raises:
        AlreadyLifted: somebody was first.
    """
    found, access = consequence_for(user, consequence_id, Action.GOLD_EDIT)
    found = Consequence.objects.select_for_update(no_key=True).select_related("project").get(pk=found.pk)
    if found.state == Consequence.State.LIFTED:
        raise AlreadyLifted("It was lifted already.")
    found.state, found.lifted_at = Consequence.State.LIFTED, timezone.now()
    found.lifted_by, found.lifted_reason = user, reason.strip()
    found.save(update_fields=["state", "lifted_at", "lifted_by", "lifted_reason"])
    record(
        organisation_id=access.project.organisation_id,
        project_id=access.project.pk,
        verb="gold.lifted",
        actor=user,
        object_type="user",
        object_id=found.user_id,
        details={"kind": found.kind, "reason": found.lifted_reason, "name": access.project.name},
        notify=[found.user_id] if found.kind != Consequence.Kind.NOTIFY else [],
    )
    return found


__all__ = ["follow", "knows_gold", "lift", "score_answer", "score_verdicts", "unscored"]
