"""Only for `collectstatic` while an image is built: no server, no secret, nothing that could be started with."""

from config.settings.base import *

STATIC_ROOT = BASE_DIR / "staticfiles"
SECRET_KEY = "unused: nothing is signed while static files are collected"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
