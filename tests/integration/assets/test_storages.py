"""Storages: what opens them goes in and never comes out, a test says what is wrong, and nothing internal is asked."""

from __future__ import annotations

import json
import threading
import zipfile
from base64 import b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO, StringIO

import pytest
from django.core.management import call_command

from apps.activity.models import Event
from apps.assets.models import Asset, Storage
from apps.assets.services.storages import _opened, open_storage
from apps.core import secrets
from apps.core.errors import DomainError
from apps.jobs.models import Job
from tests import pictures
from tests.clouds import clouds_server, service_account
from tests.factories import api, make_project, make_team, run_job
from tests.integration.assets.test_sources import connect, counts, folder, source_of
from tests.storages import KEYS, LOOPBACK, bucket, s3_server
from tests.work import Person, make_tasks, region

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quiet(monkeypatch, settings, tmp_path):
    monkeypatch.setattr("apps.jobs.services.asking.send", lambda kind, job_id: None)
    settings.LABELWRIGHT_OUTGOING_NETWORKS = LOOPBACK
    settings.LABELWRIGHT_STORAGE_FOLDERS = [str(tmp_path / "photos")]
    settings.LABELWRIGHT_BASE_URL = "https://labels.example.org"


@pytest.fixture(scope="module")
def s3():
    with s3_server() as address:
        yield address


def with_one_done(team, **values):
    project = make_project(team.organisation, team.manager, **values)
    make_tasks(project, team.manager, 1)
    finish(team, project)
    return project


def finish(team, project):
    """Label one item and accept it."""
    annotator, reviewer = Person(team.annotator), Person(team.reviewer)
    _, submitted = annotator.label(project, region())
    reviewer.claim(project, "review")
    reviewer.judge(submitted["revision"]["id"], "accept")


def checks(team, storage):
    """Run the test that waits; {step: code, "" where it passed}."""
    assert run_job(storage["job"]["id"]) == "succeeded", Job.objects.get(pk=storage["job"]["id"]).error
    shown = api(team.manager).get(f"storages/{storage['id']}").json()
    return {check["name"]: check["code"] for check in shown["checks"]}


def test_credentials_go_in_and_never_come_out(team, s3, caplog):
    bucket(s3, "closed")
    storage = connect(team, {"kind": "s3", "bucket": "closed", "endpoint": s3}, credentials=KEYS)
    run_job(storage["job"]["id"])
    manager = api(team.manager)
    answers = [
        manager.get(f"organisations/{team.organisation.pk}/storages"),
        manager.get(f"storages/{storage['id']}"),
        manager.patch(f"storages/{storage['id']}", {"name": "Renamed"}),
        manager.get(f"jobs/{storage['job']['id']}"),
    ]
    kept = Storage.objects.get(pk=storage["id"])
    told = [answer.content.decode() for answer in answers]
    told += [kept.credentials, caplog.text, json.dumps(list(Event.objects.values_list("details", flat=True)))]
    told += [json.dumps(job) for job in Job.objects.values_list("arguments", flat=True)]
    assert answers[1].json()["credentials"] == "set"
    assert not [text for text in told if KEYS["secret_access_key"] in text]
    assert KEYS["secret_access_key"] in secrets.unseal(kept.credentials)


def test_keys_can_be_rotated_and_a_lost_key_is_said(settings, team, tmp_path):
    folder(tmp_path, "a.jpg")
    settings.LABELWRIGHT_ENCRYPTION_KEYS = ["first"]
    storage = connect(team, {"kind": "s3", "bucket": "b"}, credentials=KEYS)
    before = Storage.objects.get(pk=storage["id"]).credentials
    settings.LABELWRIGHT_ENCRYPTION_KEYS = ["second", "first"]
    call_command("rotate_secrets", stdout=StringIO())
    settings.LABELWRIGHT_ENCRYPTION_KEYS = ["second"]
    open_storage(Storage.objects.get(pk=storage["id"]))
    settings.LABELWRIGHT_ENCRYPTION_KEYS = ["third"]
    _opened.cache_clear()  # as in a new process
    assert checks(team, storage) == {"open": "secret_unreadable"}
    assert before != Storage.objects.get(pk=storage["id"]).credentials


@pytest.mark.parametrize(
    ("name", "credentials", "found"),
    [
        ("there", KEYS, {"open": "", "list": "", "read": "", "ranges": "", "direct": "not_direct", "write": ""}),
        ("missing-bucket", KEYS, {"open": "", "list": "bucket_missing"}),
    ],
)
def test_a_test_says_step_by_step_what_works(team, s3, name, credentials, found):
    bucket(s3, "there").put_object(Key="a.jpg", Body=pictures.jpeg())
    storage = connect(
        team,
        {"kind": "s3", "bucket": name, "endpoint": s3},
        credentials=credentials,
        for_exports=True,
        delivery="direct",
    )
    assert checks(team, storage) == found


class Refusing(BaseHTTPRequestHandler):
    """An S3 server that knows nobody, and sends a secret page along."""

    status, body = 403, b"<Error><Code>InvalidAccessKeyId</Code><Message>internal-secret-page</Message></Error>"

    def do_GET(self):
        body = self.body
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def refusing(request):
    answers = getattr(request, "param", {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Refusing,), answers))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_wrong_credentials_are_named_and_the_answer_is_not_quoted(team, refusing):
    storage = connect(team, {"kind": "s3", "bucket": "b", "endpoint": refusing}, credentials=KEYS)
    assert checks(team, storage) == {"open": "", "list": "storage_denied"}
    assert "internal-secret-page" not in json.dumps(Storage.objects.get(pk=storage["id"]).probe)


@pytest.mark.parametrize("refusing", [{"status": 200, "body": b"Welcome to the internal-secret-page"}], indirect=True)
@pytest.mark.parametrize(
    "where", [{"kind": "gcs", "bucket": "b"}, {"kind": "azure", "account": "acc", "container": "c"}]
)
def test_a_service_of_another_kind_at_the_address_is_said(team, refusing, where):
    storage = connect(team, where | {"endpoint": refusing})
    assert checks(team, storage) == {"open": "", "list": "storage_unreachable"}
    assert "internal-secret-page" not in json.dumps(Storage.objects.get(pk=storage["id"]).probe)


INSIDE = [
    "http://127.0.0.1:9/",
    "http://169.254.169.254",
    "http://[::1]:9",
    "http://10.0.0.7:9000",
    "http://localhost:9",
]


@pytest.mark.parametrize("kind", ["s3", "gcs", "azure", "http"])
def test_an_internal_address_is_never_connected_to(team, settings, monkeypatch, kind):
    settings.LABELWRIGHT_OUTGOING_NETWORKS = []
    tried = []
    monkeypatch.setattr("socket.create_connection", lambda where, *rest, **more: tried.append(where))
    for address in INSIDE:
        options = {
            "s3": {"kind": "s3", "bucket": "b", "endpoint": address},
            "gcs": {"kind": "gcs", "bucket": "b", "endpoint": address},
            "azure": {"kind": "azure", "account": "abc", "container": "c", "endpoint": address},
            "http": {"kind": "http", "url": f"{address.rstrip('/')}/list.txt"},
        }[kind]
        storage = connect(team, options, credentials=KEYS if kind == "s3" else None)
        assert checks(team, storage) == {"open": "", "list": "address_refused"}, address
    assert tried == []


def test_a_service_that_sends_on_to_an_internal_address_is_not_followed(team, settings):
    class Moved(Refusing):
        def do_GET(self):
            self.send_response(307)
            self.send_header("Location", "http://169.254.169.254/b?list-type=2")
            self.send_header("Content-Length", "0")
            self.end_headers()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Moved)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    try:
        bucket_like = connect(team, {"kind": "s3", "bucket": "b", "endpoint": base}, credentials=KEYS)
        listed = connect(team, {"kind": "http", "url": f"{base}/list.txt"})
        assert checks(team, bucket_like)["list"] in ("storage_unreachable", "address_refused")
        assert checks(team, listed)["list"] == "address_refused"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("path", ["/etc", "/", "photos", "{photos}/../secret", "{photos}/link"])
def test_only_folders_that_the_operator_allows_are_connected(team, tmp_path, path):
    place = folder(tmp_path, "a.jpg")
    (tmp_path / "secret").mkdir()
    (place / "link").symlink_to(tmp_path / "secret")
    sent = {"name": "x", "options": {"kind": "folder", "path": path.format(photos=place)}}
    answer = api(team.manager).post(f"organisations/{team.organisation.pk}/storages", sent)
    assert (answer.status_code, answer.json()["code"]) == (400, "folder_refused")


@pytest.mark.parametrize(
    ("options", "credentials", "code"),
    [
        ({"kind": "s3", "bucket": "b", "endpoint": "ftp://x"}, None, "address_refused"),
        ({"kind": "s3", "bucket": "b", "endpoint": "http://user:pw@example.org"}, None, "address_refused"),
        ({"kind": "s3", "bucket": "b"}, {"access_key_id": "only"}, "bad_credentials"),
        ({"kind": "s3", "bucket": "b"}, {"sas_token": "x"}, "bad_credentials"),
        ({"kind": "s3", "bucket": "b", "prefix": "a/../b"}, None, "invalid"),
        ({"kind": "gcs", "bucket": "b"}, {"service_account": "{}"}, "storage_denied"),
        ({"kind": "azure", "account": "abc", "container": "c"}, {"account_key": "no base64!"}, "storage_denied"),
        ({"kind": "azure", "account": "a/b", "container": "c"}, None, "invalid"),
        ({"kind": "ftp", "bucket": "b"}, None, "invalid"),
    ],
)
def test_what_cannot_be_a_storage_is_named(team, options, credentials, code):
    sent = {"name": "x", "options": options, "credentials": credentials}
    answer = api(team.manager).post(f"organisations/{team.organisation.pk}/storages", sent)
    assert (answer.status_code in (400, 403), answer.json()["code"]) == (True, code)


def test_credentials_are_not_sent_to_another_address_without_being_entered_again(team):
    storage = connect(team, {"kind": "s3", "bucket": "b", "endpoint": "https://a.example.org"}, credentials=KEYS)
    moved = {"options": {"kind": "s3", "bucket": "b", "endpoint": "https://evil.example.org"}}
    answer = api(team.manager).patch(f"storages/{storage['id']}", moved)
    assert answer.json()["code"] == "bad_credentials"
    again = api(team.manager).patch(f"storages/{storage['id']}", moved | {"credentials": KEYS})
    assert again.status_code == 200


def test_an_export_is_written_to_a_bucket_under_its_own_name_and_not_kept_here(team, s3):
    project = with_one_done(team, name="Größe & Rest")
    there = bucket(s3, "exports")
    storage = connect(
        team, {"kind": "s3", "bucket": "exports", "endpoint": s3, "prefix": "lw/"}, credentials=KEYS, for_exports=True
    )
    asked = {"format": "coco", "storage": storage["id"], "folder": "/june"}
    begun = api(team.manager).post(f"projects/{project.pk}/exports", asked).json()
    assert run_job(begun["job"]["id"]) == "succeeded", Job.objects.get(pk=begun["job"]["id"]).error
    shown = api(team.manager).get(f"exports/{begun['export']['id']}").json()
    key = f"lw/june/groe-rest-version-1-coco-{shown['digest'][:12]}.zip"
    assert (shown["state"], shown["file_url"], shown["target"]["key"]) == ("succeeded", None, key)
    assert [(one.key, one.size) for one in there.objects.all()] == [(key, shown["size"])]


def test_an_export_that_is_cancelled_while_it_is_sent_leaves_no_half_file(team, tmp_path, monkeypatch):
    place = folder(tmp_path, "a.jpg")
    project = with_one_done(team)
    storage = connect(team, {"kind": "folder", "path": str(place)}, for_exports=True)
    begun = (
        api(team.manager).post(f"projects/{project.pk}/exports", {"format": "coco", "storage": storage["id"]}).json()
    )
    from apps.datasets.services import sending

    class Stopped(DomainError):
        code = "stopped"

    def read(self, size=-1):
        raise Stopped

    monkeypatch.setattr(sending._Checked, "read", read)
    assert run_job(begun["job"]["id"]) == "failed"
    assert sorted(file.name for file in place.iterdir()) == ["a.jpg"]


def test_exports_go_only_to_storages_that_were_connected_for_them(team, tmp_path):
    project = make_project(team.organisation, team.manager)
    storage = connect(team, {"kind": "folder", "path": str(folder(tmp_path, "a.jpg"))})
    manager, url = api(team.manager), f"projects/{project.pk}/exports"
    assert manager.post(url, {"format": "coco", "storage": storage["id"]}).json()["code"] == "not_for_exports"
    manager.patch(f"storages/{storage['id']}", {"for_exports": True})
    wrong = manager.post(url, {"format": "coco", "storage": storage["id"], "folder": "../x"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid")
    foreign = make_team()
    other = make_project(foreign.organisation, foreign.manager)
    sent = {"format": "coco", "storage": storage["id"]}
    assert api(foreign.manager).post(f"projects/{other.pk}/exports", sent).status_code == 404


@pytest.fixture
def clouds():
    with clouds_server() as made:
        yield made


@pytest.mark.parametrize("kind", ["gcs", "azure"])
def test_google_and_azure_are_listed_read_and_written_by_their_own_interfaces(team, clouds, kind):
    server, base = clouds
    project = make_project(team.organisation, team.manager)
    names = ["a/ä b.jpg", "a/c.jpg", "a/d.jpg"]
    server.files |= {name: pictures.jpeg(seed=n) for n, name in enumerate(names)}
    options, credentials = {
        "gcs": ({"kind": "gcs", "bucket": "pics", "endpoint": base}, {"service_account": service_account(base)}),
        "azure": (
            {"kind": "azure", "account": "acc", "container": "pics", "endpoint": base},
            {"account_key": b64encode(b"k" * 32).decode()},
        ),
    }[kind]
    storage = connect(team, options, credentials=credentials, for_exports=True)
    assert checks(team, storage) == {"open": "", "list": "", "read": "", "ranges": "", "write": ""}
    assert set(server.files) == set(names)
    source = source_of(team, project, storage, prefix="a/")
    assert run_job(source["job"]["id"]) == "succeeded", Job.objects.get(pk=source["job"]["id"]).error
    assert counts(source["job"]["id"]) == {"new": 3}
    url = api(team.manager).get(f"assets/{Asset.objects.get(name='a/c.jpg').pk}").json()["urls"]["original"]
    part = api().get(url, headers={"Range": "bytes=4-7"})
    assert (part.status_code, b"".join(part.streaming_content)) == (206, pictures.jpeg(seed=1)[4:8])
    finish(team, project)
    asked = {"format": "coco", "storage": storage["id"], "options": {"images": True}}
    begun = api(team.manager).post(f"projects/{project.pk}/exports", asked).json()
    assert run_job(begun["job"]["id"]) == "succeeded", Job.objects.get(pk=begun["job"]["id"]).error
    key = api(team.manager).get(f"exports/{begun['export']['id']}").json()["target"]["key"]
    with zipfile.ZipFile(BytesIO(server.files[key])) as archive:
        inside = [archive.read(name) for name in archive.namelist() if name.endswith(".jpg")]
    assert [one in server.files.values() for one in inside] == [True]
    server.files["a/c.jpg"] = pictures.jpeg(seed=8)
    assert api().get(url).json()["code"] == "object_changed"


def test_browsers_are_sent_to_signed_addresses_only_where_the_test_allowed_it(team, s3, settings, monkeypatch):
    settings.LABELWRIGHT_MEDIA_ORIGINS = [s3]
    settings.LABELWRIGHT_BASE_URL = "http://labels.example.org"
    there = bucket(s3, "open-to-browsers")
    rules = [{"AllowedMethods": ["GET"], "AllowedOrigins": ["http://labels.example.org"], "AllowedHeaders": ["*"]}]
    there.put_object(Key="a.jpg", Body=pictures.jpeg())
    there.Cors().put(CORSConfiguration={"CORSRules": rules})
    project = make_project(team.organisation, team.manager)
    options = {"kind": "s3", "bucket": there.name, "endpoint": s3}
    storage = connect(team, options, credentials=KEYS, delivery="direct")
    source = source_of(team, project, storage)
    run_job(source["job"]["id"])
    url = api(team.manager).get(f"assets/{Asset.objects.get(project=project).pk}").json()["urls"]["original"]
    assert api().get(url).status_code == 200
    found = checks(team, storage)
    assert found["direct"] == "", Storage.objects.get(pk=storage["id"]).probe
    sent = api().get(url)
    assert (sent.status_code, sent["Location"].startswith(f"{s3}/")) == (302, True)
    assert "X-Amz-Signature" in sent["Location"]
    assert KEYS["secret_access_key"] not in sent["Location"]
    assert sent["Access-Control-Allow-Origin"] == "*"
