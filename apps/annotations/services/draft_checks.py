"""All rules over a draft that is about to be frozen, and over a revision that stands."""

from __future__ import annotations

from typing import cast

from apps.activity import events
from apps.annotations.errors import named
from apps.annotations.models import Annotation, Element, Revision
from apps.annotations.queries import iter_document
from apps.annotations.queries.documents import chunk_bodies
from apps.annotations.services.freeze import Frozen
from apps.annotations.services.judging import Judge
from apps.annotations.services.knowing import predicted
from apps.assets.models import Asset
from apps.jobs.services import send_once
from apps.projects.models import Project
from apps.projects.settings import ProjectSettings, settings_of
from apps.tasks.models import Outcome, Task
from domain import checks
from domain.elements import Region, decode, decode_chunk, unpack
from domain.geometry.coverage import covered_pixels
from domain.schema import missing_answers
from domain.shapes.mask import Mask

CHECK_BUDGET_MS = 500.0
NO_BUDGET_MS = 1e9
DEBOUNCE_SECONDS = 2
DRAFT_TASK = "quality.check_draft"
MOST_TOLD = 500  # findings of a draft that one event carries
SAID_OTHERWISE = (Outcome.UNUSABLE, Outcome.CANNOT_TELL)


def draft_findings(
    project: Project, task: Task, annotation: Annotation, content: Frozen, outcome: str
) -> list[checks.Finding]:
    """All rules over what this draft changed, and required item attributes. What an earlier schema let pass stays valid."""
    if outcome in SAID_OTHERWISE:
        return []
    judge = Judge.of(project, task.asset)
    base, chosen = annotation.base, settings_of(project)
    rows = Element.objects.filter(annotation_id=annotation.pk, kind="region", deleted=False).values_list(
        "body", flat=True
    )
    regions = [
        region
        for body in rows.iterator(5_000)
        if isinstance(region := decode("region", bytes(cast(bytes, body))), Region)
    ]
    imported = base is not None and base.kind == Annotation.Kind.IMPORT
    if imported:
        regions += _unchanged(annotation)  # no save has looked at them
    context = judge.context_of(outcome, predicted(base))
    found, _ = checks.run(regions, [], context=context, budget_ms=CHECK_BUDGET_MS)
    found += _never_left_out(regions, found, context)
    found += item_findings(content.answers, context)
    rules = context.choices
    if base is not None and not imported and (rules.counts or rules.apart or chosen.semantic or not regions):
        regions += _unchanged(annotation)  # what nobody changed counts too
    found += checks.run_whole(regions, context=context)
    return found + _gaps(chosen, regions, context)


def revision_findings(
    *, project: Project, asset: Asset, revision: Revision, gold: list[checks.Reference]
) -> list[checks.Finding]:
    """All rules over all that a revision holds, however long they take. Advice that is only told is left out.

    Args:
        gold: trusted regions of the same item; what is found by them must not be told to who labels.
    """
    if revision.outcome in SAID_OTHERWISE:
        return []
    regions = [
        entry.element
        for body in chunk_bodies(revision.chunks)
        for entry in decode_chunk(body)
        if isinstance(entry.element, Region)
    ]
    references = [*gold, *predicted(revision.annotation.based_on)]
    context = Judge.of(project, asset).context_of(revision.outcome, references)
    found, _ = checks.run(regions, [], context=context, budget_ms=NO_BUDGET_MS)
    found += item_findings(revision.answers, context)
    found += checks.run_whole(regions, context=context)
    found += _gaps(settings_of(project), regions, context)
    return [finding for finding in found if not getattr(checks.RULES.get(finding.rule), "TOLD", False)]


def ask_for_draft(*, annotation_id: int) -> None:
    """Have all rules look at a draft in a moment; asked again within it, it is looked at once."""
    send_once(DRAFT_TASK, str(annotation_id), DEBOUNCE_SECONDS, annotation_id=annotation_id)


def tell_draft(*, annotation_id: int) -> None:
    """Check a whole draft however long it takes, and tell who draws it over the event stream."""
    annotation = Annotation.objects.select_related("base", "project", "task__asset").filter(pk=annotation_id).first()
    if annotation is None or annotation.state != Annotation.State.DRAFT:
        return
    regions = [decode("region", entry.body) for entry in iter_document(annotation) if entry.kind == "region"]
    context = Judge.of(annotation.project, annotation.task.asset).context_of("labelled", predicted(annotation.base))
    known = [region for region in regions if isinstance(region, Region)]
    found, _ = checks.run(known, [], context=context, budget_ms=NO_BUDGET_MS)
    found.sort(key=lambda finding: not finding.blocks)
    events.publish(
        f"user:{annotation.author_id}",
        "findings.found",
        {
            "annotation": annotation.pk,
            "findings": [named(finding) for finding in found[:MOST_TOLD]],
            "rules": [code for code, rule in checks.RULES.items() if not hasattr(rule, "check_all")],
        },
    )


def answer_line(annotation: Annotation) -> tuple[int, int | None]:
    """(annotation, author) of the answer that a draft continues: a fix is of what it judges."""
    while annotation.kind == Annotation.Kind.FIX and annotation.based_on is not None:
        annotation = annotation.based_on.annotation
    return annotation.pk, annotation.author_id


def _never_left_out(
    regions: list[Region], found: list[checks.Finding], context: checks.Context
) -> list[checks.Finding]:
    """What stops a submit is never left out for want of time."""
    rule = checks.RULES["missing_attribute"]
    blocking = {finding.element for finding in found if finding.blocks}
    missing = [
        finding
        for region in regions
        if str(region.id) not in blocking
        for finding in checks.levelled(rule.check_one(region, context), context.choices, level=rule.LEVEL)
    ]
    return [finding for finding in missing if finding not in found]


def item_findings(answers: dict[str, object], context: checks.Context) -> list[checks.Finding]:
    """Required questions about the whole item that nobody answered."""
    asked = [
        checks.Finding(problem.code, "", problem.detail, at=problem.at, values={"attribute": problem.at})
        for problem in missing_answers(context.schema, answers)  # type: ignore[arg-type]
    ]
    return checks.levelled(asked, context.choices, level="stop")


def _gaps(settings: ProjectSettings, regions: list[Region], context: checks.Context) -> list[checks.Finding]:
    """A warning where one class a pixel is asked and too few pixels have one. Masks in blobs are not loaded for it."""
    if not settings.semantic:
        return []
    masks = [region.geometry for region in regions if isinstance(region.geometry, Mask)]
    if any(mask.counts is None for mask in masks):
        return []
    size = {"width": int(context.width), "height": int(context.height)}
    share = covered_pixels(mask.full_runs(**size) for mask in masks) / (context.width * context.height)
    if share >= settings.coverage:
        return []
    detail = f"{share:.2%} of the pixels have a class; the project asks for {settings.coverage:.2%}"
    values: dict[str, str | int | float] = {"share": share, "asked": settings.coverage}
    return [checks.Finding("coverage", "", detail, by=share, values=values)]


def _unchanged(annotation: Annotation) -> list[Region]:
    """Regions of the base that nobody changed."""
    changed = set(
        Element.objects.filter(annotation_id=annotation.pk, kind="region").values_list("element_id", flat=True)
    )
    assert annotation.base is not None
    found = []
    for body in chunk_bodies(annotation.base.chunks):
        for kind, raw in unpack(body):
            if (
                kind == "region"
                and isinstance(region := decode("region", raw), Region)
                and str(region.id) not in changed
            ):
                found.append(region)
    return found
