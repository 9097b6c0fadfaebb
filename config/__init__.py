"""The wiring: settings, URL conf, the web and Celery entry points. May import every app."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
