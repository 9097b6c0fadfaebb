"""Sources: images of a bucket, a folder or a list become items without a copy, and what changes there is told."""

from __future__ import annotations

import os
from hashlib import sha256
from itertools import count

import pytest

from apps.assets.models import Asset, LinkedObject, Source, Sync
from apps.assets.services import ask_for_due_syncs
from apps.assets.services import storages as storage_services
from apps.assets.storages.base import Entry
from apps.core import storage as store
from apps.jobs.models import Job
from apps.tasks.models import Task
from tests import pictures
from tests.factories import api, make_project, make_team, run_job
from tests.storages import KEYS, LOOPBACK, WebFiles, bucket, s3_server
from tests.work import Person, region

pytestmark = pytest.mark.django_db
_names = count(1)


@pytest.fixture(autouse=True)
def quiet(monkeypatch, settings, tmp_path):
    monkeypatch.setattr("apps.jobs.services.asking.send", lambda kind, job_id: None)
    settings.LABELWRIGHT_OUTGOING_NETWORKS = LOOPBACK
    settings.LABELWRIGHT_STORAGE_FOLDERS = [str(tmp_path)]


@pytest.fixture(scope="module")
def s3():
    with s3_server() as address:
        yield address


@pytest.fixture
def web():
    with WebFiles().running() as server:
        yield server


def connect(team, options, **more):
    sent = {"name": f"Storage {next(_names)}", "options": options, **more}
    answer = api(team.manager).post(f"organisations/{team.organisation.pk}/storages", sent)
    assert answer.status_code == 201, answer.content
    return answer.json()


def source_of(team, project, storage, **more):
    answer = api(team.manager).post(f"projects/{project.pk}/sources", {"storage": storage["id"], **more})
    assert answer.status_code == 201, answer.content
    return answer.json()


def sync(team, source):
    """Look once more, and what was counted."""
    job = api(team.manager).post(f"sources/{source['id']}/sync").json()["job"]["id"]
    assert run_job(job) == "succeeded", Job.objects.get(pk=job).error
    return counts(job)


def counts(job):
    return {name: n for name, n in Sync.objects.get(job_id=job).counts.items() if n}


def folder(tmp_path, *names):
    for number, name in enumerate(names):
        file = tmp_path / "photos" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(pictures.jpeg(seed=number))
    return tmp_path / "photos"


def replace(file, content, *, later=1):
    """Write it anew with another time, as an editor does."""
    moment = file.stat().st_mtime_ns + later * 1_000_000_000
    file.write_bytes(content)
    os.utime(file, ns=(moment, moment))


def test_images_of_a_bucket_become_items_and_only_thumbnails_are_kept_here(team, project, s3):
    there = bucket(s3, "pictures")
    names = ["site 1/grün.jpg", "site 1/a+b&c.jpg", "site 1/deep/x.JPG", "site 1/notes.txt", "other/y.jpg"]
    for number, name in enumerate(names):
        there.put_object(Key=name, Body=pictures.jpeg(seed=number) if "txt" not in name else b"hello")
    storage = connect(team, {"kind": "s3", "bucket": "pictures", "endpoint": s3}, credentials=KEYS)
    source = source_of(team, project, storage, prefix="site 1/")
    assert run_job(source["job"]["id"]) == "succeeded"
    assert counts(source["job"]["id"]) == {"new": 3, "ignored": 1}
    assert set(Asset.objects.filter(project=project).values_list("name", flat=True)) == {*names[:2], names[2]}
    assert Task.objects.filter(project=project, state="waiting").count() == 3
    asset = Asset.objects.get(name="site 1/grün.jpg")
    shown = api(team.annotator).get(f"assets/{asset.pk}").json()
    whole = api().get(shown["urls"]["original"])
    assert sha256(b"".join(whole.streaming_content)).hexdigest() == asset.sha256
    part = api().get(shown["urls"]["original"], headers={"Range": "bytes=2-9"})
    assert (part.status_code, b"".join(part.streaming_content)) == (206, pictures.jpeg(seed=0)[2:10])
    assert not (store.local_path("projects") / str(project.pk) / "assets").exists()
    assert [p for p, _ in store.walk(f"projects/{project.pk}/linked") if p == asset.path] == []
    assert sync(team, source) == {"same": 3, "ignored": 1}


def test_a_file_that_is_replaced_makes_a_new_item_and_work_on_the_old_one_stays(team, project, tmp_path):
    place = folder(tmp_path, "begun.jpg", "waiting.jpg", "touched.jpg")
    storage = connect(team, {"kind": "folder", "path": str(place)})
    source = source_of(team, project, storage)
    run_job(source["job"]["id"])
    claim, _ = Person(team.annotator).label(project, region())
    begun = Asset.objects.get(pk=claim["asset"]["id"])
    for name in {"begun.jpg", "waiting.jpg", "touched.jpg"} - {begun.name}:
        other = name
    replace(place / begun.name, pictures.jpeg(seed=50))
    replace(place / other, pictures.jpeg(seed=51))
    untouched = ({"begun.jpg", "waiting.jpg", "touched.jpg"} - {begun.name, other}).pop()
    replace(place / untouched, (place / untouched).read_bytes())
    assert sync(team, source) == {"changed": 2, "same": 1}
    begun.refresh_from_db()
    assert begun.trashed_at is None
    assert Asset.objects.filter(name=begun.name, trashed_at=None).count() == 2
    assert Asset.objects.filter(name=other, trashed_at=None).count() == 1
    problems = api(team.manager).get(f"sources/{source['id']}").json()["last"]["problems"]
    assert [(one["name"], one["code"]) for one in problems] == [(begun.name, "replaced")]
    gone = api().get(api(team.manager).get(f"assets/{begun.pk}").json()["urls"]["original"])
    assert (gone.status_code, gone.json()["code"]) == (404, "object_gone")


def test_a_file_that_was_replaced_since_is_not_shown_under_old_labels(team, project, tmp_path):
    place = folder(tmp_path, "a.jpg")
    source = source_of(team, project, connect(team, {"kind": "folder", "path": str(place)}))
    run_job(source["job"]["id"])
    asset = Asset.objects.get(project=project)
    replace(place / "a.jpg", pictures.jpeg(seed=9))
    answer = api().get(api(team.manager).get(f"assets/{asset.pk}").json()["urls"]["original"])
    assert (answer.status_code, answer.json()["code"]) == (404, "object_changed")


def test_files_that_vanish_are_told_and_come_back_as_they_were(team, project, tmp_path):
    place = folder(tmp_path, "a.jpg", "b.jpg", "c/d.jpg")
    source = source_of(team, project, connect(team, {"kind": "folder", "path": str(place)}), vanished="trash")
    run_job(source["job"]["id"])
    info, content = (place / "b.jpg").stat(), (place / "b.jpg").read_bytes()
    (place / "b.jpg").unlink()
    assert sync(team, source) == {"gone": 1, "same": 2}
    assert Asset.objects.get(name="b.jpg").trashed_at is not None
    listed = api(team.manager).get(f"sources/{source['id']}/objects?state=trashed").json()["results"]
    assert [one["key"] for one in listed] == ["b.jpg"]
    assert sync(team, source) == {"same": 2}
    (place / "b.jpg").write_bytes(content)
    os.utime(place / "b.jpg", ns=(info.st_mtime_ns, info.st_mtime_ns))
    assert sync(team, source) == {"back": 1, "same": 2}
    assert Asset.objects.get(name="b.jpg").trashed_at is None
    assert Task.objects.filter(project=project, trashed_at=None).count() == 3


def test_a_folder_that_is_not_mounted_does_not_empty_the_project(team, project, tmp_path):
    place = folder(tmp_path, *(f"{n}.jpg" for n in range(12)))
    source = source_of(team, project, connect(team, {"kind": "folder", "path": str(place)}), vanished="trash")
    run_job(source["job"]["id"])
    for file in place.iterdir():
        file.unlink()
    job = api(team.manager).post(f"sources/{source['id']}/sync").json()["job"]["id"]
    assert run_job(job) == "failed"
    assert Job.objects.get(pk=job).error["code"] == "source_empty"
    assert Asset.objects.filter(project=project, trashed_at=None).count() == 12


def test_names_that_lead_elsewhere_lead_nowhere(team, project, tmp_path):
    place = folder(tmp_path, "a b.jpg", "ü/☃.jpg", "x\ny.jpg", "..double.jpg")
    secret = tmp_path / "secret.jpg"
    secret.write_bytes(pictures.jpeg(seed=77))
    (place / "link.jpg").symlink_to(secret)
    (place / "out").symlink_to(tmp_path)
    (place / os.fsdecode(b"\xff.jpg")).write_bytes(pictures.jpeg(seed=78))
    source = source_of(team, project, connect(team, {"kind": "folder", "path": str(place)}))
    run_job(source["job"]["id"])
    assert counts(source["job"]["id"]) == {"new": 4}
    names = set(Asset.objects.filter(project=project).values_list("name", flat=True))
    assert names == {"a b.jpg", "ü/☃.jpg", "xy.jpg", "..double.jpg"}
    LinkedObject.objects.filter(key="a b.jpg").update(key="out/secret.jpg")
    asset = Asset.objects.get(project=project, name="a b.jpg")
    assert api().get(api(team.manager).get(f"assets/{asset.pk}").json()["urls"]["original"]).status_code == 404


@pytest.mark.parametrize("key", ["a/../b.jpg", "//x.jpg", "./y.jpg", "a\tb.jpg", "%2e%2e/z.jpg", "k" * 900 + ".jpg"])
def test_odd_keys_of_a_bucket_are_read_and_named_without_a_way_up(team, project, s3, key):
    there = bucket(s3, f"odd-{next(_names)}")
    there.put_object(Key=key, Body=pictures.jpeg())
    storage = connect(team, {"kind": "s3", "bucket": there.name, "endpoint": s3}, credentials=KEYS)
    source = source_of(team, project, storage)
    run_job(source["job"]["id"])
    assert counts(source["job"]["id"]) == {"new": 1}
    asset = Asset.objects.get(project=project)
    assert ".." not in asset.name.split("/")
    assert len(asset.name) <= 300
    with store.open_file(asset.path) as file:
        assert file.read() == pictures.jpeg()


def test_what_is_no_image_is_refused_once_and_tried_again_when_it_changes(team, project, tmp_path):
    place = folder(tmp_path, "good.jpg")
    (place / "bad.jpg").write_bytes(b"<html></html>")
    source = source_of(team, project, connect(team, {"kind": "folder", "path": str(place)}))
    run_job(source["job"]["id"])
    assert counts(source["job"]["id"]) == {"new": 1, "refused": 1}
    assert sync(team, source) == {"same": 2}
    replace(place / "bad.jpg", pictures.jpeg(seed=5))
    assert sync(team, source) == {"new": 1, "same": 1}


def test_an_item_that_people_removed_is_not_brought_back(team, project, tmp_path):
    place = folder(tmp_path, "a.jpg")
    source = source_of(team, project, connect(team, {"kind": "folder", "path": str(place)}))
    run_job(source["job"]["id"])
    asset = Asset.objects.get(project=project)
    api(team.manager).post(f"projects/{project.pk}/assets/trash", {"ids": [asset.pk]})
    assert sync(team, source) == {"same": 1}
    assert Asset.objects.filter(project=project, trashed_at=None).count() == 0


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*.jpg", ["top.jpg"]),
        ("**/*.jpg", ["a/one.jpg", "a/b/two.jpg", "top.jpg"]),
        ("a/*", ["a/one.jpg"]),
        ("[st]o?.jpg", ["top.jpg"]),
    ],
)
def test_a_pattern_decides_what_is_taken(team, project, tmp_path, pattern, found):
    place = folder(tmp_path, "top.jpg", "a/one.jpg", "a/b/two.jpg", "a/b/three.png")
    source = source_of(team, project, connect(team, {"kind": "folder", "path": str(place)}), pattern=pattern)
    run_job(source["job"]["id"])
    assert sorted(Asset.objects.filter(project=project).values_list("name", flat=True)) == sorted(found)


def test_a_list_of_addresses_is_a_source_whose_secret_stays_with_its_server(team, project, web):
    with WebFiles().running() as other:
        web.files |= {"/a.jpg": pictures.jpeg(seed=1), "/b%20c.jpg": pictures.jpeg(seed=2)}
        other.files["/far.jpg"] = pictures.jpeg(seed=3)
        web.files["/list.txt"] = f"# ours\na.jpg\n\nb c.jpg\nmissing.jpg\n{other.base}/far.jpg\n".encode()
        storage = connect(
            team, {"kind": "http", "url": f"{web.base}/list.txt"}, credentials={"authorization": "Bearer s3cret"}
        )
        source = source_of(team, project, storage)
        assert run_job(source["job"]["id"]) == "succeeded"
        assert counts(source["job"]["id"]) == {"new": 3}
        assert set(Asset.objects.values_list("name", flat=True)) == {"a.jpg", "b c.jpg", "far.jpg"}
        assert all("Authorization" in headers for _, _, headers in web.asked)
        assert not any("Authorization" in headers for _, _, headers in other.asked)
        web.ranges = False
        asset = Asset.objects.get(project=project, name="a.jpg")
        url = api(team.manager).get(f"assets/{asset.pk}").json()["urls"]["original"]
        part = api().get(url, headers={"Range": "bytes=3-5"})
        assert (part.status_code, b"".join(part.streaming_content)) == (206, pictures.jpeg(seed=1)[3:6])


def test_a_list_that_names_an_internal_address_is_refused(team, project, web):
    web.files["/list.json"] = b'["http://169.254.169.254/latest/meta-data/", {"url": "file:///etc/passwd"}]'
    source = source_of(team, project, connect(team, {"kind": "http", "url": f"{web.base}/list.json"}))
    assert run_job(source["job"]["id"]) == "failed"
    assert Job.objects.get(pk=source["job"]["id"]).error["code"] == "list_unreadable"


def test_a_second_start_of_a_sync_adds_nothing_twice(team, project, tmp_path, monkeypatch):
    place = folder(tmp_path, *(f"{n:03d}.jpg" for n in range(70)))
    source = source_of(team, project, connect(team, {"kind": "folder", "path": str(place)}))
    job = source["job"]["id"]
    from apps.assets.jobs.syncing import Look

    taken, take = [], Look._take

    def dies(self, batch, known):
        if taken:
            raise KeyboardInterrupt  # as a killed worker: nothing is said to anybody
        taken.append(batch)
        take(self, batch, known)

    monkeypatch.setattr(Look, "_take", dies)
    with pytest.raises(KeyboardInterrupt):
        run_job(job)
    assert Asset.objects.filter(project=project).count() == 32
    monkeypatch.setattr(Look, "_take", take)
    Job.objects.filter(pk=job).update(state="queued")
    assert run_job(job) == "succeeded"
    assert counts(job) == {"new": 70, "same": 32}
    assert Asset.objects.filter(project=project).count() == Task.objects.filter(project=project).count() == 70


def test_a_hundred_thousand_known_keys_are_walked_in_pages_and_nothing_is_written(
    team, project, tmp_path, monkeypatch, django_assert_max_num_queries
):
    number = 100_000 if os.environ.get("LABELWRIGHT_SOAK") else 5_000
    place = folder(tmp_path, "a.jpg")
    source = source_of(team, project, connect(team, {"kind": "folder", "path": str(place)}))
    run_job(source["job"]["id"])
    keys = sorted((f"x/{n}.jpg" for n in range(number)), key=str.encode)
    LinkedObject.objects.bulk_create(
        [LinkedObject(source_id=source["id"], key=key, etag="1", size=1, state="here") for key in keys],
        batch_size=5_000,
    )
    alive: list[int] = []

    class Listing:
        ordered = True

        def entries(self, prefix):
            for at, key in enumerate(["a.jpg", *keys]):
                alive.append(at)
                yield Entry(key, 1, "1" if at else LinkedObject.objects.get(key="a.jpg").etag)

    monkeypatch.setattr("apps.assets.jobs.syncing.open_storage", lambda storage: Listing())
    job = api(team.manager).post(f"sources/{source['id']}/sync").json()["job"]["id"]
    with django_assert_max_num_queries(3 * (number // 500) + 40) as asked:
        assert run_job(job) == "succeeded"
    assert counts(job) == {"same": number + 1}
    writes = [
        q["sql"]
        for q in asked.captured_queries
        if "assets_linkedobject" in q["sql"] and not q["sql"].startswith("SELECT")
    ]
    assert writes == []


def test_a_service_that_lists_in_another_order_is_sorted_here(team, project, tmp_path, monkeypatch):
    place = folder(tmp_path, *(f"{n}.jpg" for n in "abcdef"))
    source = source_of(team, project, connect(team, {"kind": "folder", "path": str(place)}))
    run_job(source["job"]["id"])
    driver = storage_services.open_storage(Source.objects.get(pk=source["id"]).storage)
    entries = list(driver.entries(""))

    class Shuffled:
        ordered = True
        reading = driver.reading

        def entries(self, prefix):
            yield from [entries[n] for n in (3, 0, 5, 1, 4)]

    monkeypatch.setattr("apps.assets.jobs.syncing.open_storage", lambda storage: Shuffled())
    assert sync(team, source) == {"same": 5, "gone": 1}


def test_a_schedule_asks_for_syncs_when_their_time_has_come(team, project, tmp_path):
    place = folder(tmp_path, "a.jpg")
    source = source_of(team, project, connect(team, {"kind": "folder", "path": str(place)}), every_minutes=60)
    run_job(source["job"]["id"])
    assert ask_for_due_syncs() == 0
    Source.objects.filter(pk=source["id"]).update(next_at="2020-01-01T00:00Z")
    assert (ask_for_due_syncs(), ask_for_due_syncs()) == (1, 0)
    row = Source.objects.get(pk=source["id"])
    assert run_job(row.job_id) == "succeeded"
    assert (row.job.created_by_id, counts(row.job_id)) == (None, {"same": 1})
    assert api(team.manager).patch(f"sources/{source['id']}", {"every_minutes": None}).json()["next_at"] is None


def test_a_source_that_is_disconnected_leaves_its_items_to_be_read(team, project, tmp_path):
    place = folder(tmp_path, "a.jpg")
    storage = connect(team, {"kind": "folder", "path": str(place)})
    source = source_of(team, project, storage)
    run_job(source["job"]["id"])
    manager = api(team.manager)
    assert manager.delete(f"/api/v1/storages/{storage['id']}").json()["code"] == "storage_in_use"
    assert manager.delete(f"/api/v1/sources/{source['id']}").status_code == 204
    assert manager.get(f"projects/{project.pk}/sources").json()["results"] == []
    url = manager.get(f"assets/{Asset.objects.get(project=project).pk}").json()["urls"]["original"]
    assert b"".join(api().get(url).streaming_content) == pictures.jpeg(seed=0)
    assert manager.delete(f"/api/v1/storages/{storage['id']}").json()["code"] == "storage_in_use"


def test_images_are_added_from_a_storage_as_by_a_list_of_addresses(team, project, tmp_path):
    storage = connect(team, {"kind": "folder", "path": str(folder(tmp_path, "a/1.jpg", "b/2.jpg"))})
    sent = {"storage": storage["id"], "prefix": "a/"}
    first, again = (api(team.manager).post(f"projects/{project.pk}/assets", sent) for _ in range(2))
    assert (first.status_code, again.json()["job"]["id"]) == (202, first.json()["job"]["id"])
    assert run_job(first.json()["job"]["id"]) == "succeeded"
    assert list(Asset.objects.filter(project=project).values_list("name", flat=True)) == ["a/1.jpg"]
    assert Source.objects.filter(project=project).count() == 1


def test_the_same_part_cannot_be_connected_twice(team, project, tmp_path):
    storage = connect(team, {"kind": "folder", "path": str(folder(tmp_path, "a.jpg"))})
    source_of(team, project, storage)
    again = api(team.manager).post(f"projects/{project.pk}/sources", {"storage": storage["id"]})
    assert (again.status_code, again.json()["code"]) == (409, "source_there")
    foreign = make_team()
    other = make_project(foreign.organisation, foreign.manager)
    answer = api(foreign.manager).post(f"projects/{other.pk}/sources", {"storage": storage["id"]})
    assert answer.status_code == 404
