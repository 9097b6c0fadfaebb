"""Control charts of a person: from their newest answers, for themselves and for who may see people's figures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from apps.annotations.models import Annotation, Revision
from apps.quality.queries.control import PAUSE, Answered, in_sessions
from apps.reviews.models import Review
from tests.factories import api, make_member, make_project, make_team
from tests.work import make_tasks

pytestmark = pytest.mark.django_db
BEGAN = datetime(2026, 3, 2, 8, tzinfo=UTC)
ANSWERS = 420


@pytest.fixture
def studio() -> tuple[Any, Any]:
    """An annotator who needs about 20 s an answer and is right nine times of ten, and who becomes slow and careless."""
    team = make_team()
    project = make_project(team.organisation, team.manager)
    task = make_tasks(project, team.manager)[0]
    common = {"project": project, "task": task, "kind": "answer", "author": team.annotator}
    made = Annotation.objects.bulk_create(Annotation(state="submitted", **common) for _ in range(ANSWERS))
    late, draw = range(360, ANSWERS), Random(3)
    rows = Revision.objects.bulk_create(
        Revision(
            **common, annotation=one, number=n + 1, outcome="labelled", version=1, sha256="0" * 64,
            schema_version=project.schema, workflow_version=project.workflow,
            active_ms=(90_000 if n in late else 20_000) + 700 * (n * 7 % 11),
        )
        for n, one in enumerate(made)
    )  # fmt: skip
    for n, row in enumerate(rows):
        row.created_at = BEGAN + timedelta(minutes=2 * n)
    Revision.objects.bulk_update(rows, ["created_at"])
    Review.objects.bulk_create(
        Review(
            revision=row, task=task, reviewer=team.reviewer, author=team.annotator, reason="Loose",
            verdict="reject" if draw.random() < (0.7 if n in late else 0.1) else "accept",
        )
        for n, row in enumerate(rows)
    )  # fmt: skip
    return team, project


def asked(who: Any, project: Any, **query: Any) -> Any:
    return api(who).get(f"projects/{project.pk}/statistics/control", query)


def test_who_becomes_slow_and_careless_leaves_the_band_and_one_reads_when(studio: Any) -> None:
    team, project = studio
    found = asked(team.reviewer, project, user=team.annotator.pk).json()
    speed, accuracy = found["speed"], found["accuracy"]
    assert (speed["n"], len(speed["points"]), speed["reason"]) == (ANSWERS, 12, None)
    assert 20 < speed["centre"] < 27
    first = next(one for one in speed["points"] if one["signal"])
    assert first["signal"] == "high"
    assert first["at"] > (BEGAN + timedelta(minutes=720)).isoformat()[:16]
    assert accuracy["points"][-1]["signal"] == "low"
    assert 0 <= accuracy["points"][-1]["low"] <= accuracy["points"][-1]["high"] <= 1
    assert found["fatigue"]["tired"] is False
    assert found["fatigue"]["late"]["n"] > 300
    table = api(team.annotator).get(f"projects/{project.pk}/statistics/control/table", {"chart": "speed"})
    assert len(table.content.decode().strip().split("\r\n")) == 13


def test_one_s_own_charts_are_seen_by_oneself_and_by_who_may_see_people(studio: Any) -> None:
    team, project = studio
    other = make_member(team.organisation, "annotator")
    assert asked(team.annotator, project).json()["speed"]["n"] == ANSWERS
    assert asked(other, project, user=team.annotator.pk).status_code == 404
    nothing = asked(other, project).json()
    assert (nothing["speed"]["reason"], nothing["accuracy"]["centre"]) == ("too_few_items", None)
    assert nothing["fatigue"]["difference"] is None
    assert asked(other, project, user="x").status_code == 400


def test_a_long_pause_begins_another_session() -> None:
    later = BEGAN + timedelta(minutes=5) + PAUSE * 2
    rows = [
        Answered(BEGAN, 60_000, True),
        Answered(BEGAN + timedelta(minutes=5), 60_000, None),
        Answered(later, 120_000, False),
    ]
    assert in_sessions(rows) == [(1.0, True), (2.0, False)]
