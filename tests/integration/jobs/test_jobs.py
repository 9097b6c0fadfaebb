"""Machine work: one row, one lease, one token; what was lost comes back."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, transaction

from apps.accounts.models import User
from apps.core.errors import Conflict, Unavailable
from apps.jobs import leases, services
from apps.jobs.errors import JobLost
from apps.jobs.models import Job
from apps.jobs.running import KINDS, JobRun, run
from tests.factories import api, make_member, make_organisation, make_team
from tests.running import until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def organisation():
    return make_organisation()


@pytest.fixture(autouse=True)
def sent(monkeypatch):
    """Nudges to workers, instead of a broker."""
    nudges: list[int] = []
    monkeypatch.setattr("apps.jobs.services.asking.send", lambda kind, job_id: nudges.append(job_id))
    monkeypatch.setattr("apps.jobs.services.sweeping.send", lambda kind, job_id: nudges.append(job_id))
    return nudges


@pytest.fixture
def work(monkeypatch):
    """Give the kind "test.work" a body."""
    return lambda body: monkeypatch.setitem(KINDS, "test.work", body)


def ask(organisation, **arguments) -> Job:
    user = User.objects.first()
    return services.enqueue(kind="test.work", title="Work", organisation=organisation, user=user, arguments=arguments)


def let_lease_run_out(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(lease_expires_at="2020-01-01T00:00:00Z")


def test_a_job_is_sent_on_commit_only(organisation, sent):
    with transaction.atomic():
        job = ask(organisation)
        assert sent == []
    assert sent == [job.pk]


def test_a_job_runs_once_and_keeps_what_it_made(organisation, work):
    work(lambda run: {"n": run.arguments["n"] * 2})
    job = ask(organisation, n=21)
    assert run(job.pk) == "succeeded"
    assert run(job.pk) is None
    job.refresh_from_db()
    assert (job.state, job.outcome, job.starts) == ("succeeded", {"n": 42}, 1)


def test_progress_is_seen_while_a_long_transaction_runs(organisation, work):
    seen = []

    def body(this: JobRun) -> None:
        with transaction.atomic():
            this.progress(5, 10, "half")
            seen.append(until(lambda: (found := look(this.job.pk))[0] and found))

    def look(job_id: int) -> tuple[int, int | None, str]:
        found = []

        def read() -> None:
            found.append(Job.objects.values_list("done", "total", "message").get(pk=job_id))
            connection.close()

        thread = threading.Thread(target=read)
        thread.start()
        thread.join()
        return found[0]

    work(body)
    job = ask(organisation)
    assert run(job.pk) == "succeeded"
    assert seen == [(5, 10, "half")]
    assert Job.objects.get().done == 10


def test_a_lease_outlives_a_job_longer_than_itself(organisation, work, settings):
    settings.LABELWRIGHT_JOB_LEASE_SECONDS = 1
    begun, over = threading.Event(), threading.Event()

    def body(this: JobRun) -> None:
        begun.set()
        assert over.wait(30)

    work(body)
    job = ask(organisation)
    thread_states = []
    runner = threading.Thread(target=lambda: (thread_states.append(run(job.pk)), connection.close()))
    runner.start()
    assert begun.wait(30)
    time.sleep(1.5)  # longer than the lease
    assert leases.take(job.pk) is None
    over.set()
    runner.join()
    assert thread_states == ["succeeded"]


def test_two_workers_never_hold_the_same_job(organisation):
    job = ask(organisation)
    assert leases.take(job.pk).token == 1
    assert leases.take(job.pk) is None


def test_what_a_dead_worker_left_is_found_and_run_by_another(organisation, work, sent):
    work(lambda this: {"token": this.token})
    job = ask(organisation)
    leases.take(job.pk)
    assert services.sweep() == 0
    let_lease_run_out(job)
    sent.clear()
    assert services.sweep() == 1
    assert sent == [job.pk]
    assert run(job.pk) == "succeeded"
    assert Job.objects.get().outcome == {"token": 2}


def test_a_worker_that_lost_its_lease_writes_nothing_more(organisation):
    job = ask(organisation)
    old = leases.take(job.pk)
    let_lease_run_out(job)
    new = leases.take(job.pk)
    assert old.renew(leases.Progress(9)) is None
    assert old.finish("succeeded", leases.Progress(9)) is False
    assert new.finish("succeeded", leases.Progress(3)) is True
    assert Job.objects.get().done == 3


def test_a_running_job_notices_that_its_lease_is_lost(organisation, work):
    def body(this: JobRun) -> None:
        Job.objects.filter(pk=this.job.pk).update(token=99)
        for _ in range(100):
            this.progress(1)
            time.sleep(0.05)
        raise AssertionError("never told")

    work(body)
    job = ask(organisation)
    assert run(job.pk) is None
    assert Job.objects.get().state == "running"


def test_a_forgotten_message_is_sent_again(organisation, sent):
    job = ask(organisation)
    sent.clear()
    assert services.sweep() == 0
    Job.objects.update(enqueued_at="2020-01-01T00:00:00Z")
    assert services.sweep() == 1
    assert sent == [job.pk]


def test_a_job_that_killed_two_workers_is_poison(organisation):
    job = ask(organisation)
    for _ in range(2):
        assert leases.take(job.pk) is not None
        let_lease_run_out(job)
    assert leases.take(job.pk) is None
    services.sweep()
    job.refresh_from_db()
    assert (job.state, job.error["code"]) == ("failed", "job_poisoned")


def test_a_fault_that_will_pass_gives_the_lease_back_without_counting_as_a_death(organisation, work):
    def body(this: JobRun) -> None:
        raise Unavailable("the storage is away")

    work(body)
    job = ask(organisation)
    assert run(job.pk) is None
    job.refresh_from_db()
    assert (job.state, job.starts) == ("queued", 0)


def test_a_refusal_ends_the_job_with_its_code_and_a_bug_without_its_secrets(organisation, work):
    def refuse(this: JobRun) -> None:
        raise Conflict("There is nothing to export.")

    def fail(this: JobRun) -> None:
        raise ValueError("password=hunter2")

    for body, error in ((refuse, {"code": "conflict", "detail": "There is nothing to export."}), (fail, None)):
        work(body)
        job = ask(organisation)
        assert run(job.pk) == "failed"
        job.refresh_from_db()
        assert "hunter2" not in str(job.error)
        assert job.error["code"] == ("job_fault" if error is None else error["code"])


def test_a_queued_job_is_cancelled_at_once_and_never_starts(organisation, work):
    work(lambda this: None)
    job = services.cancel(job=ask(organisation))
    assert job.state == "cancelled"
    assert run(job.pk) is None


def test_a_running_job_stops_at_its_next_step(organisation, work):
    def body(this: JobRun) -> None:
        services.cancel(job=this.job)
        for done in range(100):
            this.progress(done, 100)
            time.sleep(0.05)

    work(body)
    job = ask(organisation)
    assert run(job.pk) == "cancelled"
    assert 0 < Job.objects.get().done < 100


def test_files_of_a_run_are_its_own_and_gone_afterwards(organisation, work):
    paths = []

    def body(this: JobRun) -> None:
        path = this.part_path("part.bin")
        path.write_bytes(b"x")
        paths.append(path)

    work(body)
    run(ask(organisation).pk)
    assert len(paths) == 1
    assert not paths[0].exists()


def test_a_lost_lease_is_no_failure():
    assert not issubclass(JobLost, Conflict)


def test_people_see_their_own_jobs_and_managers_all_of_their_organisation():
    team = make_team()
    stranger = make_organisation().memberships.get().user
    job = services.enqueue(
        kind="test.work", title="Export", organisation=team.organisation, user=team.annotator, arguments={}
    )
    for person, seen in ((team.annotator, True), (team.manager, True), (team.reviewer, False), (stranger, False)):
        client = api(person)
        assert client.get(f"jobs/{job.pk}").status_code == (200 if seen else 404)
        assert bool(client.get("jobs/").json()["results"]) is seen
        assert client.get(f"jobs/{job.pk}/events").status_code == (200 if seen else 404)
    other = make_member(team.organisation, "manager")
    assert api(other).post(f"jobs/{job.pk}/cancel").json()["state"] == "cancelled"
    again = api(other).post(f"jobs/{job.pk}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "job_over")


def test_a_client_may_wait_for_a_job_by_server_sent_events():
    team = make_team()
    job = services.enqueue(
        kind="test.work", title="Export", organisation=team.organisation, user=team.manager, arguments={}
    )
    client = api(team.manager)
    first = client.get(f"jobs/{job.pk}/events", headers={"Accept": "text/event-stream"})
    assert first["Content-Type"] == "text/event-stream"
    assert b"event: job\n" in first.content
    services.cancel(job=job)
    assert b"event: end\n" in client.get(f"jobs/{job.pk}/events").content
