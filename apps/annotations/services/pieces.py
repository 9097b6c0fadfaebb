"""What the workflow is told about one piece of work: read here, decided in `domain.workflow`."""

from __future__ import annotations

from django.db.models import Min

from apps.activity.queries import first_verdicts
from apps.annotations.models import RegionIndex, Revision
from apps.projects.models import MemberTerms, Project
from apps.projects.queries import must_read
from apps.projects.settings import settings_of
from apps.tasks.models import Task
from apps.tasks.queries.people import others_may_review
from domain.agreement.intervals import wilson
from domain.sampling import sampling_number
from domain.workflow import Facts, Piece, Record, Workflow


def piece_of(
    *,
    workflow: Workflow,
    task: Task,
    revision: Revision,
    answers: int,
    author_id: int | None,
    judge_id: int | None = None,
) -> Piece:
    """The answer (or what was made out of several) that `revision` is the present state of.

    Args:
        answers: how many answers the task has, or will have by its slots.
        author_id: who made the answer; None for the machine.
        judge_id: who has just judged it, and cannot judge it at the next level.
    """
    return Piece(
        answers=answers,
        sampling=0.0 if revision.passed_reason else sampling_number("review", task.project_id, revision.annotation_id),
        solo=not others_may_review(task.project, [author_id, judge_id]),
        facts=facts_of(workflow, task, revision),
        record=record_of(workflow, task.project, author_id),
    )


def facts_of(workflow: Workflow, task: Task, revision: Revision | None) -> Facts:
    """What its routes and conditions look at; nothing is read where the workflow has none."""
    if not workflow.routed:
        return Facts()
    tags = {str(key): _text(value) for key, value in task.asset.metadata.items()}
    if revision is None:
        return Facts(agreement=task.agreement, tags=tags)
    return Facts(
        classes=frozenset(int(name) for name, n in revision.class_counts.items() if n),
        findings=revision.findings,
        agreement=task.agreement,
        score=_lowest_score(revision),
        tags=tags,
    )


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _lowest_score(revision: Revision) -> float | None:
    rows = RegionIndex.objects.filter(project_id=revision.project_id, revision_id=revision.pk)
    lowest: float | None = rows.aggregate(lowest=Min("score"))["lowest"]
    return lowest


def record_of(workflow: Workflow, project: Project, user_id: int | None) -> Record | None:
    """How the person's answers fared at their first review here; only where a level's sample hangs on it, or probation does."""
    probation = settings_of(project).probation
    if user_id is None or not (probation or any(review.by_record for review in workflow.reviews)):
        return None
    verdicts = first_verdicts(project.pk, user_id)
    judged = sum(verdicts.values())
    accepted = wilson(min(verdicts.get("accepted", 0), judged), judged)[0] if judged > 0 else None
    new = probation > 0 and judged - _judged_before(project, user_id, judged) < probation
    return Record(judged=judged, accepted=accepted, probation=new)


def _judged_before(project: Project, user_id: int, judged: int) -> int:
    """How many answers had been judged when the person's probation began: at 0, and again with a guideline to read."""
    wanted = must_read(project.guideline_id)
    terms = MemberTerms.objects.filter(project=project, user_id=user_id).first()
    known = terms.passed_guideline or 0 if terms else 0
    if wanted is None or known >= wanted.number:
        return terms.judged_before if terms else 0
    values = {"passed_guideline": wanted.number, "judged_before": judged}
    MemberTerms.objects.update_or_create(project=project, user_id=user_id, defaults=values)
    return judged
