"""In a blind project an annotator finds no trace of another's answer: not by an address, a filter, a count, an event or an export."""

from __future__ import annotations

import json
from typing import Any

import pytest

from apps.activity import events
from apps.tasks.models import Slot, Task
from tests.factories import api, make_member, make_project, make_team
from tests.integration.authz.test_matrix import ALL, call
from tests.work import Person, make_tasks, put, region

pytestmark = pytest.mark.django_db

PLACE = {"x": 123.25, "y": 45.75, "w": 67.5, "h": 89.125}


class Secret:
    """Somebody's answer to the first task of a blind project of overlap 2, of which the other annotator has a draft."""

    def __init__(self, told: list[str]) -> None:
        team = make_team()
        self.project = make_project(team.organisation, team.manager, blind=True)
        manager = api(team.manager)
        stages = [{"kind": "annotate", "overlap": 2}, {"kind": "consensus"}, {"kind": "adjudicate"}, {"kind": "review"}]
        manager.put(f"projects/{self.project.pk}/workflow", {"body": {"stages": stages}})
        make_tasks(self.project, team.manager, 3)
        self.author, self.reader = Person(team.annotator), Person(make_member(team.organisation, "annotator"))
        told.clear()
        drawn = region(2, attributes={}, **PLACE)
        claim = self.author.claim(self.project)
        self.author.save(claim["annotation"]["id"], [put(drawn)])
        done = self.author.submit(claim)
        second = self.author.claim(self.project)
        reason = "Too blurred"
        self.author.submit(second, outcome="unusable", outcome_reason=reason)
        own = self.reader.claim(self.project)
        assert own["task"]["id"] == claim["task"]["id"]
        revision = manager.get(f"revisions/{done['revision']['id']}").json()
        self.traces = [drawn["id"], "123.25", "89.125", str(revision.get("sha256", drawn["id"]))]
        self.traces += ['"outcome":"unusable"', f'"outcome_reason":"{reason}"', '"triage_reason":"unusable"']
        self.ids: dict[str, Any] = {
            "project_id": self.project.pk,
            "organisation_id": team.organisation.pk,
            "task_id": claim["task"]["id"],
            "asset_id": claim["asset"]["id"],
            "annotation_id": claim["annotation"]["id"],
            "revision_id": done["revision"]["id"],
            "assignment_id": own["assignment"]["id"],
            "user_id": team.annotator.pk,
        }


@pytest.fixture
def told(monkeypatch):
    """Everything that live pages of the project, or of people, are told."""
    heard: list[str] = []
    monkeypatch.setattr(
        events, "publish", lambda channel, kind, data: heard.append(json.dumps([kind, data], default=str))
    )
    monkeypatch.setattr(
        events, "publish_all", lambda channel, several: heard.extend(json.dumps(one, default=str) for one in several)
    )
    return heard


@pytest.fixture
def secret(told):
    return Secret(told)


def traces_in(secret: Secret, answer: Any) -> list[str]:
    text = b"".join(answer.streaming_content) if getattr(answer, "streaming", False) else answer.content
    return [trace for trace in secret.traces if trace.encode() in text]


def test_no_endpoint_shows_a_trace_of_anothers_answer(secret):
    """Every reading endpoint whose address can be filled in; schemas and guidelines name outcomes as words and are not answers."""
    walked, leaks = 0, []
    for op in ALL:
        if op.method != "get" or op.path in ("schema", "docs", "projects/{project_id}") or "guideline" in op.path:
            continue
        if not set(op.names()) <= set(secret.ids):
            continue
        answer = call(secret.reader.http, op, secret.ids)
        walked += answer.status_code == 200
        if answer.status_code < 400 and (found := traces_in(secret, answer)):
            leaks.append((op.path, found))
    assert leaks == []
    assert walked > 25


def test_what_is_not_theirs_is_not_found_by_its_id(secret):
    for address in (
        f"annotations/{secret.ids['annotation_id']}",
        f"annotations/{secret.ids['annotation_id']}/elements",
        f"revisions/{secret.ids['revision_id']}",
        f"revisions/{secret.ids['revision_id']}/elements",
        f"revisions/{secret.ids['revision_id']}/reviews",
    ):
        assert secret.reader.http.get(address).status_code in (403, 404), address


def test_no_filter_and_no_order_tells_what_others_drew(secret):
    url = f"projects/{secret.project.pk}/tasks"
    for query in ("class_id=2", f"annotator={secret.author.user.pk}", "outcome=unusable", "outcome=labelled"):
        for path in (url, f"{url}/window"):
            assert secret.reader.http.get(f"{path}?{query}").json()["results"] == [], (path, query)
    plain = [row["number"] for row in secret.reader.http.get(f"{url}/window").json()["results"]]
    by_regions = secret.reader.http.get(f"{url}/window?sort=-regions").json()["results"]
    assert [row["number"] for row in by_regions] == plain
    body = {"filter": {"class_id": [2]}}
    assert secret.reader.http.post(f"{url}/claim", body).status_code == 204


def test_counts_say_nothing_of_unfinished_work_of_others(secret):
    counts = secret.reader.http.get(f"projects/{secret.project.pk}/schema/counts").json()["classes"]
    stats = secret.reader.http.get(f"projects/{secret.project.pk}/stats").json()
    assert {one["regions"] for one in counts} == {0}
    assert (stats["regions"], {one["regions"] for one in stats["classes"]}) == (0, {0})


def test_a_task_does_not_tell_how_many_answer_it(secret):
    shown = secret.reader.http.get(f"tasks/{secret.ids['task_id']}").json()
    assert Slot.objects.filter(task=secret.ids["task_id"]).count() == 2
    assert (len(shown["slots"]), len(shown["assignments"]), shown["revisions"]) == (1, 1, [])
    assert (shown["task"]["region_count"], shown["task"]["classes"], shown["task"]["annotator"]) == (0, [], None)


def test_events_name_no_answer(secret, told):
    text = "\n".join(told)
    assert told
    assert [trace for trace in secret.traces if trace in text] == []
    assert f'"annotation": {secret.ids["annotation_id"]}' not in text
    assert "region_count" not in text


def test_an_annotator_cannot_export_or_see_the_activity(secret):
    for address in ("exports", "versions"):
        assert secret.reader.http.post(f"projects/{secret.project.pk}/{address}", {"format": "coco"}).status_code == 403
    assert secret.reader.http.get(f"projects/{secret.project.pk}/activity").status_code == 403


def test_the_second_answer_begins_empty_and_the_result_may_be_known(secret):
    reopened = secret.reader.http.get(f"assignments/{secret.ids['assignment_id']}").json()
    assert reopened["annotation"]["elements"] == []
    assert (reopened["previous"], reopened["revision"], reopened["issues"]) == (None, None, [])
    secret.reader.submit(reopened, outcome="empty")
    assert Task.objects.get(pk=secret.ids["task_id"]).state == "comparing"
    assert secret.reader.http.get(f"revisions/{secret.ids['revision_id']}").status_code == 404
