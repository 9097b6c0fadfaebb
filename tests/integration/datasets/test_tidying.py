"""Files that nothing names any more go after a day; what anything names stays, however old."""

from __future__ import annotations

import hashlib
import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from apps.assets.models import Asset
from apps.core import storage
from apps.datasets.models import Export, Import
from apps.datasets.services import tidy_media, tidy_scratch
from apps.jobs.models import Job
from apps.projects.services import purge_trash
from tests import pictures
from tests.factories import make_project, run_job
from tests.work import Person

pytestmark = pytest.mark.django_db
TWO_DAYS = 2 * 24 * 3600


@pytest.fixture(autouse=True)
def media(tmp_path, settings, monkeypatch) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.LABELWRIGHT_DATA = tmp_path
    monkeypatch.setattr("apps.jobs.services.asking.send", lambda kind, job_id: None)
    return tmp_path / "media"


def files(media: Path) -> set[str]:
    return {path.relative_to(media).as_posix() for path in media.rglob("*") if path.is_file()}


def age(folder: Path, seconds: int = TWO_DAYS) -> None:
    """All files and folders below were last written so long ago."""
    then = time.time() - seconds
    for path in folder.rglob("*"):
        os.utime(path, (then, then))


def full_project(team: Any, manager: Any) -> Any:
    """A project with photos, a 16-bit image, split pages, a blob, a guideline image, an import and an export."""
    project = make_project(team.organisation, team.manager)
    photo = SimpleUploadedFile("p.jpg", pictures.jpeg(640, 480))
    assert manager.upload(f"projects/{project.pk}/assets", {"files": [photo]}).status_code == 201
    Person(team.annotator).label(project)
    review = Person(team.reviewer).claim(project, "review")
    Person(team.reviewer).judge(review["revision"]["id"], "accept")
    deep = SimpleUploadedFile("deep.png", pictures.png16(pictures.ramp16()))
    pages = SimpleUploadedFile("pages.tif", pictures.encoded(pictures.gradient(), "TIFF", save_all=True, append_images=[pictures.gradient(32, 32)]))  # fmt: skip
    uploaded = manager.upload(f"projects/{project.pk}/assets", {"files": [deep, pages], "pages": "split"})
    assert len(uploaded.json()["assets"]) == 3, uploaded.content
    image = SimpleUploadedFile("rule.png", pictures.encoded(pictures.gradient(), "PNG"), content_type="image/png")
    assert manager.upload(f"projects/{project.pk}/guidelines/images", {"file": image}).status_code == 201
    blob = b"runs of a long mask"
    address = f"projects/{project.pk}/blobs/{hashlib.sha256(blob).hexdigest()}"
    assert manager.generic("PUT", address, blob, "application/octet-stream").status_code == 201
    started = manager.post(f"projects/{project.pk}/exports", {"format": "native", "options": {"images": True}}).json()
    assert run_job(started["job"]["id"]) == "succeeded"
    archive = b"".join(
        manager.get(manager.get(f"exports/{started['export']['id']}").json()["file_url"]).streaming_content
    )
    sent = manager.upload(f"projects/{project.pk}/imports", {"file": SimpleUploadedFile("x.zip", archive)}).json()
    assert run_job(sent["job"]["id"]) == "succeeded"
    return project


def test_nothing_that_is_named_is_touched_however_old(media, team, manager):
    full_project(team, manager)
    kinds = {path.split("/")[2] for path in files(media) if path.startswith("projects/")}
    assert kinds == {"assets", "blobs", "exports", "imports"}
    assert any(path.startswith("guidelines/") for path in files(media))
    age(media)
    before = files(media)
    assert tidy_media() == 0
    assert files(media) == before


def test_what_nothing_names_goes_after_a_day_and_not_before(media, team, manager):
    project = full_project(team, manager)
    kept = files(media)
    lost = {
        f"projects/{project.pk}/assets/ab/{'ab' * 32}.jpg",
        f"projects/{project.pk}/assets/ab/{'ab' * 32}.jpg.tiles/3/0_0.jpg",
        f"projects/{project.pk}/assets/ab/.part-0123",
        f"projects/{project.pk}/imports/forgotten",
        f"projects/{project.pk}/exports/77/old.zip",
        f"{Asset.objects.first().path}.display-of-an-earlier-window.png",
        "projects/99999999/assets/cd/x.png",
        "guidelines/99999999/x.png",
    }
    for path in lost:
        storage.put(path, b"x")
    assert tidy_media() == 0
    age(media, TWO_DAYS // 4)
    assert tidy_media() == 0
    age(media)
    assert tidy_media() == len(lost)
    assert files(media) == kept


def test_files_outside_our_folders_are_not_looked_at(media):
    storage.put("somebody/elses.txt", b"x")
    age(media)
    assert tidy_media() == 0
    assert files(media) == {"somebody/elses.txt"}


def test_media_of_a_purged_project_go_and_those_of_others_stay(media, team, manager, settings):
    gone, stays = full_project(team, manager), full_project(team, manager)
    gone.trashed_at = timezone.now() - timedelta(days=settings.LABELWRIGHT_TRASH_DAYS + 1)
    gone.save()
    age(media)
    assert tidy_media() == 0, "what lies in the trash can be restored"
    assert purge_trash() == 1
    before = files(media)
    assert tidy_media() > 8
    assert files(media) == {path for path in before if path.split("/")[1] == str(stays.pk)}
    age(media)
    tidy_media()
    assert not (media / "projects" / str(gone.pk)).exists()


def test_a_file_that_an_upload_finds_again_counts_as_written_now(media):
    path = "projects/1/assets/ab/x.png"
    storage.put(path, b"x")
    age(media)
    storage.put(path, b"x")
    assert tidy_media() == 0
    assert files(media) == {path}


def test_a_file_found_again_while_it_is_being_removed_stays(media):
    path = "projects/1/assets/ab/x.png"
    storage.put(path, b"x")
    assert not storage.remove_old(path, time.time() - TWO_DAYS)
    assert storage.read(path) == b"x"
    assert storage.remove_old(path, time.time() + 1)
    assert not storage.remove_old(path, time.time() + 1)
    storage.put(path, b"y")
    assert storage.read(path) == b"y"


@pytest.mark.parametrize("state", ["queued", "running", "succeeded"])
def test_what_a_waiting_job_was_given_stays_until_it_is_over(media, team, state):
    paths = ["projects/1/url-lists/a.json", "projects/1/incoming/b"]
    for path in paths:
        storage.put(path, b"x")
    arguments = {"list": paths[0], "file": {"path": paths[1], "name": "b"}}
    Job.objects.create(organisation=team.organisation, kind="x", title="x", arguments=arguments, state=state)
    age(media)
    assert tidy_media() == (2 if state == "succeeded" else 0)


def test_scratch_folders_of_jobs_that_are_over_go(tmp_path, team):
    jobs = [
        Job.objects.create(organisation=team.organisation, kind="x", title="x", arguments={}, state=state)
        for state in ("running", "failed")
    ]
    for job in jobs:
        (tmp_path / "jobs" / str(job.pk) / "1").mkdir(parents=True)
        (tmp_path / "jobs" / str(job.pk) / "1" / "export.zip").write_bytes(b"half")
    assert tidy_scratch() == 0
    age(tmp_path / "jobs")
    assert tidy_scratch() == 1
    assert [path.name for path in (tmp_path / "jobs").iterdir()] == [str(jobs[0].pk)]


def test_the_worker_tidies_by_itself(settings):
    entry = settings.CELERY_BEAT_SCHEDULE["datasets.tidy_media"]
    from config.celery import app

    app.loader.import_default_modules()
    assert entry["task"] in app.tasks
    assert {Export, Import} <= set(_with_a_path())


def _with_a_path() -> list[Any]:
    from apps.datasets.services.tidying import _models_with_a_path

    return list(_models_with_a_path())
