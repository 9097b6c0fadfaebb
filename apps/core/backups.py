"""A backup is one tar: `about.json`, `database.dump` (pg_dump's custom format), `media.jsonl`, and the media where asked for.

The database comes first, then the media: a file too many does no harm, a missing one does.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import psycopg2
from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import connection
from psycopg2 import sql
from psycopg2.extensions import make_dsn

from apps.core import storage

FORMAT = 1
MEDIA_ROOTS = ("projects", "guidelines")
COPY_BYTES = 1 << 20
_BLOCK = 512  # of a tar


class BackupFailed(Exception):
    """Says in one line what went wrong and what to do."""


def tool(name: str) -> str:
    """The program of PostgreSQL: of LABELWRIGHT_POSTGRES_TOOLS (the embedded ones unless set), else of the PATH."""
    folder = settings.LABELWRIGHT_POSTGRES_TOOLS
    found = shutil.which(name, path=folder) if folder else shutil.which(name)
    if found is None:
        raise BackupFailed(
            f"{name} was not found. Name the folder of PostgreSQL's tools in LABELWRIGHT_POSTGRES_TOOLS."
        )
    return found


def write_backup(file: Path, *, media: bool, say: Callable[[str], None]) -> dict[str, Any]:
    """Write a backup; what `about.json` says of it. `file` appears when it is whole.

    Args:
        media: with the files themselves, not their list only.

    Raises:
        BackupFailed: the file is there, or pg_dump did not succeed.
    """
    if file.exists():
        raise BackupFailed(f"{file} is there already. Name a new file.")
    part = file.with_name(f".{file.name}.part")
    try:
        with part.open("xb") as out, tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as tar:
            os.chmod(part, 0o600)  # it holds addresses and password hashes
            about = {
                "format": FORMAT,
                "version": settings.LABELWRIGHT_VERSION,
                "made_at": int(time.time()),
                "media": media,
            }
            _add(tar, "about.json", json.dumps(about).encode())
            _add_dump(tar, out)
            about["files"] = _add_media(tar, media)
        part.rename(file)
    finally:
        part.unlink(missing_ok=True)
    say(
        f"{file}: {file.stat().st_size / 1e6:.1f} MB, the database and {'' if media else 'the list of '}{about['files']} files"
    )
    return about


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = len(content), 0o600, int(time.time())
    tar.addfile(info, io.BytesIO(content))


def _add_dump(tar: tarfile.TarFile, out: IO[bytes]) -> None:
    """Stream pg_dump into the archive: a member's length stands before it, so its header is written when it is known."""
    info = tarfile.TarInfo("database.dump")
    info.mode, info.mtime = 0o600, int(time.time())
    head = out.tell()
    out.write(bytes(_BLOCK))
    command = [tool("pg_dump"), "--format=custom", "--no-owner", "--no-privileges", f"--dbname={_dsn()}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=_environment()) as dump:
        assert dump.stdout is not None
        assert dump.stderr is not None
        shutil.copyfileobj(dump.stdout, out, COPY_BYTES)
        told = dump.stderr.read().decode(errors="replace").strip()
    if dump.returncode:
        raise BackupFailed(f"pg_dump ended with {dump.returncode}: {told[-500:]}")
    info.size = out.tell() - head - _BLOCK
    out.write(bytes(-info.size % _BLOCK))
    end = out.tell()
    out.seek(head)
    out.write(info.tobuf(tarfile.GNU_FORMAT))
    out.seek(end)
    tar.offset = end


def _add_media(tar: tarfile.TarFile, whole: bool) -> int:
    files = sorted(path for root in MEDIA_ROOTS for path, _ in storage.walk(root))
    lines, kept = [], 0
    for path in files:
        with contextlib.suppress(FileNotFoundError):  # removed meanwhile: the database does not name it
            size = default_storage.size(path)
            if whole:
                with default_storage.open(path, "rb") as content:
                    info = tarfile.TarInfo(f"media/{path}")
                    info.size, info.mode = size, 0o640
                    tar.addfile(info, content)  # type: ignore[arg-type]
            lines.append(json.dumps({"path": path, "size": size}) + "\n")
            kept += 1
    _add(tar, "media.jsonl", "".join(lines).encode())
    return kept


def restore_backup(file: Path, *, replace: bool, say: Callable[[str], None]) -> list[str]:
    """Put a backup in the place of the present database; paths of media that are missing or of another size.

    It is read into a new database first, which then takes the name of the present one. So a backup that cannot be read
    changes nothing; the former database is kept under another name, which is told.

    Raises:
        BackupFailed: not a backup, pg_restore did not succeed, or the present database holds people and `replace` is false.
    """
    if not replace and _has_people():
        raise BackupFailed("The database is not empty. With --replace it is set aside, and the backup takes its place.")
    name = connection.settings_dict["NAME"]
    fresh, aside = f"{name}_restoring", f"{name}_before_{int(time.time())}"
    connection.close()
    wrong: list[str] = []
    try:
        with tarfile.open(file) as tar:
            for member in tar:
                content = tar.extractfile(member)
                if content is None:
                    continue
                if member.name == "about.json":
                    _check_about(content.read())
                elif member.name == "database.dump":
                    _create(fresh)
                    _read_dump(fresh, content)
                elif member.name.startswith("media/"):
                    _put_back(member.name.removeprefix("media/"), content)
                elif member.name == "media.jsonl":
                    wrong = list(_wrong_files(content))
        _swap(name, fresh, aside)
    except tarfile.TarError as error:
        raise BackupFailed(f"{file} is not a backup that can be read: {error}") from error
    finally:
        _drop(fresh)
    with contextlib.suppress(Exception):
        cache.clear()  # what it remembers is of the former database; it holds nothing that is not made again
    say(f"Restored. The former database is kept as {aside}. Start the web server and the worker again.")
    return wrong


def _check_about(content: bytes) -> None:
    try:
        found = json.loads(content).get("format")
    except ValueError:
        found = None
    if found != FORMAT:
        raise BackupFailed(f"The backup is of format {found}; this version reads {FORMAT}.")


def _has_people() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('accounts_user') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return False
        cursor.execute("SELECT EXISTS (SELECT FROM accounts_user)")
        return bool(cursor.fetchone()[0])


def _read_dump(database: str, content: IO[bytes]) -> None:
    command = [tool("pg_restore"), "--exit-on-error", "--no-owner", "--no-privileges", f"--dbname={_dsn(database)}"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=_environment()) as restore:
        assert restore.stdin is not None
        assert restore.stderr is not None
        with contextlib.suppress(BrokenPipeError):
            shutil.copyfileobj(content, restore.stdin, COPY_BYTES)
        with contextlib.suppress(BrokenPipeError):
            restore.stdin.close()
        told = restore.stderr.read().decode(errors="replace").strip()
    if restore.returncode:
        raise BackupFailed(f"pg_restore ended with {restore.returncode}: {told[-500:]}")


def _put_back(path: str, content: IO[bytes]) -> None:
    if path.split("/")[0] not in MEDIA_ROOTS or ".." in path.split("/"):
        raise BackupFailed(f"The backup names a file outside the media: {path[:200]}")
    storage.put(path, content)


def _wrong_files(listing: IO[bytes]) -> Iterator[str]:
    for line in listing:
        entry = json.loads(line)
        try:
            size = default_storage.size(entry["path"])
        except Exception:  # noqa: BLE001 - however the store says that it is not there
            size = None
        if size != entry["size"]:
            yield entry["path"]


@contextlib.contextmanager
def _maintenance() -> Iterator[Any]:
    """A cursor of the server's own database, outside transactions."""
    link = psycopg2.connect(_dsn("postgres"), password=connection.settings_dict["PASSWORD"] or None)
    link.autocommit = True
    try:
        with link.cursor() as cursor:
            yield cursor
    finally:
        link.close()


def _create(database: str) -> None:
    with _maintenance() as cursor:
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))
        cursor.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(database))
        )


def _drop(database: str) -> None:
    with _maintenance() as cursor:
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))


def _swap(name: str, fresh: str, aside: str) -> None:
    """Give the new database the name. Connections to the present one are ended; servers connect again by themselves."""
    with _maintenance() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_database WHERE datname = %s)", [fresh])
        if not cursor.fetchone()[0]:
            raise BackupFailed("The backup holds no database.")
        here, there = sql.Identifier(name), sql.Identifier(aside)
        cursor.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(here))
        try:
            cursor.execute("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s", [name])
            cursor.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(here, there))
            cursor.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(fresh), here))
        finally:
            cursor.execute(
                "SELECT datname FROM pg_database WHERE NOT datallowconn AND datname = ANY(%s)", [[name, aside]]
            )
            for (closed,) in cursor.fetchall():
                cursor.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(sql.Identifier(closed)))


def _dsn(database: str | None = None) -> str:
    """The present database, or another one of its server, without the password."""
    given = connection.settings_dict
    values = {"host": given["HOST"], "port": given["PORT"], "user": given["USER"], "dbname": database or given["NAME"]}
    options = {
        key: value for key, value in given["OPTIONS"].items() if key.startswith(("ssl", "gss", "target_", "connect_"))
    }
    return make_dsn(**{key: value for key, value in (values | options).items() if value})


def _environment() -> dict[str, str]:
    password = connection.settings_dict["PASSWORD"]
    return {**os.environ, **({"PGPASSWORD": password} if password else {})}
