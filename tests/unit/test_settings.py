"""Settings refuse what would be unsafe, in words that name the variable."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
GOOD = {
    "DJANGO_SETTINGS_MODULE": "config.settings.server",
    "LABELWRIGHT_SECRET_KEY": "Zk3-" + "".join(chr(97 + (i * 7) % 26) for i in range(60)),
    "LABELWRIGHT_ALLOWED_HOSTS": "label.example.org",
    "DATABASE_URL": "postgresql://someone:pass@db.example.org:5433/name?sslmode=require",
    "REDIS_URL": "redis://redis.example.org/0",
    "LABELWRIGHT_S3_BUCKET": "media",
}
OWN = ("LABELWRIGHT_", "DATABASE_", "REDIS_", "DJANGO_", "AWS_")


def python(*words: str, **changed: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(OWN)}
    environment = {name: value for name, value in (clean | GOOD | changed).items() if value}
    return subprocess.run(
        [sys.executable, *words], cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
    )


def test_the_deployment_check_finds_nothing_in_server_settings():
    done = python("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_a_command_without_a_database_says_so_in_one_line():
    done = python("manage.py", "apitoken", "someone@example.org", DATABASE_URL="postgresql://a@/b?host=/nowhere")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "the database refuses" in line
    assert "make up" in line


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("LABELWRIGHT_SECRET_KEY", ""),
        ("LABELWRIGHT_SECRET_KEY", "short"),
        ("LABELWRIGHT_SECRET_KEY", "a" * 80),
        ("LABELWRIGHT_ALLOWED_HOSTS", ""),
        ("LABELWRIGHT_ALLOWED_HOSTS", "*"),
        ("DATABASE_URL", ""),
        ("DATABASE_URL", "sqlite:///file.db"),
        ("REDIS_URL", ""),
        ("LABELWRIGHT_S3_BUCKET", ""),
        ("LABELWRIGHT_MAX_PIXELS", "many"),
        ("LABELWRIGHT_BASE_URL", "http://label.example.org"),
        ("LABELWRIGHT_INSECURE_HTTP", "maybe"),
    ],
)
def test_server_mode_refuses_to_start_and_names_the_variable(variable, value):
    done = python("-m", "config.serve", "worker", **{variable: value})
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("labelwright: ")
    assert variable in line


def test_plain_http_can_be_asked_for_and_then_takes_no_secure_cookies():
    code = "from django.conf import settings as s; print(s.SESSION_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.LABELWRIGHT_BASE_URL)"
    done = python("manage.py", "shell", "-v", "0", "-c", code, LABELWRIGHT_INSECURE_HTTP="1")
    assert done.stdout.split() == ["False", "False", "http://label.example.org"]


def test_a_database_address_may_hold_a_socket_folder_a_port_and_options():
    from config.settings.env import database

    assert database("postgresql://labelwright@/name?host=/run/lw")["HOST"] == "/run/lw"
    server = database("postgresql://a%40b:p%2Fw@db.example.org:5433/name?sslmode=require")
    assert (server["USER"], server["PASSWORD"], server["PORT"]) == ("a@b", "p/w", "5433")
    assert server["OPTIONS"] == {"sslmode": "require"}


def test_celery_gets_its_own_spelling_of_a_socket_address():
    from config.settings.env import broker

    assert broker("unix:///run/lw/valkey.sock?db=3") == "redis+socket:///run/lw/valkey.sock?virtual_host=3"
    assert broker("rediss://h:6379/0") == "rediss://h:6379/0"
