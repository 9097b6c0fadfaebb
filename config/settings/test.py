"""Tests: real PostgreSQL and Valkey in a throw-away folder (tests/conftest.py starts them), media in it too."""

import os
import secrets
import tempfile
from pathlib import Path

from config.settings.base import *
from config.settings.base import caches, logging_config, persistent
from config.settings.env import broker, database, text
from runtime.places import places

# One folder a test run, made by whoever comes first; xdist workers and server processes inherit its name.
os.environ.setdefault("LABELWRIGHT_TEST_FOLDER", f"{tempfile.gettempdir()}/lwtest-{secrets.token_hex(5)}")
TEST_FOLDER = Path(os.environ["LABELWRIGHT_TEST_FOLDER"])
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")

LABELWRIGHT_MODE = "test"
LABELWRIGHT_DATA = TEST_FOLDER / WORKER
PLACES = places(TEST_FOLDER)

DEBUG = False
SECRET_KEY = "only-for-tests-" + "x" * 50
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
LABELWRIGHT_PORT = int(text("LABELWRIGHT_PORT", "8080"))
LABELWRIGHT_BASE_URL = text("LABELWRIGHT_BASE_URL", f"http://127.0.0.1:{LABELWRIGHT_PORT}")

DATABASES = {"default": persistent(database(text("DATABASE_URL") or PLACES.database_url))}
REDIS_URL = text("REDIS_URL") or f"unix://{PLACES.sockets}/valkey-{WORKER}.sock?db=0"
CACHES = caches(REDIS_URL)
CELERY_BROKER_URL = broker(REDIS_URL)

MEDIA_ROOT = LABELWRIGHT_DATA / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATICFILES_DIRS = []
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # tests sign in thousands of times
LOGGING = logging_config(as_json=False, level=text("LABELWRIGHT_LOG_LEVEL", "WARNING"))
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False
