"""The claim's document: one query an app, put together here."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, cast

import msgspec

from apps.accounts.models import User
from apps.annotations.api import present as answers
from apps.annotations.api.structs import RevisionOut
from apps.annotations.models import Revision
from apps.annotations.queries import iter_document, iter_revision
from apps.annotations.services import Work, check_document
from apps.annotations.services.draft_checks import answer_line
from apps.assets.api.documents import tiles_out
from apps.assets.api.structs import AssetWindow, MediaUrls
from apps.assets.models import Asset
from apps.assets.queries import delivery_urls
from apps.core.permissions import POLICY
from apps.predictions import queries as predictions
from apps.predictions.models import Prediction, TaskPlace
from apps.projects.access import ProjectAccess
from apps.projects.models import Project, SchemaVersion
from apps.projects.queries import version_number
from apps.projects.settings import settings_of
from apps.quality.queries.findings import kept_keys
from apps.quality.queries.gold import is_gold, tested_work
from apps.quality.services.findings.recording import key_of
from apps.reviews.api import present as reviews
from apps.reviews.queries import issues_of_task, last_rejection, previous_revision, questions_of_task, talk_of_task
from apps.tasks.api import page_structs, structs
from apps.tasks.api.present import queue_place
from apps.tasks.models import Stage, Task
from apps.tasks.queries import has_several_answers, remaining
from apps.tasks.services import Promised
from domain.checks import Finding


def claim_document(work: Work, *, user: User) -> structs.ClaimDocument:
    """All that the canvas needs for one piece of work."""
    access, task, assignment = work.access, work.task, work.assignment
    judged, talked, blind = _judged(work), talk_of_task(task.pk), assignment.stage == Stage.AUDIT
    rejection = last_rejection(work.annotation) if assignment.stage == Stage.ANNOTATE else None
    review = reviews.reviews([rejection], user=user, access=access)[0] if rejection else None
    return structs.ClaimDocument(
        project=_project(access),
        task=_task(task, _place(work)),
        asset=_asset(task.asset),
        schema=_schema(cast(int, access.project.schema_id)),
        guideline_version=version_number("guideline", access.project.guideline_id),
        assignment=_assignment(work),
        annotation=answers.annotation_document(work.annotation, user=user, access=access),
        revision=_shown(judged, user, access, blind) if judged else None,
        previous=_previous(judged, user, access) if judged and not blind else None,
        last_review=review,
        marks=review.marks if review else [],
        issues=reviews.issues(issues_of_task(access, task.pk), user=user, access=access)
        if talked.issues and not blind
        else [],
        questions=reviews.questions(questions_of_task(access, task.pk), user=user, access=access)
        if talked.questions and not blind
        else [],
        predictions=_predictions(work),
        findings=answers.findings(_findings(work)),
        remaining=remaining(access.project.pk, assignment.stage),
        web_url=f"/assignments/{assignment.pk}",
    )


def _assignment(work: Work) -> structs.ClaimAssignment:
    assignment = work.assignment
    return structs.ClaimAssignment(
        id=assignment.pk,
        stage=cast(Any, assignment.stage),
        level=work.slot.level if work.slot else 1,
        state=cast(Any, assignment.state),
        token=assignment.token,
        expires_at=assignment.expires_at,
        lease_seconds=settings_of(work.access.project).lease_seconds,
        active_ms=assignment.active_ms,
    )


def page_document(works: Sequence[Work]) -> page_structs.WorkPage:
    """What a page of alike pictures needs: the project and its questions once, then each picture. One piece of work at least."""
    access = works[0].access
    return page_structs.WorkPage(
        project=_project(access),
        schema=_schema(cast(int, access.project.schema_id)),
        guideline_version=version_number("guideline", access.project.guideline_id),
        items=[
            page_structs.PageItem(
                task=_task(work.task),
                asset=_asset(work.task.asset),
                assignment=_assignment(work),
                elements=answers.inline(iter_document(work.annotation))[0] or [],
            )
            for work in works
        ],
        remaining=remaining(access.project.pk, Stage.ANNOTATE),
    )


def _predictions(work: Work) -> list[structs.Prediction]:
    """What models say of the task, where it is shown; a test of people has those of the work that it was made of."""
    project, task, stage = work.access.project, work.task, work.assignment.stage
    if stage not in (Stage.ANNOTATE, Stage.REVIEW) or (
        stage == Stage.ANNOTATE and predictions.withheld(project, task.pk)
    ):
        return []
    found = []
    said = list(predictions.latest([tested_work(task)]))
    hints = _hints(project, task, said) if stage == Stage.ANNOTATE else {}
    for row in said:
        elements, _ = answers.inline(iter(predictions.entries(row)))
        if elements is not None:
            found.append(structs.Prediction(row.pk, row.model, elements, hints.get(row.pk, [])))
    return found


def _hints(project: Project, task: Task, said: list[Prediction]) -> dict[int, list[str]]:
    """What may be hinted at before a submit: nothing where people are tested, or where several answer by themselves."""
    if not said or task.purpose != Task.Purpose.WORK or not settings_of(project).possible_misses:
        return {}
    found = predictions.sure_regions(project, said)
    return {} if found and (is_gold(task) or (project.blind and has_several_answers(task))) else found


def _findings(work: Work) -> list[Finding]:
    """What the checks say of the work; to who draws not again what they kept as it is."""
    annotation, access = work.annotation, work.access
    found = check_document(annotation=annotation, project=access.project, asset=work.task.asset)
    if not found or work.assignment.stage == Stage.REVIEW:
        return found
    kept = kept_keys(work.task.pk, answer_line(annotation)[0])
    return [finding for finding in found if key_of(finding) not in kept]


def promise_document(promised: Promised) -> structs.Promise:
    """All that can be fetched before the work is claimed."""
    slot, access = promised.slot, promised.access
    base = Revision.objects.filter(pk=slot.revision_id).first() if slot.revision_id else None
    elements = answers.inline(iter_revision(base))[0] if base else []
    return structs.Promise(
        slot=slot.pk,
        stage=cast(Any, slot.stage),
        until=promised.until,
        task=_task(slot.task),
        asset=_asset(slot.task.asset),
        schema_version=_schema(cast(int, access.project.schema_id)).number,
        elements=elements,
    )


def _place(work: Work) -> TaskPlace | None:
    if work.assignment.stage != Stage.ANNOTATE:
        return None
    return predictions.places_shown(work.access, [work.task.pk], at_work=True).get(work.task.pk)


def _task(task: Task, place: TaskPlace | None = None) -> structs.ClaimTask:
    return structs.ClaimTask(
        id=task.pk,
        number=task.number,
        name=task.name,
        state=cast(Any, task.state),
        outcome=task.outcome,
        web_url=f"/tasks/{task.pk}",
        queue_place=queue_place(place),
    )


def _shown(judged: Revision, user: User, access: ProjectAccess, blind: bool) -> RevisionOut:
    """The revision to judge; an auditor does not learn who made it."""
    out = answers.revisions([judged], user=user, access=access)[0]
    return msgspec.structs.replace(out, author=None) if blind else out


def _judged(work: Work) -> Revision | None:
    if work.assignment.stage not in (Stage.REVIEW, Stage.AUDIT) or work.annotation.based_on_id is None:
        return None
    return Revision.objects.select_related("annotation").get(pk=work.annotation.based_on_id)


def _previous(judged: Revision, user: User, access: ProjectAccess) -> structs.PreviousWork | None:
    before = previous_revision(judged)
    if before is None:
        return None
    elements, _ = answers.inline(iter_revision(before))
    return structs.PreviousWork(
        revision=answers.revisions([before], user=user, access=access)[0],
        elements=elements,
        elements_url=None if elements is not None else f"/api/v1/revisions/{before.pk}/elements",
    )


def _project(access: ProjectAccess) -> structs.ClaimProject:
    settings = settings_of(access.project)
    return structs.ClaimProject(
        id=access.project.pk,
        name=access.project.name,
        state=access.project.state,
        blind=access.project.blind,
        amodal=settings.amodal,
        semantic=settings.semantic,
        coverage=settings.coverage,
        auto_advance=settings.auto_advance,
        reject_reasons=settings.reject_reasons,
        unusable_reasons=settings.unusable_reasons,
        skip_reasons=settings.skip_reasons,
        actions=sorted(action for action, roles in POLICY.items() if access.role in roles),
    )


@lru_cache(maxsize=64)
def _schema(schema_id: int) -> structs.ClaimSchema:
    """A schema version is immutable: its body is encoded once a process."""
    version = SchemaVersion.objects.get(pk=schema_id)
    return structs.ClaimSchema(number=version.number, body=cast(Any, msgspec.Raw(msgspec.json.encode(version.body))))


def _asset(asset: Asset) -> structs.ClaimAsset:
    raw16 = asset.derivatives.get("raw16") or {}
    return structs.ClaimAsset(
        id=asset.pk,
        name=asset.name,
        width=asset.width,
        height=asset.height,
        bit_depth=asset.bit_depth,
        channels=int(raw16.get("channels", 0)),
        window=AssetWindow(low=asset.window["low"], high=asset.window["high"]) if asset.window else None,
        group=asset.group,
        metadata=asset.metadata,
        attribution=asset.attribution,
        urls=msgspec.convert(delivery_urls(asset), MediaUrls),
        tiles=tiles_out(asset),
    )
