"""`manage.py backup` and `restore` while all runs: what was there comes back, and what is no backup changes nothing."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.client import Client, box, put
from tests.mainjob import PHOTOS, SCHEMA
from tests.running import PROJECT, Stack, stack, until

pytestmark = pytest.mark.alone


@pytest.fixture(scope="module")
def running() -> Iterator[Stack]:
    with stack() as made:
        made.start()
        assert made.process is not None
        assert made.process.poll() is None, made.output()
        yield made


@pytest.fixture(scope="module")
def manager(running: Stack) -> Client:
    return Client(f"http://127.0.0.1:{running.port}", running.token("manager"))


@pytest.fixture(scope="module")
def drawn(running: Stack, manager: Client) -> dict[str, Any]:
    """A project with a photo and a region that somebody is drawing."""
    organisation = manager.get("auth/me")["organisations"][0]["id"]
    project = manager.post("projects", {"name": "Kept", "organisation": organisation})["id"]
    manager.call("PUT", f"projects/{project}/schema", {"body": SCHEMA})
    manager.upload(project, [PHOTOS / "coffee.jpg"])
    claim = manager.claim(project)
    manager.save(claim["annotation"]["id"], [put(box(1, 10.5, 20.25, 30, 40))])
    return {"project": project, "annotation": claim["annotation"]["id"], "image": claim["asset"]["id"]}


def refused(running: Stack, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=PROJECT, env=running.environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0, done.stdout
    assert "Traceback" not in done.stderr
    return done.stderr


def image_of(running: Stack) -> list[tuple[str, bytes]]:
    media = running.data / "media"
    return sorted((str(path.relative_to(media)), path.read_bytes()) for path in media.rglob("*") if path.is_file())


def test_a_backup_with_media_brings_back_all_that_was_there(running, manager, drawn):
    file = running.data / "all.tar"
    assert "MB" in running.manage("backup", str(file), "--media")
    assert file.stat().st_mode & 0o077 == 0, "it holds addresses and password hashes"
    before, files = manager.get(f"annotations/{drawn['annotation']}"), image_of(running)
    assert len(before["elements"]) == 1

    manager.save(drawn["annotation"], [put(box(1, 50, 60, 7, 8))])
    manager.call("PATCH", f"projects/{drawn['project']}", {"name": "Changed since"})
    shutil.rmtree(running.data / "media")
    told = running.manage("restore", str(file), "--replace")

    assert "kept as labelwright_before_" in told
    until(lambda: manager.call("GET", "/readyz", expect=(200, 503)).status_code == 200)
    assert manager.get(f"annotations/{drawn['annotation']}") == before
    assert manager.get(f"projects/{drawn['project']}")["name"] == "Kept"
    assert image_of(running) == files
    manager.save(drawn["annotation"], [put(box(1, 50, 60, 7, 8))])
    assert len(manager.get(f"annotations/{drawn['annotation']}")["elements"]) == 2, (
        "work goes on in the restored database"
    )


def test_a_backup_without_media_names_the_files_that_are_missing(running, manager, drawn):
    file = running.data / "database.tar"
    running.manage("backup", str(file))
    with tarfile.open(file) as tar:
        assert tar.getnames() == ["about.json", "database.dump", "media.jsonl"]
    assert refused(running, "backup", str(file)).startswith(f"CommandError: {file} is there already")
    running.manage("restore", str(file), "--replace")
    lost = next(path for path in (running.data / "media" / "projects" / str(drawn["project"])).rglob("*.jpg"))
    kept = lost.read_bytes()
    lost.unlink()
    told = refused(running, "restore", str(file), "--replace")
    assert "1 media files are missing" in told
    assert str(lost.relative_to(running.data / "media")) in told
    lost.write_bytes(kept)
    assert manager.get(f"projects/{drawn['project']}")["name"] == "Kept"


def test_a_database_with_people_is_replaced_only_where_that_was_asked_for(running, manager, drawn):
    file = running.data / "asked.tar"
    running.manage("backup", str(file))
    assert "--replace" in refused(running, "restore", str(file))
    assert manager.get(f"projects/{drawn['project']}")["name"] == "Kept"


def test_what_is_no_backup_changes_nothing(running, manager, drawn):
    whole, cut, other = (running.data / name for name in ("whole.tar", "cut.tar", "other.tar"))
    running.manage("backup", str(whole))
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with tarfile.open(other, "w") as tar:
        tar.add(PHOTOS / "coffee.jpg", "coffee.jpg")
    for file, words in (
        (cut, ""),
        (other, "holds no database"),
        (Path("/nowhere"), "No such file"),
        (PHOTOS / "coffee.jpg", "not a backup"),
    ):
        assert words in refused(running, "restore", str(file), "--replace")
        assert manager.get(f"projects/{drawn['project']}")["name"] == "Kept"
    names = running.manage("shell", "-v", "0", "-c", "from django.db import connection as c; k=c.cursor(); k.execute('select datname from pg_database'); print(k.fetchall())")  # fmt: skip
    assert "_restoring" not in names
