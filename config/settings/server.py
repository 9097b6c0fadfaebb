"""Server mode: PostgreSQL by DATABASE_URL, Redis by REDIS_URL, media in S3, behind nginx with TLS.

Refuses to start without what it needs; every message names the variable.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config.settings.base import *
from config.settings.base import BASE_DIR, caches, logging_config, persistent
from config.settings.env import broker, database, names, needed, text, whole_number, yes

_SHORTEST_KEY = 50  # characters; Django's own check asks for as many

LABELWRIGHT_MODE = "server"
DEBUG = False

SECRET_KEY = needed("LABELWRIGHT_SECRET_KEY", "make one with `openssl rand -base64 60` and keep it secret")
if len(SECRET_KEY) < _SHORTEST_KEY or len(set(SECRET_KEY)) < 10:
    raise ImproperlyConfigured(
        f"LABELWRIGHT_SECRET_KEY is too weak: at least {_SHORTEST_KEY} random characters are needed"
    )
SECRET_KEY_FALLBACKS = names("LABELWRIGHT_SECRET_KEY_FALLBACKS")  # earlier keys, while their sessions live
ALLOWED_HOSTS = names("LABELWRIGHT_ALLOWED_HOSTS")
if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured(
        "LABELWRIGHT_ALLOWED_HOSTS must name the host names of this server, comma-separated, without *"
    )
_HOST = ALLOWED_HOSTS[0]
ALLOWED_HOSTS = [*ALLOWED_HOSTS, "127.0.0.1"]  # health probes come from inside and name no host

DATABASES = {"default": persistent(database(needed("DATABASE_URL", "postgresql://user:password@host/name")))}
REDIS_URL = needed("REDIS_URL", "redis://host:6379/0")
CACHES = caches(REDIS_URL)
CELERY_BROKER_URL = broker(REDIS_URL)

# TLS. Plain http is for a closed network and has to be asked for.
INSECURE_HTTP = yes("LABELWRIGHT_INSECURE_HTTP")
_SCHEME = "http" if INSECURE_HTTP else "https"
LABELWRIGHT_BASE_URL = text("LABELWRIGHT_BASE_URL", f"{_SCHEME}://{_HOST}")
if not LABELWRIGHT_BASE_URL.startswith(f"{_SCHEME}://"):
    raise ImproperlyConfigured(
        f"LABELWRIGHT_BASE_URL must start with {_SCHEME}://, got {LABELWRIGHT_BASE_URL!r}. "
        "Plain http has to be asked for with LABELWRIGHT_INSECURE_HTTP=1"
    )
CSRF_TRUSTED_ORIGINS = [LABELWRIGHT_BASE_URL]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # nginx sets it always, so a client's own is overwritten
SECURE_SSL_REDIRECT = not INSECURE_HTTP
SECURE_REDIRECT_EXEMPT = [r"^healthz/?$", r"^readyz/?$"]  # probes come from inside, without TLS
SESSION_COOKIE_SECURE = not INSECURE_HTTP
CSRF_COOKIE_SECURE = not INSECURE_HTTP
SECURE_HSTS_SECONDS = 0 if INSECURE_HTTP else whole_number("LABELWRIGHT_HSTS_SECONDS", 365 * 24 * 3600)
SECURE_HSTS_INCLUDE_SUBDOMAINS = not INSECURE_HTTP
SECURE_HSTS_PRELOAD = not INSECURE_HTTP
if INSECURE_HTTP:
    SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008", "security.W012", "security.W016"]  # asked for above

# The address of the client stands in X-Forwarded-For, written by our own proxy only.
AXES_IPWARE_PROXY_COUNT = whole_number("LABELWRIGHT_PROXIES", 1)
AXES_IPWARE_META_PRECEDENCE_ORDER = ["HTTP_X_FORWARDED_FOR", "REMOTE_ADDR"]

# Media in S3 (or MinIO), or in a folder that web, worker and nginx share. Delivered with our own signatures:
# the bucket stays closed.
MEDIA_ROOT = text("LABELWRIGHT_MEDIA_ROOT")
_default: dict[str, Any] = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
if not MEDIA_ROOT:
    _why = "the bucket of media and exports (or LABELWRIGHT_MEDIA_ROOT, a shared folder)"
    _options: dict[str, Any] = {
        "bucket_name": needed("LABELWRIGHT_S3_BUCKET", _why),
        "region_name": text("LABELWRIGHT_S3_REGION", "us-east-1"),
        "endpoint_url": text("LABELWRIGHT_S3_ENDPOINT") or None,
        "access_key": text("AWS_ACCESS_KEY_ID") or None,
        "secret_key": text("AWS_SECRET_ACCESS_KEY") or None,
        "default_acl": None,
        "file_overwrite": True,  # names are made of hashes and ids; a job that runs twice writes the same again
        "querystring_auth": True,
        "addressing_style": text("LABELWRIGHT_S3_ADDRESSING", "auto"),
        "signature_version": "s3v4",
    }
    _default = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": _options}
STORAGES = {
    "default": _default,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
# The image holds collected, compressed files; without an image they are sent from where they lie.
_COLLECTED = BASE_DIR / "staticfiles"
STATIC_ROOT = _COLLECTED if _COLLECTED.is_dir() else None
WHITENOISE_USE_FINDERS = STATIC_ROOT is None
LABELWRIGHT_DATA = BASE_DIR / "var"  # scratch space of jobs
LABELWRIGHT_X_ACCEL_PREFIX = text("LABELWRIGHT_X_ACCEL_PREFIX") if MEDIA_ROOT else ""

# nginx puts a request id into every request: a client's own only where it looks like one.
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True
LOGGING = logging_config(as_json=True, level=text("LABELWRIGHT_LOG_LEVEL", "INFO"))
