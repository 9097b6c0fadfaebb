"""Webhooks: who may have them, what they are told, how it is signed, and what happens when the other side fails."""

from __future__ import annotations

import json
import re
import socket
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from apps.activity.jobs import deliver_webhooks, tidy_webhooks
from apps.activity.kinds import KINDS
from apps.activity.models import Delivery, Event, Webhook
from apps.activity.services import delivering
from apps.projects.services import purge_project
from tests.factories import api, make_project
from tests.integration.activity.receivers import receiver
from tests.work import Person, make_tasks, region

pytestmark = pytest.mark.django_db
GUIDE = Path(__file__).parents[3] / "docs" / "developer" / "webhooks.md"


@pytest.fixture
def project(team: Any) -> Any:
    project = make_project(team.organisation, team.manager)
    make_tasks(project, team.manager, 2)
    return project


@pytest.fixture(autouse=True)
def here(monkeypatch: Any, settings: Any) -> None:
    """Sending happens in this process and on its one connection to the database; loopback may be asked."""
    settings.LABELWRIGHT_OUTGOING_NETWORKS = ["127.0.0.1/32"]
    monkeypatch.setattr("apps.activity.services.telling.nudge", lambda: None)


def make_hook(user: Any, place: str, url: str, *kinds: str) -> dict[str, Any]:
    made = api(user).post(f"{place}/webhooks", {"url": url, "kinds": kinds or ["task.submitted"]})
    assert made.status_code == 201, made.content
    return made.json()["webhook"] | {"secret": made.json()["secret"]}


def come_due() -> None:
    """Hours go by."""
    Delivery.objects.filter(state="pending").update(next_try_at=timezone.now() - timedelta(seconds=1))
    Webhook.objects.update(rests_until=None)


def log_of(user: Any, hook: dict[str, Any], **query: str) -> list[dict[str, Any]]:
    return api(user).get(f"webhooks/{hook['id']}/deliveries", query).json()["results"]


def documented() -> dict[str, Any]:
    """What the guide's Python snippet defines."""
    (snippet,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.S)
    space: dict[str, Any] = {}
    exec(snippet, space)
    return space


class TestWhatIsTold:
    def test_a_submit_reaches_the_webhook_and_the_guides_snippet_accepts_it(self, team: Any, project: Any) -> None:
        with receiver() as there:
            hook = make_hook(team.manager, f"projects/{project.pk}", there.url)
            claim, done = Person(team.annotator).label(project, region())
            assert there.got == []
            deliver_webhooks()
        (got,) = there.got
        told = documented()["verified"](got.body, got.headers, hook["secret"])
        assert (told["kind"], told["object"]) == ("task.submitted", {"type": "task", "id": claim["task"]["id"]})
        assert told["details"]["revision"] == done["revision"]["id"]
        (row,) = log_of(team.manager, hook)
        assert (row["state"], row["tries"][0]["status"], row["tries"][0]["answer"]) == ("delivered", 200, "thanks")
        assert (row["key"], row["body"]) == (got.headers["X-Labelwright-Delivery"], got.body.decode())

    def test_no_answer_name_or_text_of_a_person_leaves_the_house(self, team: Any, project: Any) -> None:
        make_hook(team.manager, f"projects/{project.pk}", "https://hooks.example.org/x", *sorted(KINDS - _ORGANISATION))
        annotator, reviewer = Person(team.annotator), Person(team.reviewer)
        annotator.label(project, region())
        judged = reviewer.claim(project, "review")
        reviewer.judge(judged["revision"]["id"], "reject", reason="Loose at the left")
        api(team.annotator).post("issues", {"task": judged["task"]["id"], "text": "Look here"})
        bodies = [json.loads(row.body) for row in Delivery.objects.order_by("pk")]
        assert [body["kind"] for body in bodies] == ["task.submitted", "review.reject", "issue.opened"]
        texts = {text for body in bodies for text in _texts(body["details"])}
        assert texts == {"labelled"}
        assert not {"actor", "regions", "elements"} & {name for body in bodies for name in body | body["details"]}

    def test_a_finished_task_is_told_once_and_the_log_does_not_grow_by_it(self, team: Any, project: Any) -> None:
        make_hook(team.manager, f"organisations/{team.organisation.pk}", "https://hooks.example.org/", "task.done")
        _, done = Person(team.annotator).label(project, region())
        assert Delivery.objects.count() == 0
        Person(team.reviewer).claim(project, "review")
        Person(team.reviewer).judge(done["revision"]["id"], "accept")
        (told,) = Delivery.objects.all()
        assert json.loads(told.body)["details"]["revision"] == done["revision"]["id"]
        assert not Event.objects.filter(verb="task.done").exists()

    def test_only_hooks_of_this_place_that_are_active_and_ask_for_it_hear(self, team: Any, project: Any) -> None:
        other = make_project(team.organisation, team.manager)
        address = "https://hooks.example.org/"
        mine = make_hook(team.manager, f"projects/{project.pk}", address)
        whole = make_hook(team.manager, f"organisations/{team.organisation.pk}", address)
        make_hook(team.manager, f"projects/{other.pk}", address)
        make_hook(team.manager, f"projects/{project.pk}", address, "review.accept")
        paused = make_hook(team.manager, f"projects/{project.pk}", address)
        api(team.manager).patch(f"webhooks/{paused['id']}", {"active": False})
        Person(team.annotator).label(project, region())
        assert sorted(Delivery.objects.values_list("webhook_id", flat=True)) == sorted([mine["id"], whole["id"]])

    def test_every_kind_that_is_offered_is_written_somewhere(self) -> None:
        sources = "".join(path.read_text() for path in (Path(__file__).parents[3] / "apps").rglob("services/**/*.py"))
        made = {"audit.accepted", "audit.rejected", "review.accept", "review.fix", "review.reject", "task.done"}
        made |= {"job.succeeded", "job.failed", "findings.accepted", "findings.opened"}  # out of a state
        assert {kind for kind in KINDS - made if f'"{kind}"' not in sources} == set()


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for one in value.values() for text in _texts(one)]
    return [value] if isinstance(value, str) else []


_ORGANISATION = {"member.added", "member.joined", "member.role_changed", "member.deactivated", "project.created"}


class TestSigning:
    def test_a_changed_body_an_old_message_and_another_secret_are_detected(self, team: Any, project: Any) -> None:
        with receiver() as there:
            hook = make_hook(team.manager, f"projects/{project.pk}", there.url)
            Person(team.annotator).label(project, region())
            deliver_webhooks()
        (got,) = there.got
        space = documented()
        later = int(got.headers["X-Labelwright-Timestamp"]) + 301
        for body, headers, secret, now in (
            (got.body + b" ", got.headers, hook["secret"], None),
            (got.body, got.headers, "whsec_other", None),
            (got.body, got.headers, hook["secret"], later),
            (got.body, got.headers | {"X-Labelwright-Timestamp": str(later)}, hook["secret"], later),
        ):
            with pytest.raises(ValueError, match=r"signature|minutes"):
                space["verified"](body, headers, secret, now)

    def test_both_secrets_sign_for_a_day_after_one_was_replaced(self, team: Any, project: Any, settings: Any) -> None:
        verified = documented()["verified"]
        with receiver() as there:
            hook = make_hook(team.manager, f"projects/{project.pk}", there.url)
            fresh = api(team.manager).post(f"webhooks/{hook['id']}/secret").json()["secret"]
            Person(team.annotator).label(project, region())
            deliver_webhooks()
            Webhook.objects.update(old_salt_until=timezone.now())
            Person(team.annotator).label(project, region())
            deliver_webhooks()
        first, second = there.got
        assert fresh != hook["secret"]
        for got, secret in ((first, fresh), (first, hook["secret"]), (second, fresh)):
            assert verified(got.body, got.headers, secret)
        with pytest.raises(ValueError, match="signature"):
            verified(second.body, second.headers, hook["secret"])

    def test_the_secret_is_shown_once_and_stands_in_no_row(self, team: Any, project: Any) -> None:
        hook = make_hook(team.manager, f"projects/{project.pk}", "https://hooks.example.org/")
        shown = api(team.manager).get(f"webhooks/{hook['id']}").content.decode()
        kept = json.dumps([list(map(str, row)) for row in Webhook.objects.values_list()])
        assert hook["secret"].removeprefix("whsec_") not in shown + kept


class TestWhenTheOtherSideFails:
    def test_it_is_tried_six_times_over_hours_and_then_the_webhook_is_disabled(self, team: Any, project: Any) -> None:
        with receiver() as there:
            there.answers = [(500, {}, b"<h1>Down</h1>")] * 6
            hook = make_hook(team.manager, f"projects/{project.pk}", there.url)
            Person(team.annotator).label(project, region())
            waits = []
            for _ in range(6):
                deliver_webhooks()
                row = Delivery.objects.get()
                waits.append((row.next_try_at - timezone.now()).total_seconds())
                come_due()
        assert [round(wait / 60) for wait in waits[:5]] == [1, 5, 30, 120, 360]
        assert len(set(there.keys)) == 1
        (shown,) = log_of(team.manager, hook, state="failed")
        assert [one["status"] for one in shown["tries"]] == [500] * 6
        assert (shown["tries"][0]["answer"], Webhook.objects.get().state) == ("<h1>Down</h1>", "disabled")
        (notice,) = api(team.owner).get("notifications").json()["results"]
        assert notice["web_url"] == f"/projects/{project.pk}/settings/webhooks?webhook={hook['id']}"

    def test_what_failed_is_sent_again_by_hand_under_the_same_id(self, team: Any, project: Any) -> None:
        with receiver() as there:
            hook = make_hook(team.manager, f"projects/{project.pk}", there.url)
            Person(team.annotator).label(project, region())
            (row,) = log_of(team.manager, hook)
            again = f"webhooks/{hook['id']}/deliveries/{row['id']}/again"
            assert api(team.manager).post(again).json()["code"] == "delivery_pending"
            deliver_webhooks()
            assert api(team.manager).post(again).status_code == 202
            deliver_webhooks()
        assert there.keys == [row["key"]] * 2

    def test_a_webhook_that_fails_rests_and_its_other_messages_keep_their_tries(self, team: Any, project: Any) -> None:
        with receiver() as there:
            there.answers = [(503, {}, b"")]
            hook = make_hook(team.manager, f"projects/{project.pk}", there.url)
            Webhook.objects.update(failures=1)
            for _ in range(2):
                Person(team.annotator).label(project, region())
            deliver_webhooks()
            assert len(there.got) == 1
            come_due()
            deliver_webhooks()
        assert [row["state"] for row in log_of(team.manager, hook)] == ["delivered", "delivered"]
        assert len(there.got) == 3
        assert Webhook.objects.get().failures == 0

    def test_a_redirect_is_an_answer_and_is_not_followed(self, team: Any, project: Any) -> None:
        with receiver() as there, receiver() as inside:
            there.answers = [(302, {"Location": inside.url}, b"")]
            hook = make_hook(team.manager, f"projects/{project.pk}", there.url)
            Person(team.annotator).label(project, region())
            deliver_webhooks()
        assert inside.got == []
        (row,) = log_of(team.manager, hook)
        assert (row["state"], row["tries"][0]["status"]) == ("pending", 302)
        assert "not followed" in row["tries"][0]["problem"]

    def test_a_receiver_that_is_slow_by_the_byte_is_given_up(self, team: Any, project: Any, settings: Any) -> None:
        settings.LABELWRIGHT_WEBHOOK_TIMEOUT_SECONDS = 0.3
        with socket.create_server(("127.0.0.1", 0)) as slow:
            stop = threading.Event()
            thread = threading.Thread(target=_drip, args=(slow, stop), daemon=True)
            thread.start()
            hook = make_hook(team.manager, f"projects/{project.pk}", f"http://127.0.0.1:{slow.getsockname()[1]}/")
            Person(team.annotator).label(project, region())
            deliver_webhooks()
            stop.set()
            thread.join(5)
        (tried,) = log_of(team.manager, hook)[0]["tries"]
        assert (tried["status"], tried["problem"]) == (None, "There was no whole answer within 0.3 seconds.")

    def test_an_internal_address_is_never_asked(self, team: Any, project: Any, settings: Any, monkeypatch: Any) -> None:
        settings.LABELWRIGHT_OUTGOING_NETWORKS = []
        refused = api(team.manager).post(
            f"projects/{project.pk}/webhooks", {"url": "http://169.254.169.254/latest", "kinds": ["task.submitted"]}
        )
        assert (refused.status_code, refused.json()["code"]) == (400, "address_refused")
        hook = make_hook(team.manager, f"projects/{project.pk}", "http://localhost:6379/")
        monkeypatch.setattr(socket, "create_connection", lambda *a, **k: pytest.fail("connected"))
        Person(team.annotator).label(project, region())
        deliver_webhooks()
        (tried,) = log_of(team.manager, hook)[0]["tries"]
        assert "private or reserved network" in tried["problem"]

    def test_what_is_taken_by_another_meanwhile_is_written_by_the_other_alone(self, team: Any, project: Any) -> None:
        make_hook(team.manager, f"projects/{project.pk}", "https://hooks.example.org/")
        Person(team.annotator).label(project, region())
        (late,) = delivering._take()
        come_due()
        (mine,) = delivering._take()
        for row, status in ((late, 500), (mine, 200)):
            delivering._write(
                row, delivering.Tried(timezone.now(), 5, status, "" if status == 200 else "x", ""), lambda _: []
            )
        assert [one.status for one in Delivery.objects.get().attempts.all()] == [200]


def _drip(slow: socket.socket, stop: threading.Event) -> None:
    connection, _ = slow.accept()
    with connection:
        while not stop.wait(0.05):
            try:
                connection.sendall(b"H")
            except OSError:
                return


class TestPlaces:
    def test_a_ping_reaches_also_a_paused_webhook_and_is_tried_once(self, team: Any, project: Any) -> None:
        with receiver() as there:
            there.answers = [(404, {}, b"no such page")]
            hook = make_hook(team.manager, f"projects/{project.pk}", there.url)
            api(team.manager).patch(f"webhooks/{hook['id']}", {"active": False})
            assert api(team.manager).post(f"webhooks/{hook['id']}/ping").status_code == 202
            deliver_webhooks()
        (row,) = log_of(team.manager, hook)
        assert (row["kind"], row["state"], row["tries"][0]["answer"]) == ("ping", "failed", "no such page")
        assert Webhook.objects.get().state == "paused"

    def test_a_delivery_is_found_in_its_own_webhook_only(self, team: Any, project: Any) -> None:
        one = make_hook(team.manager, f"projects/{project.pk}", "https://hooks.example.org/")
        two = make_hook(team.manager, f"projects/{project.pk}", "https://hooks.example.org/", "review.accept")
        Person(team.annotator).label(project, region())
        (row,) = log_of(team.manager, one)
        assert api(team.manager).get(f"webhooks/{one['id']}/deliveries/{row['id']}").status_code == 200
        assert api(team.manager).get(f"webhooks/{two['id']}/deliveries/{row['id']}").status_code == 404

    @pytest.mark.parametrize(
        ("sent", "code"),
        [
            ({"url": "ftp://example.org/", "kinds": ["task.done"]}, "address_refused"),
            ({"url": "https://user:pw@example.org/", "kinds": ["task.done"]}, "address_refused"),
            ({"url": "https://exämple.org/", "kinds": ["task.done"]}, "address_refused"),
            ({"url": "https://example.org/", "kinds": []}, "invalid"),
            ({"url": "https://example.org/", "kinds": ["gold.marked"]}, "invalid"),
            ({"url": "https://example.org/", "kinds": ["member.added"]}, "invalid"),
            ({"kinds": ["task.done"]}, "invalid"),
        ],
    )
    def test_wrong_input_is_named(self, team: Any, project: Any, sent: Any, code: str) -> None:
        refused = api(team.manager).post(f"projects/{project.pk}/webhooks", sent)
        assert (refused.status_code, refused.json()["code"]) == (400, code)

    def test_a_place_has_twenty_at_most(self, team: Any, project: Any) -> None:
        first = make_hook(team.manager, f"projects/{project.pk}", "https://hooks.example.org/")
        row = Webhook.objects.get(pk=first["id"])
        Webhook.objects.bulk_create(
            Webhook(
                organisation_id=row.organisation_id, project_id=row.project_id, name="x", url=row.url, kinds=row.kinds,
                salt="x", created_by_id=row.created_by_id,
            )
            for _ in range(19)
        )  # fmt: skip
        sent = {"url": "https://hooks.example.org/", "kinds": ["task.done"]}
        refused = api(team.manager).post(f"projects/{project.pk}/webhooks", sent)
        assert (refused.status_code, refused.json()["code"]) == (409, "too_many_webhooks")

    def test_the_log_is_kept_for_its_days_and_goes_with_its_project(self, team: Any, project: Any) -> None:
        make_hook(team.manager, f"projects/{project.pk}", "https://hooks.example.org/")
        for _ in range(2):
            Person(team.annotator).label(project, region())
        old = Delivery.objects.order_by("pk").first()
        Delivery.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=31))
        tidy_webhooks()
        assert old.pk not in Delivery.objects.values_list("pk", flat=True)
        api(team.manager).delete(f"projects/{project.pk}")
        purge_project(project_id=project.pk)
        assert not Webhook.objects.exists()
        assert not Delivery.objects.exists()
