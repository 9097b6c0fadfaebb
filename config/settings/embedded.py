"""`make up`: everything on one machine, loopback only. DATABASE_URL and REDIS_URL may replace the embedded servers."""

from config.settings.base import *
from config.settings.base import caches, persistent
from config.settings.env import broker, database, names, text
from runtime.places import places
from runtime.secret import secret_key

PLACES = places()
LABELWRIGHT_MODE = "embedded"
LABELWRIGHT_DATA = PLACES.data

DEBUG = False
SECRET_KEY = text("LABELWRIGHT_SECRET_KEY") or secret_key(PLACES.data)
ALLOWED_HOSTS = names("LABELWRIGHT_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
LABELWRIGHT_PORT = int(text("LABELWRIGHT_PORT", "8080"))
LABELWRIGHT_BASE_URL = text("LABELWRIGHT_BASE_URL", f"http://127.0.0.1:{LABELWRIGHT_PORT}")

DATABASES = {"default": persistent(database(text("DATABASE_URL") or PLACES.database_url))}
REDIS_URL = text("REDIS_URL") or PLACES.redis_url
CACHES = caches(REDIS_URL)
CELERY_BROKER_URL = broker(REDIS_URL)

MEDIA_ROOT = PLACES.data / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# Plain http on loopback
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False
