"""Agreement and consensus as structs."""

from __future__ import annotations

from collections.abc import Mapping
from string import ascii_uppercase
from typing import Any, cast

import msgspec

from apps.accounts.models import User
from apps.annotations.services.judging import schema_of
from apps.assets.api.structs import MediaUrls
from apps.assets.queries import delivery_urls
from apps.core.people import Person
from apps.projects.access import ProjectAccess
from apps.quality.api import agreement_structs as structs
from apps.quality.queries.agreement import Confusion, Line, Overview
from apps.quality.queries.answers import THRESHOLD
from apps.quality.queries.differences import Differences, Found, TaskAnswers
from apps.tasks.api.naming import names
from apps.tasks.api.structs import RevisionRef
from apps.tasks.models import Task
from domain.agreement.result import Score
from domain.elements.structs import AnyRegion


def figure(score: Score) -> structs.AgreementFigure:
    return structs.AgreementFigure(
        value=score.value,
        reason=score.reason,
        n_items=score.n_items,
        n_pairs=score.n_pairs,
        ci95=score.ci95,
        method=score.method,
        params=score.params,
    )


def agreement_out(found: Overview) -> structs.AgreementOut:
    people = names(found.access, [line.key for line in found.people])
    classes = {f"class:{c.id}": c for c in schema_of(cast(int, found.access.project.schema_id)).classes}
    return structs.AgreementOut(
        **_three(found.whole),
        tasks=found.tasks,
        waiting=found.waiting,
        empty_pairs=found.empty_pairs,
        mixed_schemas=found.mixed_schemas,
        threshold=THRESHOLD,
        own=found.own,
        scored_at=found.scored_at,
        classes=[
            structs.ClassAgreement(class_id=c.id, name=c.title or c.name, color=c.color, **_three(line))
            for line in found.classes
            for c in (classes[line.key],)
        ],
        questions=[_question(line) for line in found.questions],
        people=[
            structs.PersonAgreement(person=people[line.key], **_two(line))
            for line in found.people
            if line.key in people
        ],
        pairs=[structs.PairAgreement(a=line.key[0], b=line.key[1], **_two(line)) for line in found.pairs],
        batches=[
            structs.BatchAgreement(
                batch=line.key or None, name=found.batch_names.get(line.key, ""), agreement=figure(line.alike)
            )
            for line in found.batches
        ],
        days=[structs.DayAgreement(day=line.key, agreement=figure(line.alike)) for line in found.days],
    )


def _two(line: Line) -> dict[str, Any]:
    assert line.soft is not None
    return {"agreement": figure(line.alike), "soft": figure(line.soft)}


def _three(line: Line) -> dict[str, Any]:
    assert line.near is not None
    return _two(line) | {"likeness": figure(line.near)}


def _question(line: Line) -> structs.QuestionAgreement:
    scope, _, name = line.key.partition(":")
    return structs.QuestionAgreement(
        question=line.key,
        scope=scope,
        name=name,
        agreement=figure(line.alike),
        beyond_chance=figure(line.chance) if line.chance else None,
    )


def confusion_out(found: Confusion) -> structs.ConfusionOut:
    classes = {str(c.id): c for c in schema_of(cast(int, found.access.project.schema_id)).classes}
    shown = classes if found.question == "class" else {}
    return structs.ConfusionOut(
        question=found.question,
        values=[
            structs.ConfusionValue(
                value=value,
                name=(shown[value].title or shown[value].name) if value in shown else value,
                color=shown[value].color if value in shown else None,
            )
            for value in found.values
        ],
        cells=[structs.ConfusionCell(left=left, right=right, times=times) for left, right, times in found.cells],
        agreement=figure(found.agreement),
        beyond_chance=figure(found.kappa),
    )


def difference_page(page: Differences) -> structs.DifferencePage:
    people = names(page.access, [pk for one in page.found for pk in (one.a, one.b)])
    return structs.DifferencePage(
        results=[_difference(one, people, page.access) for one in page.found],
        next=str(page.next_task) if page.next_task is not None else None,
    )


def _difference(one: Found, people: Mapping[Any, Person], access: ProjectAccess) -> structs.DifferenceOut:
    told = one.difference
    sides = [
        structs.DifferenceSide(person=people.get(who), revision=revision, said=said, region=region)
        for who, revision, said, region in (
            (one.a, one.revision_a, told.left, told.a),
            (one.b, one.revision_b, told.right, told.b),
        )
    ]
    return structs.DifferenceOut(
        task=_task(one.task),
        kind=cast(Any, told.kind),
        question=told.question,
        likeness=told.likeness,
        a=sides[0],
        b=sides[1],
        web_url=f"/tasks/{one.task.pk}/answers?a={one.a}&b={one.b}",
    )


def _task(task: Task) -> structs.DifferenceTask:
    return structs.DifferenceTask(
        id=task.pk,
        number=task.number,
        name=task.name,
        width=task.asset.width,
        height=task.asset.height,
        urls=MediaUrls(**delivery_urls(task.asset)),
    )


def letter(place: int) -> str:
    """A, B … Z, A2, B2 …"""
    turn, at = divmod(place, len(ascii_uppercase))
    return ascii_uppercase[at] + (str(turn + 1) if turn else "")


def answers_out(found: TaskAnswers, *, user: User) -> structs.TaskAnswersOut:
    """In blind projects answers have letters only, until the task is done."""
    blind = found.access.project.blind and found.task.state != Task.State.DONE
    letters = {one.author: letter(place) for place, one in enumerate(found.case.given)}
    people = {} if blind else names(found.access, letters)
    common = found.common
    made = found.consensus
    return structs.TaskAnswersOut(
        task=found.task.pk,
        blind=blind,
        answers=[
            structs.TaskAnswer(
                letter=letters[given.author],
                person=people.get(given.author),
                revision=RevisionRef(id=revision.pk, number=revision.number),
                outcome=given.outcome,
                regions=list(read.regions),
                answers=dict(read.answers),
            )
            for given, read, revision in zip(found.case.given, found.case.read, found.revisions, strict=True)
        ],
        pairs=[structs.TaskPair(a=letters[p.a], b=letters[p.b], value=p.value) for p in found.pairs],
        regions=[_common(region, letters) for region in common["regions"]] if common else None,
        items=[_vote(vote, letters) for vote in common["items"]] if common else None,
        consensus=structs.ConsensusRef(
            id=made.pk,
            revision=made.revision_id,
            state=cast(Any, made.state),
            agreed=made.agreed,
            conflicts=made.conflicts,
            created_at=made.created_at,
        )
        if made
        else None,
        agreement=found.task.agreement,
    )


def _named(who: str, letters: Mapping[int, str]) -> str:
    return letters.get(int(who), who) if who.isdigit() else who  # else a model's name


def _common(one: dict[str, Any], letters: Mapping[int, str]) -> structs.CommonRegion:
    return structs.CommonRegion(
        region=msgspec.convert(one["region"], AnyRegion),
        agreed=one["status"] == "agreed",
        why=one["why"],
        members=[
            structs.CommonMember(
                letter=_named(m["who"], letters), region=m["region"], class_id=m["class_id"], likeness=m["likeness"]
            )
            for m in one["members"]
        ],
        missing=[_named(who, letters) for who in one["missing"]],
        support=one["support"],
        likeness=one["agreement"],
        method=one["method"],
        votes=[_vote(vote, letters) for vote in (one["class_vote"], *one["attributes"])],
    )


def _vote(vote: dict[str, Any], letters: Mapping[int, str]) -> structs.CommonVote:
    return structs.CommonVote(
        name=vote["name"],
        value=vote["value"],
        agreed=vote["status"] == "agreed",
        said={_named(who, letters): value for who, value in vote.get("said", {}).items()},
    )
